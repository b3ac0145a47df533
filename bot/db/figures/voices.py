"""Customers' own words, with the place they are about and the score given beside them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from bot.db.asking.tables import answer_table
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, select_quotes


@dataclass(frozen=True, slots=True)
class VoiceRow:
    """``kind`` and ``value`` are the first score of the same conversation; None without one."""

    text: str
    subject: str
    stage: str
    day: date
    kind: str | None
    value: int | None


def list_latest(
    tx: Connection, scope: MapScope, stages: Collection[str], subject: str | None, limit: int, skip: int = 0
) -> list[VoiceRow]:
    """The latest words in a scope about these stages; with ``subject``, only about that stage or touchpoint."""
    wanted = select_quotes(scope, answer_table.c.text, answer_table.c.subject, answer_table.c.stage, answer_table.c.day)
    wanted = wanted.where(answer_table.c.stage.in_([key for stage in stages for key in _list_keys(scope, stage)]))
    if subject is not None:
        wanted = wanted.where(answer_table.c.subject.in_(_list_keys(scope, subject)))
    found = tx.execute(wanted.offset(skip).limit(limit))
    return [VoiceRow(*row) for row in found]


def _list_keys(scope: MapScope, subject: str) -> list[str]:
    """Today's key and the former ones; of a stage, its touchpoints' too."""
    place = scope.journey.place(subject)
    if place is None:
        return [subject]
    stage, point = place
    if point is not None:
        return [point.key, *point.was]
    return [stage.key, *stage.was, *(key for p in stage.touchpoints for key in (p.key, *p.was))]
