"""A batch of past answers is stored; the same row and question never twice."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.db.engine.database import Connection
from bot.db.asking import answers
from bot.db.journeys import cohorts
from bot.db.asking.answers import NewAnswer
from bot.db.journeys.cohorts import canonical_form
from bot.db.journeys import journeys
from bot.db.people import customers
from cjm.journeys.journey import Journey
from cjm.tables.answer_rows import AnswerRow, RowAnswer

_MOST_KEY = 192


def import_answers(tx: Connection, journey: Journey, rows: Sequence[AnswerRow], now: datetime) -> tuple[int, int]:
    """Store what rows say; how many answers are new, and how many were known already."""
    version = journeys.list_versions(tx)[journey.key].version
    people = customers.ensure_external_ids(tx, (row.customer for row in rows), now, _known_attributes(rows))
    ids = {name: person.id for name, person in people.items()}
    told = [journey.cohort({**people[row.customer].attributes, **row.attributes}) for row in rows]
    met = cohorts.ensure_cohorts(tx, journey.key, told)
    new: dict[str, NewAnswer] = {}
    given = 0
    for row, cohort in zip(rows, told, strict=True):
        given += len(row.answers)
        new |= _new_answers(journey, version, row, ids[row.customer], met[canonical_form(cohort)])
    fresh = answers.insert_new_answers(tx, list(new.values()))
    return fresh, given - fresh


def _known_attributes(rows: Sequence[AnswerRow]) -> Mapping[str, Mapping[str, Any]]:
    """What rows tell their people apart by; of several rows of one person the last counts."""
    return {row.customer: row.attributes for row in rows if row.attributes}


def _new_answers(
    journey: Journey, version: int, row: AnswerRow, customer_id: int, cohort_id: int
) -> Iterator[tuple[str, NewAnswer]]:
    for given in row.answers:
        key = _source_key(journey, row, given)
        yield (
            key,
            NewAnswer(
                customer_id=customer_id,
                journey=journey.key,
                version=version,
                question=given.question,
                kind=given.kind,
                subject=given.subject,
                stage=given.stage,
                day=row.day,
                channel=row.channel or given.channel,
                cohort_id=cohort_id,
                at=row.at,
                value=given.value,
                choice=given.choice,
                text=given.text,
                source="import",
                source_key=key,
            ),
        )


def _source_key(journey: Journey, row: AnswerRow, given: RowAnswer) -> str:
    """What makes the same row and question the same answer."""
    key = f"{journey.key}:{row.row}:{given.question}"
    if len(key) <= _MOST_KEY:
        return key
    return f"{journey.key}:#{hashlib.sha256(key.encode()).hexdigest()}"
