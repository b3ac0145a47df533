"""Guess what a column of answers holds: a scale, a choice, or customers' own words.

The cells say which kinds are possible, the words of the header which of them is meant. Where the header says nothing,
whole numbers are taken for a score only in the export of a survey tool or below a question; everywhere else they may
be ages or amounts.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from cjm.journeys.survey import MOST_IN_AN_OPTION, MOST_OPTIONS, QuestionKind
from cjm.tables.cells.labels import fold_label
from cjm.tables.cells.numbers import list_readings
from cjm.tables.cells.rescaling import STARS, Rescaling
from cjm.tables.guessing.header_words import LabelFamily, has_word, list_families, no_answer_words
from cjm.tables.guessing.table_sample import SampleColumn
from cjm.tables.headers.plain_words import plain_words

_LEADING = re.compile(r"([+\-−]?\d{1,3})\s*(?:[-–—:.)(=]|$|\s).*", re.DOTALL)
_STARS = re.compile(
    r"[★⭐🌟☆✩\ufe0f ]+|[1-5](?:[.,]\d)?\s*(?:/|out\s+of|of|из|z)\s*5|[1-5]\s*(?:stars?|★|⭐)", re.IGNORECASE
)
_OUT_OF = re.compile(r"\d{1,3}\s*(?:/|out\s+of|of|из|z)\s*(\d{1,3})", re.IGNORECASE)
_PERCENT = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?\s*%")
SEPARATORS = (";", "|", ",")
_MOST_LABELS = 11  # different cells of a scale: 0 to 10
_LEAST_REPEATED = 1.5  # cells for each different one: what repeats less is what people wrote
_RATING_ENDS = (5, 7, 10)
_LEAST_RATINGS = 3  # columns: one or two may count something
_SURELY_REPEATED = 3
_WORDS_OF_SCALES = ("nps", "ces", "emotion", "expectation", "success", "csat")  # the more telling first
_LONG_QUESTION = 4  # words


@dataclass(frozen=True, slots=True)
class AnswerGuess:
    """Kind of a column's question, and the ``settings`` of its column in a mapping (values, range, separator …).

    ``options`` are pairs of a title and the cells that mean it. ``reason`` is a phrase.
    """

    kind: QuestionKind
    reason: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    several: bool = False
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Column that holds no answers that could be used; ``reason`` is a phrase."""

    reason: str


def guess_answers(
    column: SampleColumn, *, separator: str | None = None, is_survey: bool = False, no_answers: Collection[str] = ()
) -> AnswerGuess | NoAnswer:
    """Return what a column of answers holds.

    ``is_survey``: a survey tool made the table. ``no_answers`` are cells that are known to be none.
    """
    blank, answered = _part_cells(column, no_answers)
    if not answered:
        return NoAnswer("no answers in the rows that were looked at")
    asked = next((word for word in _WORDS_OF_SCALES if has_word(column.names, word)), None)
    is_question = is_survey or "?" in column.title or column.title.count(" ") >= _LONG_QUESTION
    labels = list(dict.fromkeys(answered))
    for guess in (
        _guess_numbers(labels, asked, is_question=is_question),
        _guess_labels(labels, asked),
        _guess_choice(answered, separator),
    ):
        if guess is not None:
            return _add_blank(guess, blank) if isinstance(guess, AnswerGuess) else guess
    return AnswerGuess(QuestionKind.TEXT, "customers' own words")


def find_ratings(columns: Sequence[SampleColumn]) -> dict[int, tuple[str, ...]]:
    """Return the places of columns that are a block of ratings: three or more with numbers up to the same end.

    Each comes with its cells that are no answers: where some columns begin at 1, a 0 in the others is none.
    """
    by_end: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for column in columns:
        numbers = [_read_whole(cell) for cell in column.counts if cell in set(column.values)]
        whole = [number for number in numbers if number is not None]
        if numbers and len(whole) == len(numbers) and min(whole) >= 0 and max(whole) in _RATING_ENDS:
            by_end[max(whole)][column.place] = min(whole)
    return {
        place: ("0",) if low == 0 and 1 in lows.values() else ()
        for lows in by_end.values()
        if len(lows) >= _LEAST_RATINGS
        for place, low in lows.items()
    }


def rescale_steps(steps: int, kind: QuestionKind) -> list[int]:
    """Return the values of a kind's scale for the steps of a table's scale, worst first."""
    assert kind.scale is not None
    rescaling = Rescaling((0, steps - 1), kind.scale.spec.values)
    return [rescaling.rescale(Fraction(step)) for step in range(steps)]


def _part_cells(column: SampleColumn, no_answers: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the different cells that say "no answer", and all others."""
    words = no_answer_words()
    found = [cell for cell in column.counts if plain_words(cell) in words or cell in no_answers]
    blank = [cell for cell in found if cell.isprintable()]
    return blank, [cell for cell in column.values if cell not in blank]


def _add_blank(guess: AnswerGuess, blank: Sequence[str]) -> AnswerGuess:
    values = {fold_label(label) for label in guess.settings.get("values", {})}
    named = [cell for cell in blank if fold_label(cell) not in values and len(cell) <= MOST_IN_AN_OPTION]
    if not named:
        return guess
    return AnswerGuess(
        guess.kind,
        guess.reason,
        {**guess.settings, "not_applicable": ["", *named]},
        guess.options,
        guess.several,
        guess.is_sure,
    )


# ---- numbers


def _guess_numbers(labels: Sequence[str], asked: str | None, *, is_question: bool) -> AnswerGuess | NoAnswer | None:
    if all(_STARS.fullmatch(label) for label in labels) and any(not label.isdecimal() for label in labels):
        return AnswerGuess(_kind_of(asked), "stars", {"range": STARS})
    if all(_PERCENT.fullmatch(label) for label in labels):
        return AnswerGuess(_kind_of(asked), "per cent", {"range": [0, 100]}, is_sure=asked is not None)
    outs = {found[1] if (found := _OUT_OF.fullmatch(label)) else "" for label in labels}
    if len(outs) == 1 and (out := next(iter(outs))) and int(out) > 1:
        first = 0 if any(label.startswith("0") for label in labels) else 1
        return AnswerGuess(_kind_of(asked), f"numbers out of {out}", {"range": [first, int(out)]})
    numbers = [_read_whole(label) for label in labels]
    if None in numbers:
        return _guess_labelled_numbers(labels, asked)
    return _guess_whole([number for number in numbers if number is not None], asked, is_question=is_question)


def _read_whole(label: str) -> int | None:
    readings = list_readings(label)
    whole = [int(number) for number in readings if number.denominator == 1]
    return whole[0] if len(whole) == len(readings) == 1 else None


def _kind_of(asked: str | None) -> QuestionKind:
    return QuestionKind(asked) if asked and asked not in ("success", "expectation") else QuestionKind.CSAT


def _guess_labelled_numbers(labels: Sequence[str], asked: str | None) -> AnswerGuess | None:
    """Return a guess for cells such as "5 – Very satisfied"; each of them means its number."""
    found = [_LEADING.fullmatch(label) for label in labels]
    if len(labels) > _MOST_LABELS or not all(found) or not all(map(_is_usable, labels)):
        return None
    numbers = [int(match[1].replace("−", "-")) for match in found if match]
    guess = _guess_whole(numbers, asked, is_question=True)
    if not isinstance(guess, AnswerGuess) or len(set(numbers)) < len(numbers):
        return None
    assert guess.kind.scale is not None
    values = guess.kind.scale.spec.values
    rescaling = Rescaling(tuple(guess.settings.get("range", (values[0], values[-1]))), values)
    meanings = {label: rescaling.rescale(Fraction(n)) for label, n in zip(labels, numbers, strict=True)}
    reason = f"numbers with words beside them; {guess.reason}"
    return AnswerGuess(guess.kind, reason, {"values": meanings}, is_sure=guess.is_sure)


class _ScoreRule(NamedTuple):
    """Whole numbers from ``least`` to ``most`` that are values of a ``kind`` where the header has the word ``asked``.

    Some numbers must lie above ``beyond`` and below ``below``: without them they may be on another scale.
    """

    asked: str | None
    kind: QuestionKind
    least: int
    most: int
    reason: str
    beyond: int = -1000
    below: int = 1000
    is_sure: bool = True


_SCORE_RULES = (
    _ScoreRule("nps", QuestionKind.NPS, 0, 10, "0 to 10, and the header asks for a recommendation"),
    _ScoreRule("ces", QuestionKind.CES, 1, 7, "1 to 7, and the header asks how easy it was", beyond=5),
    _ScoreRule("emotion", QuestionKind.EMOTION, -2, 2, "−2 to 2, and the header asks for a feeling", below=0),
    _ScoreRule("success", QuestionKind.SUCCESS, 0, 2, "0 to 2, and the header asks whether it succeeded"),
    _ScoreRule("expectation", QuestionKind.EXPECTATION, -1, 1, "−1 to 1, and the header asks what was expected"),
    _ScoreRule("csat", QuestionKind.CSAT, 1, 5, "1 to 5, and the header asks for satisfaction"),
    _ScoreRule(None, QuestionKind.CSAT, 1, 5, "1 to 5", is_sure=False),
    _ScoreRule(None, QuestionKind.NPS, 0, 10, "0 to 10, as recommendations are", beyond=7, is_sure=False),
)


def _guess_whole(numbers: Sequence[int], asked: str | None, *, is_question: bool) -> AnswerGuess | NoAnswer:
    low, high = min(numbers), max(numbers)
    if asked is None and not is_question:
        return NoAnswer("whole numbers, and its header does not say that they are a score")
    for rule in _SCORE_RULES:
        if rule.asked == asked and rule.least <= low < rule.below and rule.beyond < high <= rule.most:
            return AnswerGuess(rule.kind, rule.reason, is_sure=rule.is_sure)
    return _guess_range(_kind_of(asked), low, high)


def _guess_range(kind: QuestionKind, low: int, high: int) -> AnswerGuess | NoAnswer:
    """Return a guess for numbers on another scale than the question's: its ends are only seen in the sample."""
    ends = next(
        (
            (first, last)
            for first, last in ((1, 5), (0, 5), (1, 7), (1, 10), (0, 10), (-2, 2), (-3, 3), (0, 100))
            if first <= low and high <= last and (first or low == 0 or last > 10)
        ),
        None,
    )
    if ends is None:
        return NoAnswer("numbers beyond the ends of usual scales")
    reason = f"numbers within {ends[0]} to {ends[1]}, which is taken for the table's scale"
    return AnswerGuess(kind, reason, {"range": list(ends)}, is_sure=False)


# ---- words of scales


def _guess_labels(labels: Sequence[str], asked: str | None) -> AnswerGuess | None:
    if len(labels) > _MOST_LABELS or not all(map(_is_usable, labels)):
        return None
    for family in list_families():
        if family.needs_word and asked != family.kind.value:
            continue
        steps = {label: family.find_step(label) for label in labels}
        if None in steps.values() or len(set(steps.values())) < len({fold_label(label) for label in labels}):
            continue
        if family.needs_all and len(set(steps.values())) < len(family.steps):
            continue
        return _make_label_guess(family, {label: step for label, step in steps.items() if step is not None}, asked)
    return None


def _make_label_guess(family: LabelFamily, steps: Mapping[str, int], asked: str | None) -> AnswerGuess:
    kind = family.kind
    if family.name.startswith("agreement"):  # a statement: what it is about says which scale is meant
        kind = QuestionKind.CES if asked == "ces" else QuestionKind.CSAT
    elif asked == "emotion" and family.kind is QuestionKind.CSAT and family.name.startswith("quality"):
        kind = QuestionKind.EMOTION
    values = rescale_steps(len(family.steps), kind)
    meanings = {label: values[step] for label, step in steps.items()}
    known = set(map(fold_label, meanings))
    for language in filter(None, dict.fromkeys(map(family.find_language, steps))):
        for step, words in enumerate(family.steps):
            # Steps that the first rows do not have may be in later rows.
            others = [] if step in steps.values() else words.get(language, ())
            meanings |= {word: values[step] for word in others if fold_label(word) not in known}
    ordered = dict(sorted(meanings.items(), key=lambda item: -item[1]))
    is_sure = len(set(steps.values())) > 1 and kind is not QuestionKind.NPS
    return AnswerGuess(kind, f"words of {family.name}, {len(family.steps)} steps", {"values": ordered}, is_sure=is_sure)


# ---- choices


def _guess_choice(answered: Sequence[str], separator: str | None) -> AnswerGuess | None:
    whole = _unite(answered)
    for sign in dict.fromkeys([*([separator] if separator else []), *SEPARATORS]):
        if not any(sign in cell for cell in whole):
            continue
        parts = [[part.strip() for part in cell.split(sign) if part.strip()] for cell in answered]
        if _are_choices(parts):
            options = tuple(_unite(part for cell in parts for part in cell))
            reason = f"choices of {len(options)} options, several in a cell divided by {sign!r}"
            return AnswerGuess(QuestionKind.CHOICE, reason, {"separator": sign}, options, several=True)
    if _are_options(whole) and len(answered) >= _LEAST_REPEATED * len(whole):
        is_sure = len(answered) >= _SURELY_REPEATED * len(whole)
        return AnswerGuess(QuestionKind.CHOICE, f"choices of {len(whole)} options", {}, tuple(whole), is_sure=is_sure)
    return None


def _unite(labels: Iterable[str]) -> list[str]:
    """Return the different labels; those that differ only in case and white space are one."""
    first: dict[str, str] = {}
    for label in labels:
        first.setdefault(fold_label(label), label)
    return list(first.values())


def _are_choices(parts: Sequence[Sequence[str]]) -> bool:
    """Return whether cells are options divided by a sign: the parts occur in other cells, too."""
    if not any(len(cell) > 1 for cell in parts) or not _are_options(_unite(part for cell in parts for part in cell)):
        return False
    together = {part for cell in parts if len(cell) > 1 for part in cell}
    elsewhere = [part for part in together if sum(part in cell for cell in {tuple(cell) for cell in parts}) > 1]
    return 2 * len(elsewhere) > len(together)


def _are_options(labels: Collection[str]) -> bool:
    return 2 <= len(labels) <= MOST_OPTIONS and all(map(_is_usable, labels))


def _is_usable(label: str) -> bool:
    """Return whether a cell can be a label of a mapping and an option of a question."""
    return len(label) <= MOST_IN_AN_OPTION and label.isprintable() and bool(fold_label(label))
