"""Store a batch of past answers. The same row and question is the same answer, however often a file is imported."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.db.asking import answers
from bot.db.asking.answers import NewAnswer
from bot.db.engine.database import Connection
from bot.db.journeys import cohorts, journeys
from bot.db.people import customers
from bot.usecases.people.tell_attributes import tell_attributes
from cjm.journeys.attributes import ToldAttribute
from cjm.journeys.journey import Journey
from cjm.tables.answer_rows import AnswerRow, RowAnswer

_MOST_KEY = 192  # characters of the column


def import_answers(tx: Connection, journey: Journey, rows: Sequence[AnswerRow], now: datetime) -> tuple[int, int]:
    """Store the answers of rows; return how many are new and how many were known already."""
    versions = journeys.list_versions_in_force(tx)
    version = versions[journey.key].version
    ids = customers.ensure_locked(tx, (_customer(row) for row in rows), now)
    known = tell_attributes(
        tx,
        [ToldAttribute(ids[_customer(r)], key, r.at, value) for r in rows for key, value in r.attributes.items()],
        {(ids[_customer(row)], row.at) for row in rows},
        {key: in_force.journey for key, in_force in versions.items()},
    )
    cohort_ids = cohorts.ensure_ids(tx, journey, [known.find_at(ids[_customer(row)], row.at) for row in rows])
    new: dict[str, NewAnswer] = {}  # by source key: a file may hold the same row twice
    total = 0
    for row, cohort_id in zip(rows, cohort_ids, strict=True):
        total += len(row.answers)
        new |= _new_answers(journey, version, row, ids[_customer(row)], cohort_id)
    inserted = answers.insert_new_answers(tx, journey, list(new.values()))
    return inserted, total - inserted


def _new_answers(
    journey: Journey, version: int, row: AnswerRow, customer_id: int, cohort_id: int
) -> Iterator[tuple[str, NewAnswer]]:
    for answer in row.answers:
        key = _source_key(journey, row, answer)
        yield (
            key,
            NewAnswer(
                customer_id=customer_id,
                journey=journey.key,
                version=version,
                question=answer.question,
                kind=answer.kind,
                subject=answer.subject,
                stage=answer.stage,
                day=row.day,
                channel=row.channel or answer.channel,
                cohort_id=cohort_id,
                at=row.at,
                value=answer.value,
                choice=answer.choice,
                text=answer.text,
                source="import",
                source_key=key,
            ),
        )


def _customer(row: AnswerRow) -> str:
    return row.customer or f"import-{row.name}"[:128]


def _source_key(journey: Journey, row: AnswerRow, answer: RowAnswer) -> str:
    """Return the key by which an answer is known when its row is imported again; a long one is replaced by a hash."""
    key = f"{journey.key}:{row.name}:{answer.question}"
    if len(key) <= _MOST_KEY:
        return key
    return f"{journey.key}:#{hashlib.sha256(key.encode()).hexdigest()}"
