"""Guess the meaning of a whole table: put the parts of this room together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from cjm.journeys.journey import MOST_ATTRIBUTES
from cjm.journeys.survey import QuestionKind
from cjm.mistake_wording import join_names, quote_name
from cjm.tables.cells.labels import fold_label
from cjm.tables.guessing.answer_guess import AnswerGuess, NoAnswer, find_ratings, guess_answers
from cjm.tables.guessing.column_roles import ColumnRoles, find_roles
from cjm.tables.guessing.event_guess import EventGuess, guess_events
from cjm.tables.guessing.findings import Certainty, ColumnFinding
from cjm.tables.guessing.header_words import has_short_name, has_word
from cjm.tables.guessing.key_names import make_key
from cjm.tables.guessing.option_columns import OptionColumns, find_option_columns
from cjm.tables.guessing.table_layout import PART_HEADERS, TableLayout, find_layout
from cjm.tables.guessing.table_sample import SampleColumn, TableSample
from cjm.tables.guessing.time_guess import guess_times
from cjm.tables.headers.plain_words import plain_words, strip_decoration
from cjm.tables.tools.tool_profile import ScoreColumn
from cjm.text import MOST_IN_A_LABEL

_SCORES = ("nps", "ces", "csat", "emotion")
_MOST_IN_A_SHORT_NAME = 20  # characters of a header that makes a good key
_MOST_LABELS, _MOST_IN_A_LABEL = 100, 300  # questions that cells name, and their characters: more are no questions


@dataclass(frozen=True, slots=True)
class QuestionGuess:
    """Question that a table answers, in the columns ``columns``; ``settings`` are those of its column in a mapping.

    ``title`` is what was asked. ``options`` are pairs of key and title.
    """

    key: str
    title: str
    columns: Sequence[SampleColumn]
    answers: AnswerGuess
    settings: dict[str, Any]
    options: tuple[tuple[str, str], ...] = ()

    @property
    def shown_name(self) -> str:
        """Names of its columns for messages."""
        first, *others = [column.shown_name for column in self.columns]
        return f"{first} … {others[-1]}" if others else first


@dataclass(slots=True)
class TableGuess:
    """Meaning of a table: ``events`` or ``questions``.

    ``day`` stands in for dates that the table does not have. ``question`` and ``value`` are the columns of a long table
    of answers, whose questions stand in cells. ``labels`` gives the keys of questions or events that stand in cells,
    and ``event_key`` says whether those of events are touchpoints or stages.
    """

    layout: TableLayout
    roles: ColumnRoles
    questions: list[QuestionGuess] = field(default_factory=list)
    events: EventGuess | None = None
    day: date | None = None
    question: SampleColumn | None = None
    value: SampleColumn | None = None
    labels: dict[str, str] = field(default_factory=dict)
    event_key: str = "touchpoint"
    attributes: dict[str, SampleColumn] = field(default_factory=dict)
    findings: list[ColumnFinding] = field(default_factory=list)

    @property
    def all_findings(self) -> list[ColumnFinding]:
        """Findings about columns, in the order of the table, and then those about the whole."""
        places = {column.shown_name: column.place for column in self.layout.columns}
        found = [*self.roles.findings, *self.findings]
        return sorted(found, key=lambda finding: places.get(finding.column.partition(" … ")[0], len(places)))


def guess_table(sample: TableSample, now: datetime, tool: str | None = None) -> TableGuess:
    """Return the meaning of a table; ``tool`` names the tool that made it, where the reader knows it."""
    layout = find_layout(sample, tool)
    guess = TableGuess(layout, find_roles(layout, now))
    roles = guess.roles
    if sample.other_sheets:
        names = join_names(map(quote_name, sample.other_sheets))
        reason = f"only this sheet is taken; the others begin in another way: {names}"
        guess.findings.append(ColumnFinding("", "sheet", reason, Certainty.UNSURE))
    if layout.tool is None and not any(has_word(column.names, word) for column in roles.rest for word in _SCORES):
        guess.events = guess_events(roles, now)
    if guess.events is None:
        _leave_out_times(roles, now)
        _find_attributes(guess)
        if not _guess_long_answers(guess):
            guess.questions.extend(_guess_questions(guess))
        if roles.time is None:
            guess.day = now.date()
            reason = f"the table has no dates that could be read: day = {guess.day} stands in, write the right one"
            guess.findings.append(ColumnFinding("", "day", reason, Certainty.UNSURE))
    else:
        for column in list(roles.rest):
            roles.leave_out(column, "not needed for events; numbers may be measures: see measures in the guide")
    return guess


def _find_attributes(guess: TableGuess) -> None:
    """Take columns that customers differ by, such as their tariff, for attributes of a journey."""
    taken: set[str] = set()
    for column in [c for c in guess.roles.rest if has_short_name(c.names, "attribute")]:
        labels = column.counts
        is_fitting = len(column.filled_cells) >= 2 * len(labels) and all(map(str.isprintable, labels))
        if is_fitting and len(taken) < MOST_ATTRIBUTES and all(len(label) <= MOST_IN_A_LABEL for label in labels):
            key = make_key(column.title, taken, "attribute")
            guess.attributes[key] = column
            reason = f"{len(labels)} values that customers differ by"
            guess.roles.take(column, f"attributes.{key}", reason, is_sure=False)


def _leave_out_times(roles: ColumnRoles, now: datetime) -> None:
    for column in list(roles.rest):
        if guess_times(column, now) is not None:
            roles.leave_out(column, "another time; one says when it was answered")


# ---- a column a question


def _guess_questions(guess: TableGuess) -> Iterator[QuestionGuess]:
    roles, layout = guess.roles, guess.layout
    taken: set[str] = set()
    grouped = {group.columns[0].place: group for group in find_option_columns(roles.rest)}
    ratings = find_ratings(roles.rest)
    inside = {column.place for group in grouped.values() for column in group.columns}
    for column in list(roles.rest):
        if group := grouped.get(column.place):
            yield _make_options(roles, group, taken)
        elif column.place not in inside:
            yield from _guess_question(roles, layout, column, taken, ratings)


def _make_options(roles: ColumnRoles, group: OptionColumns, taken: set[str]) -> QuestionGuess:
    title = group.title or " / ".join(group.titles[:3])
    keys: set[str] = set()
    options = tuple((make_key(each, keys, "option"), each) for each in group.titles)
    chosen = {key: column.reference for (key, _), column in zip(options, group.columns, strict=True)}
    settings: dict[str, Any] = {"chosen": chosen} | ({"yes": list(group.yes)} if group.yes else {})
    settings |= {"not_applicable": ["", *group.blank]} if group.blank else {}
    reason = f"choices of {len(options)} options, a column for each"
    answers = AnswerGuess(QuestionKind.CHOICE, reason, several=True, is_sure=bool(group.title))
    question = QuestionGuess(make_key(title, taken, "question"), title, group.columns, answers, settings, options)
    for column in group.columns:
        roles.rest.remove(column)
    _add_finding(roles, question, "" if group.title else "the table does not say what was asked")
    return question


def _guess_question(
    roles: ColumnRoles,
    layout: TableLayout,
    column: SampleColumn,
    taken: set[str],
    ratings: Mapping[int, tuple[str, ...]],
) -> Iterator[QuestionGuess]:
    profile = layout.profile
    score = profile.find_score(column.names) if profile else None
    separator = profile.separator if profile else None
    is_survey, no_answers = column.place in ratings or profile is not None, ratings.get(column.place, ())
    answers = guess_answers(column, separator=separator, is_survey=is_survey, no_answers=no_answers)
    if score is not None:
        answers = _apply_score(answers, score, layout)
    if isinstance(answers, NoAnswer):
        roles.leave_out(column, answers.reason)
        return
    keys: set[str] = set()
    question = QuestionGuess(
        make_key(_short_name(column), taken, "question"),
        (score.texts.get(answers.kind.value) if score else None) or column.title or f"Question {column.place + 1}",
        [column],
        answers,
        {"column": column.reference, **answers.settings},
        tuple((make_key(each, keys, "option"), each) for each in answers.options),
    )
    roles.rest.remove(column)
    _add_finding(roles, question, f"{' '.join(no_answers)} is taken for no answer" if no_answers else "")
    yield question


def _short_name(column: SampleColumn) -> str:
    """Return the name that makes a key: the shortest, unless it only names a part of a question."""
    names = [strip_decoration(cell) for cell in column.header_cells if plain_words(cell) not in PART_HEADERS]
    shortest = min(filter(None, names), key=len, default="")
    return shortest if 0 < len(shortest) <= _MOST_IN_A_SHORT_NAME else column.title


def _add_finding(roles: ColumnRoles, question: QuestionGuess, doubt: str = "") -> None:
    answers = question.answers
    reason = f"{answers.kind}: {answers.reason}" + (f"; {doubt}" if doubt else "")
    certainty = Certainty.SURE if answers.is_sure and not doubt else Certainty.UNSURE
    roles.findings.append(ColumnFinding(question.shown_name, f"questions.{question.key}", reason, certainty))


def _apply_score(answers: AnswerGuess | NoAnswer, score: ScoreColumn, layout: TableLayout) -> AnswerGuess | NoAnswer:
    """Return what a tool says about its column of scores, else what the cells say."""
    kind = score.kind or _read_kind(score, layout)
    if kind is None or kind.scale is None:
        return answers
    title = layout.profile.title if layout.profile else ""
    settings: dict[str, Any] = {"values": dict(score.values)} if score.values else {}
    if score.not_applicable is not None:
        settings["not_applicable"] = list(score.not_applicable)
    if not score.values and isinstance(answers, AnswerGuess):
        settings = {**answers.settings, **settings} if answers.kind is kind else settings
    return AnswerGuess(kind, f"the score of {title}", settings)


def _read_kind(score: ScoreColumn, layout: TableLayout) -> QuestionKind | None:
    """Return the kind of question that all rows name in the column of kinds, such as "nps"; None if they differ."""
    for column in layout.columns:
        if score.kind_column and plain_words(score.kind_column) in column.names:
            named = {plain_words(cell) for cell in column.filled_cells}
            known = [kind for kind in QuestionKind if {kind.value} == named]
            return known[0] if known else None
    return None


# ---- a row an answer


def _guess_long_answers(guess: TableGuess) -> bool:
    """Find the columns of a table whose rows say which question they answer; return whether it is such a table."""
    roles = guess.roles
    question = next((c for c in roles.rest if has_short_name(c.names, "question")), None)
    value = next((c for c in roles.rest if c is not question and has_short_name(c.names, "value")), None)
    if question is None or value is None or not 1 <= len(question.counts) <= _MOST_LABELS:
        return False
    if not all(label.isprintable() and len(label) <= _MOST_IN_A_LABEL for label in question.counts):
        return False
    taken: set[str] = set()
    folded = {fold_label(label): label for label in reversed(question.counts)}
    for label in reversed(folded.values()):
        guess.questions.append(_guess_labelled_question(guess.layout, question, value, label, taken))
        guess.labels[label] = guess.questions[-1].key
    # One column has one scale for all of its questions.
    ranges = {str(found.settings.get("range")) for found in guess.questions if found.answers.kind.scale}
    guess.question, guess.value = question, value
    roles.take(question, "question", f"names of {len(question.counts)} questions")
    is_sure = len(ranges) <= 1
    reason = "answers" if is_sure else "answers on different scales: import each question with a mapping of its own"
    roles.take(value, "value", reason, is_sure=is_sure)
    for column in list(roles.rest):
        roles.leave_out(column, "not needed beside a question and its answer")
    return True


def _guess_labelled_question(
    layout: TableLayout, question: SampleColumn, value: SampleColumn, label: str, taken: set[str]
) -> QuestionGuess:
    meant = fold_label(label)
    cells = [cell for name, cell in zip(question.cells, value.cells, strict=True) if fold_label(name) == meant]
    part = SampleColumn(value.place, [label], cells, layout.header)
    answers = guess_answers(part, is_survey=True)
    if isinstance(answers, NoAnswer):
        answers = AnswerGuess(QuestionKind.TEXT, "customers' own words")
    elif answers.several:
        answers = replace(answers, several=False)
    keys: set[str] = set()
    options = tuple((make_key(each, keys, "option"), each) for each in answers.options)
    return QuestionGuess(make_key(label, taken, "question"), label, [value], answers, dict(answers.settings), options)
