"""The tables: one block a noun. Nobody outside `bot.db` and `migrations` sees them.

SQLite gives the highest id again once its row is erased, unless a table says ``sqlite_autoincrement``. Those say it
whose ids stand in buttons, replies and letters: the card of somebody who was forgotten would answer somebody else.

Keys of journeys, stages, touchpoints, surveys and questions are the journey file's own; their order, titles and
rules stand in the stored file, so a row means the same after the file was reworded. ``day`` is the day of the visit
in the journey's zone. ``subject`` is a touchpoint's or a stage's key (the two never share one).
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.db.engine.columns import Json, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts up only a plain INTEGER
Key = String(64)

# ---- people ----------------------------------------------------------------------------------------------------------

customer_table = Table(
    "customer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("external_id", String(128), unique=True),  # the business's own name for the person; NULL for a stranger
    Column("messenger", String(16)),
    Column("address", String(64)),
    Column("language", String(8)),
    Column("timezone", String(64)),
    Column("quiet_hours", String(16)),  # NULL: the house's; "": none
    Column("attributes", Json, nullable=False),
    Column("consent_at", UtcDateTime),
    Column("stopped_at", UtcDateTime),
    Column("unreachable_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("messenger", "address"),
    sqlite_autoincrement=True,
)

mute_table = Table(  # "not about this", "later", "less often"
    "mute",
    metadata,
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
    Column("subject", Key, primary_key=True),  # "" is everything
    Column("until", UtcDateTime),  # NULL: for good
)

link_table = Table(  # one-time links; only a keyed hash of the token is kept
    "link",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),  # customer | manager | first
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), index=True),
    Column("journeys", Json),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Column("used_by", String(96)),  # "telegram:123"
    sqlite_autoincrement=True,
)

secret_table = Table(  # what the house made up for itself, where no setting names it
    "secret",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", String(128), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

manager_table = Table(
    "manager",
    metadata,
    Column("id", Id, primary_key=True),
    Column("messenger", String(16), nullable=False),
    Column("address", String(64), nullable=False),
    Column("name", String(128), nullable=False),
    Column("language", String(8)),
    Column("journeys", Json),  # NULL: all
    Column("added_by", String(96)),
    Column("added_at", UtcDateTime, nullable=False),
    UniqueConstraint("messenger", "address"),
    sqlite_autoincrement=True,
)

team_table = Table(  # what was bound in the chat; settings of the same key add language, hours, journeys
    "team",
    metadata,
    Column("key", Key, primary_key=True),
    Column("messenger", String(16), nullable=False),
    Column("address", String(64), nullable=False),
    Column("thread", Id),
    Column("title", String(256)),
    Column("language", String(8)),  # these two of a team that no settings name
    Column("timezone", String(64)),
    Column("bound_by", String(96)),
    Column("bound_at", UtcDateTime, nullable=False),
)

# ---- journeys and what happened --------------------------------------------------------------------------------------

journey_version_table = Table(
    "journey_version",
    metadata,
    Column("key", Key, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("source", Text, nullable=False),  # the file as it was applied
    Column("applied_by", String(96)),
    Column("applied_at", UtcDateTime, nullable=False),
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
    Column("channel", Key, nullable=False),
    Column("passage", String(128)),  # as the event named it
    Column("cohort_id", Id, ForeignKey("cohort.id"), nullable=False),
    Column("measures", Json),
    Column("amount", Float),
    Column("lost_reason", String(256)),
    Column("withdrawn", Boolean, nullable=False, default=False),
    Column("received_at", UtcDateTime, nullable=False),
    Index("ix_visit_customer_journey_at", "customer_id", "journey", "at"),
    Index("ix_visit_journey_day", "journey", "day"),
)

stage_entry_table = Table(  # the first time a passage entered a stage: what the flow counters were moved for
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
    UniqueConstraint("journey", "customer_id", "passage", "stage"),
    Index("ix_stage_entry_customer_id_journey", "customer_id", "journey"),
)

# ---- asking and answering --------------------------------------------------------------------------------------------

OPEN_STATES = ("reserved", "open", "answering")

decision_table = Table(  # why somebody was or was not asked
    "decision",
    metadata,
    Column("id", Id, primary_key=True),
    Column("visit_id", Id, ForeignKey("visit.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("survey", Key, nullable=False),
    Column("verdict", String(8), nullable=False),  # ask | hold | skip
    Column("reason", String(32), nullable=False),
    Column("until", UtcDateTime),
    Column("at", UtcDateTime, nullable=False),
)

invitation_table = Table(  # we asked, or mean to
    "invitation",
    metadata,
    Column("id", Id, primary_key=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False),
    Column("visit_id", Id, ForeignKey("visit.id", ondelete="CASCADE"), nullable=False),
    Column("journey", Key, nullable=False),
    Column("version", Integer, nullable=False),
    Column("survey", Key, nullable=False),
    Column("subject", Key, nullable=False),
    Column("stage", Key, nullable=False),
    Column("channel", Key, nullable=False),
    Column("cohort_id", Id, ForeignKey("cohort.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("nps", Boolean, nullable=False, default=False),
    # waiting -> reserved -> open -> answering -> done | declined | expired; waiting | reserved -> dropped
    Column("state", String(16), nullable=False),
    Column("reason", String(32)),
    Column("due_at", UtcDateTime, nullable=False),
    Column("not_after", UtcDateTime, nullable=False),
    Column("language", String(8)),  # fixed when it is sent
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("expires_at", UtcDateTime),
    Column("reminded_at", UtcDateTime),
    UniqueConstraint("visit_id", "survey"),
    Index("ix_invitation_state_due_at", "state", "due_at"),
    Index("ix_invitation_customer_id_sent_at", "customer_id", "sent_at"),
    Index(
        "uq_invitation_one_open",
        "customer_id",
        unique=True,
        sqlite_where=text("state IN ('reserved', 'open', 'answering')"),
        postgresql_where=text("state IN ('reserved', 'open', 'answering')"),
    ),
    sqlite_autoincrement=True,
)

response_table = Table(  # they talk to us about it: the conversation, step by step
    "response",
    metadata,
    Column("id", Id, primary_key=True),
    Column("invitation_id", Id, ForeignKey("invitation.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("step", Key, nullable=False),  # a question's key, or one of cjm.conversation.response's closing steps
    Column("shown", Key),  # the step that the message shows; NULL from the commit until it was edited
    Column("skipped", Json, nullable=False),
    Column("contact", String(8)),  # NULL not asked | yes | no
    Column("messenger", String(16)),
    Column("address", String(64)),
    Column("message_id", String(32)),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("touched_at", UtcDateTime, nullable=False),
    Index(
        "ix_response_behind",
        "touched_at",
        sqlite_where=text("shown IS NULL"),
        postgresql_where=text("shown IS NULL"),
    ),
    sqlite_autoincrement=True,
)

answer_table = Table(  # frozen with what it counts under
    "answer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("response_id", Id, ForeignKey("response.id", ondelete="CASCADE")),
    Column("visit_id", Id, ForeignKey("visit.id", ondelete="CASCADE")),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False),
    Column("journey", Key, nullable=False),
    Column("version", Integer, nullable=False),
    Column("question", Key, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("value", Integer),  # a scale's raw value
    Column("choice", Key),
    Column("text", Text),
    Column("subject", Key, nullable=False),
    Column("stage", Key, nullable=False),
    Column("day", Date, nullable=False),
    Column("channel", Key, nullable=False),
    Column("cohort_id", Id, ForeignKey("cohort.id"), nullable=False),
    Column("source", String(16), nullable=False),  # chat | import | demo
    Column("source_key", String(192), unique=True),  # an imported row and question, so that repeating changes nothing
    Column("at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime),
    UniqueConstraint("response_id", "question"),
    Index("ix_answer_customer_id_stage_kind_day", "customer_id", "stage", "kind", "day"),
    Index("ix_answer_journey_day", "journey", "day"),
)

tally_table = Table(  # the one counter mechanism; what a bucket is depends on the measure (cjm/figures/tally.py)
    "tally",
    metadata,
    Column("journey", Key, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("subject", Key, primary_key=True),
    Column("measure", String(96), primary_key=True),
    Column("bucket", String(48), primary_key=True),
    Column("cohort_id", Id, ForeignKey("cohort.id"), primary_key=True, autoincrement=False),
    Column("channel", Key, primary_key=True),
    Column("settled", Boolean, primary_key=True),  # the rows behind these counts are gone
    Column("n", Integer, nullable=False),
    Column("total", Float, nullable=False),
    Column("squares", Float, nullable=False),
    Column("raw", Float, nullable=False),
)

# ---- complaints ------------------------------------------------------------------------------------------------------

case_table = Table(
    "case",
    metadata,
    Column("id", Id, primary_key=True),  # its number in the chat
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # complaint | question | praise
    Column("origin", String(16), nullable=False),  # command | message | score
    Column("state", String(16), nullable=False),  # open | taken | answered | closed
    Column("response_id", Id, ForeignKey("response.id", ondelete="SET NULL"), unique=True),
    Column("journey", Key),
    Column("stage", Key),
    Column("touchpoint", Key),
    Column("day", Date, nullable=False),
    Column("channel", Key, nullable=False),
    Column("cohort_id", Id, ForeignKey("cohort.id")),
    Column("team", Key),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("taken_at", UtcDateTime),
    Column("taken_by", String(96)),
    Column("taken_name", String(128)),
    Column("answered_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Index("ix_case_state_opened_at", "state", "opened_at"),
    sqlite_autoincrement=True,
)

case_message_table = Table(
    "case_message",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("case.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("author", String(16), nullable=False),  # customer | team
    Column("author_name", String(128)),
    Column("kind", String(8), nullable=False),  # text | photo | voice
    Column("text", Text),
    Column("file_id", String(256)),
    Column("at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

# ---- the chat --------------------------------------------------------------------------------------------------------

prompt_table = Table(  # what the next free text in a private chat will be taken for
    "prompt",
    metadata,
    Column("messenger", String(16), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("ref", Id),
    Column("data", Json, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

message_ref_table = Table(  # our own map from a message to what it is about, so that a reply finds its way
    "message_ref",
    metadata,
    Column("messenger", String(16), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("message_id", String(32), primary_key=True),
    Column("kind", String(24), nullable=False),  # case | response | map | digest
    Column("ref", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_message_ref_kind_ref", "kind", "ref"),
)

view_table = Table(  # what a picture with buttons shows, so that a button needs only an id
    "view",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("owner", String(96), nullable=False),
    Column("data", Json, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

picture_table = Table(  # drawn and uploaded once: the messenger's lasting id of what a hash shows
    "picture",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("file_id", String(256), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# ---- in and out ------------------------------------------------------------------------------------------------------

inbox_table = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True),  # our own order: update ids may restart
    Column("bot", String(32), nullable=False),
    Column("update_id", Id, nullable=False),
    Column("chat", String(64)),
    Column("payload", Text),  # blanked when it is done
    Column("state", String(8), nullable=False),  # new | done | failed
    Column("attempts", Integer, nullable=False, default=0),
    Column("error", String(256)),
    Column("received_at", UtcDateTime, nullable=False),
    Column("handled_at", UtcDateTime),
    UniqueConstraint("bot", "update_id"),
    Index("ix_inbox_state_id", "state", "id"),
)

letter_table = Table(
    "letter",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(160), nullable=False, unique=True),
    Column("messenger", String(16), nullable=False),
    Column("address", String(64), nullable=False),
    Column("thread", Id),
    Column("kind", String(24), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("data", Json, nullable=False),
    # held | due -> leased -> sending -> sent | retry | unreachable | rejected | dropped | unknown
    Column("state", String(16), nullable=False),
    Column("reason", String(256)),
    Column("due_at", UtcDateTime, nullable=False),
    Column("not_after", UtcDateTime),
    Column("attempts", Integer, nullable=False, default=0),
    Column("epoch", Integer),
    Column("sent_at", UtcDateTime),
    Column("message_id", String(32)),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_letter_state_due_at", "state", "due_at"),
    Index("ix_letter_state_priority_due_at", "state", "priority", "due_at"),
    Index("ix_letter_address_state_due_at", "address", "state", "due_at"),
    sqlite_autoincrement=True,
)

digest_run_table = Table(
    "digest_run",
    metadata,
    Column("team", Key, primary_key=True),
    Column("period", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

lease_table = Table(  # who sends, polls and ticks
    "lease",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)
