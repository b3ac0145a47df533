"""Digest runs: the periods that a team's digest was made or skipped for, so that none is sent twice.

A row is written in the transaction that posts the digest's letters. Its key (team, period) is unique, so of two
processes one makes the digest.
"""

from datetime import datetime

from sqlalchemy import select

from bot.db.engine.database import Connection
from bot.db.engine.rows import changes_row
from bot.db.engine.upsert import insert
from bot.db.figures.tables import digest_run_table

_PERIODS = select(digest_run_table.c.team, digest_run_table.c.period)  # built once: a tick runs it


def claim(tx: Connection, team: str, period: str, now: datetime) -> bool:
    """Record that the digest of this period is made or skipped now; return False when it was before."""
    run = insert(tx, digest_run_table).values(team=team, period=period, at=now)
    run = run.on_conflict_do_nothing(index_elements=["team", "period"])
    return changes_row(tx, run.returning(digest_run_table.c.team))


def list_periods(tx: Connection) -> dict[str, set[str]]:
    """Return the periods that digests were made or skipped for, by team."""
    periods: dict[str, set[str]] = {}
    for row in tx.execute(_PERIODS):
        periods.setdefault(row.team, set()).add(row.period)
    return periods
