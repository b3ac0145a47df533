"""Which digests were dealt with: one row a team and period, written with the letters; what a period's cases were."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from bot.db.cases.tables import case_table
from bot.db.engine.database import Connection
from bot.db.engine.upsert import insert
from bot.db.figures.tables import digest_run_table


def claim(tx: Connection, team: str, period: str, now: datetime) -> bool:
    """Whether nobody has dealt with this team's period yet; from now on somebody has."""
    statement = insert(tx, digest_run_table).values(team=team, period=period, at=now)
    claimed = statement.on_conflict_do_nothing(index_elements=["team", "period"]).returning(digest_run_table.c.team)
    return tx.execute(claimed).first() is not None


def list_periods(tx: Connection) -> dict[str, set[str]]:
    """The periods dealt with so far, by team."""
    found: dict[str, set[str]] = {}
    for team, period in tx.execute(select(digest_run_table.c.team, digest_run_table.c.period)):
        found.setdefault(team, set()).add(period)
    return found


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """Complaints and questions of a journey: ``waiting`` are those nobody has answered, the oldest since ``since``."""

    opened: int
    closed: int
    waiting: int
    since: datetime | None


def count_cases(tx: Connection, journey: str, first: datetime, last: datetime) -> CaseCounts:
    """What was opened and closed from ``first`` to before ``last``, and what waits at ``last``.

    A case that nobody could tell the journey of counts with every journey: somebody is to look at it.
    """
    ours = (case_table.c.kind != "praise") & or_(case_table.c.journey == journey, case_table.c.journey.is_(None))

    def counted(which: ColumnElement[bool]) -> int:
        return tx.scalar(select(func.count()).select_from(case_table).where(ours, which)) or 0

    there = case_table.c.opened_at < last
    unanswered = or_(case_table.c.answered_at.is_(None), case_table.c.answered_at >= last)
    open_then = and_(there, unanswered, or_(case_table.c.closed_at.is_(None), case_table.c.closed_at >= last))
    return CaseCounts(
        opened=counted(and_(there, case_table.c.opened_at >= first)),
        closed=counted(and_(case_table.c.closed_at >= first, case_table.c.closed_at < last)),
        waiting=counted(open_then),
        since=tx.scalar(select(func.min(case_table.c.opened_at)).where(ours, open_then)),
    )
