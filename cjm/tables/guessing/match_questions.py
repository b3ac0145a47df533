"""Compare the questions, events and attributes of a guess with those of a journey.

A question of the table is one of the journey's by its key, by its wording in any language, or because both have only
one question of this scale. What the journey does not have is left out and named.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from cjm.journeys.journey import Journey
from cjm.journeys.survey import Question, QuestionKind
from cjm.tables.cell import CellError
from cjm.tables.cells.labels import KeyFinder, fold_label, option_finder, place_finder, stage_finder, touchpoint_finder
from cjm.tables.cells.rescaling import Rescaling
from cjm.tables.guessing.answer_guess import SEPARATORS, AnswerGuess
from cjm.tables.guessing.findings import UNKNOWN_QUESTION, Certainty, ColumnFinding
from cjm.tables.guessing.table_guess import QuestionGuess, TableGuess
from cjm.tables.guessing.table_sample import SampleColumn
from cjm.tables.headers.plain_words import plain_words, strip_decoration
from cjm.text import MOST_IN_A_LABEL


def match_journey(guess: TableGuess, journey: Journey) -> None:
    """Give the questions, events and attributes of a guess the keys of a journey; leave out what it does not have."""
    if journey.anonymous and guess.events is None:
        _drop_names(guess)
    _match_attributes(guess, journey)
    if guess.events is not None:
        _match_events(guess, journey)
        return
    found = _pair_questions(guess.questions, [q for survey in journey.surveys for q in survey.questions])
    labels = {key: label for label, key in guess.labels.items()}
    matched = list[QuestionGuess]()
    for question in guess.questions:
        meant = found.get(question.key)
        guess.roles.forget_role(f"questions.{question.key}")
        if meant is None:
            guess.findings.append(ColumnFinding(question.shown_name, "", UNKNOWN_QUESTION, Certainty.LEFT_OUT))
            guess.labels.pop(labels.get(question.key, ""), None)
            continue
        fitted, problem = _fit_question(question, meant[0])
        matched.append(fitted)
        if question.key in labels:
            guess.labels[labels[question.key]] = fitted.key
        guess.findings.append(_describe_match(fitted, meant, problem))
    guess.questions = matched


def _drop_names(guess: TableGuess) -> None:
    for role in ("row", "customer"):
        column: SampleColumn | None = getattr(guess.roles, role)
        if column is not None:
            setattr(guess.roles, role, None)
            guess.roles.forget_role(role)
            guess.roles.leave_out(column, "the journey is anonymous, and it could tell whose answers a row holds")


# ---- attributes


def _match_attributes(guess: TableGuess, journey: Journey) -> None:
    columns = [column for column in guess.layout.columns if not _is_used(guess, column)]
    _forget_attributes(guess)
    for attribute in journey.attributes:
        names = {plain_words(attribute.key), *map(plain_words, attribute.title.root.values())}
        column = next((c for c in columns if c.names & names and _may_be_attribute(c)), None)
        if column is not None:
            guess.attributes[attribute.key] = column
            guess.questions = [q for q in guess.questions if column not in q.columns]
            guess.findings = [f for f in guess.findings if f.column != column.shown_name]
            guess.roles.forget_column(column)
            reason = "an attribute of the journey"
            guess.findings.append(ColumnFinding(column.shown_name, f"attributes.{attribute.key}", reason))


def _forget_attributes(guess: TableGuess) -> None:
    """Leave out the attributes that were found in the table; those that the journey has are taken again."""
    for column in guess.attributes.values():
        guess.roles.forget_column(column)
        guess.roles.leave_out(column, "customers may differ by it, and the journey does not")
    guess.attributes = {}


def _is_used(guess: TableGuess, column: SampleColumn) -> bool:
    roles, events = guess.roles, guess.events
    used = [roles.row, roles.customer, roles.channel, *roles.at, guess.question, guess.value]
    if events is not None:
        used += [events.column, events.passage, events.lost_reason, *(c for c, _ in events.time_columns.values())]
    return any(column is each for each in used)


def _may_be_attribute(column: SampleColumn) -> bool:
    return all(len(cell) <= MOST_IN_A_LABEL and cell.isprintable() for cell in column.filled_cells)


# ---- questions


def _pair_questions(guesses: Sequence[QuestionGuess], questions: Sequence[Question]) -> dict[str, tuple[Question, str]]:
    """Return the journey's question with the reason, by the key of a guess; no question twice."""
    found: dict[str, tuple[Question, str]] = {}
    tests: Sequence[tuple[Callable[[QuestionGuess, Question], bool], str]] = (
        (_has_key, "its name is the key of the question"),
        (_has_wording, "its name is the wording of the question"),
    )
    for test, reason in tests:
        for guess in guesses:
            free = [q for q in questions if q not in [pair[0] for pair in found.values()]]
            if guess.key not in found and (meant := next((q for q in free if test(guess, q)), None)) is not None:
                found[guess.key] = (meant, reason)
    _pair_by_scale(guesses, questions, found)
    return found


def _pair_by_scale(
    guesses: Sequence[QuestionGuess], questions: Sequence[Question], found: dict[str, tuple[Question, str]]
) -> None:
    taken = [pair[0] for pair in found.values()]
    for kind in (kind for kind in QuestionKind if kind.scale is not None):
        left = [g for g in guesses if g.key not in found and g.answers.kind is kind]
        free = [q for q in questions if q.kind is kind and q not in taken]
        if len(left) == len(free) == 1:
            found[left[0].key] = (free[0], "")


def _has_key(guess: QuestionGuess, question: Question) -> bool:
    names = {name for column in guess.columns for name in column.names} | {plain_words(guess.title)}
    return plain_words(question.key) in names


def _has_wording(guess: QuestionGuess, question: Question) -> bool:
    cells = [cell for column in guess.columns for cell in column.header_cells]
    names = {plain_words(strip_decoration(cell)) for cell in [*cells, guess.title]}
    return any(plain_words(strip_decoration(text)) in names for text in question.text.root.values())


def _describe_match(question: QuestionGuess, meant: tuple[Question, str], problem: str) -> ColumnFinding:
    kind, reason = meant[0].kind, meant[1]
    told = reason or f"both have one question of the kind {kind}: check whether it is the same"
    certainty = Certainty.SURE if reason and not problem else Certainty.UNSURE
    return ColumnFinding(
        question.shown_name, f"questions.{question.key}", "; ".join(filter(None, (told, problem))), certainty
    )


def _fit_question(guess: QuestionGuess, question: Question) -> tuple[QuestionGuess, str]:
    """Return the guess with the settings that the journey's question takes, and what may be wrong with them."""
    settings, problem = dict(guess.settings), ""
    for name in ("values", "range", "separator"):
        settings.pop(name, None)
    kind, answers = question.kind, guess.answers
    if kind.scale is not None:
        fitted, problem = _fit_scale(answers, kind)
        settings |= fitted
    elif kind is QuestionKind.CHOICE:
        settings, problem = _fit_choice(guess, question, settings)
    if "chosen" in settings and kind is not QuestionKind.CHOICE:
        return replace(guess, key=question.key, settings={"column": guess.columns[0].reference}), (
            "the table has a column for each option, and the question is no choice: only the first is taken"
        )
    return replace(guess, key=question.key, settings=settings), problem


def _fit_scale(answers: AnswerGuess, kind: QuestionKind) -> tuple[dict[str, Any], str]:
    """Return settings by which cells of one scale are read on another one."""
    if answers.kind.scale is None or kind.scale is None:
        return {}, f"its cells are not those of a {kind} question: name them in values"
    own, other = answers.kind.scale.spec.values, kind.scale.spec.values
    if answers.kind is kind:
        return {name: answers.settings[name] for name in ("values", "range") if name in answers.settings}, ""
    doubt = f"its cells look like those of a {answers.kind} question"
    if values := answers.settings.get("values"):
        rescaling = Rescaling((own[0], own[-1]), other)
        return {"values": {label: rescaling.rescale(Fraction(value)) for label, value in values.items()}}, doubt
    ends = answers.settings.get("range", [own[0], own[-1]])
    return ({} if list(ends) == [other[0], other[-1]] else {"range": ends}), doubt


def _fit_choice(guess: QuestionGuess, question: Question, settings: dict[str, Any]) -> tuple[dict[str, Any], str]:
    finder = option_finder(question)
    titles = [title for _, title in guess.options]
    known = {title: key for title in titles if (key := _find_key(finder, title)) is not None}
    missing = len(titles) - len(known)
    problem = f"{missing} of its {len(titles)} options are not the question's: name them in values" if missing else ""
    if "chosen" not in settings:
        return _fit_cells(guess, finder, settings, problem)
    columns = dict(zip(titles, guess.columns, strict=True))
    chosen = {key: columns[title].reference for title, key in known.items()}
    if not chosen:
        return {"column": guess.columns[0].reference}, problem
    return {**settings, "chosen": chosen}, problem


def _fit_cells(
    guess: QuestionGuess, finder: KeyFinder, settings: dict[str, Any], problem: str
) -> tuple[dict[str, Any], str]:
    """Return the settings by which the cells of one column are options of the question."""
    settings.pop("separator", None)
    cells = [cell for cell in guess.columns[0].counts if cell not in settings.get("not_applicable", ())]
    if all(_find_key(finder, cell) for cell in cells):
        return settings, ""
    for sign in dict.fromkeys(filter(None, (guess.settings.get("separator"), *SEPARATORS))):
        parts = [part.strip() for cell in cells for part in cell.split(sign) if part.strip()]
        if parts and all(_find_key(finder, part) for part in parts):
            return {**settings, "separator": sign}, ""
    known = {name: guess.settings[name] for name in ("separator",) if name in guess.settings}
    return settings | known, problem or "not all of its cells are options of the question: name them in values"


def _find_key(finder: KeyFinder, label: str) -> str | None:
    try:
        return finder.find(label)
    except CellError:
        return None


# ---- events


def _match_events(guess: TableGuess, journey: Journey) -> None:
    events = guess.events
    assert events is not None
    are_stages = not events.time_columns and _name_stages(guess, journey)
    guess.event_key = "stage" if are_stages else "touchpoint"
    long_finder = stage_finder(journey) if are_stages else touchpoint_finder(journey)
    finder = place_finder(journey) if events.time_columns else long_finder
    known = {place.label: key for place in events.places if (key := _find_key(finder, place.title)) is not None}
    guess.labels = {label: key for label, key in known.items() if events.time_columns or fold_label(label) != key}
    missing = [place for place in events.places if place.label not in known]
    events.places = [place for place in events.places if place.label in known]
    if missing:
        where = events.column.shown_name if events.column is not None else ""
        reason = (
            f"{len(missing)} kinds of events are not in the journey: name them in values, or their rows are refused"
        )
        guess.findings.append(ColumnFinding(where, "touchpoint", reason, Certainty.UNSURE))


def _name_stages(guess: TableGuess, journey: Journey) -> bool:
    """Return whether the labels of events are titles of stages rather than of touchpoints."""
    events = guess.events
    assert events is not None
    counts = [
        sum(_find_key(finder, place.title) is not None for place in events.places)
        for finder in (touchpoint_finder(journey), stage_finder(journey))
    ]
    return counts[1] > counts[0]


def list_unmatched(guess: TableGuess, journey: Journey) -> Iterator[str]:
    """Yield the keys of the journey's questions for which the table has no column."""
    matched = {question.key for question in guess.questions}
    yield from (q.key for survey in journey.surveys for q in survey.questions if q.key not in matched)
