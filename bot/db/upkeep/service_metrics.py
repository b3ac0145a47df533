"""How the house is doing, in a few numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from bot.db.asking.tables import decision_table
from bot.db.counters.tables import tally_table
from bot.db.delivery import inbox, letters
from bot.db.engine.database import Connection
from cjm.figures.tally import CHOICE
from cjm.scales import Scale

_DAY = timedelta(days=1)
_MOST_DECISIONS = 200_000  # that are looked at


@dataclass(frozen=True, slots=True)
class ServiceMetrics:
    """``letters`` and ``inbox`` by state; ``answers`` so far; ``decisions`` of the last day by (verdict, reason)."""

    letters: Mapping[str, int]
    inbox: Mapping[str, int]
    answers: int
    decisions: Mapping[tuple[str, str], int]


def collect(tx: Connection, now: datetime) -> ServiceMetrics:
    """As it is now."""
    return ServiceMetrics(
        letters.count_by_state(tx), inbox.count_by_state(tx), _count_answers(tx), _count_decisions(tx, now)
    )


def _count_answers(tx: Connection) -> int:
    """From the counters, so those whose rows are gone are in it; the customers' own words are not."""
    answered = or_(
        tally_table.c.measure.in_([scale.value for scale in Scale]), tally_table.c.measure.startswith(CHOICE)
    )
    return int(tx.scalar(select(func.sum(tally_table.c.n)).where(answered)) or 0)


def _count_decisions(tx: Connection, now: datetime) -> dict[tuple[str, str], int]:
    newest = tx.scalar(select(func.max(decision_table.c.id))) or 0
    recent = (decision_table.c.id > newest - _MOST_DECISIONS) & (decision_table.c.at > now - _DAY)
    key = (decision_table.c.verdict, decision_table.c.reason)
    found = tx.execute(select(*key, func.count()).where(recent).group_by(*key))
    return {(verdict, reason): n for verdict, reason, n in found}
