"""Mapping: which column of a table means what, read from a TOML file. `tests/data/airline-mapping.toml` explains it.

A mapping that exists fits its journey; whether it fits the table is told by :meth:`Mapping.missing`.
"""

import codecs
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from cjm.errors import FileError, Mistake
from cjm.file_model import FileModel, Key
from cjm.journeys.journey import CHANNELS, Journey, TimeZone
from cjm.journeys.survey import Question
from cjm.mistake_wording import describe_error, find_similar, join_names, path_step, quote_name
from cjm.toml_file import TomlError, parse_toml
from cjm.wall_clock import YEARS


class MappingError(FileError):
    """A mapping file with mistakes."""



def _wrap_column(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def _check_encoding(value: str) -> str:
    try:
        plain = "aZ;,\t\n".encode(value) == b"aZ;,\t\n" and codecs.lookup(value)._is_text_encoding
    except (LookupError, ValueError):
        plain = False
    if not plain:
        raise ValueError('is not an encoding that can be read here, such as "utf-8", "cp1251" or "cp1250"')
    return value


def _check_delimiter(value: str) -> str:
    if len(value) != 1 or value in '"\r\n':
        raise ValueError(r'is one character, such as ",", ";" or "\t"')
    return value


def _check_format(value: str) -> str:
    try:
        datetime.strptime(datetime(2026, 3, 4, 5, 6).strftime(value), value)  # noqa: DTZ001, DTZ007 - only tried
    except ValueError:
        raise ValueError('is not a format of dates, such as "%d.%m.%Y %H:%M"') from None
    return value


Name = Annotated[str, Field(min_length=1, max_length=500)]


class MappedColumn(FileModel):
    """A column, and what its cells mean where they do not speak for themselves."""

    column: Name
    values: dict[str, str] = Field(default_factory=dict)


class AnswerColumn(FileModel):
    """A column of answers. A cell of ``not_applicable`` is no answer and enters no denominator."""

    column: Name
    values: dict[str, int | str] = Field(default_factory=dict)
    not_applicable: tuple[str, ...] | None = None


class TimeColumn(FileModel):
    """A column of dates or times. Those without an offset are meant in ``timezone``, else the journey's."""

    column: Name
    format: Annotated[str, AfterValidator(_check_format)] | None = None
    timezone: TimeZone | None = None


class FixedValues(FileModel):
    """The same for every row."""

    fixed: str


def _wrap_channel(value: Any) -> Any:
    return value if isinstance(value, dict) else {"fixed": value}


ColumnField = Annotated[MappedColumn, BeforeValidator(_wrap_column)]
AnswerField = Annotated[AnswerColumn, BeforeValidator(_wrap_column)]
TimeField = Annotated[TimeColumn, BeforeValidator(_wrap_column)]
DayField = Annotated[date, BeforeValidator(lambda v: v.date() if isinstance(v, datetime) else v)]


class TableMapping(FileModel):
    """What a table holds: answers or events, a row each (``long``) or a row a person with a column each (``wide``)."""

    kind: Literal["answers", "events"] = "answers"
    shape: Literal["wide", "long"] = "wide"
    encoding: Annotated[str, AfterValidator(_check_encoding)] = "utf-8"
    delimiter: Annotated[str, AfterValidator(_check_delimiter)] | None = None
    customer: ColumnField | None = None
    row: ColumnField | None = None
    day: DayField | None = None
    at: TimeField | None = None
    channel: Annotated[MappedColumn | FixedValues, BeforeValidator(_wrap_channel)] | None = None
    attributes: dict[Key, ColumnField] = Field(default_factory=dict)
    not_applicable: tuple[str, ...] = ("",)
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
    def columns(self) -> list[tuple[str, str]]:
        """Every column that is named, with the key path that names it."""
        return list(_walk_columns(self, ""))

    def find_missing_columns(self, header: Sequence[str]) -> list[Mistake]:
        """The named columns that a table with this header has not, or has twice."""
        found = []
        for at, column in self.columns:
            if column not in header:
                meant = find_similar(column, header)
                there = (
                    f"did you mean {quote_name(meant)}?" if meant else f"it has {join_names(map(quote_name, header))}"
                )
                found.append(Mistake(at, f"the table has no column {quote_name(column)}; {there}"))
            elif list(header).count(column) > 1:
                found.append(Mistake(at, f"the table has the column {quote_name(column)} more than once"))
        return found


def _walk_columns(value: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, (MappedColumn, AnswerColumn, TimeColumn)):
        yield at, value.column
    elif isinstance(value, TableMapping):
        for name in TableMapping.model_fields:
            yield from _walk_columns(getattr(value, name), name)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _walk_columns(part, f"{at}.{name}")


_ANY = {"kind", "shape", "encoding", "delimiter", "customer", "row", "channel", "attributes"}
_FITTING: dict[tuple[str, str], tuple[set[str], set[str]]] = {  # what is needed, what else may stand there
    ("answers", "wide"): ({"questions"}, {"day", "at", "not_applicable", "values"}),
    ("answers", "long"): ({"value"}, {"question", "touchpoint", "day", "at", "not_applicable", "values"}),
    ("events", "wide"): ({"customer", "touchpoints"}, {"ask", "passage"}),
    ("events", "long"): (
        {"customer", "at"},
        {"touchpoint", "stage", "passage", "amount", "lost_reason", "measures", "ask"},
    ),
}


def read_mapping(text: str, file: str, journey: Journey) -> TableMapping:
    """The mapping that ``text`` describes. Raises MappingError with every mistake: key path and what would be right."""
    try:
        data = parse_toml(text)
    except TomlError as error:
        raise MappingError(file, [Mistake("", str(error))]) from None
    try:
        mapping = TableMapping.model_validate(data)
    except ValidationError as error:
        raise MappingError(file, list(dict.fromkeys(_describe_errors(error)))) from None
    mistakes = [*_check_keys_together(mapping), *_check_against_journey(mapping, journey)]
    if mistakes:
        raise MappingError(file, mistakes)
    return mapping


def _describe_errors(error: ValidationError) -> Iterator[Mistake]:
    for found in error.errors(include_url=False, include_input=False):
        loc = [s for s in found["loc"] if s not in ("Column", "Always", "int", "str", "[key]")]
        at = ".".join(path_step(str(s)) for s in loc)
        if found["type"] == "extra_forbidden":
            known = (
                list(TableMapping.model_fields)
                if len(loc) == 1
                else [*AnswerColumn.model_fields, *TimeColumn.model_fields]
            )
            meant = find_similar(str(loc[-1]), known)
            yield Mistake(at, "is not a key that can stand here" + (f"; did you mean {meant}?" if meant else ""))
        elif found["type"] == "model_type":
            yield Mistake(at, 'is a column\'s name in quotes, or a table such as { column = "…" }')
        else:
            yield Mistake(at, describe_error(found))


def _check_keys_together(m: TableMapping) -> Iterator[Mistake]:
    """What only shows when the keys are held together."""
    needed, may = _FITTING[m.kind, m.shape]
    about = f"kind {m.kind}, shape {m.shape}"
    for name in sorted(needed):
        if not getattr(m, name):
            yield Mistake(name, f"is needed ({about})")
    for name in sorted(m.model_fields_set - needed - may - _ANY):
        yield Mistake(name, f"cannot stand here ({about})")
    if m.kind == "answers" and (m.day is None) == (m.at is None):
        yield Mistake("at", "one of at (a column of dates) and day (one day for all, such as 2026-10-01) is needed")
    if (m.kind, m.shape) == ("answers", "long") and (m.question is None) == (m.touchpoint is None):
        yield Mistake("question", "one of question and touchpoint (the column that says what is answered) is needed")
    if (m.kind, m.shape) == ("events", "long") and m.touchpoint is None and m.stage is None:
        yield Mistake("touchpoint", "one of touchpoint and stage (the column that says where) is needed")
    if m.day is not None and m.day.year not in YEARS:
        yield Mistake("day", f"must be a day of the years {YEARS.start} to {YEARS.stop - 1}")


def _check_against_journey(m: TableMapping, journey: Journey) -> Iterator[Mistake]:
    """What does not fit the journey."""
    questions = {q.key: q for survey in journey.surveys for q in survey.questions}
    points, places = list(journey.touchpoints), [*journey.touchpoints, *journey.stages_by_key]
    declared = [a.key for a in journey.attributes]
    yield from _check_known("questions", m.questions, list(questions), "question")
    yield from _check_known("touchpoints", m.touchpoints, places, "touchpoint or stage")
    yield from _check_known("attributes", m.attributes, declared, "declared attribute")
    for name, column, known in (
        ("question", m.question, list(questions)),
        ("touchpoint", m.touchpoint, points),
        ("stage", m.stage, list(journey.stages_by_key)),
    ):
        if column is not None:
            yield from _check_known(f"{name}.values", column.values.values(), known, name)
    yield from _check_channels(m)
    for key, cells in m.questions.items():
        if key in questions:
            yield from _check_values(f"questions.{key}.values", cells.values, questions[key])


def _check_known(at: str, keys: Any, known: list[str], what: str) -> Iterator[Mistake]:
    for key in keys:
        if key not in known:
            meant = find_similar(key, known)
            there = f'; did you mean "{meant}"?' if meant else f"; there are {join_names(known)}" if known else ""
            yield Mistake(f"{at}.{path_step(key)}", f"the journey has no {what} of this key{there}")


def _check_channels(m: TableMapping) -> Iterator[Mistake]:
    named = [m.channel.fixed] if isinstance(m.channel, FixedValues) else m.channel.values.values() if m.channel else ()
    for channel in named:
        if channel not in CHANNELS:
            yield Mistake("channel", f'is a channel or {{ column = "…" }}; channels are {", ".join(CHANNELS)}')


def _check_values(at: str, values: dict[str, int | str], question: Question) -> Iterator[Mistake]:

    if question.kind.scale is not None:
        scale = question.kind.scale.spec.values
        for text, value in values.items():
            if not isinstance(value, int) or value not in scale:
                yield Mistake(
                    f"{at}.{path_step(text)}", f"is a number from {scale[0]} to {scale[-1]} ({question.kind})"
                )
    elif question.options:
        options = [o.key for o in question.options]
        for text, key in values.items():
            if key not in options:
                yield Mistake(f"{at}.{path_step(text)}", f"is one of the options {join_names(options)}")
