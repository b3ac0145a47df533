"""Open a file as a table: a CSV file or a workbook, by what it holds and not by its name."""

import os
from collections.abc import Sequence
from pathlib import Path

from cjm.tables.columns import ColumnReference
from cjm.tables.file_layout import FileLayout
from cjm.tables.files.csv_file import CsvFile
from cjm.tables.files.workbook_file import WorkbookFile
from cjm.tables.table_file import TableFile, TableFileError

_SAVE = 'save it as an Excel workbook (.xlsx) or as CSV (in Excel: "CSV UTF-8")'
_WORKBOOKS = (".xlsx", ".xlsm", ".xltx", ".xltm")
_REFUSED = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"is an old workbook (.xls) or protected by a password; {_SAVE}"),
    (b"\x1f\x8b", "is compressed; unpack it first"),
    (b"%PDF", f"is a PDF document, not a table; open its source and {_SAVE}"),
)
_PAGES = (b"<html", b"<!doctype", b"<table", b"<?xml")  # "workbooks" of some programs are pages that Excel opens


def open_table_file(path: Path, layout: FileLayout, expected: Sequence[ColumnReference]) -> TableFile:
    """Open a table in which the mapping expects these columns. Raises TableFileError if it is none."""
    if is_workbook(path):
        return WorkbookFile(path, layout, expected)
    if layout.sheet is not None:
        raise TableFileError("is a CSV file, which has no sheets; leave sheet out of the mapping")
    return CsvFile(path, layout, expected)


def is_workbook(path: Path) -> bool:
    """Return whether a file is a workbook, and not a CSV file. Raises TableFileError if it is neither."""
    if path.exists() and not path.is_file() and not path.is_dir():  # it could be read only once, and might never end
        raise TableFileError("is a pipe or a device; save the table as a file first")
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise TableFileError(f"cannot be read: {os.strerror(error.errno or 0).lower()}") from None
    for start, refusal in _REFUSED:
        if head.startswith(start):
            raise TableFileError(refusal)
    if head.startswith(b"PK\3\4"):
        return True
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_PAGES):
        raise TableFileError(f"is a web page or XML, not a table; open it in a spreadsheet program and {_SAVE}")
    if path.suffix.lower() in _WORKBOOKS:
        raise TableFileError(f"is no workbook, although its name ends in {path.suffix}; a CSV file must end in .csv")
    return False
