"""Sealed answers: rows without a person, for exports and quotes. The counters hold what they count, as settled.

Invariants:

* A row names no person, visit, conversation, import or version, and no time but the first day of its cell. Its id is
  random, and rows of one transaction are stored in a random order.
* No live counter stands on such a row: n is response-days, and a row alone does not tell which others are of the same
  response. So figures of everyone do not move when answers are sealed, and a check of the counters has nothing to ask.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select

from bot.db.asking.answers import Answer
from bot.db.asking.tables import answer_table, invitation_table, response_table
from bot.db.engine.database import Connection
from bot.db.people.own_names import list_own_names
from cjm.blurring.journey_blur import JourneyBlur
from cjm.journeys.journey import Journey

_BITS = 62
_NOTHING = {"response_id": None, "visit_id": None, "customer_id": None, "import_row_id": None, "changed_at": None}
_RANDOM = secrets.SystemRandom()


def make_sealed_row(answer: Answer, day: date, cohort_id: int, channel: str) -> dict[str, Any]:
    """Return the row that stays of an answer; blur its words before (`blur_words`)."""
    return {
        "id": secrets.randbits(_BITS),
        "journey": answer.journey,
        "version": 0,
        "question": answer.question,
        "kind": answer.kind,
        "value": answer.value,
        "choice": answer.choice,
        "not_applicable": answer.not_applicable,
        "text": answer.text,
        "subject": answer.subject,
        "stage": answer.stage,
        "day": day,
        "channel": channel,
        "cohort_id": cohort_id,
        "source": answer.source,
        "at": datetime.combine(day, time(), UTC),
        "delay": 0,
        "recalled": answer.recalled,
    } | _NOTHING


def blur_words(tx: Connection, journey: Journey, given: Sequence[Answer]) -> list[Answer]:
    """Return these answers with personal data blurred in their words: what their writers are called is not known later.

    Call it before the answers are separated from their people.
    """
    blur = JourneyBlur.of_journey(journey)
    called = list_own_names(tx, (answer.customer_id for answer in given if answer.text))
    return [
        replace(answer, text=blur.blur(answer.text, (answer.own_names or "", *called.get(answer.customer_id, ()))))
        if answer.text
        else answer
        for answer in given
    ]


def insert_sealed_rows(tx: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store rows in a random order: the order of their conversations would tell which belong together."""
    if rows:
        tx.execute(insert(answer_table), _RANDOM.sample(rows, len(rows)))


def delete_before(tx: Connection, journey: str, before: date) -> None:
    """Delete the sealed answers of days before this one; their counts are settled already."""
    is_old = (answer_table.c.journey == journey) & (answer_table.c.day < before)
    tx.execute(delete(answer_table).where(is_old, is_sealed()))


def is_sealed() -> ColumnElement[bool]:
    return answer_table.c.customer_id.is_(None)


def is_to_be_sealed() -> ColumnElement[bool]:
    """Return whether an answer was given anonymously and stands beside its customer still.

    Nobody may be shown it with them, also where the journey was made a named one meanwhile.
    """
    asked_so = select(response_table.c.id).join(invitation_table).where(invitation_table.c.seal_at.is_not(None))
    return answer_table.c.response_id.is_not(None) & answer_table.c.response_id.in_(asked_so)
