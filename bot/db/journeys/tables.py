"""Tables of journeys and of what happened along them.

Keys of journeys, stages, touchpoints, surveys and questions are those of the journey file; their order, titles and
rules stand in the stored file, so a row means the same after the file was reworded. ``day`` is the day of the visit in
the journey's zone. ``subject`` is the key of a touchpoint or of a stage; the two never share one.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.db.engine.columns import Id, Json, Key, UtcDateTime, metadata, stored_enum
from cjm.figures.day.parts import PartOfDay

journey_version_table = Table(
    "journey_version",
    metadata,
    Column("key", Key, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("source", Text, nullable=False),  # the file as it was applied
    Column("applied_by", String(96)),  # "telegram:123", "command line: anna", "settings"; or a keyed hash
    Column("applied_at", UtcDateTime, nullable=False),
    Column("restores", Integer),  # the version whose file this one puts into force again
    Column("archived_at", UtcDateTime),  # of the newest version: the journey rests since then
    Column("archived_by", String(96)),
)

journey_draft_table = Table(  # one file a journey that is kept and not in force
    "journey_draft",
    metadata,
    Column("key", Key, primary_key=True),
    Column("source", Text, nullable=False),
    Column("saved_by", String(96), nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
)

renaming_table = (
    Table(  # what versions call stages and touchpoints that had other keys: see cjm/asking/subject_names.py
        "renaming",
        metadata,
        Column("journey", Key, primary_key=True),
        Column("version", Integer, primary_key=True, autoincrement=False),
        Column("old", Key, primary_key=True),
        Column("new", Key, nullable=False),
    )
)

cohort_table = Table(
    "cohort",
    metadata,
    Column("id", Id, primary_key=True),
    Column("journey", Key, nullable=False),
    Column("attributes", String(1024), nullable=False),  # canonical JSON of the declared attributes
    UniqueConstraint("journey", "attributes"),
)

visit_table = Table(
    "visit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("event_id", String(128), nullable=False, unique=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False),
    Column("journey", Key, nullable=False),
    Column("stage", Key, nullable=False),
    Column("touchpoint", Key),  # NULL: a visit to the stage
    Column("at", UtcDateTime, nullable=False),
    Column("day", Date, nullable=False),
    Column("part", stored_enum(PartOfDay, 16)),  # of the day; NULL: not known
    Column("channel", Key, nullable=False),
    Column("passage", String(128)),  # as the event named it
    Column("cohort_id", Id, ForeignKey("cohort.id"), nullable=False),
    Column("measures", Json),
    Column("amount", Float),
    Column("lost_reason", String(256)),
    Column("withdrawn", Boolean, nullable=False, default=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("attributes_digest", LargeBinary(8)),  # what its event told; b"": nothing; NULL: stored before this column
    Column("import_row_id", Id, ForeignKey("imported_row.id", ondelete="SET NULL")),
    Index(
        "ix_visit_import_row_id",
        "import_row_id",
        sqlite_where=text("import_row_id IS NOT NULL"),
        postgresql_where=text("import_row_id IS NOT NULL"),
    ),
    Index(  # few: the visits at which something was lost
        "ix_visit_lost_reason",
        "journey",
        "day",
        sqlite_where=text("lost_reason IS NOT NULL"),
        postgresql_where=text("lost_reason IS NOT NULL"),
    ),
    Index("ix_visit_customer_journey_at", "customer_id", "journey", "at"),
    Index("ix_visit_journey_day", "journey", "day"),
    Index("ix_visit_stage_cohort_day", "journey", "stage", "cohort_id", "day"),
)

stage_entry_table = Table(  # the first time a passage entered a stage: the flow counters moved for it
    "stage_entry",
    metadata,
    Column("id", Id, primary_key=True),
    Column("journey", Key, nullable=False),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False),
    Column("passage", String(160), nullable=False),
    Column("stage", Key, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("day", Date, nullable=False),
    Column("next_at", UtcDateTime),
    Column("channel", Key, nullable=False),
    Column("cohort_id", Id, ForeignKey("cohort.id"), nullable=False),
    Column("started_at", UtcDateTime),  # the start of the walk; NULL: it began with this entry
    Column("amount", Float),
    UniqueConstraint("journey", "customer_id", "passage", "stage"),
    Index("ix_stage_entry_customer_id_journey", "customer_id", "journey"),
    # The newest entries of a stage, the newest of those who wait, and the newest of a segment or a channel.
    Index("ix_stage_entry_journey_stage_at", "journey", "stage", "at"),
    Index(
        "ix_stage_entry_waiting",
        "journey",
        "stage",
        "at",
        sqlite_where=text("next_at IS NULL"),
        postgresql_where=text("next_at IS NULL"),
    ),
    Index("ix_stage_entry_narrow", "journey", "stage", "channel", "cohort_id", "at"),
)
