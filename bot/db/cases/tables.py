"""Tables of cases and of the messages in them."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, String, Table, Text, false, text

from bot.db.engine.columns import Id, Key, UtcDateTime, metadata, stored_enum
from cjm.cases.case import CaseAuthor, CaseKind, CaseOrigin, CaseState
from cjm.figures.day.parts import PartOfDay

case_table = Table(
    "case",
    metadata,
    Column("id", Id, primary_key=True),  # its number in the chat
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", stored_enum(CaseKind, 16), nullable=False),
    Column("origin", stored_enum(CaseOrigin, 16), nullable=False),
    Column("state", stored_enum(CaseState, 16), nullable=False),
    Column("response_id", Id, ForeignKey("response.id", ondelete="SET NULL"), unique=True),
    Column("journey", Key),
    Column("stage", Key),
    Column("touchpoint", Key),
    Column("day", Date, nullable=False),
    Column("part", stored_enum(PartOfDay, 16)),  # of the day of its visit; NULL: not known
    Column("channel", Key, nullable=False),
    Column("cohort_id", Id, ForeignKey("cohort.id")),
    Column("team", Key),  # NULL: not handed over yet; "": the managers have it
    Column("opened_at", UtcDateTime, nullable=False),
    Column("taken_at", UtcDateTime),
    Column("taken_by", String(96)),
    Column("taken_name", String(128)),
    Column("answered_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("import_row_id", Id, ForeignKey("imported_row.id", ondelete="SET NULL")),  # of one from an own export
    Index(
        "ix_case_import_row_id",
        "import_row_id",
        sqlite_where=text("import_row_id IS NOT NULL"),
        postgresql_where=text("import_row_id IS NOT NULL"),
    ),
    Index("ix_case_state_opened_at", "state", "opened_at"),
    sqlite_autoincrement=True,
)

case_message_table = Table(
    "case_message",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("case.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("author", stored_enum(CaseAuthor, 16), nullable=False),
    Column("author_name", String(128)),
    Column("kind", String(8), nullable=False),  # text | photo | voice
    Column("text", Text),
    Column("file_id", String(256)),
    Column("at", UtcDateTime, nullable=False),
    Column("kept", Boolean, nullable=False, server_default=false()),  # no letter has told the team of it
    Column("own_names", Text),  # words of its writer's own names that stand in the text
    sqlite_autoincrement=True,
)

writer_mute_table = Table(  # customers of whom a journey's team wants no letters for a while; old rows stay as a record
    "writer_mute",
    metadata,
    Column("id", Id, primary_key=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("journey", Key, nullable=False),  # "": of cases without a journey
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("muted_by", String(96), nullable=False),
    Column("muted_name", String(128), nullable=False),
    Column("ended_at", UtcDateTime),
    Column("ended_by", String(96)),
    Column("ended_name", String(128)),
    sqlite_autoincrement=True,
)

kept_mute_table = Table(  # mutes of accounts that had themselves forgotten while muted, until each is over
    "kept_mute",
    metadata,
    Column("account", String(64), primary_key=True),  # keyed hash of the address
    Column("journey", Key, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("muted_by", String(96), nullable=False),
    Column("muted_name", String(128), nullable=False),
)
