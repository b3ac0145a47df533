"""CSV files: the header is found, and each row below it is read."""

import csv
import io
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cjm.tables.columns import ColumnReference
from cjm.tables.file_layout import FileLayout
from cjm.tables.files.csv_file import CsvFile
from cjm.tables.files.open_table import open_table_file
from cjm.tables.table_file import BadRow, TableFileError, TableRow


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"a,b\n1,2\n", 2),
        (b"\n\na,b\n1,2\n", 4),
        (b"sep=;\na;b\n1;2\n", 3),
        (b"sep=;\n\na;b\n1;2\n", 4),
        (b'"a\n",b\n1,2\n', 3),
    ],
    ids=["header first", "empty lines above", "delimiter named", "delimiter named, empty line", "header of two lines"],
)
def test_rows_are_those_below_the_header(tmp_path: Path, content: bytes, line: int) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    table = CsvFile(path)
    assert table.header.names == ["a", "b"]
    assert list(table.rows()) == [TableRow(line, ["1", "2"])]


def test_delimiter_is_the_one_that_finds_the_expected_columns(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"score, if any;who\n5;anna\n")
    assert CsvFile(path).header.names == ["score", "if any;who"]
    assert CsvFile(path, expected=[ColumnReference("who")]).header.names == ["score, if any", "who"]


def test_table_with_too_many_columns_says_so(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(",".join(["score", *"a" * 2000]) + "\n" + ",".join("5" * 2001))
    with pytest.raises(TableFileError, match="line 1: has more than 2000 columns"):
        CsvFile(path, expected=[ColumnReference("score")])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of Unix")
def test_pipe_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    os.mkfifo(path)
    with pytest.raises(TableFileError, match="is a pipe or a device; save the table as a file first"):
        open_table_file(path, FileLayout(), [])


LAYERS = "Report of May\nby shop\nid,score\nnumber,0-10\n,\n(key),(scale)\n1,7\n2,8\nTotal,15\n"


def test_rows_that_are_no_data_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(LAYERS)
    table = CsvFile(path, FileLayout(preamble=2, header_rows=2, skip_rows=1, skip_last=1))
    assert table.header.names == ["id / number", "score / 0-10"]
    assert list(table.rows()) == [TableRow(7, ["1", "7"]), TableRow(8, ["2", "8"])]


def test_table_without_a_header_begins_with_data(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("1;7\n2;8;9\n")
    first, second = CsvFile(path, FileLayout(header_rows=0)).rows()
    assert first == TableRow(1, ["1", "7"])
    assert str(second) == "line 2: has 3 cells; the first row has 2"


def test_empty_and_repeated_names_are_columns(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("id,,score,score,\n1,2,3,4,\n")
    table = CsvFile(path)
    assert [table.header.find(ColumnReference(n)) for n in (2, 4)] == [1, 3]
    assert table.header.find(ColumnReference("score", 2)) == 3
    assert list(table.rows()) == [TableRow(2, ["1", "2", "3", "4", ""])]


@pytest.mark.parametrize("row", ["1", "1,2,", "1,2,3"])
def test_row_of_another_width_is_refused(tmp_path: Path, row: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"a,b\n{row}\n5,6\n")
    bad, good = CsvFile(path).rows()
    assert isinstance(bad, BadRow)
    assert str(bad).startswith("line 2: has ")
    assert good == TableRow(3, ["5", "6"])


@pytest.mark.parametrize("rows", [1, 2])
def test_header_rows_of_qualtrics_are_not_read_as_data(tmp_path: Path, rows: int) -> None:
    path = tmp_path / "table.csv"
    path.write_text("Q1,Q2\n" + "Was it good?,Why?\n" * (rows - 1) + '"{""ImportId"":""QID1""}",x\n5,Lovely\n')
    with pytest.raises(TableFileError, match=f"write header_rows = {rows + 1} in the mapping"):
        CsvFile(path)
    assert len(list(CsvFile(path, FileLayout(header_rows=rows + 1)).rows())) == 1


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=8)
TABLES = st.integers(1, 4).flatmap(lambda w: st.lists(st.lists(CELLS, min_size=w, max_size=w), min_size=1, max_size=6))


@given(TABLES, st.sampled_from([",", ";", "\t"]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_table_is_read_as_it_was_written(tmp_path: Path, rows: list[list[str]], delimiter: str, encoding: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["x"] * len(rows[0]), *rows])
    path = tmp_path / "table.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    table = CsvFile(path, FileLayout(delimiter=delimiter))
    filled = [row for row in rows if any(map(str.strip, row))]
    assert [row.cells for row in table.rows() if isinstance(row, TableRow)] == filled
