"""Table of the lease: one row that says which process leads, see `bot.db.engine.leases`."""

from sqlalchemy import Column, Integer, String, Table

from bot.db.engine.columns import UtcDateTime, metadata

lease_table = Table(
    "lease",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)
