"""CSV files: the header is found, and each row below it is read."""

from pathlib import Path

import pytest

from cjm.tables.csv_file import CsvFile
from cjm.tables.table_file import TableRow


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
    assert CsvFile(path, expected_columns=["who"]).header.names == ["score, if any", "who"]
