"""Columns of a table as a mapping names them: where they are, and the meaning of their cells. Plain models.

A column is its name, its position from 1, or a table: ``{ column = "Score", nth = 2, values = { … } }``.
`cjm.tables.header` finds them in a file; `cjm.tables.row_reader` reads their cells.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from cjm.file_model import FileModel, Whole
from cjm.mistake_wording import path_step, quote_name
from cjm.tables.times.time_format import TimeFormatText, ZoneAlias
from cjm.tables.times.time_names import NameLanguage
from cjm.time_zones import TimeZone

MOST_COLUMNS = 2000  # of a table: the widest exports of surveys have some hundreds
MOST_IN_A_NAME = 2000  # characters: survey tools write whole questions into headers
NOT_A_COLUMN = 'must be a column\'s name in quotes, its number from 1, or a table such as { column = "…" }'


class ColumnReference(NamedTuple):
    """Name of a column, or its position from 1; ``nth`` chooses among columns of the same name, from 1."""

    column: str | int
    nth: int | None = None

    def __str__(self) -> str:
        if isinstance(self.column, int):
            return f"column {self.column}"
        return f"column {quote_name(self.column)}" + (f" (number {self.nth} of this name)" if self.nth else "")


def _check_column_name(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("must be a column's name in quotes, or its number from 1")
    if isinstance(value, str) and not value.strip():
        raise ValueError("is empty; a column without a name is found by its number from 1")
    if isinstance(value, str) and len(value) > MOST_IN_A_NAME:
        raise ValueError(f"is too long; at most {MOST_IN_A_NAME} characters are allowed")
    if isinstance(value, int) and not 1 <= value <= MOST_COLUMNS:
        raise ValueError(f"must be a number from 1 to {MOST_COLUMNS}; the first column is 1")
    return value


ColumnName = Annotated[str | int, BeforeValidator(_check_column_name)]
CellLabels = tuple[str, ...]
DecimalSign = Literal[",", "."]


class SingleColumn(FileModel):
    """One column among several that belong together."""

    column: ColumnName
    nth: Annotated[Whole, Field(ge=1, le=MOST_COLUMNS)] | None = None

    @model_validator(mode="after")
    def _check_nth(self) -> Self:
        if self.nth is not None and not isinstance(self.column, str):
            raise ValueError("nth goes with a column that is given by its name")
        return self

    @property
    def reference(self) -> ColumnReference:
        return ColumnReference(self.column, self.nth)


def _check_row_filter(value: Any) -> Any:
    if not isinstance(value, dict | FileModel):
        raise ValueError('must be a table such as { column = "Status", cells = ["Test"] }')
    return value


class RowFilter(SingleColumn):
    """Rows that are no answers or events, such as tests: those whose cell in a column is one of ``cells``."""

    cells: Annotated[CellLabels, Field(min_length=1, max_length=1000)]


RowFilterField = Annotated[RowFilter, BeforeValidator(_check_row_filter)]


def wrap_column(value: Any) -> Any:
    """Return a column that is written as its name or number as the table that it stands for."""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return {"column": value}
    if isinstance(value, dict | FileModel):
        return value
    raise ValueError(NOT_A_COLUMN)


SingleField = Annotated[SingleColumn, BeforeValidator(wrap_column)]


class TableColumn(FileModel):
    """One column, or several ``columns`` that are read together.

    ``not_applicable`` lists the cells that hold no value; without it those of the mapping count. ``nth`` is for a name
    that the header has several times.
    """

    column: ColumnName | None = None
    columns: tuple[SingleField, ...] = ()
    nth: Annotated[Whole, Field(ge=1, le=MOST_COLUMNS)] | None = None
    not_applicable: CellLabels | None = None

    @model_validator(mode="after")
    def _check_columns(self) -> Self:
        self._check_place()
        return self

    def _check_place(self) -> None:
        if (self.column is None) == (not self.columns):
            raise ValueError('write either column = "…" or columns = ["…", "…"]')
        if self.nth is not None and not isinstance(self.column, str):
            raise ValueError("nth goes with one column that is given by its name")

    @property
    def references(self) -> tuple[ColumnReference, ...]:
        """The columns to find in the header, in the order of the mapping."""
        if self.column is not None:
            return (ColumnReference(self.column, self.nth),)
        return tuple(single.reference for single in self.columns)


class MappedColumn(TableColumn):
    """Column of names, words or numbers, and the meaning of cells that differ from the journey's (cell: key).

    ``decimal`` is the decimal sign of its numbers.
    """

    values: dict[str, str] = Field(default_factory=dict)
    decimal: DecimalSign | None = None


ScaleRange = tuple[float, float] | Literal["stars"]


def _check_range(value: Any) -> Any:
    if value == "stars":
        return value
    is_pair = isinstance(value, list | tuple) and len(value) == 2
    if not is_pair or any(isinstance(end, bool) or not isinstance(end, int | float) for end in value):
        raise ValueError('must be both ends of the table\'s scale, such as [1, 10], or "stars"')
    first, last = value
    if not (abs(first) <= 1_000_000 and abs(last) <= 1_000_000) or first == last:  # false for nan and inf, too
        raise ValueError("must have two different ends from -1000000 to 1000000, such as [0, 100]")
    return value


class AnswerColumn(TableColumn):
    """Column of answers, or one column an option (``chosen``).

    A cell of ``not_applicable`` is no answer and enters no denominator. ``range`` holds both ends of the table's
    scale where it is not the question's, ``decimal`` the decimal sign of its numbers; ``separator`` divides the options
    of a cell that holds several; ``yes`` lists the cells that choose an option in the columns of ``chosen``; "*" is
    every filled cell.
    """

    values: dict[str, int | str] = Field(default_factory=dict)
    range: Annotated[ScaleRange, BeforeValidator(_check_range)] | None = None
    decimal: DecimalSign | None = None
    separator: Annotated[str, Field(min_length=1, max_length=10)] | None = None
    chosen: dict[str, SingleField] = Field(default_factory=dict)
    yes: CellLabels = ()

    def _check_place(self) -> None:
        if not self.chosen:
            super()._check_place()
            if self.yes:
                raise ValueError("yes goes with chosen, the columns of single options")
            return
        for name in ("column", "columns", "nth", "separator", "values", "range", "decimal"):
            if getattr(self, name):
                raise ValueError(f"chosen names the columns of single options; {name} does not go with it")

    @property
    def references(self) -> tuple[ColumnReference, ...]:
        if self.chosen:
            return tuple(single.reference for single in self.chosen.values())
        return super().references


class TimeColumn(TableColumn):
    """Column of dates or times; several are joined with a space. Times without an offset are in ``timezone``.

    ``format`` is one of ``strptime``, or unix, unix_ms or excel; without it the cells are ISO 8601. ``language`` is the
    language of names of months. ``zones`` says what zone names in the cells mean. Without ``timezone`` the journey's
    counts.
    """

    format: TimeFormatText | None = None
    language: NameLanguage | None = None
    timezone: TimeZone | None = None
    zones: dict[ZoneAlias, TimeZone] = Field(default_factory=dict)


ColumnField = Annotated[MappedColumn, BeforeValidator(wrap_column)]
AnswerField = Annotated[AnswerColumn, BeforeValidator(wrap_column)]
TimeField = Annotated[TimeColumn, BeforeValidator(wrap_column)]


COLUMN_KEYS = tuple(
    {**MappedColumn.model_fields, **AnswerColumn.model_fields, **TimeColumn.model_fields, **RowFilter.model_fields}
)
"""All keys that a column of one kind or another has."""


def walk_columns(value: object, path: str) -> Iterator[tuple[str, TableColumn]]:
    """Yield the columns in ``value``, a column or a table of them, with their key paths under ``path``."""
    if isinstance(value, TableColumn):
        yield path, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from walk_columns(part, f"{path}.{path_step(name)}")


def walk_references(value: object, path: str) -> Iterator[tuple[str, ColumnReference]]:
    """Yield what names a column of the table in ``value``, with the key paths under ``path``."""
    if isinstance(value, SingleColumn):
        yield path, value.reference
    for at, column in walk_columns(value, path):
        if isinstance(column, AnswerColumn) and column.chosen:
            yield from ((f"{at}.chosen.{path_step(key)}", single.reference) for key, single in column.chosen.items())
        else:
            yield from ((at, reference) for reference in column.references)
