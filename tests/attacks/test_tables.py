"""Files that are no tables: the message says what is wrong."""

from pathlib import Path

import pytest

from cjm.tables.files.csv_file import CsvFile
from cjm.tables.table_file import BadRow, TableFileError


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"id,name\r1,Anna\r2,Piotr\r", "the lines end as on old Macs"),
        (b'"id,name\n1,Anna\n', "a quotation mark is opened and not closed"),
        (b"", "is empty"),
    ],
)
def test_table_without_a_header_is_refused_with_the_reason(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(TableFileError, match=says):
        CsvFile(tmp_path / "x.csv")


def test_cell_that_is_too_long_is_one_bad_row(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"id,name\n1," + b"y" * 200_000 + b"\n2,Piotr\n")
    long, good = CsvFile(tmp_path / "x.csv").rows()
    assert isinstance(long, BadRow)
    assert str(long).startswith("line 2: a cell is longer than 131,072 characters")
    assert not isinstance(good, BadRow)
