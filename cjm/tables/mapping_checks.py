"""Check a mapping: keys that do not go together, and names and values that its journey does not have."""

from collections.abc import Iterable, Iterator, Mapping

from cjm.errors import Mistake
from cjm.journeys.journey import CHANNELS, Journey
from cjm.journeys.survey import Question, QuestionKind
from cjm.mistake_wording import find_similar, join_names, path_step, quote_name
from cjm.tables.cell import CellError
from cjm.tables.cells.labels import (
    ChannelFinder,
    KeyFinder,
    fold_label,
    list_conflicts,
    option_finder,
    place_finder,
    question_finder,
    stage_finder,
    touchpoint_finder,
)
from cjm.tables.columns import AnswerColumn, MappedColumn
from cjm.tables.file_layout import FileLayout
from cjm.tables.mapping import FixedChannel, TableMapping
from cjm.wall_clock import YEARS

_ALWAYS_ALLOWED = {
    "name", "kind", "shape", "leave_out", "customer", "row", "channel", "attributes", "not_applicable",
    *FileLayout.model_fields,
}  # fmt: skip
_ANONYMOUS = "leave it out: the journey is anonymous, and it could tell whose answers a row holds"
KEYS_BY_FORM: Mapping[tuple[str, str], tuple[set[str], set[str]]] = {
    ("answers", "wide"): ({"questions"}, {"day", "at", "values", "decimal"}),
    ("answers", "long"): ({"value"}, {"question", "touchpoint", "day", "at", "values", "decimal"}),
    ("events", "wide"): ({"customer", "touchpoints"}, {"ask", "passage"}),
    ("events", "long"): (
        {"customer", "at"},
        {"event", "touchpoint", "stage", "passage", "amount", "lost_reason", "measures", "decimal", "ask"},
    ),
}
"""By kind and shape of a mapping: the keys that it needs, and the others that only it may have."""


def check_mapping(mapping: TableMapping, journey: Journey) -> list[Mistake]:
    """Return every mistake of a mapping whose single settings are right."""
    return [*_check_keys_together(mapping), *_check_labels(mapping), *_check_against_journey(mapping, journey)]


def _check_keys_together(m: TableMapping) -> Iterator[Mistake]:
    """Find keys that do not go with the mapping's kind and shape, or with each other."""
    needed, allowed = KEYS_BY_FORM[m.kind, m.shape]
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
    if m.row is not None and m.event is not None:
        yield Mistake("event", "write either row (names in this import) or event (ids that are also sent over HTTP)")
    if m.day is not None and m.day.year not in YEARS:
        yield Mistake("day", f"must be a day of the years {YEARS.start} to {YEARS[-1]}")


def _check_labels(m: TableMapping) -> Iterator[Mistake]:
    """Find labels that are declared twice with different meanings, and signs of numbers where there are none."""
    # The empty cell that is no value by default gives way to a label.
    listed = m.not_applicable if "not_applicable" in m.model_fields_set else ()
    yield from _check_label_table("values", m.values, listed)
    for path, column in m.columns:
        if isinstance(column, MappedColumn) and column.decimal and path.split(".")[0] not in ("amount", "measures"):
            yield Mistake(f"{path}.decimal", "is for columns of numbers: amount, measures, and answers on a scale")
        if isinstance(column, MappedColumn | AnswerColumn):
            yield from _check_label_table(f"{path}.values", column.values, column.not_applicable or ())


def _check_label_table(path: str, labels: Mapping[str, object], not_applicable: Iterable[str]) -> Iterator[Mistake]:
    for one, other in list_conflicts(labels):
        message = f"differs from {quote_name(one)} only by case or white space, but not by its meaning"
        yield Mistake(f"{path}.{path_step(other)}", message)
    no_value = set(map(fold_label, not_applicable))
    for label in labels:
        if fold_label(label) in no_value:
            yield Mistake(f"{path}.{path_step(label)}", "is in not_applicable, too; write it in one of the two")


def _check_against_journey(m: TableMapping, journey: Journey) -> Iterator[Mistake]:
    """Find names that the journey does not have, and settings and values that its questions do not take."""
    if m.kind == "answers" and journey.anonymous:
        yield from (Mistake(key, _ANONYMOUS) for key in ("customer", "row") if getattr(m, key) is not None)
    questions = {q.key: q for survey in journey.surveys for q in survey.questions}
    places = [*journey.touchpoints, *journey.stages_by_key]
    yield from _check_known("questions", m.questions, list(questions), "question")
    yield from _check_known("touchpoints", m.touchpoints, places, "touchpoint or stage")
    yield from _check_known("attributes", m.attributes, [a.key for a in journey.attributes], "declared attribute")
    points, where = list(journey.touchpoints), touchpoint_finder(journey)
    if m.kind == "answers":  # what was asked may also be about a stage
        points, where = places, place_finder(journey)
    yield from _check_targets("question", m.question, question_finder(journey), list(questions))
    yield from _check_targets("touchpoint", m.touchpoint, where, points)
    yield from _check_targets("stage", m.stage, stage_finder(journey), list(journey.stages_by_key))
    yield from _check_channel(m)
    for key, column in m.questions.items():
        if key in questions:
            yield from _check_answers(f"questions.{key}", column, questions[key])
    answered = questions if m.shape == "long" else {key: questions[key] for key in m.questions if key in questions}
    if answered:
        yield from _check_common_values(m.values, answered.values())
    if m.value is not None:
        yield from _check_common_values(m.value.values, questions.values(), "value.values")
        if m.value.chosen:
            yield Mistake("value.chosen", "goes with a single question; write the answer's column")


def _check_known(path: str, keys: Iterable[str], known: list[str], noun: str) -> Iterator[Mistake]:
    for key in keys:
        if key not in known:
            yield Mistake(f"{path}.{path_step(key)}", f"the journey has no {noun} with this key{_hint(key, known)}")


def _hint(key: str, known: list[str]) -> str:
    meant = find_similar(key, known)
    if meant:
        return f'; did you mean "{meant}"?'
    return f"; choose one of {join_names(known)}" if known else ""


def _check_targets(name: str, column: MappedColumn | None, finder: KeyFinder, known: list[str]) -> Iterator[Mistake]:
    """Find labels whose meaning is not a part of the journey."""
    for label, target in column.values.items() if column is not None else ():
        try:
            finder.find(target)
        except CellError as error:
            yield Mistake(f"{name}.values.{path_step(label)}", f"its meaning {error}{_hint(target, known)}")


def _check_channel(m: TableMapping) -> Iterator[Mistake]:
    if isinstance(m.channel, FixedChannel):
        if fold_label(m.channel.fixed) not in CHANNELS:
            yield Mistake("channel", f'must be a channel or {{ column = "…" }}; channels are {", ".join(CHANNELS)}')
    else:
        yield from _check_targets("channel", m.channel, ChannelFinder(), list(CHANNELS))


def _check_answers(path: str, column: AnswerColumn, question: Question) -> Iterator[Mistake]:
    """Find settings of a column that its question does not take."""
    is_choice = question.kind is QuestionKind.CHOICE
    for name in ("range", "decimal"):
        if getattr(column, name) is not None and question.kind.scale is None:
            yield Mistake(f"{path}.{name}", f"is for questions on a scale; this one is of the kind {question.kind}")
    for name in ("separator", "chosen"):
        if getattr(column, name) and not is_choice:
            yield Mistake(f"{path}.{name}", f"is for questions of the kind choice; this one is {question.kind}")
    if column.values and question.kind is QuestionKind.TEXT:
        yield Mistake(f"{path}.values", "is not for questions of the kind text: customers' words are kept as they are")
    elif problem := _describe_values(question):
        labels = (label for label, value in column.values.items() if not _takes(question, value))
        yield from (Mistake(f"{path}.values.{path_step(label)}", problem) for label in labels)
    if is_choice:
        unknown = (name for name in column.chosen if not _takes(question, name))
        yield from (Mistake(f"{path}.chosen.{path_step(name)}", _describe_values(question)) for name in unknown)


def _describe_values(question: Question) -> str:
    if question.kind.scale is not None:
        scale = question.kind.scale.spec.values
        return f"must be a whole number from {scale[0]} to {scale[-1]} ({question.kind})"
    return f"must be one of the options {join_names(o.key for o in question.options)}" if question.options else ""


def _takes(question: Question, value: int | str) -> bool:
    """Return whether a question takes what a mapping declares as a label's meaning."""
    if question.kind.scale is not None:
        return isinstance(value, int) and value in question.kind.scale.spec.values
    try:
        return isinstance(value, str) and bool(option_finder(question).find(value))
    except CellError:
        return False


def _check_common_values(
    values: Mapping[str, int | str], questions: Iterable[Question], path: str = "values"
) -> Iterator[Mistake]:
    """Find labels for several questions whose meaning none of these takes."""
    several = list(questions)
    for label, value in values.items():
        if not any(_takes(question, value) for question in several):
            yield Mistake(f"{path}.{path_step(label)}", "is not a value of any question that the table answers")
