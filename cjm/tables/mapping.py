"""Mapping of a table: the meaning of its columns. `tests/data/airline-mapping.toml` explains the file format.

These are plain models; `cjm.tables.mapping_file` reads them and checks them against their journey. Whether a mapping
fits a table is checked by `TableMapping.find_missing_columns`.
"""

import codecs
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from cjm.errors import Mistake
from cjm.file_model import FileModel, Key
from cjm.mistake_wording import find_similar, join_names, quote_name
from cjm.tables.columns import AnswerField, ColumnField, ColumnReference, MappedColumn, TimeField, walk_references

MOST_IN_AN_IMPORT_NAME = 64  # characters: it is typed again to take the import back


def _check_encoding(value: str) -> str:
    # Lines and cells are found by their ASCII bytes, so encodings such as UTF-16, in which those differ, are refused;
    # codecs such as rot13, which turn text into text, are no encodings.
    try:
        is_ascii_based = "aZ;,\t\n".encode(value) == b"aZ;,\t\n" and codecs.lookup(value)._is_text_encoding
    except (LookupError, ValueError):
        is_ascii_based = False
    if not is_ascii_based:
        raise ValueError('is not an encoding that can be read; write one such as "utf-8", "cp1251" or "cp1250"')
    return value


def _check_delimiter(value: str) -> str:
    if len(value) != 1 or value in '"\r\n':
        raise ValueError(r'must be one character, such as ",", ";" or "\t"')
    return value


def check_import_name(value: str) -> str:
    """Return the name of an import; raise ValueError if it cannot be read or typed."""
    if not value.strip() or len(value) > MOST_IN_AN_IMPORT_NAME or not value.isprintable():
        raise ValueError(f'must be 1 to {MOST_IN_AN_IMPORT_NAME} visible characters, such as "clinic-2026"')
    return value.strip()


class FixedChannel(FileModel):
    """Channel that is the same for every row."""

    fixed: str


def _wrap_channel(value: Any) -> Any:
    return value if isinstance(value, dict) else {"fixed": value}


def _channel_tag(value: Any) -> str:
    return COLUMN_TAG if isinstance(value, MappedColumn) or "column" in value else FIXED_TAG


COLUMN_TAG, FIXED_TAG = "<column>", "<fixed>"
"""Steps of an error's path that say which of the two forms of ``channel`` was read; they are not keys of the file."""


ChannelField = Annotated[
    Annotated[MappedColumn, Tag(COLUMN_TAG)] | Annotated[FixedChannel, Tag(FIXED_TAG)],
    Discriminator(_channel_tag),
    BeforeValidator(_wrap_channel),
]
DayField = Annotated[date, BeforeValidator(lambda v: v.date() if isinstance(v, datetime) else v)]


class TableMapping(FileModel):
    """Meaning of a table's columns.

    ``kind`` is answers or events; ``shape`` is one of them a row (``long``), or one customer a row with a column
    for each (``wide``). With ``ask`` imported events may lead to questions, as if they had just been posted.
    """

    name: Annotated[str, AfterValidator(check_import_name)] | None = None
    kind: Literal["answers", "events"] = "answers"
    shape: Literal["wide", "long"] = "wide"
    encoding: Annotated[str, AfterValidator(_check_encoding)] = "utf-8"
    delimiter: Annotated[str, AfterValidator(_check_delimiter)] | None = None
    customer: ColumnField | None = None
    row: ColumnField | None = None
    event: ColumnField | None = None
    day: DayField | None = None
    at: TimeField | None = None
    channel: ChannelField | None = None
    attributes: dict[Key, ColumnField] = Field(default_factory=dict)
    not_applicable: tuple[str, ...] = ("",)  # cells that are no answer; a column may have its own
    values: dict[str, int | str] = Field(default_factory=dict)
    questions: dict[Key, AnswerField] = Field(default_factory=dict)
    question: ColumnField | None = None
    touchpoint: ColumnField | None = None
    stage: ColumnField | None = None
    value: AnswerField | None = None
    touchpoints: dict[Key, TimeField] = Field(default_factory=dict)
    passage: ColumnField | None = None
    amount: ColumnField | None = None
    lost_reason: ColumnField | None = None
    measures: dict[Key, ColumnField] = Field(default_factory=dict)
    ask: bool = False

    @property
    def references(self) -> list[tuple[str, ColumnReference]]:
        """Key paths of the mapping and the columns that they name."""
        return [pair for name in TableMapping.model_fields for pair in walk_references(getattr(self, name), name)]

    def find_missing_columns(self, header: Sequence[str]) -> list[Mistake]:
        """Return the named columns that are missing from the table's header, or are there twice."""
        mistakes = []
        for at, (column, _) in self.references:
            if isinstance(column, int):
                continue
            if column not in header:
                meant = find_similar(column, header)
                hint = (
                    f"did you mean {quote_name(meant)}?" if meant else f"it has {join_names(map(quote_name, header))}"
                )
                mistakes.append(Mistake(at, f"the table has no column {quote_name(column)}; {hint}"))
            elif list(header).count(column) > 1:
                mistakes.append(Mistake(at, f"the table has the column {quote_name(column)} more than once"))
        return mistakes
