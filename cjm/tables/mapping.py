"""Mapping of a table: the meaning of its columns. `docs/importing.md` explains every key.

These are plain models; `cjm.tables.mapping_file` reads them and checks them against their journey. Whether a mapping
fits a table is checked by `TableMapping.find_missing_columns`.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from cjm.errors import Mistake
from cjm.file_model import FileModel, Key
from cjm.tables.columns import (
    AnswerField,
    ColumnField,
    ColumnReference,
    DecimalSign,
    MappedColumn,
    RowFilterField,
    TableColumn,
    TimeField,
    walk_columns,
    walk_references,
    wrap_column,
)
from cjm.tables.file_layout import FileLayout
from cjm.tables.header import ColumnError, Header
from cjm.tables.import_name import check_import_name


class FixedChannel(FileModel):
    """Channel that is the same for every row."""

    fixed: str


def _wrap_channel(value: Any) -> Any:
    return {"fixed": value} if isinstance(value, str) else wrap_column(value)


def _channel_tag(value: Any) -> str:
    is_fixed = isinstance(value, FixedChannel) or (isinstance(value, dict) and "fixed" in value)
    return FIXED_TAG if is_fixed else COLUMN_TAG


COLUMN_TAG, FIXED_TAG = "<column>", "<fixed>"
"""Steps of an error's path that say which of the two forms of ``channel`` was read; they are not keys of the file."""


ChannelField = Annotated[
    Annotated[MappedColumn, Tag(COLUMN_TAG)] | Annotated[FixedChannel, Tag(FIXED_TAG)],
    Discriminator(_channel_tag),
    BeforeValidator(_wrap_channel),
]
DayField = Annotated[date, BeforeValidator(lambda v: v.date() if isinstance(v, datetime) else v)]


class TableMapping(FileLayout):
    """Meaning of a table's columns.

    ``kind`` is answers or events; ``shape`` is one of them a row (``long``), or one customer a row with a column
    for each (``wide``). With ``ask`` imported events may lead to questions, as if they had just been posted.
    """

    name: Annotated[str, AfterValidator(check_import_name)] | None = None
    kind: Literal["answers", "events"] = "answers"
    shape: Literal["wide", "long"] = "wide"
    leave_out: RowFilterField | None = None
    customer: ColumnField | None = None
    row: ColumnField | None = None
    event: ColumnField | None = None
    day: DayField | None = None
    at: TimeField | None = None
    channel: ChannelField | None = None
    attributes: dict[Key, ColumnField] = Field(default_factory=dict)
    not_applicable: tuple[str, ...] = ("",)  # cells that are no answer; a column may have its own
    values: dict[str, int | str] = Field(default_factory=dict)
    decimal: DecimalSign | None = None  # of numbers that could be read in two ways; a column may have its own
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
    def layout(self) -> FileLayout:
        """Layout of the table's file."""
        return FileLayout.model_construct(**{name: getattr(self, name) for name in FileLayout.model_fields})

    @property
    def columns(self) -> list[tuple[str, TableColumn]]:
        """Key paths of the mapping and what they say about columns."""
        return [pair for name in TableMapping.model_fields for pair in walk_columns(getattr(self, name), name)]

    @property
    def references(self) -> list[tuple[str, ColumnReference]]:
        """Key paths of the mapping and the columns that they name."""
        return [pair for name in TableMapping.model_fields for pair in walk_references(getattr(self, name), name)]

    def find_missing_columns(self, header: Header) -> list[Mistake]:
        """Return the named columns that the table's header lacks, or has several times."""
        mistakes = []
        for at, reference in self.references:
            try:
                header.find(reference)
            except ColumnError as error:
                mistakes.append(Mistake(at, str(error)))
        return mistakes
