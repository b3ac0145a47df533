"""The table of campaigns: surveys that managers have asked by hand. Their questions are invitations."""

from sqlalchemy import Column, Index, String, Table, text

from bot.db.engine.columns import Id, Key, UtcDateTime, metadata, stored_enum
from cjm.asking.campaign_state import CampaignState

campaign_table = Table(
    "campaign",
    metadata,
    Column("id", Id, primary_key=True),
    Column("journey", Key, nullable=False),
    Column("survey", Key, nullable=False),
    Column("segment", Key, nullable=False),  # "": everyone
    Column("state", stored_enum(CampaignState, 16), nullable=False),
    Column("messenger", String(16), nullable=False),  # the manager's chat
    Column("address", String(64), nullable=False),
    Column("reached_id", Id, nullable=False),  # customers up to this id were looked at
    Column("last_id", Id, nullable=False),  # the last customer that is to be looked at
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index(  # two managers cannot ask the same at once
        "uq_campaign_one_running",
        "journey",
        "survey",
        unique=True,
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
    sqlite_autoincrement=True,
)
