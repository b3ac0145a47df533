"""Survey a sheet of a workbook before it is read: its size, and whether every row of it can be read.

openpyxl trusts a file: it would drop rows that stand in a wrong order, and show a formula that was never calculated as
an empty cell. Both are found here, in a pass over the sheet that keeps nothing.
"""

import re
import zipfile
from xml.parsers.expat import ParserCreate

from cjm.mistake_wording import quote_name
from cjm.tables.columns import MOST_COLUMNS
from cjm.tables.files.workbook_archive import DAMAGED, parse_part
from cjm.tables.table_file import TableFileError, describe_place

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ROW, _CELL, _FORMULA, _FILLINGS = f"{_MAIN} row", f"{_MAIN} c", f"{_MAIN} f", {f"{_MAIN} v", f"{_MAIN} is"}
_MOST_ROWS = 1_048_576  # of a sheet of Excel
_MOST_IN_A_ROW = 32 * 1024**2  # bytes of XML: openpyxl holds a row in memory
_PLACE = re.compile(r"([A-Z]{1,3})[1-9][0-9]{0,6}")


class SheetSurvey:
    """Size of a sheet: ``rows`` and ``width`` up to the last cells that are filled; 0 without any.

    Raises TableFileError, when it is made, for a damaged sheet.
    """

    def __init__(self, archive: zipfile.ZipFile, part: str, sheet: str) -> None:
        self.rows = self.width = 0
        self._sheet = sheet
        self._row = self._column = self._uncalculated_row = 0
        self._has_formula = self._is_text = False
        self._row_starts_at = 0
        self._parser = ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start_element
        parse_part(archive, part, self._parser)
        self._end_cell()
        self._check_row_size()  # of the last row, with all that follows it

    def refuse_unreadable(self) -> None:
        """Raise TableFileError if the sheet cannot be imported as it is."""
        if self.width > MOST_COLUMNS:
            raise TableFileError(f"sheet {quote_name(self._sheet)}: has more than {MOST_COLUMNS} columns")
        if self._uncalculated_row:
            raise TableFileError(
                f"{describe_place(self._uncalculated_row, self._sheet)}: holds a formula that was never calculated; "
                "open the workbook in a spreadsheet program and save it"
            )

    def _start_element(self, name: str, attributes: dict[str, str]) -> None:
        if name in _FILLINGS:
            if self._has_formula:  # its value may be there and empty, which is a value only of a formula for text
                self._parser.CharacterDataHandler = self._find_value
            self.rows, self.width = self._row, max(self.width, self._column)
        elif name == _CELL:
            self._end_cell()
            self._start_cell(attributes.get("r"))
            self._is_text = attributes.get("t") == "str"
        elif name == _FORMULA:
            self._has_formula = not self._is_text
        elif name == _ROW:
            self._end_cell()
            self._start_row(attributes.get("r"))

    def _find_value(self, text: str) -> None:
        if text.strip():
            self._has_formula = False
            self._parser.CharacterDataHandler = None

    def _start_row(self, number: str | None) -> None:
        following = self._row + 1
        row = following if number is None else int(number) if number.isdecimal() and len(number) < 8 else 0
        if not following <= row <= _MOST_ROWS:
            raise TableFileError(DAMAGED)
        self._check_row_size()
        self._row, self._column, self._row_starts_at = row, 0, self._parser.CurrentByteIndex

    def _check_row_size(self) -> None:
        if self._parser.CurrentByteIndex - self._row_starts_at > _MOST_IN_A_ROW:
            raise TableFileError(DAMAGED)

    def _start_cell(self, place: str | None) -> None:
        following = self._column + 1
        found = _PLACE.fullmatch(place) if place is not None else None
        column = _column_number(found[1]) if found else following if place is None else 0
        if column < following:
            raise TableFileError(DAMAGED)
        self._column = column

    def _end_cell(self) -> None:
        if self._has_formula and not self._uncalculated_row:
            self._uncalculated_row = self._row
        self._has_formula = False


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
