"""Files of other programs: delimiters, encodings, missing columns, and what is no table at all."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.usecases.tables.import_source import TableError, open_table
from cjm.tables.mapping_file import MappingError
from cjm.tables.row_outcome import RowOutcome
from cjm.tables.table_file import BadRow
from tests.usecases.tables.cafe import CAFE, HEAD, NOW, WIDE, Cafe, counts

ONE_NEW = {RowOutcome.NEW: 1}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff", "sep={}\n"])
async def test_delimiters_are_found_out(cafe: Cafe, delimiter: str, start: str) -> None:
    table = start.format(delimiter) + HEAD.replace(";", delimiter)
    table += "Anna;24.10.2026 10:00;Gdańsk;4;;;".replace(";", delimiter)
    assert counts(await cafe.take(table)) == ONE_NEW


async def test_another_encoding_and_delimiter_by_the_mapping(cafe: Cafe) -> None:
    mapping = 'encoding = "cp1250"\ndelimiter = "|"\n' + WIDE
    table = (HEAD + "Zażółć;24.10.2026 10:00;Gdańsk;4;;;\r\n").replace(";", "|").encode("cp1250")
    assert counts(await cafe.take(table, mapping)) == ONE_NEW
    assert len(await cafe.answers_of("Zażółć")) == 1


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (HEAD.encode() + "Zażółć;".encode("cp1250"), "line 2, byte 3: is not UTF-8"),
        (b"a" * 1_100_000, "longer than a megabyte"),
    ],
)
async def test_a_file_that_is_no_table(cafe: Cafe, table: bytes, says: str) -> None:
    with pytest.raises(TableError, match=r"table\.csv: ") as caught:
        await cafe.take(table)
    assert says in str(caught.value)


@pytest.mark.parametrize("mapping", [WIDE, f"skip_last = 1\n{WIDE}"])
async def test_a_table_without_rows_removes_none_of_an_earlier_one(cafe: Cafe, mapping: str) -> None:
    row = "Anna;24.10.2026 10:00;Gdańsk;4;;;\n"
    await cafe.take(HEAD + row)
    with pytest.raises(TableError, match="has no rows of data"):
        await cafe.take(HEAD + (row if "skip_last" in mapping else ""), mapping, mirror=True)
    assert len(await cafe.answers_of("Anna")) == 1


async def test_a_first_row_of_data_is_not_lost_as_a_header(cafe: Cafe) -> None:
    mapping = "at = 1\nquestions.counter_csat = 2\n"
    with pytest.raises(TableError, match="first row looks like data"):
        await cafe.take("2026-02-28,5\n2026-03-01,4\n", mapping)
    assert counts(await cafe.take("2026-02-28,5\n2026-03-01,4\n", f"header_rows = 0\n{mapping}")) == {RowOutcome.NEW: 2}


async def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="cannot be read: no such file"):
        open_table(tmp_path / "none.csv", CAFE, WIDE, "mapping.toml", "cafe")
    with pytest.raises(TableError, match="cannot be read: is a directory"):
        open_table(tmp_path, CAFE, WIDE, "mapping.toml", "cafe")


async def test_missing_columns_are_told_all_at_once(cafe: Cafe) -> None:
    with pytest.raises(MappingError) as caught:
        await cafe.take("Client;whem;City;Counter;Counter;Why\n")
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"mapping.toml:{n}" for n in (3, 6, 8, 9)]
    assert [line.split(": ")[1] for line in lines] == [
        "at", "questions.counter_csat", "questions.counter_words", "questions.visit_nps"
    ]  # fmt: skip
    assert 'the table has the column "Counter" more than once' in lines[1]


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda t: (HEAD + t).encode("utf-8", "surrogatepass")))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_table_breaks_anything(tmp_path: Path, table: bytes) -> None:
    file = tmp_path / "any.csv"
    file.write_bytes(table)
    try:
        source = open_table(file, CAFE, WIDE, "mapping.toml", "cafe")
    except (TableError, MappingError):
        return
    for row in source.read_rows(NOW):
        assert row.line >= 2
        assert not isinstance(row, BadRow) or row.mistakes
