"""Tables of what goes out and comes in: letters, updates, and what our messages show, are about, and must show no more.

``sqlite_autoincrement`` stands where ids are kept in buttons and letters: see `bot.db.people.tables`.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, false, text

from bot.db.delivery.states import ErasureCause, InboxState, LetterState, MessageCarrier, RecallState
from bot.db.engine.columns import Id, Json, Key, UtcDateTime, metadata, stored_enum

message_ref_table = Table(  # what a message is about, so that a reply to it finds its way
    "message_ref",
    metadata,
    Column("messenger", String(16), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("message_id", String(32), primary_key=True),
    Column("kind", String(24), nullable=False),  # a SubjectKind of message_subjects.py
    Column("ref", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_message_ref_kind_ref", "kind", "ref"),
)

quoted_message_table = Table(  # whose words or files each of our messages shows, so that it can be taken away with them
    "quoted_message",
    metadata,
    Column("messenger", String(16), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("message_id", String(32), primary_key=True),
    Column(
        "customer_id",
        Id,
        ForeignKey("customer.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    ),
    Column("carrier", stored_enum(MessageCarrier, 8), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)

erasure_table = Table(  # one wish to be forgotten, or one retirement of old cases, until all its recalls are reported
    "erasure",
    metadata,
    Column("id", Id, primary_key=True),
    Column("cause", stored_enum(ErasureCause, 8), nullable=False),
    Column("about", Id, index=True),  # the customer's id, which names nobody any more: for messages that arrive late
    Column("messenger", String(16)),  # with address and language: where the numbers are reported to
    Column("address", String(64)),
    Column("language", String(8)),
    Column("at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),  # when its last recall ended
    sqlite_autoincrement=True,
)

recall_table = Table(  # a message of ours that is to be taken away, or was, until its erasure is reported
    "recall",
    metadata,
    Column("id", Id, primary_key=True),
    Column("erasure_id", Id, ForeignKey("erasure.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("messenger", String(16), nullable=False),
    Column("address", String(64), nullable=False),
    Column("message_id", String(32), nullable=False),
    Column("carrier", stored_enum(MessageCarrier, 8)),  # NULL: sent by a version that did not store it
    Column("case_number", Id),  # no reference, it is gone
    Column("is_own", Boolean, nullable=False),  # in the forgotten person's own chat: they see it, so nobody is told
    Column("state", stored_enum(RecallState, 8), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", UtcDateTime, nullable=False),
    Column("reason", String(256)),
    Index("ix_recall_state_due_at", "state", "due_at"),
    Index("ix_recall_address_message_id", "address", "message_id"),
    sqlite_autoincrement=True,
)

view_table = Table(  # parameters of a message with buttons, so that a button needs only an id
    "view",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(24), nullable=False),  # a ViewKind of views.py
    Column("owner", String(96), nullable=False),
    Column("data", Json, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

saved_view_table = Table(  # views that a chat keeps under a name: see saved_views.py
    "saved_view",
    metadata,
    Column("id", Id, primary_key=True),
    Column("owner", String(96), nullable=False),
    Column("name", String(64), nullable=False),
    Column("folded", String(128), nullable=False),  # the name without the case of its letters
    Column("former_name", String(64)),
    Column("journey", Key, nullable=False),
    Column("data", Json, nullable=False),
    Column("for_digest", Boolean, nullable=False, server_default=false()),
    Column("at", UtcDateTime, nullable=False),
    Column("deleted_at", UtcDateTime),
    Index(
        "uq_saved_view_name",
        "owner",
        "folded",
        unique=True,
        sqlite_where=text("deleted_at IS NULL"),
        postgresql_where=text("deleted_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

map_preference_table = Table(  # lanes that a chat chose last for its files
    "map_preference",
    metadata,
    Column("owner", String(96), primary_key=True),
    Column("lanes", String(16), nullable=False),
)

picture_table = Table(  # uploaded once: the messenger's lasting id of a picture, by the hash of what it shows
    "picture",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("file_id", String(256), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

inbox_table = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True),  # our own order: update ids may restart
    Column("bot", String(32), nullable=False),
    Column("update_id", Id, nullable=False),
    Column("chat", String(64)),
    Column("payload", Text),  # NULL once it is done
    Column("state", stored_enum(InboxState, 8), nullable=False),
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
    Column("state", stored_enum(LetterState, 16), nullable=False),
    Column("reason", String(256)),
    Column("due_at", UtcDateTime, nullable=False),
    Column("not_after", UtcDateTime),
    Column("attempts", Integer, nullable=False, default=0),
    Column("epoch", Integer),
    Column("sent_at", UtcDateTime),
    Column("unknown_at", UtcDateTime),  # when a try last broke after it may have left
    Column("message_id", String(32)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("about", Id),  # the customer whom a letter to others is about; no reference, they may be forgotten
    Column("quotes", Json),  # whose words it shows, from the start of its call on: customers' ids and the carrier
    # For letter_steps.py: the oldest letters, the oldest of a priority, the first of a chat.
    Index("ix_letter_state_due_at", "state", "due_at"),
    Index("ix_letter_state_priority_due_at", "state", "priority", "due_at"),
    Index("ix_letter_address_state_due_at", "address", "state", "due_at"),
    Index(  # few: the letters of which a try may have arrived, by chat
        "ix_letter_in_doubt",
        "address",
        "unknown_at",
        sqlite_where=text("unknown_at IS NOT NULL"),
        postgresql_where=text("unknown_at IS NOT NULL"),
    ),
    Index(
        "ix_letter_about",
        "about",
        sqlite_where=text("about IS NOT NULL"),
        postgresql_where=text("about IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)
