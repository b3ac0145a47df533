"""Read the mapping of a table from a TOML file, or report its mistakes.

Mistakes of single settings are reported first; only a mapping without any is checked against its journey.
"""

from collections.abc import Iterable, Iterator, Mapping

from pydantic import ValidationError

from cjm.errors import FileError, Mistake
from cjm.journeys.journey import CHANNELS, Journey
from cjm.journeys.survey import Question
from cjm.mistake_wording import describe_error, find_similar, join_names, path_step
from cjm.tables.columns import AnswerColumn, TimeColumn
from cjm.tables.mapping import COLUMN_TAG, FIXED_TAG, FixedChannel, TableMapping
from cjm.toml_file import TomlError, parse_toml
from cjm.wall_clock import YEARS


class MappingError(FileError):
    """Mapping file with mistakes."""


_TYPE_STEPS = (COLUMN_TAG, FIXED_TAG, "int", "str", "[key]")  # in pydantic's paths, but not keys of the file

_ALWAYS_ALLOWED = {"name", "kind", "shape", "encoding", "delimiter", "customer", "row", "channel", "attributes"}
_KEYS: dict[tuple[str, str], tuple[set[str], set[str]]] = {  # by kind and shape: needed keys, other allowed keys
    ("answers", "wide"): ({"questions"}, {"day", "at", "not_applicable", "values"}),
    ("answers", "long"): ({"value"}, {"question", "touchpoint", "day", "at", "not_applicable", "values"}),
    ("events", "wide"): ({"customer", "touchpoints"}, {"ask", "passage"}),
    ("events", "long"): (
        {"customer", "at"},
        {"event", "touchpoint", "stage", "passage", "amount", "lost_reason", "measures", "ask"},
    ),
}


def read_mapping(text: str, file: str, journey: Journey) -> TableMapping:
    """Return the mapping that ``text`` (TOML) describes; ``file`` names the file in messages.

    Raises MappingError with every mistake of a single setting or, if there is none, every other one, each with its key
    path and what would be right.
    """
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
        loc = [step for step in found["loc"] if step not in _TYPE_STEPS]
        at = ".".join(path_step(str(step)) for step in loc)
        if found["type"] == "extra_forbidden":
            is_nested = len(loc) > 1
            columns = [*AnswerColumn.model_fields, *TimeColumn.model_fields]
            meant = find_similar(str(loc[-1]), columns if is_nested else TableMapping.model_fields)
            hint = f"; did you mean {meant}?" if meant else ""
            yield Mistake(at, f"is not a key of {'a column' if is_nested else 'a mapping'}{hint}")
        elif found["type"] == "model_type":
            yield Mistake(at, 'must be a column\'s name in quotes, or a table such as { column = "…" }')
        else:
            yield Mistake(at, describe_error(found))


def _check_keys_together(m: TableMapping) -> Iterator[Mistake]:
    """Find keys that do not go with the mapping's kind and shape, or with each other."""
    needed, allowed = _KEYS[m.kind, m.shape]
    combination = f'kind = "{m.kind}" and shape = "{m.shape}"'
    for name in sorted(needed):
        if not getattr(m, name):
            yield Mistake(name, f"is needed with {combination}")
    for name in sorted(m.model_fields_set - needed - allowed - _ALWAYS_ALLOWED):
        yield Mistake(name, f"is not allowed with {combination}")
    if m.kind == "answers" and (m.day is None) == (m.at is None):
        yield Mistake("at", "write either at (a column of dates) or day (one day for all rows, such as 2026-10-01)")
    if (m.kind, m.shape) == ("answers", "long") and (m.question is None) == (m.touchpoint is None):
        yield Mistake("question", "write either question or touchpoint (the column that says what is answered)")
    if (m.kind, m.shape) == ("events", "long") and m.touchpoint is None and m.stage is None:
        yield Mistake("touchpoint", "write touchpoint or stage (the column that says where it happened)")
    if m.day is not None and m.day.year not in YEARS:
        yield Mistake("day", f"must be a day of the years {YEARS.start} to {YEARS[-1]}")


def _check_against_journey(m: TableMapping, journey: Journey) -> Iterator[Mistake]:
    """Find names that the journey does not have, and values under ``questions`` that those do not take."""
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


def _check_known(path: str, keys: Iterable[str], known: list[str], noun: str) -> Iterator[Mistake]:
    for key in keys:
        if key not in known:
            meant = find_similar(key, known)
            choices = f"; choose one of {join_names(known)}" if known else ""
            hint = f'; did you mean "{meant}"?' if meant else choices
            yield Mistake(f"{path}.{path_step(key)}", f"the journey has no {noun} with this key{hint}")


def _check_channels(m: TableMapping) -> Iterator[Mistake]:
    named = [m.channel.fixed] if isinstance(m.channel, FixedChannel) else m.channel.values.values() if m.channel else ()
    for channel in named:
        if channel not in CHANNELS:
            yield Mistake("channel", f'must be a channel or {{ column = "…" }}; channels are {", ".join(CHANNELS)}')


def _check_values(path: str, values: Mapping[str, int | str], question: Question) -> Iterator[Mistake]:
    if question.kind.scale is not None:
        scale = question.kind.scale.spec.values
        for text, value in values.items():
            if not isinstance(value, int) or value not in scale:
                bounds = f"from {scale[0]} to {scale[-1]} ({question.kind})"
                yield Mistake(f"{path}.{path_step(text)}", f"must be a whole number {bounds}")
    elif question.options:
        options = [o.key for o in question.options]
        for text, key in values.items():
            if key not in options:
                yield Mistake(f"{path}.{path_step(text)}", f"must be one of the options {join_names(options)}")
