"""Encodings: what is sure is found, what is not is refused with a place and a guess."""

import codecs
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cjm.tables.file_layout import FileLayout
from cjm.tables.files.csv_file import CsvFile
from cjm.tables.files.encodings import FileEncoding, guess_code_page, read_lines
from cjm.tables.table_file import TableFileError, TableRow

TABLE = "id;słowa\r\n1;Zażółć gęślą jaźń\r\n2;Очень хорошо\r\n"
WAYS = {
    "utf-8": TABLE.encode(),
    "utf-8 with a mark": codecs.BOM_UTF8 + TABLE.encode(),
    "utf-16-le with a mark": codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le"),
    "utf-16-be with a mark": codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"),
    "utf-16-le": TABLE.encode("utf-16-le"),
    "utf-16-be": TABLE.encode("utf-16-be"),
}


def refusal(path: Path, layout: FileLayout | None = None) -> str:
    with pytest.raises(TableFileError) as error:
        CsvFile(path, layout)
    return str(error.value)


@pytest.mark.parametrize("way", WAYS)
def test_unicode_is_found(tmp_path: Path, way: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(WAYS[way])
    table = CsvFile(path)
    assert table.header.names == ["id", "słowa"]
    assert list(table.rows()) == [TableRow(2, ["1", "Zażółć gęślą jaźń"]), TableRow(3, ["2", "Очень хорошо"])]
    assert table.bytes_read == table.bytes_total


@pytest.mark.parametrize(
    ("encoding", "words"),
    [("cp1250", "Zażółć gęślą jaźń"), ("cp1251", "Очень хорошо"), ("utf-16", "Очень"), ("utf-16-le", "Очень")],
)
def test_declared_encoding_is_used(tmp_path: Path, encoding: str, words: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(f"id,words\n1,{words}\n".encode(encoding))
    assert list(CsvFile(path, FileLayout(encoding=encoding)).rows()) == [TableRow(2, ["1", words])]


@pytest.mark.parametrize(
    ("encoding", "words"), [("cp1250", "było bardzo miło, świetna obsługa"), ("cp1251", "очень долго, и грубо")]
)
def test_file_that_is_not_utf8_is_refused_with_a_guess(tmp_path: Path, encoding: str, words: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(f"id,words\n1,{words}\n".encode(encoding))
    assert f'is not UTF-8; it looks like {encoding}: write encoding = "{encoding}"' in refusal(path)
    assert refusal(path).startswith("line 2, byte ")


@pytest.mark.parametrize(
    "text", [b"plain", "très été".encode("latin-1"), "хорошо".encode() + b"\xff", bytes(range(128, 256))]
)
def test_no_code_page_is_guessed_without_its_words(text: bytes) -> None:
    assert guess_code_page(text) is None


def test_mark_of_another_encoding_than_the_declared_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(WAYS["utf-16-le with a mark"])
    assert refusal(path, FileLayout(encoding="cp1251")) == (
        'line 1: begins with the mark of UTF-16, but the mapping says encoding = "cp1251"; leave it out'
    )


@given(st.text(max_size=200), st.sampled_from(["utf-16-le", "utf-16-be"]))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_lines_of_utf16_are_those_of_the_text(text: str, encoding: str) -> None:
    lines = [line.decode(encoding) for line in read_lines(io.BytesIO(text.encode(encoding)), FileEncoding(encoding))]
    assert lines == list(io.StringIO(text, newline="\n"))


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_bytes_are_rows_or_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    layouts: list[dict[str, object]] = [
        {},
        {"encoding": "utf-16", "header_rows": 0},
        {"encoding": "cp1251", "preamble": 1},
    ]
    for layout in map(FileLayout.model_validate, layouts):
        lines, refused = [], ""
        try:
            lines = [row.line for row in CsvFile(path, layout).rows()]
        except TableFileError as error:
            refused = str(error)
        assert lines == sorted(set(lines))
        assert "\n" not in refused
