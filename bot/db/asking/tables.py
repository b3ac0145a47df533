"""Tables of asking and answering: decisions, invitations, conversations, answers, mutes, awaited texts.

``sqlite_autoincrement`` stands where ids are kept in buttons and letters: see `bot.db.people.tables`.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from bot.db.engine.columns import Id, Json, Key, UtcDateTime, metadata, stored_enum
from cjm.asking.decision import AskingReason, AskingVerdict
from cjm.asking.invitation_state import InvitationState
from cjm.asking.sealed_cell import CellWidth
from cjm.figures.day.parts import PartOfDay

mute_table = Table(  # touchpoints and stages that customers said "not about this" to
    "mute",
    metadata,
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
    Column("journey", Key, primary_key=True),  # "": not known which, from before it was stored
    Column("subject", Key, primary_key=True),  # as the version calls it
    Column("version", Integer, primary_key=True, autoincrement=False),  # 0: from before it was stored
)

decision_table = Table(  # reasons why people were asked or not
    "decision",
    metadata,
    Column("id", Id, primary_key=True),
    Column("visit_id", Id, ForeignKey("visit.id", ondelete="CASCADE"), index=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("survey", Key, nullable=False),
    Column("verdict", stored_enum(AskingVerdict, 8), nullable=False),
    Column("reason", stored_enum(AskingReason, 32), nullable=False),
    Column("until", UtcDateTime),
    Column("at", UtcDateTime, nullable=False),
    Column("invitation_id", Id, ForeignKey("invitation.id", ondelete="CASCADE")),  # of one without a visit
    Index(
        "ix_decision_invitation_id",
        "invitation_id",
        sqlite_where=text("invitation_id IS NOT NULL"),
        postgresql_where=text("invitation_id IS NOT NULL"),
    ),
)

invitation_table = Table(  # questions to people, sent or to be sent; cjm.asking.invitation_state draws the states
    "invitation",
    metadata,
    Column("id", Id, primary_key=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False),
    Column("visit_id", Id, ForeignKey("visit.id", ondelete="CASCADE")),  # NULL: asked without a visit
    Column("journey", Key, nullable=False),
    Column("version", Integer, nullable=False),
    Column("survey", Key, nullable=False),
    Column("subject", Key, nullable=False),
    Column("stage", Key, nullable=False),
    Column("channel", Key, nullable=False),
    Column("cohort_id", Id, ForeignKey("cohort.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("part", stored_enum(PartOfDay, 16)),  # of the visit's day; NULL: not known
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
    Column("seal_at", UtcDateTime),  # in anonymous journeys: when nothing can be changed any more
    Column("sent_hour", Integer),  # of the reader's clock; -1: not known; NULL: not sent, or anonymous
    Column("occasion", String(160)),  # of one without a visit: what keeps it from being asked twice
    Column("campaign_id", Id, ForeignKey("campaign.id", ondelete="SET NULL")),
    Column("trigger_at", UtcDateTime),  # of somebody who stays behind: when it was so; NULL: a visit asked
    Column("diary_id", Id, ForeignKey("diary.id", ondelete="CASCADE")),  # of a message of a volunteer diary
    Column("import_row_id", Id, ForeignKey("imported_row.id", ondelete="SET NULL")),  # of one from an own export
    UniqueConstraint("visit_id", "survey"),
    Index(
        "uq_invitation_occasion",
        "occasion",
        unique=True,
        sqlite_where=text("occasion IS NOT NULL"),
        postgresql_where=text("occasion IS NOT NULL"),
    ),
    Index(
        "ix_invitation_campaign_id_state",
        "campaign_id",
        "state",
        sqlite_where=text("campaign_id IS NOT NULL"),
        postgresql_where=text("campaign_id IS NOT NULL"),
    ),
    Index(
        "ix_invitation_diary_id",
        "diary_id",
        sqlite_where=text("diary_id IS NOT NULL"),
        postgresql_where=text("diary_id IS NOT NULL"),
    ),
    Index(  # what volunteers wrote, among all that was asked in a period
        "ix_invitation_diary",
        "journey",
        "day",
        sqlite_where=text("diary_id IS NOT NULL"),
        postgresql_where=text("diary_id IS NOT NULL"),
    ),
    Index(
        "ix_invitation_import_row_id",
        "import_row_id",
        sqlite_where=text("import_row_id IS NOT NULL"),
        postgresql_where=text("import_row_id IS NOT NULL"),
    ),
    Index("ix_invitation_state_due_at", "state", "due_at"),  # for the ticks
    Index("ix_invitation_customer_id_sent_at", "customer_id", "sent_at"),
    Index(  # small: only what can still be answered is in it
        "ix_invitation_answerable",
        "journey",
        "day",
        sqlite_where=text("state IN ('open', 'answering')"),
        postgresql_where=text("state IN ('open', 'answering')"),
    ),
    Index(  # few: the conversations of anonymous journeys that are not closed yet
        "ix_invitation_seal_at",
        "seal_at",
        sqlite_where=text("seal_at IS NOT NULL"),
        postgresql_where=text("seal_at IS NOT NULL"),
    ),
    Index(  # the people who answered a survey lately: see question_order.py
        "ix_invitation_answered",
        "journey",
        "survey",
        "sent_at",
        "customer_id",
        sqlite_where=text("state IN ('answering', 'done', 'closed')"),
        postgresql_where=text("state IN ('answering', 'done', 'closed')"),
    ),
    Index(  # only of anonymous journeys: the people among whom a sealed answer hides
        "ix_invitation_closed",
        "journey",
        "survey",
        "day",
        sqlite_where=text("state = 'closed'"),
        postgresql_where=text("state = 'closed'"),
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

survey_attention_table = Table(  # visits of each survey by day: see question_order.py
    "survey_attention",
    metadata,
    Column("journey", Key, primary_key=True),
    Column("survey", Key, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("visits", Integer, nullable=False),
    Column("drawn", Integer, nullable=False),
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
    Column("choosing", Key),  # a question with several choices to which more may come
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

answer_file_table = Table(  # photos and voice messages that came as answers in words; no file is stored
    "answer_file",
    metadata,
    Column("id", Id, primary_key=True),
    Column("answer_id", Id, ForeignKey("answer.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # photo | voice
    Column("file_id", Text, nullable=False),  # the messenger's lasting id
)

answer_table = Table(  # answers, each with what it counts under, frozen
    "answer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("response_id", Id, ForeignKey("response.id", ondelete="CASCADE")),
    Column("visit_id", Id, ForeignKey("visit.id", ondelete="CASCADE")),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE")),  # NULL: sealed, counted as settled
    Column("journey", Key, nullable=False),
    Column("version", Integer, nullable=False),
    Column("question", Key, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("value", Integer),  # a scale's raw value
    Column("choice", Key),  # of several choices, each has a row
    Column("not_applicable", Boolean, nullable=False, server_default=false()),  # "does not apply" is the answer
    Column("text", Text),
    Column("subject", Key, nullable=False),
    Column("stage", Key, nullable=False),
    Column("day", Date, nullable=False),
    Column("part", stored_enum(PartOfDay, 16)),  # of the visit's day; NULL: not known, recalled, or anonymous
    Column("channel", Key, nullable=False),
    Column("cohort_id", Id, ForeignKey("cohort.id"), nullable=False),
    Column("source", String(16), nullable=False),  # chat | import
    Column("at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime),
    Column("delay", Integer, nullable=False, server_default="0"),  # class in cjm/figures/facts/delay.py
    Column("import_row_id", Id, ForeignKey("imported_row.id", ondelete="SET NULL")),
    Column("own_names", Text),  # words of the writer's own names that stand in the text
    Column("recalled", Boolean, nullable=False, server_default=false()),  # from memory, about an earlier place
    Index(
        "uq_answer_choice",
        "response_id",
        "question",
        "choice",
        unique=True,
        sqlite_where=text("choice IS NOT NULL"),
        postgresql_where=text("choice IS NOT NULL"),
    ),
    Index(
        "uq_answer_one",
        "response_id",
        "question",
        unique=True,
        sqlite_where=text("choice IS NULL"),
        postgresql_where=text("choice IS NULL"),
    ),
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

sealed_cell_table = Table(  # how many conversations were sealed under each cell: see sealed_cells.py
    "sealed_cell",
    metadata,
    Column("journey", Key, primary_key=True),
    Column("survey", Key, primary_key=True),
    Column("width", stored_enum(CellWidth, 8), primary_key=True),
    Column("first", Date, primary_key=True),
    Column("cohort_id", Id, primary_key=True, autoincrement=False),  # 0: of all cohorts
    Column("channel", Key, primary_key=True),  # "": of all channels
    Column("n", Integer, nullable=False),
)

closed_message_table = Table(  # messages that still show a closed question; no row tells whose it was
    "closed_message",
    metadata,
    Column("messenger", String(16), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("message_id", String(32), primary_key=True),
    Column("language", String(8)),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False, index=True),
)

left_message_table = Table(  # messages that a conversation has left, until they show no buttons: see left_messages.py
    "left_message",
    metadata,
    Column("messenger", String(16), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("message_id", String(32), primary_key=True),
    Column("response_id", Id, ForeignKey("response.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False, index=True),
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
