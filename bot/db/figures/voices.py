"""Voices: customers' own words, with the place that they are about and the score given beside them.

Personal data in them is blurred here, before anybody gets them: pictures, lists and files cannot forget it.
"""

import functools
import operator
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    ScalarSelect,
    Select,
    case,
    exists,
    false,
    func,
    or_,
    select,
    true,
)

from bot.db.asking.tables import answer_table
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, list_keys, list_place_keys, row_condition
from bot.db.people.own_names import list_own_names
from bot.db.sealing.sealed_answers import is_sealed, is_to_be_sealed
from cjm.blurring.journey_blur import JourneyBlur
from cjm.conversation.file_answers import FILE_MARKS
from cjm.figures.quotes.stage_quotes import Quote
from cjm.figures.views.voice_filter import MoodGroup, ShownTheme
from cjm.journeys.journey import Journey
from cjm.journeys.parts.diary_question import DIARY_QUESTIONS, DiaryQuestion
from cjm.scales import Scale


@dataclass(frozen=True, slots=True)
class VoiceRow:
    """Words of one customer; ``kind`` and ``value`` are the first score of the same conversation, None without one.

    ``writer`` is the customer's id, None in an anonymous journey and once an answer names nobody. ``diary`` is the
    question of a volunteer diary that the words answer, None for words about a place.
    """

    text: str
    subject: str
    stage: str
    day: date
    kind: str | None
    value: int | None
    writer: int | None = None
    diary: DiaryQuestion | None = None


@dataclass(frozen=True, slots=True)
class VoiceFilter:
    """Words of these stages; with ``place`` only of that stage or touchpoint.

    With ``mood`` only words beside which a score of this group was given, on one of the scales that ``scored`` has for
    their place, by present key. With ``theme`` only words beside which its reason was chosen. Beside means: in the same
    conversation or imported row.
    """

    stages: frozenset[str]
    place: str | None = None
    mood: MoodGroup | None = None
    scored: frozenset[tuple[str, str]] = frozenset()
    theme: ShownTheme | None = None


@dataclass(frozen=True, slots=True)
class WriterCounts:
    """People whose words a filter finds, and those with other words in the same stages."""

    found: int
    others: int


_CONVERSATION, _TABLE_ROW = "response_id", "import_row_id"  # columns whose answers were given together

MOST_WORDS = 2000
"""Latest words of a window that are looked through for quotes."""

MOST_CHARACTERS = 40_000
"""Characters of quotes for one map: others wait while words are blurred, which takes 20 µs a character at worst."""

MOST_WORDS_LISTED = 20_000
"""Latest words of a window that can be listed page by page."""


def list_quotes(tx: Connection, scope: MapScope, limit: int = 200) -> list[Quote]:
    """Return customers' words in a scope for the map, the latest first, from the latest `MOST_WORDS` of the window.

    Words of diaries are about no place: a picture of a day shows them (`bot.db.diary.entries`).
    """
    quotes: list[Quote] = []
    length = 0
    is_meant = _is_about_place if scope.journey.diary is not None else None
    for row, text in _read_words(tx, scope, _select_words(scope, MOST_WORDS, is_meant, limit)):
        if row.question in DIARY_QUESTIONS:  # of a diary that the journey does not have any more
            continue
        quotes.append(_quote_from_row(row, text, scope.journey))
        length += len(row.text)
        if length >= MOST_CHARACTERS:
            break
    return quotes


def _is_about_place(words: FromClause) -> ColumnElement[bool]:
    return words.c.question.not_in([*DIARY_QUESTIONS])


def list_latest(tx: Connection, scope: MapScope, wanted: VoiceFilter, limit: int, skip: int = 0) -> list[VoiceRow]:
    """Return the latest words in a scope that a filter finds.

    They are looked for in the latest `MOST_WORDS_LISTED` of the window.
    """

    def is_meant(words: FromClause) -> ColumnElement[bool]:
        return _is_at_stages(scope, wanted, words) & _is_found(scope, wanted, words)

    found = _read_words(tx, scope, _select_words(scope, MOST_WORDS_LISTED, is_meant, limit, skip))
    return [_voice_from_row(row, text, scope.journey) for row, text in found]


def count_writers(tx: Connection, scope: MapScope, wanted: VoiceFilter) -> WriterCounts:
    """Count who wrote the words that a filter finds, among those that can be listed; never of an anonymous journey."""
    latest = _select_latest(scope, MOST_WORDS_LISTED).subquery("latest")
    is_found, writer = _is_found(scope, wanted, latest), latest.c.customer_id
    counts = (func.count(case((each, writer)).distinct()) for each in (is_found, ~is_found))
    found, others = (each.label(name) for each, name in zip(counts, ("found", "others"), strict=True))
    is_there = row_condition(scope, latest) & _is_at_stages(scope, wanted, latest)
    row = tx.execute(select(found, others).where(is_there)).one()
    return WriterCounts(int(row.found), int(row.others))


def _is_at_stages(scope: MapScope, wanted: VoiceFilter, words: FromClause) -> ColumnElement[bool]:
    return words.c.stage.in_([key for stage in wanted.stages for key in list_place_keys(scope.journey, stage)])


def _is_found(scope: MapScope, wanted: VoiceFilter, words: FromClause) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [true()]
    if wanted.place is not None:
        conditions.append(words.c.subject.in_(list_place_keys(scope.journey, wanted.place)))
    if wanted.mood is not None:
        conditions.append(_has_mood(scope, wanted.mood, wanted.scored, words))
    if wanted.theme is not None:
        conditions.append(_has_theme(scope, wanted.theme, words))
    return functools.reduce(operator.and_, conditions)


def _has_mood(
    scope: MapScope, mood: MoodGroup, scored: Collection[tuple[str, str]], words: FromClause
) -> ColumnElement[bool]:
    """Return the condition that the first score of the conversation is of this mood, and may be told at its place."""
    first = answer_table.alias("first_score")
    by_scale: dict[Scale, list[str]] = {}
    for place, scale in sorted(scored):
        by_scale.setdefault(Scale(scale), []).extend(list_keys(scope.journey, place))
    is_meant = [
        (first.c.kind == scale) & first.c.value.in_(mood.list_values(scale)) & words.c.subject.in_(keys)
        for scale, keys in by_scale.items()
    ]
    return exists().where(first.c.id == _first_score_id(scope, words), or_(false(), *is_meant))


def _has_theme(scope: MapScope, theme: ShownTheme, words: FromClause) -> ColumnElement[bool]:
    chosen = answer_table.alias("chosen")
    options = ((chosen.c.question == question) & (chosen.c.choice == option) for question, option in theme.options)
    is_meant = or_(*options) & chosen.c.stage.in_(list_keys(scope.journey, theme.key.stage))
    # One condition a column: each has an index of its own.
    return or_(*(exists().where(chosen.c[link] == words.c[link], is_meant) for link in _list_links(scope)))


def _first_score_id(scope: MapScope, words: FromClause) -> ColumnElement[Any]:
    """Select the first score of the conversation, or of the imported row, that words belong to."""
    first, *others = (_first_score_beside(words, link) for link in _list_links(scope))
    return func.coalesce(first, *others) if others else first


def _list_links(scope: MapScope) -> tuple[str, ...]:
    """Return the columns by which answers belong together; those of a table's row do not in an anonymous journey."""
    return (_CONVERSATION,) if scope.journey.anonymous else (_CONVERSATION, _TABLE_ROW)


def _first_score_beside(words: FromClause, link: str) -> ScalarSelect[Any]:
    scores = answer_table.alias()
    is_score = scores.c.value.is_not(None) & scores.c.choice.is_(None)  # named, so that an index of few rows is used
    first = select(func.min(scores.c.id)).where(scores.c[link] == words.c[link], is_score)
    return first.correlate(words).scalar_subquery()


def _read_words(tx: Connection, scope: MapScope, wanted: Select[Any]) -> Iterator[tuple[Row[Any], str]]:
    """Yield the rows with their words, without the personal data in these: nothing else reads words for others."""
    rows = tx.execute(wanted).all()
    blur = JourneyBlur.of_journey(scope.journey)
    called = list_own_names(tx, (row.customer_id for row in rows))
    for row in rows:
        names = (row.own_names or "", *called.get(row.customer_id, ()))
        yield row, blur.blur(row.text, names)


def _quote_from_row(row: Row[Any], text: str, journey: Journey) -> Quote:
    subject, writer = journey.current_key(row.subject), _find_writer(row, journey)
    recalled = row.question in journey.recalled_questions
    return Quote(journey.current_key(row.stage), subject, text, row.score_kind, row.score, writer, recalled)


def _voice_from_row(row: Row[Any], text: str, journey: Journey) -> VoiceRow:
    writer = _find_writer(row, journey)
    diary = DIARY_QUESTIONS.get(row.question)
    return VoiceRow(text, row.subject, row.stage, row.day, row.score_kind, row.score, writer, diary)


def _find_writer(row: Row[Any], journey: Journey) -> int | None:
    return None if journey.anonymous else row.customer_id


_IsMeant = Callable[[FromClause], ColumnElement[bool]]


def _select_words(scope: MapScope, most: int, is_meant: _IsMeant | None, limit: int, skip: int = 0) -> Select[Any]:
    """Select answers in words, the latest first, with the first score of their conversation, if it has one.

    The latest are those about the latest day, and of these the ones that came last: an index holds them in this order,
    so no more than ``most`` rows are looked at, however many there are.
    """
    page = _select_page(scope, most, is_meant, limit, skip).subquery("page")
    first_score = answer_table.alias()  # the table once more, for other rows of it
    first_id = _first_score_id(scope, answer_table)
    names = ("text", "own_names", "subject", "stage", "day", "customer_id", "question")
    columns = (answer_table.c[name] for name in names)
    words = page.join(answer_table, answer_table.c.id == page.c.id)
    return (
        select(*columns, first_score.c.kind.label("score_kind"), first_score.c.value.label("score"))
        .select_from(words.outerjoin(first_score, first_score.c.id == first_id))
        .order_by(*_latest_first(answer_table))
    )


def _select_page(scope: MapScope, most: int, is_meant: _IsMeant | None, limit: int, skip: int) -> Select[Any]:
    looks_at = most if scope.is_narrow or is_meant else min(most, skip + limit)
    latest = _select_latest(scope, looks_at).subquery("latest")
    page = select(latest.c.id).where(row_condition(scope, latest))
    if is_meant:
        page = page.where(is_meant(latest))
    return page.order_by(*_latest_first(latest)).offset(skip).limit(limit)


def _select_latest(scope: MapScope, most: int) -> Select[Any]:
    """Select the latest words of a window, of everyone."""
    everyone = replace(scope, cohorts=None, channel=None)
    read = select(answer_table).where(row_condition(everyone, answer_table), answer_table.c.text.is_not(None))
    read = read.where(_has_words())
    # Words that appear while their writer still answers would show who that is.
    read = read.where(is_sealed() if scope.journey.anonymous else ~is_to_be_sealed())
    return read.order_by(*_latest_first(answer_table)).limit(most)


def _has_words() -> ColumnElement[bool]:
    """Return the condition that more than the mark of a photo or voice message stands there."""
    return answer_table.c.text.not_in([*FILE_MARKS.values()])


def _latest_first(table: FromClause) -> tuple[ColumnElement[Any], ...]:
    return table.c.day.desc(), table.c.at.desc(), table.c.id.desc()
