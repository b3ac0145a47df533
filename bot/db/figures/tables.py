"""Table of the digest runs."""

from sqlalchemy import Column, String, Table

from bot.db.engine.columns import Key, UtcDateTime, metadata

digest_run_table = Table(
    "digest_run",
    metadata,
    Column("team", Key, primary_key=True),
    Column("period", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
