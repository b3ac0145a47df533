"""Cells and rows of a worksheet as XML, and the few other parts that a workbook needs.

Invariants:

* A text is a text: it is written as an inline string, so no program takes it for a formula.
* Every text comes back as it was. What XML cannot hold is written as ``_x000B_``, and what looks like that is written
  as ``_x005F_x000B_``, as the format says.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from html import escape

MOST_CHARACTERS = 32_767  # of a cell, in UTF-16 units
MOST_ROWS = 1_048_576  # of a sheet
MOST_DIGITS = 10**15  # a spreadsheet shows no more digits of a whole number
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_MARKUP = re.compile("[&<>]")
_FIRST_DAY = date(1899, 12, 30)  # day 0 of Excel, as it counts from March 1900 on
_TIME_STYLE, _DAY_STYLE = 1, 2

SHEET_START = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
    'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
SHEET_END = "</sheetData></worksheet>"


def name_columns(width: int) -> list[str]:
    """Return the letters of the first columns: A, B … Z, AA …"""
    letters = []
    for number in range(1, width + 1):
        name, rest = "", number
        while rest:
            rest, digit = divmod(rest - 1, 26)
            name = chr(65 + digit) + name
        letters.append(name)
    return letters


def write_row(number: int, letters: Sequence[str], values: Sequence[object]) -> str:
    """Return the row ``number``, counted from 1, without its empty cells."""
    cells = [
        _write_cell(f"{letter}{number}", value)
        for letter, value in zip(letters, values, strict=True)
        if value is not None
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _write_cell(place: str, value: object) -> str:
    if isinstance(value, str):
        return _write_text(place, value)
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int) and abs(value) >= MOST_DIGITS:
        return _write_text(place, str(value))
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    if isinstance(value, datetime):
        clock = (value.hour * 60 + value.minute) * 60 + value.second
        return f'<c r="{place}" s="{_TIME_STYLE}"><v>{(value.date() - _FIRST_DAY).days + clock / 86400!r}</v></c>'
    if isinstance(value, date):
        return f'<c r="{place}" s="{_DAY_STYLE}"><v>{(value - _FIRST_DAY).days}</v></c>'
    raise TypeError(f"a cell cannot hold a {type(value).__name__}")


def _write_text(place: str, text: str) -> str:
    if len(text) > MOST_CHARACTERS // 2:  # else it fits, even if each character took two units
        text = text.encode("utf-16-le", "surrogatepass")[: 2 * MOST_CHARACTERS].decode("utf-16-le", "ignore")
    if _UNWRITABLE.search(text):
        text = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    if _MARKUP.search(text):
        text = escape(text, quote=False)
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def workbook_parts(titles: Sequence[str]) -> dict[str, str]:
    """Return the parts beside the sheets, by their place in the archive; ``titles`` are the names of the sheets."""
    numbers = range(1, len(titles) + 1)
    sheets = "".join(
        f'<sheet name="{title}" sheetId="{n}" r:id="rId{n}"/>' for n, title in zip(numbers, titles, strict=True)
    )
    relations = "".join(_relation(n, "worksheet", f"worksheets/sheet{n}.xml") for n in numbers)
    styles_id = len(titles) + 1
    return {
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(relations + _relation(styles_id, "styles", "styles.xml")),
        "xl/styles.xml": _STYLES,
        "_rels/.rels": _relations(_relation(1, "officeDocument", "xl/workbook.xml")),
        "[Content_Types].xml": _content_types(numbers),
    }


def _relation(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _relations(relations: str) -> str:
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'


def _content_types(numbers: Sequence[int]) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {"/xl/workbook.xml": "sheet.main", "/xl/styles.xml": "styles"}
    parts |= {f"/xl/worksheets/sheet{n}.xml": "worksheet" for n in numbers}
    overrides = "".join(f'<Override PartName="{p}" ContentType="{kind}.{what}+xml"/>' for p, what in parts.items())
    relations = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'{_XML}<Types xmlns="{_PACKAGE}/content-types">{relations}{overrides}</Types>'


_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
