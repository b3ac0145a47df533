"""Workbooks: typed cells become the text that a CSV file would hold, and a hostile file is one sentence."""

import io
import random
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cjm.tables.columns import ColumnReference
from cjm.tables.file_layout import FileLayout
from cjm.tables.files import sheet_survey, workbook_archive
from cjm.tables.files.open_table import open_table_file
from cjm.tables.table_file import TableFile, TableFileError, TableRow
from tests.depth import choose_depth

Rows = Sequence[Sequence[Any]]


def save(path: Path, **sheets: Rows) -> Path:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    workbook.save(path)
    return path


def open_(path: Path, *expected: str | int, **layout: Any) -> TableFile:
    return open_table_file(path, FileLayout.model_validate(layout), [ColumnReference(name) for name in expected])


def refusal(path: Path, **layout: Any) -> str:
    with pytest.raises(TableFileError) as error:
        list(open_(path, **layout).rows())
    assert "\n" not in str(error.value)
    return str(error.value)


def cells(table: TableFile) -> list[list[str]]:
    return [list(row.cells) for row in table.rows() if isinstance(row, TableRow)]


def change_part(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """Write the workbook again with one part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        ("a word", None, "a word"),
        ("0042", None, "0042"),
        (4, None, "4"),
        (4.0, None, "4"),
        (48500000000, None, "48500000000"),
        (0.1 + 0.2, None, "0.3"),
        (1e-7, None, "0.0000001"),
        (0.85, "0%", "85%"),
        (0.85, '0.00" %"', "0.85"),
        (True, None, "TRUE"),
        (False, None, "FALSE"),
        (date(2026, 3, 4), None, "2026-03-04"),
        (datetime(2026, 3, 4), "dd.mm.yyyy", "2026-03-04"),  # noqa: DTZ001 - a spreadsheet knows no zones
        (datetime(2026, 3, 4), "dd.mm.yyyy hh:mm", "2026-03-04T00:00:00"),  # noqa: DTZ001 - the same
        (datetime(2026, 3, 4, 14, 30, 5), None, "2026-03-04T14:30:05"),  # noqa: DTZ001 - the same
        (time(14, 30), None, "14:30:00"),
        (timedelta(hours=30, minutes=1), "[h]:mm", "30:01:00"),
        ("two_x000D_\nlines", None, "two\nlines"),
    ],
)
def test_typed_cell_becomes_text(tmp_path: Path, value: Any, number_format: str | None, text: str) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet["A1"], sheet["A2"] = "name", value
    if number_format:
        sheet["A2"].number_format = number_format
    workbook.save(tmp_path / "t.xlsx")
    table = open_(tmp_path / "t.xlsx")
    assert table.has_typed_cells
    assert cells(table) == [[text]]


def test_error_value_keeps_its_name(tmp_path: Path) -> None:
    path = save(tmp_path / "t.xlsx", A=[["x", "y"], ["#N/A", 1]])
    assert cells(open_(path)) == [["#N/A", "1"]]


def test_rows_know_their_sheet_and_number(tmp_path: Path) -> None:
    path = save(tmp_path / "t.xlsx", May=[["Report"], [], ["id", "score", None], [], [1, 5], [2], ["Total", 5]])
    table = open_(path, preamble=1, skip_last=1)
    assert table.header.names == ["id", "score"]
    assert list(table.rows()) == [TableRow(5, ["1", "5"], "May"), TableRow(6, ["2", ""], "May")]
    assert [row.place for row in table.rows()] == ['sheet "May", row 5', 'sheet "May", row 6']
    assert 0 < table.bytes_read <= table.bytes_total


def test_merged_cells_of_a_header_name_all_their_columns(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (["id", "Why?", None], [None, "Price", "Speed"], [1, "x", None]):
        sheet.append(row)
    sheet.merge_cells("A1:A2")
    sheet.merge_cells("B1:C1")
    workbook.save(tmp_path / "t.xlsx")
    assert open_(tmp_path / "t.xlsx", header_rows=2).header.names == ["id", "Why? / Price", "Why? / Speed"]


@pytest.mark.parametrize(
    ("sheet", "found"),
    [("Sep", "1"), ("sep ", "1"), (2, "2"), (["Oct", "Sep"], "21"), ("*", "12"), ("Old", "3")],
)
def test_sheets_are_chosen_by_name_and_number(tmp_path: Path, sheet: Any, found: str) -> None:
    workbook = openpyxl.load_workbook(
        save(tmp_path / "t.xlsx", Old=[["id"], [3]], Sep=[["id"], [1]], Oct=[["ID "], [2]], Notes=[])
    )
    workbook["Old"].sheet_state = "hidden"
    workbook.save(tmp_path / "t.xlsx")
    assert "".join(row[0] for row in cells(open_(tmp_path / "t.xlsx", sheet=sheet))) == found
    assert refusal(tmp_path / "t.xlsx").startswith('several sheets hold rows: "Sep", "Oct"; name one')
    assert refusal(tmp_path / "t.xlsx", sheet=4) == 'the workbook has no sheet 4; its sheets are "Sep", "Oct", "Notes"'
    assert "has no sheet" in refusal(tmp_path / "t.xlsx", sheet="Nov")
    assert refusal(tmp_path / "t.xlsx", sheet="Notes") == 'sheet "Notes" is empty; its first line must name the columns'


def test_sheets_with_different_headers_are_refused_without_a_name(tmp_path: Path) -> None:
    path = save(tmp_path / "t.xlsx", Sep=[["id", "score"], [1, 5]], Oct=[["Anna", "5"], ["Piotr", 4]])
    message = refusal(path, sheet="*")
    assert message.startswith('sheet "Oct": column 1 of its header differs from that of sheet "Sep"')
    assert "Anna" not in message


def test_formula_that_was_never_calculated_is_no_empty_cell(tmp_path: Path) -> None:
    path = save(tmp_path / "t.xlsx", A=[["x"], [5], ["=A2+1"]])
    assert refusal(path).startswith('sheet "A", row 3: holds a formula that was never calculated')
    change_part(path, SHEET, lambda xml: xml.replace(b"<v />", b"<v>6</v>").replace(b"<v></v>", b"<v>6</v>"))
    assert cells(open_(path)) == [["5"], ["6"]]


def test_cell_in_the_last_corner_is_refused_before_a_sheet_is_filled(tmp_path: Path) -> None:
    workbook = openpyxl.load_workbook(save(tmp_path / "t.xlsx", A=[["x"], [1]]))
    workbook["A"]["XFD1048576"] = 1
    workbook.save(tmp_path / "t.xlsx")
    assert refusal(tmp_path / "t.xlsx") == 'sheet "A": has more than 2000 columns'


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda xml: xml.replace(b'r="2"', b'r="1"'), "is a damaged workbook"),
        (lambda xml: xml.replace(b'r="2"', b'r="99999999999"'), "is a damaged workbook"),
        (lambda xml: xml.replace(b'r="B2"', b'r="A2"'), "is a damaged workbook"),
        (lambda xml: xml[:-30], "is a damaged workbook"),
        # Where defusedxml is installed, openpyxl refuses it before we do.
        (lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml[xml.index(b"<worksheet") :], "workbook; save it again"),
        (lambda xml: xml.replace(b"<v>7</v>", b"<v>seven</v>"), "holds a cell that cannot be read"),
    ],
    ids=["rows twice", "row too far", "cells twice", "cut", "document type", "no number"],
)
def test_damaged_sheet_is_one_sentence(tmp_path: Path, change: Callable[[bytes], bytes], says: str) -> None:
    path = save(tmp_path / "t.xlsx", A=[["x", "y"], [1, 7]])
    assert says in refusal(change_part(path, SHEET, change))


def test_archive_that_unpacks_to_too_much_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = change_part(save(tmp_path / "t.xlsx", A=[["x"]]), "xl/styles.xml", lambda xml: xml + b" " * 40_000_000)
    assert path.stat().st_size < 100_000
    assert "is too large when it is unpacked" in refusal(path)
    monkeypatch.setattr(workbook_archive, "MOST_IN_A_SHEET", 100)
    assert "is too large" in refusal(save(tmp_path / "t.xlsx", A=[["x"]]))


@pytest.mark.parametrize("place", [b"</c></row>", b"</sheetData>", b"<sheetData>"], ids=["last row", "end", "start"])
def test_text_that_would_fill_the_memory_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: bytes
) -> None:
    monkeypatch.setattr(sheet_survey, "_MOST_IN_A_ROW", 10_000)
    path = save(tmp_path / "t.xlsx", A=[["x"], [1]])
    assert cells(open_(path)) == [["1"]]
    change_part(path, SHEET, lambda xml: (b"A" * 11_000 + place).join(xml.rsplit(place, 1)))
    assert "is a damaged workbook" in refusal(path)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.xlsx", b"id,score\n1,5\n", "is no workbook, although its name ends in .xlsx"),
        ("t.xlsx", b"PK\3\4" + bytes(100), "is a damaged workbook"),
        (
            "t.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "an old workbook (.xls) or protected by a password",
        ),
        ("t.xls", b"<html><table><tr><td>1</td></tr></table>", "is a web page or XML, not a table"),
        ("t.csv.gz", b"\x1f\x8b\x08", "is compressed; unpack it first"),
        ("t.csv", b"id,score\n1,5\n", "is a CSV file, which has no sheets"),
    ],
)
def test_file_that_is_no_workbook_is_one_sentence(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert says in refusal(tmp_path / name, sheet=1)


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        (["mimetype", "content.xml"], "is a workbook of another kind than .xlsx"),
        (["word/document.xml", "[Content_Types].xml"], "is an archive without a workbook"),
        (["[Content_Types].xml", "xl/workbook.xml"], "cannot be read as a workbook"),
    ],
)
def test_other_archives_are_one_sentence(tmp_path: Path, parts: list[str], says: str) -> None:
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as archive:
        for part in parts:
            archive.writestr(part, "<a/>")
    assert says in refusal(tmp_path / "t.xlsx")


def test_workbook_with_any_other_name_is_read(tmp_path: Path) -> None:
    save(tmp_path / "t.xlsx", A=[["x"], [1]]).rename(tmp_path / "t.csv")
    assert cells(open_(tmp_path / "t.csv")) == [["1"]]


WORDS = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=6).filter(lambda t: not t.startswith("="))
CELL = st.none() | WORDS | st.integers(-(10**9), 10**9) | st.booleans()


@given(st.integers(1, 4).flatmap(lambda w: st.lists(st.lists(CELL, min_size=w, max_size=w), max_size=5)))
@settings(
    max_examples=choose_depth(15, 250), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_table_is_read_as_it_was_written(tmp_path: Path, rows: list[list[Any]]) -> None:
    width = len(rows[0]) if rows else 1
    path = save(tmp_path / "t.xlsx", A=[["x"] * width, *rows])
    texts = [["" if c is None else str(c).upper() if isinstance(c, bool) else str(c) for c in row] for row in rows]
    assert cells(open_(path)) == [row for row in texts if any(map(str.strip, row))]


@given(st.randoms(use_true_random=False))
@settings(
    max_examples=choose_depth(20, 400), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_workbook_with_any_broken_bytes_is_rows_or_one_sentence(tmp_path: Path, chance: random.Random) -> None:
    content = bytearray(_small_workbook())
    for _ in range(chance.randint(1, 4)):
        # A workbook holds the time at which it was made, so its length differs from try to try.
        content[chance.randrange(1 << 16) % len(content)] = chance.randrange(256)
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"PK\3\4" + content[4:])
    refused = ""
    try:
        list(open_(path).rows())
    except TableFileError as error:
        refused = str(error)
    assert "\n" not in refused


def _small_workbook() -> bytes:
    workbook, content = openpyxl.Workbook(), io.BytesIO()
    workbook.active.append(["x", "y"])
    workbook.active.append([1, "word"])
    workbook.save(content)
    return content.getvalue()
