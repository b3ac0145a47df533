"""Entries of volunteer diaries, read for a picture: a bounded number, without personal data in the words."""

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, select

from bot.db.asking.tables import answer_table, invitation_table, response_table
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, row_condition
from bot.db.people.own_names import list_own_names
from bot.db.people.tables import customer_table
from cjm.blurring.journey_blur import JourneyBlur
from cjm.conversation.file_answers import FILE_MARKS
from cjm.figures.day.diary import DiaryEntry
from cjm.figures.day.parts import part_of
from cjm.journeys.parts.diary_question import DIARY_QUESTIONS

MOST_ENTRIES = 500
"""Answers that are read for one picture; others wait while words are blurred."""

MOST_CHARACTERS = 40_000
"""Characters of the answers for one picture, for the same reason."""


def list_diary_entries(tx: Connection, scope: MapScope, limit: int = MOST_ENTRIES) -> list[DiaryEntry]:
    """Return what people wrote in their diaries in a scope, the latest first.

    A diary belongs to no channel: a scope of one channel has no entries.
    """
    if scope.channel is not None or scope.journey.anonymous:
        return []
    rows = tx.execute(_select_entries(scope, limit)).all()
    return list(_read_entries(tx, scope, rows))


def _read_entries(tx: Connection, scope: MapScope, rows: Sequence[Row[Any]]) -> Iterator[DiaryEntry]:
    blur = JourneyBlur.of_journey(scope.journey)
    called = list_own_names(tx, (row.customer_id for row in rows))
    length = 0
    for row in rows:
        length += len(row.text)
        if length > MOST_CHARACTERS:
            break
        zone = ZoneInfo(row.timezone or row.told_zone or scope.journey.timezone)
        yield DiaryEntry(
            part=part_of(row.at.astimezone(zone).time()),
            kind=DIARY_QUESTIONS[row.question],
            text=blur.blur(row.text, (row.own_names or "", *called.get(row.customer_id, ()))),
            day=row.day,
            person=row.customer_id,
            cohort_id=row.cohort_id,
        )


def _select_entries(scope: MapScope, limit: int) -> Select[Any]:
    """Select the answers to messages of diaries: an index of these few invitations finds them."""
    a, person = answer_table.c, customer_table.c
    of_message = (a.response_id == response_table.c.id) & a.choice.is_(None)
    rows = (
        invitation_table.join(response_table, response_table.c.invitation_id == invitation_table.c.id)
        .join(answer_table, of_message)
        .join(customer_table, person.id == a.customer_id)
    )
    has_words = a.text.is_not(None) & a.text.not_in([*FILE_MARKS.values()]) & a.question.in_([*DIARY_QUESTIONS])
    of_answer = (a.text, a.own_names, a.question, a.day, a.at, a.customer_id, a.cohort_id)
    wanted = select(*of_answer, person.timezone, person.told_zone)
    is_meant = row_condition(scope, invitation_table) & invitation_table.c.diary_id.is_not(None)
    wanted = wanted.select_from(rows).where(is_meant, has_words)
    return wanted.order_by(a.day.desc(), a.at.desc(), a.id.desc()).limit(limit)
