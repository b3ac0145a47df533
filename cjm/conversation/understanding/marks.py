"""Marks: numbers in digits or words, with stars, points and the best mark behind them."""

from dataclasses import dataclass

from cjm.conversation.understanding.number_words import (
    BEST_NUMBERS,
    EMPTY_STAR,
    NUMBERS,
    OF,
    POINTS,
    SCHOOL_MARKS,
    STAR_SIGNS,
    STARS,
)
from cjm.conversation.understanding.tokens import Token, TokenKind
from cjm.journeys.survey import Question
from cjm.raw_answer import RawAnswer
from cjm.scales import ButtonLabels, Scale


@dataclass(frozen=True, slots=True)
class Mark:
    """Mark that ends before the token ``end``; ``value`` is legal for its question."""

    value: RawAnswer
    end: int


def read_mark(tokens: list[Token], at: int, question: Question) -> Mark | None:
    """Return the mark that begins at a token; None if there is none, or if it is not on the question's scale."""
    scale = question.kind.scale
    if scale is None:
        return _read_place(tokens, at, question)
    if scale.spec.buttons.labels is not ButtonLabels.DIGITS:  # nobody can tell which face a number is
        return None
    if scale is Scale.CSAT and _key(tokens, at) in STAR_SIGNS:
        return _read_star_signs(tokens, at)
    number = _read_number(tokens, at)
    if number is None and scale is Scale.CSAT:
        number = SCHOOL_MARKS.get(_key(tokens, at))
    if number is None or number not in scale.spec.values:
        return None
    end = _skip_units(tokens, at + 1, scale)
    return Mark(number, end) if end is not None and not _is_part_of_more(tokens, end) else None


def _read_place(tokens: list[Token], at: int, question: Question) -> Mark | None:
    """Return the option at a place of the list, counted from 1; none where titles have numbers of their own."""
    number = _read_number(tokens, at)
    has_numbers = any(c.isdigit() for option in question.options for t in option.title.root.values() for c in t)
    if number is None or has_numbers or not 1 <= number <= len(question.options):
        return None
    return Mark(question.options[number - 1].key, at + 1) if not _is_part_of_more(tokens, at + 1) else None


def _read_number(tokens: list[Token], at: int) -> int | None:
    """Return a number from 0 to 10 in digits or words; "05" is a part of something else."""
    key = _key(tokens, at)
    if at < len(tokens) and tokens[at].kind is TokenKind.NUMBER:
        return int(key) if len(key) <= 2 and str(int(key)) == key else None
    return NUMBERS.get(key)


def _read_star_signs(tokens: list[Token], at: int) -> Mark | None:
    end = at
    while _key(tokens, end) in STAR_SIGNS:
        end += 1
    count = end - at
    while _key(tokens, end) == EMPTY_STAR:
        end += 1
    return Mark(count, end) if count in Scale.CSAT.spec.values else None


def _skip_units(tokens: list[Token], at: int, scale: Scale) -> int | None:
    """Return the first token after "stars", "points" and "of 5"; None if they are of another scale."""
    place = at
    for _ in range(3):
        key = _key(tokens, place)
        if key in STARS or key in STAR_SIGNS:
            if scale is not Scale.CSAT:  # stars are five
                return None
            place += 1
        elif key in POINTS:
            place += 1
        elif (best_at := _find_best(tokens, place)) is not None:
            if _best_number(tokens, best_at) != scale.spec.values[-1]:
                return None
            place = best_at + 1
    return place


def _find_best(tokens: list[Token], at: int) -> int | None:
    """Return the token of the best mark after "of" or a slash."""
    for form in OF:
        place = at + len(form)
        is_there = tuple(token.key for token in tokens[at:place]) == form
        if is_there and _best_number(tokens, place) is not None:
            return place
    return None


def _best_number(tokens: list[Token], at: int) -> int | None:
    key = _key(tokens, at)
    if at < len(tokens) and tokens[at].kind is TokenKind.NUMBER and len(key) <= 3:
        return int(key)
    return NUMBERS.get(key, BEST_NUMBERS.get(key))


def _is_part_of_more(tokens: list[Token], end: int) -> bool:
    """Return whether a number goes on: "4th", "4.5", "3-4", "10:30", "4-ка", "50%"."""
    if end >= len(tokens) or not tokens[end].is_glued:
        return False
    if tokens[end].kind in (TokenKind.WORD, TokenKind.NUMBER):
        return True
    is_joined = end + 1 < len(tokens) and tokens[end + 1].is_glued
    return is_joined and (tokens[end + 1].kind is TokenKind.NUMBER or tokens[end].key == "-")


def _key(tokens: list[Token], at: int) -> str:
    return tokens[at].key if at < len(tokens) else ""
