"""Tables of the audit log. They refer to no other table, so that what is erased elsewhere takes no entry with it."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from bot.db.audit.audit_actions import AuditAction
from bot.db.engine.columns import Id, Key, UtcDateTime, metadata, stored_enum

audit_entry_table = Table(  # never words of customers: see audit_entries.py
    "audit_entry",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(96), nullable=False),  # "telegram:123", "command line: anna", "http"; or a keyed hash
    Column("actor_name", String(128)),
    Column("action", stored_enum(AuditAction, 32), nullable=False),
    Column("journey", Key),
    Column("subject", String(160)),  # "case 12", a file, a team
    Column("people", Integer),  # number of people whose words or data it was about
    Index("ix_audit_entry_at", "at"),
    Index("ix_audit_entry_actor", "actor"),  # without it forgetting somebody would look at every entry
    sqlite_autoincrement=True,
)

audit_mention_table = Table(  # people whom entries were about
    "audit_mention",
    metadata,
    Column("entry_id", Id, ForeignKey("audit_entry.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    # The id of a customer, or the account of a manager; a keyed hash once they are forgotten.
    Column("person", String(96), primary_key=True),
    Index("ix_audit_mention_person", "person"),
    sqlite_with_rowid=False,
)
