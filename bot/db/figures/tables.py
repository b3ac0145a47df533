"""Table of the digest runs; `bot.db.figures.digest_runs` says what a row means."""

from sqlalchemy import Column, String, Table

from bot.db.engine.columns import Key, UtcDateTime, metadata

digest_run_table = Table(
    "digest_run",
    metadata,
    Column("team", Key, primary_key=True),
    Column("period", String(32), primary_key=True),  # a WeeklyMoment.period_key
    Column("at", UtcDateTime, nullable=False),  # when the digest was posted, or skipped as too late
)
