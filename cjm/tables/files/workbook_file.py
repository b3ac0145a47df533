"""Read the sheets of an Excel workbook (.xlsx), row by row, each row with its sheet and its number.

openpyxl reads it, not python-calamine. Both were tried on the same files:

* calamine turns an error value (#N/A, #REF!) into an empty cell, so an answer would be lost without a word; openpyxl
  keeps its name.
* calamine holds a sheet from its first to its last cell: three cells, one of them in the last column of the last row,
  ask for 512 gigabytes and abort the whole process. openpyxl reads row by row.
* calamine is ten times as fast (1.5 s for 100,000 rows of 8 cells, against 9 to 15 s) and also reads .xls and .ods.
  Storing these rows takes longer than reading them either way, and every spreadsheet program can save as .xlsx.
* openpyxl is plain Python: there is no wheel to wait for when a new Python appears.

Invariants:

* A row is as wide as its sheet: a cell cannot move, so cells that are missing at its end are empty.
* Merged cells hold their value in the upper left one; the others are empty. Headers of several rows repeat it.
* Formulas give the values that were calculated when the file was saved. One that has none is a mistake of the file.
* Hidden sheets are read only if the mapping names them.
"""

import warnings
import weakref
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from cjm.mistake_wording import join_names, quote_name
from cjm.tables.columns import ColumnReference
from cjm.tables.file_layout import ALL_SHEETS, FileLayout
from cjm.tables.files.cell_text import write_cell
from cjm.tables.files.data_rows import (
    describe_empty,
    read_header_rows,
    read_sample,
    refuse_further_header,
    select_data,
)
from cjm.tables.files.sheet_survey import SheetSurvey
from cjm.tables.files.workbook_archive import DAMAGED, SAVE, check_archive
from cjm.tables.header import Header
from cjm.tables.headers.name_difference import normalize_name
from cjm.tables.table_file import BadRow, TableFileError, TableRow

_ROWS_AT_ONCE = 1000  # between two looks at the warnings


@dataclass(frozen=True, slots=True)
class ChosenSheet:
    """Sheet to be read, and its size."""

    name: str
    survey: SheetSurvey
    source: Any

    @property
    def rows(self) -> int:
        return self.survey.rows

    @property
    def width(self) -> int:
        return self.survey.width


class WorkbookFile:
    """Workbook whose chosen sheets have one ``header``; `rows` can be read as often as needed.

    Opening checks the whole file. Raises TableFileError. ``bytes_read`` of ``bytes_total`` tell the progress of `rows`:
    the file's bytes in the share of the rows.
    """

    has_typed_cells = True

    def __init__(self, path: Path, layout: FileLayout | None = None, expected: Sequence[ColumnReference] = ()) -> None:
        self._layout = layout or FileLayout()
        self.bytes_total, self.bytes_read = path.stat().st_size, 0
        file = path.open("rb")
        weakref.finalize(self, file.close)  # openpyxl reads from it as long as rows are wanted
        self._sheets = self._choose_sheets(_survey_sheets(file))
        for sheet in self._sheets:
            sheet.survey.refuse_unreadable()
        headers = [self._read_header(sheet, expected) for sheet in self._sheets]
        self._check_headers(headers)
        self.header = max(headers, key=lambda header: header.width)

    def rows(self) -> Iterator[TableRow | BadRow]:
        """Yield the rows of data, sheet by sheet; empty ones are left out. Raises TableFileError."""
        rows_total = sum(sheet.rows for sheet in self._sheets)
        above = 0
        for sheet in self._sheets:
            for row in select_data(self._read_sheet(sheet), self._layout):
                self.bytes_read = self.bytes_total * (above + row.line) // rows_total
                yield row
            above += sheet.rows

    @property
    def sheet_names(self) -> list[str]:
        """Names of the chosen sheets, in their order."""
        return [sheet.name for sheet in self._sheets]

    def read_sheet_rows(self, name: str) -> Iterator[TableRow]:
        """Yield the rows of one of these sheets, those of its header among them. Raises TableFileError."""
        yield from self._read_sheet(next(sheet for sheet in self._sheets if sheet.name == name))

    def _choose_sheets(self, sheets: Sequence[ChosenSheet]) -> list[ChosenSheet]:
        visible = [s for s in sheets if s.source.sheet_state == "visible"]
        wanted = self._layout.sheet
        filled = [s for s in visible if s.rows > self._layout.preamble]
        if wanted is None or wanted == ALL_SHEETS:
            if not filled:
                raise TableFileError("the workbook has no sheet with rows")
            if wanted is None and len(filled) > 1:
                names = join_names(quote_name(s.name) for s in filled)
                raise TableFileError(f"several sheets hold rows: {names}; name one in the mapping, such as sheet = 1")
            return filled
        each = wanted if isinstance(wanted, tuple) else (wanted,)
        return list({id(s): s for s in (_find_sheet(one, sheets, visible) for one in each)}.values())

    def _read_header(self, sheet: ChosenSheet, expected: Sequence[ColumnReference]) -> Header:
        rows = self._read_sheet(sheet)
        named = read_header_rows(rows, self._layout)
        sample = read_sample(rows, self._layout)
        if not (named if self._layout.header_rows else sample):
            raise TableFileError(describe_empty(self._layout, sheet.name))
        refuse_further_header(sample, self._layout)
        return Header([r.cells for r in named], [r.cells for r in sample], expected, width=sheet.width)

    def _check_headers(self, headers: Sequence[Header]) -> None:
        """Refuse sheets whose headers differ; a place is said, because the names may be a customer's row."""
        first = [normalize_name(name) for name in headers[0].names]
        for sheet, header in zip(self._sheets[1:], headers[1:], strict=True):
            names = [normalize_name(name) for name in header.names]
            width = max(len(first), len(names))
            pairs = zip(_pad_right(first, width), _pad_right(names, width), strict=True)
            place = next((place for place, (one, other) in enumerate(pairs, 1) if one != other), None)
            if place is not None:
                raise TableFileError(
                    f"sheet {quote_name(sheet.name)}: column {place} of its header differs from that of sheet "
                    f"{quote_name(self._sheets[0].name)}; import the sheets with a mapping for each"
                )

    def _read_sheet(self, sheet: ChosenSheet) -> Iterator[TableRow]:
        """Yield the rows below the preamble that have a filled cell."""
        first = self._layout.preamble + 1
        if sheet.rows < first:
            return
        rows = enumerate(sheet.source.iter_rows(first, sheet.rows, 1, sheet.width), first)
        while batch := _take_quietly(rows, sheet):
            for number, cells in batch:
                texts = [_cell_text(cell) for cell in cells]
                if any(map(str.strip, texts)):
                    yield TableRow(number, texts, sheet.name)


def _open_workbook(file: BinaryIO) -> Any:
    import openpyxl  # only here: it takes a while to load, and most tables are CSV files

    try:
        with zipfile.ZipFile(file) as archive:
            check_archive(archive)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise TableFileError(DAMAGED) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and rules, which are not read
            return openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception:  # a damaged part raises whatever its reader raises, and its words may hold a cell
        raise TableFileError(f"cannot be read as a workbook; {SAVE}") from None


def _survey_sheets(file: BinaryIO) -> list[ChosenSheet]:
    workbook = _open_workbook(file)
    if not workbook.worksheets:
        raise TableFileError(f"the workbook has no sheets that can be read; {SAVE}")
    found = []
    with zipfile.ZipFile(file) as archive:
        for sheet in workbook.worksheets:
            survey = SheetSurvey(archive, sheet._worksheet_path, sheet.title)
            found.append(ChosenSheet(sheet.title, survey, sheet))
    return found


def _find_sheet(wanted: str | int, sheets: Sequence[ChosenSheet], visible: Sequence[ChosenSheet]) -> ChosenSheet:
    """Return the sheet of a name or of a number, which counts what people see."""
    names = join_names(quote_name(s.name) for s in visible)
    if isinstance(wanted, int):
        if wanted > len(visible):
            raise TableFileError(f"the workbook has no sheet {wanted}; its sheets are {names}")
        return visible[wanted - 1]
    for change in (str, normalize_name):
        if found := [s for s in sheets if change(s.name) == change(wanted)]:
            return found[0]
    raise TableFileError(f"the workbook has no sheet {quote_name(wanted)}; its sheets are {names}")


def _take_quietly(rows: Iterator[tuple[int, Any]], sheet: ChosenSheet) -> list[tuple[int, Any]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a date out of range is told by its cell, which is "#VALUE!" then
            return list(islice(rows, _ROWS_AT_ONCE))
    except Exception:
        raise TableFileError(f"sheet {quote_name(sheet.name)}: holds a cell that cannot be read; {SAVE}") from None


def _cell_text(cell: Any) -> str:
    value = cell.value
    if value is None or isinstance(value, str):  # most cells: their format does not matter
        return write_cell(value, "")
    return write_cell(value, cell.number_format)


def _pad_right(names: Sequence[str], width: int) -> list[str]:
    return [*names, *[""] * (width - len(names))]
