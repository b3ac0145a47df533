"""Every format gives back the values that were written; a workbook is one to other programs, too."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm.tables.file_layout import ALL_SHEETS, FileLayout
from cjm.tables.files.open_table import open_table_file
from cjm.tables.own.columns import COLUMNS, EXACT, ColumnType, ExportColumn, ExportKind, attribute_columns, find_kind
from cjm.tables.own.ndjson_file import NdjsonFile
from cjm.tables.own.own_rows import OwnRow, OwnRowReader
from cjm.tables.own.workbook_writer import WorkbookWriter
from cjm.tables.own.writers import ExportFormat, make_writer
from cjm.tables.table_file import BadRow, TableFile, TableRow
from tests.depth import choose_depth

WARSAW = ZoneInfo("Europe/Warsaw")
VISITS = (*COLUMNS[ExportKind.VISITS], *attribute_columns(["city"]))
AWKWARD = ("=1+1", "'=1+1", "a\nb\tc", "_x000D_ & <b>", " =x", "ends with _x0041_", "🙂 ąż", '"quoted"', "-5", "'")
READ_AGAIN = (ExportFormat.CSV, ExportFormat.XLSX, ExportFormat.NDJSON)


def make_row(**values: Any) -> list[object]:
    at = datetime(2026, 10, 25, 0, 30, 15, 123456, UTC)  # 02:30 in Warsaw, which the clocks show twice that night
    usual = {
        "event_id": "e-1", "customer": "77", "at": at, "day": date(2026, 10, 25), "stage": "visit",
        "channel": "store", "received_at": at + timedelta(hours=1), "withdrawn": False, "attributes.city": "Łódź",
    }  # fmt: skip
    told = usual | values
    cells = [told.get(column.name) for column in VISITS]
    return [cell.astimezone(WARSAW) if isinstance(cell, datetime) else cell for cell in cells]


def write_file(path: Path, columns: Sequence[ExportColumn], rows: Sequence[Sequence[object]]) -> Path:
    writer = make_writer(ExportFormat(path.suffix[1:]), columns, ExportKind.VISITS)
    path.write_bytes(writer.begin() + b"".join(writer.write([row]) for row in rows) + writer.end())
    return path


def open_file(path: Path) -> TableFile:
    if path.suffix == ".ndjson":
        return NdjsonFile(path)
    return open_table_file(path, FileLayout(sheet=ALL_SHEETS) if path.suffix == ".xlsx" else FileLayout(), ())


def read_file(path: Path) -> list[OwnRow | BadRow]:
    file = open_file(path)
    assert find_kind(file.header.names) is ExportKind.VISITS
    return list(OwnRowReader(ExportKind.VISITS, file.header.names, WARSAW).read(file.rows()))


@pytest.mark.parametrize("file_format", READ_AGAIN)
def test_values_come_back_to_the_microsecond_and_the_last_digit(file_format: str, tmp_path: Path) -> None:
    rows = [
        make_row(amount=0.1 + 0.2, measures={"minutes": 12.5}, lost_reason=text, event_id=f"e-{number}")
        for number, text in enumerate(AWKWARD)
    ]
    rows.append(make_row(at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC), event_id="second 02:30", withdrawn=True))
    found = read_file(write_file(tmp_path / f"v.{file_format}", VISITS, rows))
    assert [type(row) for row in found] == [OwnRow] * len(rows)
    for row, cells in zip(found, rows, strict=True):
        assert isinstance(row, OwnRow)
        wanted = dict(zip((column.name for column in VISITS), cells, strict=True))
        assert row.attributes == {"city": wanted.pop("attributes.city")}
        utc = {n: v.astimezone(UTC) if isinstance(v, datetime) else v for n, v in wanted.items()}
        assert {name: value for name, value in row.facts[0].items() if name in wanted} == utc


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), min_size=1, max_size=60))
@settings(max_examples=choose_depth(25, 500), deadline=None)
def test_any_words_come_back_from_csv_and_a_workbook(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("words")
    for file_format in ("csv", "xlsx"):
        (found,) = read_file(write_file(folder / f"v.{file_format}", VISITS, [make_row(lost_reason=text)]))
        assert isinstance(found, OwnRow)
        assert found.facts[0]["lost_reason"] == text


def test_a_changed_cell_counts_more_than_what_was_behind_it(tmp_path: Path) -> None:
    path = write_file(tmp_path / "v.csv", VISITS, [make_row()])
    path.write_bytes(path.read_bytes().replace(b"2026-10-25 02:30:15", b"2026-10-26 12:00:00"))
    (found,) = read_file(path)
    assert isinstance(found, OwnRow)
    assert found.facts[0]["at"] == datetime(2026, 10, 26, 11, tzinfo=UTC)


def test_cells_that_cannot_be_read_refuse_their_row_without_saying_what_they_hold(tmp_path: Path) -> None:
    rows = [make_row(), make_row(customer=None), make_row(stage="x" * 65), make_row()]
    path = write_file(tmp_path / "v.csv", VISITS, rows)
    path.write_bytes(path.read_bytes().replace(b",0,2026-10-25", b",maybe,2026-10-25", 1))
    first, second, third, fourth = map(str, read_file(path))
    assert first == 'line 2: column "withdrawn": must be 0 or 1'
    assert second.startswith('line 3: column "customer": is empty: the row names nobody any more')
    assert third == 'line 4: column "stage": is too long'
    assert fourth.startswith("OwnRow")


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        *[("at", time) for time in ("0001-01-01 00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")],
        *[("day", day) for day in ("0001-01-01", "9999-12-31")],
        *[("measures", text) for text in ("[" * 50_000, '{"a": 1e999}', f'{{"a": {"9" * 400}}}', '{"\\ud800": 1}')],
        *[("amount", number) for number in ("1e308", "nan", "-inf")],
        *[("stage", name) for name in ("\x1b[31mred", "\ud800", "\u202evisit")],
        *[("lost_reason", words) for words in ("half of \ud83d", "\x00")],
        *[("attributes.city", city) for city in ("Ł" * 257, "\x1b[2J", "\ud800")],
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_cell_that_no_export_holds_refuses_its_row_alone(name: str, cell: str) -> None:
    names = [column.name for column in VISITS]
    usual = dict(zip(names, ["" if cell is None else str(cell) for cell in make_row()], strict=True))
    rows = [TableRow(line, list((usual | told).values())) for line, told in enumerate([{}, {name: cell}, {}], 2)]
    first, bad, last = OwnRowReader(ExportKind.VISITS, names, WARSAW).read(rows)
    assert isinstance(first, OwnRow)
    assert isinstance(last, OwnRow)
    assert isinstance(bad, BadRow)
    assert f'column "{name}": ' in str(bad)


def test_what_is_behind_a_cell_is_passed_over_where_nobody_can_read_it() -> None:
    names = [*(column.name for column in VISITS), EXACT.name]
    cells = [*["" if cell is None else str(cell) for cell in make_row()], '{"at":' * 50_000]
    (found,) = OwnRowReader(ExportKind.VISITS, names, WARSAW).read([TableRow(2, cells)])
    assert isinstance(found, OwnRow)


def test_a_workbook_has_dates_numbers_and_texts_and_no_formula() -> None:
    writer = WorkbookWriter(VISITS, "visits")
    data = writer.begin() + writer.write([make_row(amount=12.5, lost_reason="=1+1")]) + writer.end()
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    header, row = ([cell.value for cell in cells] for cells in sheet.iter_rows())
    told = dict(zip(header, row, strict=True))
    assert (told["at"], told["day"]) == (datetime(2026, 10, 25, 2, 30, 15), datetime(2026, 10, 25))  # noqa: DTZ001 - a cell has no zone
    assert (told["amount"], told["withdrawn"], told["lost_reason"]) == (12.5, False, "=1+1")
    assert {cell.data_type for cells in sheet.iter_rows() for cell in cells} <= {"s", "n", "d", "b", "inlineStr"}


def test_a_full_sheet_goes_on_in_the_next_one_under_the_same_header(tmp_path: Path) -> None:
    writer = WorkbookWriter(VISITS, "visits", most_rows=4)
    rows = [make_row(event_id=f"e-{number}") for number in range(7)]
    path = tmp_path / "v.xlsx"
    path.write_bytes(writer.begin() + writer.write(rows[:5]) + writer.write(rows[5:]) + writer.end())
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
    assert openpyxl.load_workbook(path, read_only=True).sheetnames == ["visits", "visits 2", "visits 3"]
    assert [row.name for row in read_file(path) if isinstance(row, OwnRow)] == [f"visits e-{n}" for n in range(7)]


def test_parquet_has_types_and_times_in_utc() -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    writer = make_writer(ExportFormat.PARQUET, VISITS, ExportKind.VISITS)
    data = writer.begin() + writer.write([make_row(amount=12.5, measures={"m": 1.5})]) + writer.end()
    (row,) = parquet.read_table(io.BytesIO(data)).to_pylist()
    assert (row["day"], row["amount"], row["measures"]) == (date(2026, 10, 25), 12.5, '{"m": 1.5}')
    assert row["at"] == datetime(2026, 10, 25, 0, 30, 15, 123456, UTC)


def test_every_column_of_every_kind_has_a_type_and_kinds_are_told_apart() -> None:
    for kind, columns in COLUMNS.items():
        assert find_kind([column.name for column in columns]) is kind
        assert {column.type for column in columns} <= set(ColumnType)
        assert find_kind([column.name for column in columns[1:]]) is None
