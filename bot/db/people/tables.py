"""Tables of people: customers and their links, managers, teams.

``sqlite_autoincrement`` stands at tables whose ids are kept in buttons, replies and letters: without it SQLite gives
the highest id again once its row is deleted, and the card of a forgotten person would answer somebody else.
"""

from sqlalchemy import Boolean, Column, ForeignKey, String, Table, Text, UniqueConstraint, false

from bot.db.engine.columns import Id, Json, Key, UtcDateTime, metadata, stored_enum
from bot.db.people.consent_states import ConsentActor, ConsentEvent, ConsentWay

customer_table = Table(
    "customer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("external_id", String(128), unique=True),  # the business's own name for the person; NULL for a stranger
    Column("messenger", String(16)),
    Column("address", String(64)),
    Column("language", String(8)),
    Column("timezone", String(64)),
    Column("quiet_hours", String(16)),  # NULL: those of the settings; "": none
    Column("consent_at", UtcDateTime),
    Column("stopped_at", UtcDateTime),
    Column("unreachable_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("has_own_language", Boolean, nullable=False, server_default=false()),  # chosen by the person
    Column("has_own_zone", Boolean, nullable=False, server_default=false()),
    Column("asks_less_often", Boolean, nullable=False, server_default=false()),  # a wish of the person
    Column("told_zone", String(64)),  # of whose clock we told them that we assume it
    Column("is_staff", Boolean, nullable=False, server_default=false()),  # the business says so
    UniqueConstraint("messenger", "address"),
    sqlite_autoincrement=True,
)

customer_attribute_table = Table(  # who customers are over time: see cjm/journeys/attributes.py
    "customer_attribute",
    metadata,
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("key", String(64), primary_key=True),
    Column("since", UtcDateTime, primary_key=True),
    Column("value", Json, nullable=False),
    Column("imported", Boolean, nullable=False, server_default=false()),  # told by imports only: goes with them
    sqlite_with_rowid=False,
)

link_table = Table(  # links, each for one account; only a keyed hash of the token is kept
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
    Column("source", Key),  # where the link stood: told about its customer when it is opened
    sqlite_autoincrement=True,
)

secret_table = Table(  # secrets that Tropa made for itself, where no setting names one
    "secret",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", String(128), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

consent_wording_table = Table(  # what people read before they consented, each wording once
    "consent_wording",
    metadata,
    Column("version", String(64), primary_key=True),  # hash of language and text
    Column("language", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),  # when it was shown first
)

consent_record_table = Table(  # appended, never edited; forgetting takes the person from it
    "consent_record",
    metadata,
    Column("id", Id, primary_key=True),
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="SET NULL"), index=True),
    Column("person", String(64), nullable=False, index=True),  # keyed hash of the business's id
    Column("event", stored_enum(ConsentEvent, 16), nullable=False),
    Column("way", stored_enum(ConsentWay, 24), nullable=False),
    Column("actor", stored_enum(ConsentActor, 16), nullable=False),
    Column("wording", String(64)),  # a version; NULL where no wording was shown, or none was stored yet
    Column("language", String(8)),
    Column("at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

do_not_ask_table = Table(  # forgotten people whom no event of the business may have asked again
    "do_not_ask",
    metadata,
    Column("person", String(64), primary_key=True),  # keyed hash of the business's id
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

team_table = Table(  # chats that were bound in a messenger; settings of the same key add language, hours, journeys
    "team",
    metadata,
    Column("key", Key, primary_key=True),
    Column("messenger", String(16), nullable=False),
    Column("address", String(64), nullable=False),
    Column("thread", Id),
    Column("title", String(256)),
    Column("language", String(8)),  # both only for a team that no settings name
    Column("timezone", String(64)),
    Column("bound_by", String(96)),
    Column("bound_at", UtcDateTime, nullable=False),
)
