"""The table of changes that teams plan and make. It refers to no customer."""

from sqlalchemy import Column, Date, ForeignKey, Index, String, Table, text

from bot.db.engine.columns import Id, Key, UtcDateTime, metadata

change_table = Table(
    "change",
    metadata,
    Column("id", Id, primary_key=True),
    Column("journey", Key, nullable=False),
    Column("subject", Key, nullable=False),  # stage or touchpoint, as its journey named it then
    Column("question", Key),  # with the option the barrier that it answers
    Column("option", Key),
    Column("title", String(160), nullable=False),
    Column("owner", String(64), nullable=False),  # as the team typed it; "": nobody yet
    Column("due", Date, nullable=False),
    Column("former_due", Date),  # before it was moved
    Column("made_on", Date),
    Column("planned_at", UtcDateTime, nullable=False),
    Column("dropped_at", UtcDateTime),
    Column("import_row_id", Id, ForeignKey("imported_row.id", ondelete="SET NULL")),  # of one from an own export
    Index(
        "ix_change_import_row_id",
        "import_row_id",
        sqlite_where=text("import_row_id IS NOT NULL"),
        postgresql_where=text("import_row_id IS NOT NULL"),
    ),
    Index("ix_change_journey", "journey"),
    sqlite_autoincrement=True,
)
