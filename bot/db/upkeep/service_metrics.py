"""Metrics of the service, for its operators; the figures about customers are in `bot.db.figures`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from bot.db.asking.tables import decision_table
from bot.db.counters.tables import tally_table
from bot.db.delivery import inbox, letters
from bot.db.delivery.states import InboxState, LetterState
from bot.db.engine.database import Connection
from cjm.asking.decision import AskingReason, AskingVerdict
from cjm.figures.tally import CHOICE
from cjm.scales import Scale

_DAY = timedelta(days=1)
_MOST_DECISIONS = 200_000  # newest rows that are looked at: the time has no index


@dataclass(frozen=True, slots=True)
class ServiceMetrics:
    """Current numbers: stored letters and updates by state, answers except words, the last day's decisions."""

    letters: Mapping[LetterState, int]
    inbox: Mapping[InboxState, int]
    answers: int
    decisions: Mapping[tuple[AskingVerdict, AskingReason], int]


def collect(tx: Connection, now: datetime) -> ServiceMetrics:
    """Return the current values for ``/metrics``."""
    return ServiceMetrics(
        letters.count_by_state(tx), inbox.count_by_state(tx), _count_answers(tx), _count_decisions(tx, now)
    )


def _count_answers(tx: Connection) -> int:
    """Return how many answers were given, those whose rows are gone included, answers in words excluded."""
    answered = or_(
        tally_table.c.measure.in_([scale.value for scale in Scale]), tally_table.c.measure.startswith(CHOICE)
    )
    return int(tx.scalar(select(func.sum(tally_table.c.n)).where(answered)) or 0)


def _count_decisions(tx: Connection, now: datetime) -> dict[tuple[AskingVerdict, AskingReason], int]:
    newest = tx.scalar(select(func.max(decision_table.c.id))) or 0
    recent = (decision_table.c.id > newest - _MOST_DECISIONS) & (decision_table.c.at > now - _DAY)
    key = (decision_table.c.verdict, decision_table.c.reason)
    rows = tx.execute(select(*key, func.count().label("decisions")).where(recent).group_by(*key))
    return {(row.verdict, row.reason): row.decisions for row in rows}
