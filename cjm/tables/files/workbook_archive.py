"""Check the archive of a workbook before anything in it is read: it may be damaged, or made to fill the memory.

Invariants:

* Sizes are checked as the archive declares them, and Python reads no more than that of any part.
* Every part that is read is unpacked once and its checksum compared (the sheets by `cjm.tables.files.sheet_survey`):
  a damaged workbook is refused when it is opened.
* A part with a document type is refused: no spreadsheet program writes one, and its entities can grow without bound.
"""

import zipfile
import zlib
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from cjm.tables.table_file import TableFileError

MOST_IN_A_SHEET = 2 * 1024**3  # bytes of XML, read in pieces: a million rows of twenty cells take about one
MOST_TEXTS = 256 * 1024**2  # bytes of the texts of all cells, which are held in memory
MOST_IN_A_PART = 32 * 1024**2  # bytes of any other part (styles, names), which is held in memory as a tree
MOST_PARTS = 10_000
SAVE = 'save it again as an Excel workbook (.xlsx), or as CSV (in Excel: "CSV UTF-8")'
DAMAGED = f"is a damaged workbook; {SAVE}"
_CHUNK = 256 * 1024


def check_archive(archive: zipfile.ZipFile) -> None:
    """Raise TableFileError unless the archive is a workbook of a size that can be read."""
    names = archive.namelist()
    if "mimetype" in names or "xl/workbook.bin" in names:
        raise TableFileError(f"is a workbook of another kind than .xlsx; {SAVE}")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise TableFileError("is an archive without a workbook; unpack it first")
    if len(names) > MOST_PARTS or len(set(names)) < len(names):
        raise TableFileError(DAMAGED)
    for part in archive.infolist():
        if part.flag_bits & 1:
            raise TableFileError(f"is protected by a password; {SAVE}")
        if part.file_size > _most_bytes(part.filename):
            raise TableFileError("is too large when it is unpacked; save the sheet that is to be imported as CSV")
    for part in archive.infolist():
        if part.filename.endswith((".xml", ".rels")) and not is_sheet(part.filename):
            parse_part(archive, part.filename, ParserCreate())


def is_sheet(name: str) -> bool:
    """Return whether a part of the archive holds the cells of a sheet."""
    return name.startswith("xl/worksheets/") and name.endswith(".xml")


def parse_part(archive: zipfile.ZipFile, name: str, parser: XMLParserType) -> None:
    """Feed a part to the parser, piece by piece. Raises TableFileError if it is damaged or not plain XML."""
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        with archive.open(name) as file:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk)
        parser.Parse(b"", True)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError, RuntimeError, ExpatError):
        raise TableFileError(DAMAGED) from None


def _most_bytes(name: str) -> int:
    if is_sheet(name):
        return MOST_IN_A_SHEET
    return MOST_TEXTS if name == "xl/sharedStrings.xml" or not name.endswith((".xml", ".rels")) else MOST_IN_A_PART


def _refuse_document_type(*_args: object) -> None:
    raise TableFileError(DAMAGED)
