"""Voices: customers' own words, with the place that they are about and the score given beside them.

Personal data in them is blurred here, before anybody gets them: pictures, lists and files cannot forget it.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, func, select

from bot.db.asking.tables import answer_table
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, list_keys, row_condition
from bot.db.people.own_names import list_own_names
from bot.db.sealing.sealed_answers import is_sealed, is_to_be_sealed
from cjm.blurring.journey_blur import JourneyBlur
from cjm.conversation.file_answers import FILE_MARKS
from cjm.figures.map_builder import Quote
from cjm.journeys.journey import Journey


@dataclass(frozen=True, slots=True)
class VoiceRow:
    """Words of one customer; ``kind`` and ``value`` are the first score of the same conversation, None without one.

    ``writer`` is the customer's id, None in an anonymous journey and once an answer names nobody.
    """

    text: str
    subject: str
    stage: str
    day: date
    kind: str | None
    value: int | None
    writer: int | None = None


MOST_WORDS = 2000
"""Latest words of a window that are looked through for quotes."""

MOST_CHARACTERS = 40_000
"""Characters of quotes for one map: others wait while words are blurred, which takes 20 µs a character at worst."""

MOST_WORDS_LISTED = 20_000
"""Latest words of a window that can be listed page by page."""


def list_quotes(tx: Connection, scope: MapScope, limit: int = 200) -> list[Quote]:
    """Return customers' words in a scope for the map, the latest first, from the latest `MOST_WORDS` of the window."""
    quotes: list[Quote] = []
    length = 0
    for row, text in _read_words(tx, scope, _select_words(scope, MOST_WORDS, None, limit)):
        quotes.append(_quote_from_row(row, text, scope.journey))
        length += len(row.text)
        if length >= MOST_CHARACTERS:
            break
    return quotes


def list_latest(
    tx: Connection, scope: MapScope, stages: Collection[str], subject: str | None, limit: int, skip: int = 0
) -> list[VoiceRow]:
    """Return the latest words in a scope about these stages; with ``subject``, only about that stage or touchpoint.

    They are looked for in the latest `MOST_WORDS_LISTED` of the window.
    """
    at_stages = [key for stage in stages for key in _list_keys(scope, stage)]

    def is_meant(words: FromClause) -> ColumnElement[bool]:
        is_there = words.c.stage.in_(at_stages)
        return is_there if subject is None else is_there & words.c.subject.in_(_list_keys(scope, subject))

    found = _read_words(tx, scope, _select_words(scope, MOST_WORDS_LISTED, is_meant, limit, skip))
    return [_voice_from_row(row, text, scope.journey) for row, text in found]


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
    return Quote(journey.current_key(row.stage), subject, text, row.score_kind, row.score, writer)


def _voice_from_row(row: Row[Any], text: str, journey: Journey) -> VoiceRow:
    writer = _find_writer(row, journey)
    return VoiceRow(text, row.subject, row.stage, row.day, row.score_kind, row.score, writer)


def _find_writer(row: Row[Any], journey: Journey) -> int | None:
    return None if journey.anonymous else row.customer_id


_IsMeant = Callable[[FromClause], ColumnElement[bool]]


def _select_words(scope: MapScope, most: int, is_meant: _IsMeant | None, limit: int, skip: int = 0) -> Select[Any]:
    """Select answers in words, the latest first, with the first score of their conversation, if it has one.

    The latest are those about the latest day, and of these the ones that came last: an index holds them in this order,
    so no more than ``most`` rows are looked at, however many there are.
    """
    page = _select_page(scope, most, is_meant, limit, skip).subquery("page")
    scores, first_score = answer_table.alias(), answer_table.alias()  # the table once more, for other rows of it
    first_id = (
        select(func.min(scores.c.id))
        .where(scores.c.response_id == answer_table.c.response_id, scores.c.value.is_not(None))
        .correlate(answer_table)
        .scalar_subquery()
    )
    columns = (answer_table.c[name] for name in ("text", "own_names", "subject", "stage", "day", "customer_id"))
    words = page.join(answer_table, answer_table.c.id == page.c.id)
    return (
        select(*columns, first_score.c.kind.label("score_kind"), first_score.c.value.label("score"))
        .select_from(words.outerjoin(first_score, first_score.c.id == first_id))
        .order_by(*_latest_first(answer_table))
    )


def _select_page(scope: MapScope, most: int, is_meant: _IsMeant | None, limit: int, skip: int) -> Select[Any]:
    everyone = replace(scope, cohorts=None, channel=None)
    read = select(answer_table).where(row_condition(everyone, answer_table), answer_table.c.text.is_not(None))
    read = read.where(_has_words())
    # Words that appear while their writer still answers would show who that is.
    read = read.where(is_sealed() if scope.journey.anonymous else ~is_to_be_sealed())
    looks_at = most if scope.is_narrow or is_meant else min(most, skip + limit)
    latest = read.order_by(*_latest_first(answer_table)).limit(looks_at).subquery("latest")
    page = select(latest.c.id).where(row_condition(scope, latest))
    if is_meant:
        page = page.where(is_meant(latest))
    return page.order_by(*_latest_first(latest)).offset(skip).limit(limit)


def _has_words() -> ColumnElement[bool]:
    """Return the condition that more than the mark of a photo or voice message stands there."""
    return answer_table.c.text.not_in([*FILE_MARKS.values()])


def _latest_first(table: FromClause) -> tuple[ColumnElement[Any], ...]:
    return table.c.day.desc(), table.c.at.desc(), table.c.id.desc()


def _list_keys(scope: MapScope, subject: str) -> list[str]:
    """Return the present and former keys of a place; those of a stage include its touchpoints'."""
    place = scope.journey.find_place(subject)
    points = place.stage.touchpoints if place is not None and place.touchpoint is None else ()
    return [key for part in (subject, *(p.key for p in points)) for key in list_keys(scope.journey, part)]
