"""The table of volunteer diaries. Their messages are invitations."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, text

from bot.db.engine.columns import Id, Key, UtcDateTime, metadata, stored_enum
from cjm.asking.diary_state import DiaryState

diary_table = Table(
    "diary",
    metadata,
    Column("id", Id, primary_key=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("journey", Key, nullable=False),
    Column("state", stored_enum(DiaryState, 16), nullable=False),
    # Of the conversation that invited. No foreign key: an invitation refers to its diary, and this would be a ring.
    Column("invitation_id", Id, nullable=False, index=True),
    Column("days", Integer, nullable=False),  # as they were promised, whatever the journey file says since
    Column("times_a_day", Integer, nullable=False),
    Column("offered_at", UtcDateTime, nullable=False),
    Column("joined_at", UtcDateTime),
    Column("first_day", Date),  # by the volunteer's clock
    Column("reached", Integer, nullable=False),  # number of the next message, from 0
    Column("due_at", UtcDateTime),  # of the next message; after the last one, the end of the diary
    Column("ended_at", UtcDateTime),
    Index(  # few: what the tick looks at
        "ix_diary_due_at",
        "due_at",
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
    Index(  # nobody keeps two diaries at once
        "uq_diary_one_running",
        "customer_id",
        unique=True,
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
    sqlite_autoincrement=True,
)
