"""Tables of asking and answering: decisions, invitations, conversations, answers, mutes, awaited texts.

``sqlite_autoincrement`` stands where ids are kept in buttons and letters: see `bot.db.people.tables`.
"""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from bot.db.engine.columns import Id, Json, Key, UtcDateTime, metadata, stored_enum
from cjm.asking.decision import AskingReason, AskingVerdict
from cjm.asking.invitation_state import InvitationState

mute_table = Table(  # touchpoints and stages that customers said "not about this" to
    "mute",
    metadata,
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
    Column("subject", Key, primary_key=True),
)

decision_table = Table(  # reasons why people were asked or not
    "decision",
    metadata,
    Column("id", Id, primary_key=True),
    Column("visit_id", Id, ForeignKey("visit.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("survey", Key, nullable=False),
    Column("verdict", stored_enum(AskingVerdict, 8), nullable=False),
    Column("reason", stored_enum(AskingReason, 32), nullable=False),
    Column("until", UtcDateTime),
    Column("at", UtcDateTime, nullable=False),
)

invitation_table = Table(  # questions to people, sent or to be sent; cjm.asking.invitation_state draws the states
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
    Column("state", stored_enum(InvitationState, 16), nullable=False),
    Column("reason", String(32)),
    Column("due_at", UtcDateTime, nullable=False),
    Column("not_after", UtcDateTime, nullable=False),
    Column("language", String(8)),  # fixed when it is sent
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("expires_at", UtcDateTime),
    Column("reminded_at", UtcDateTime),
    UniqueConstraint("visit_id", "survey"),
    Index("ix_invitation_state_due_at", "state", "due_at"),  # for the ticks
    Index("ix_invitation_customer_id_sent_at", "customer_id", "sent_at"),
    Index(  # small: only what can still be answered is in it
        "ix_invitation_answerable",
        "journey",
        "day",
        sqlite_where=text("state IN ('open', 'answering')"),
        postgresql_where=text("state IN ('open', 'answering')"),
    ),
    Index(  # a person is never asked two things at once, even when two processes decide to
        "uq_invitation_one_open",
        "customer_id",
        unique=True,
        sqlite_where=text("state IN ('reserved', 'open', 'answering')"),
        postgresql_where=text("state IN ('reserved', 'open', 'answering')"),
    ),
    sqlite_autoincrement=True,
)

response_table = Table(  # conversations about invitations, as they stand
    "response",
    metadata,
    Column("id", Id, primary_key=True),
    Column("invitation_id", Id, ForeignKey("invitation.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("step", Key, nullable=False),  # a question's key, or a ClosingStep of cjm.conversation
    Column("shown", Key),  # the step that the message shows; NULL from the commit until it was edited
    Column("skipped", Json, nullable=False),
    Column("contact", String(8)),  # NULL not answered | yes | no
    Column("messenger", String(16)),
    Column("address", String(64)),
    Column("message_id", String(32)),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("touched_at", UtcDateTime, nullable=False),
    Index(  # tiny: only conversations whose message is behind are in it
        "ix_response_behind",
        "touched_at",
        sqlite_where=text("shown IS NULL"),
        postgresql_where=text("shown IS NULL"),
    ),
    sqlite_autoincrement=True,
)

answer_table = Table(  # answers, each with what it counts under, frozen
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
    Column("source", String(16), nullable=False),  # chat | import
    Column("at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime),
    Column("delay", Integer, nullable=False, server_default="0"),  # class in cjm/figures/facts/delay.py
    Column("import_row_id", Id, ForeignKey("imported_row.id", ondelete="SET NULL")),
    UniqueConstraint("response_id", "question"),
    Index("ix_answer_visit_id", "visit_id"),  # without it the deletion of a visit would look at every answer
    Index(
        "ix_answer_import_row_id",
        "import_row_id",
        sqlite_where=text("import_row_id IS NOT NULL"),
        postgresql_where=text("import_row_id IS NOT NULL"),
    ),
    Index("ix_answer_customer_id_day", "customer_id", "day"),
    Index("ix_answer_journey_day", "journey", "day"),
    # Figures of few people are read from exactly their rows, also in a small segment of a large subject.
    Index("ix_answer_subject_cohort_day", "journey", "subject", "kind", "cohort_id", "day"),
    Index("ix_answer_stage_cohort_day", "journey", "stage", "kind", "cohort_id", "day"),
    Index(  # the latest words of a journey
        "ix_answer_words",
        "journey",
        "day",
        "at",
        "id",
        sqlite_where=text("text IS NOT NULL"),
        postgresql_where=text("text IS NOT NULL"),
    ),
)

prompt_table = Table(  # meaning of the next free text in a private chat: see awaited_texts.py
    "prompt",
    metadata,
    Column("messenger", String(16), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("ref", Id),
    Column("data", Json, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
