"""Voices: customers' own words, with the place that they are about and the score given beside them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from bot.db.asking.tables import answer_table
from bot.db.engine.database import Connection
from bot.db.engine.rows import row_reader
from bot.db.figures.map_sums import MapScope, row_condition
from cjm.figures.map_builder import Quote


@dataclass(frozen=True, slots=True)
class VoiceRow:
    """Words of one customer; ``kind`` and ``value`` are the first score of the same conversation, None without one."""

    text: str
    subject: str
    stage: str
    day: date
    kind: str | None
    value: int | None


def list_quotes(tx: Connection, scope: MapScope, limit: int = 200) -> list[Quote]:
    """Return customers' words in a scope for the map, the latest first."""
    rows = tx.execute(_select_words(scope).limit(limit))
    return [Quote(scope.journey.current_key(row.stage), row.text, row.score_kind, row.score) for row in rows]


def list_latest(
    tx: Connection, scope: MapScope, stages: Collection[str], subject: str | None, limit: int, skip: int = 0
) -> list[VoiceRow]:
    """Return the latest words in a scope about these stages; with ``subject``, only about that stage or touchpoint."""
    keys = [key for stage in stages for key in _list_keys(scope, stage)]
    words = _select_words(scope).where(answer_table.c.stage.in_(keys))
    if subject is not None:
        words = words.where(answer_table.c.subject.in_(_list_keys(scope, subject)))
    return [_voice_from_row(row) for row in tx.execute(words.offset(skip).limit(limit))]


_voice_from_row = row_reader(VoiceRow, answer_table, kind=lambda row: row.score_kind, value=lambda row: row.score)


def _select_words(scope: MapScope) -> Select[Any]:
    """Select answers in words, the latest first, with the first score of their conversation, if it has one."""
    scores, first_score = answer_table.alias(), answer_table.alias()  # the table once more, for other rows of it
    first_id = (
        select(func.min(scores.c.id))
        .where(scores.c.response_id == answer_table.c.response_id, scores.c.value.is_not(None))
        .correlate(answer_table)
        .scalar_subquery()
    )
    columns = (answer_table.c.text, answer_table.c.subject, answer_table.c.stage, answer_table.c.day)
    return (
        select(*columns, first_score.c.kind.label("score_kind"), first_score.c.value.label("score"))
        .select_from(answer_table.outerjoin(first_score, first_score.c.id == first_id))
        .where(row_condition(scope, answer_table), answer_table.c.text.is_not(None))
        .order_by(answer_table.c.at.desc(), answer_table.c.id.desc())
    )


def _list_keys(scope: MapScope, subject: str) -> list[str]:
    """Return the present and former keys of a place; those of a stage include its touchpoints'."""
    place = scope.journey.find_place(subject)
    if place is None:
        return [subject]
    stage, touchpoint = place
    if touchpoint is not None:
        return [touchpoint.key, *touchpoint.was]
    return [stage.key, *stage.was, *(key for point in stage.touchpoints for key in (point.key, *point.was))]
