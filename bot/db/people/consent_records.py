"""Records of consent: which wording a person read, when they consented or withdrew it, by which way, and who did it.

Invariants:

* Records are appended and never edited. Forgetting takes the customer's id from them, by the foreign key; the time, the
  wording, the actor and a keyed hash of the business's id stay.
* A wording is stored once, in the words of the screen. Other words make another version by themselves, and so does a
  rule or a journey that they name when it changes.
* A record is written in the transaction that changes the consent, and only when something changes.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, literal, select

from bot.db.engine import upsert
from bot.db.engine.database import Connection
from bot.db.engine.rows import row_reader
from bot.db.people import person_hash
from bot.db.people.consent_states import ConsentActor, ConsentEvent, ConsentWay
from bot.db.people.customers import Customer
from bot.db.people.tables import consent_record_table, consent_wording_table

_VERSION_LENGTH = 32  # a button names the version, and has room for 64 bytes


@dataclass(frozen=True, slots=True)
class ConsentWording:
    """Text that asked for consent, with the labels of its buttons. ``at`` is when it was shown first."""

    version: str
    language: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One event in a person's consent. ``person`` is a keyed hash; ``customer_id`` is None once they were forgotten.

    ``wording`` is the version of the text that they answered; None for what is done without reading one.
    """

    id: int
    customer_id: int | None
    person: str
    event: ConsentEvent
    way: ConsentWay
    actor: ConsentActor
    wording: str | None
    language: str | None
    at: datetime


_wording_from_row = row_reader(ConsentWording, consent_wording_table)
_record_from_row = row_reader(ConsentRecord, consent_record_table)


def save_wording(tx: Connection, language: str, text: str, now: datetime) -> ConsentWording:
    """Store a text that is about to be shown, unless it is known; its version is a hash of language and text."""
    version = hashlib.sha256(f"{language}\0{text}".encode()).hexdigest()[:_VERSION_LENGTH]
    new = ConsentWording(version, language, text, now)
    columns = {"version": version, "language": language, "text": text, "at": now}
    statement = upsert.insert(tx, consent_wording_table).values(columns)
    tx.execute(statement.on_conflict_do_nothing(index_elements=["version"]))
    return new


def find_wordings(tx: Connection, versions: Collection[str]) -> dict[str, ConsentWording]:
    """Return those of these wordings that are stored, by version."""
    wanted = select(consent_wording_table).where(consent_wording_table.c.version.in_(versions))
    return {row.version: _wording_from_row(row) for row in tx.execute(wanted)}


def record_given(
    tx: Connection, person: Customer, way: ConsentWay, now: datetime, *, wording: ConsentWording | None = None
) -> None:
    """Append that a person answered yes: for the first time, or again."""
    if person.external_id is None:  # a stranger is never asked, and so has nothing to consent to
        return
    hashed = person_hash.hash_external_id(tx, person.external_id)
    # Found by the hash: somebody who was forgotten and comes back has another row.
    is_first = not tx.scalar(select(exists().where(_is_given_by(hashed))))
    event = ConsentEvent.GIVEN if is_first else ConsentEvent.GIVEN_AGAIN
    _append(tx, person, _columns(person, event, way, ConsentActor.CUSTOMER, now, wording))


def record_resumed(tx: Connection, person: Customer, way: ConsentWay, now: datetime) -> None:
    """Append that a person took a stop back."""
    _append(tx, person, _columns(person, ConsentEvent.GIVEN_AGAIN, way, ConsentActor.CUSTOMER, now, None))


def record_withdrawn(
    tx: Connection,
    person: Customer,
    way: ConsentWay,
    now: datetime,
    *,
    wording: ConsentWording | None = None,
    actor: ConsentActor = ConsentActor.CUSTOMER,
) -> None:
    """Append that a person's consent ended, or that they refused it, if they had given none."""
    event = ConsentEvent.WITHDRAWN if person.consent_at is not None else ConsentEvent.REFUSED
    _append(tx, person, _columns(person, event, way, actor, now, wording))


def list_by_customer(tx: Connection, customer_id: int) -> list[ConsentRecord]:
    """Return a person's records, the oldest first; with those from before they were forgotten and came back."""
    mine = select(consent_record_table.c.person).where(consent_record_table.c.customer_id == customer_id)
    wanted = select(consent_record_table).where(consent_record_table.c.person.in_(mine))
    return [_record_from_row(row) for row in tx.execute(wanted.order_by(consent_record_table.c.id))]


def list_by_person(tx: Connection, external_id: str) -> list[ConsentRecord]:
    """Return the records of a person by the business's id, also of one who was forgotten; the oldest first."""
    hashed = person_hash.hash_external_id(tx, external_id)
    wanted = select(consent_record_table).where(consent_record_table.c.person == hashed)
    return [_record_from_row(row) for row in tx.execute(wanted.order_by(consent_record_table.c.id))]


def _is_given_by(hashed: str) -> ColumnElement[bool]:
    given = (ConsentEvent.GIVEN, ConsentEvent.GIVEN_AGAIN)
    return (consent_record_table.c.person == hashed) & consent_record_table.c.event.in_(given)


def _columns(
    person: Customer,
    event: ConsentEvent,
    way: ConsentWay,
    actor: ConsentActor,
    now: datetime,
    wording: ConsentWording | None,
) -> dict[str, Any]:
    shown = {"wording": wording.version, "language": wording.language} if wording else {"language": person.language}
    return {"customer_id": person.id, "event": event, "way": way, "actor": actor, "at": now} | shown


def _append(tx: Connection, person: Customer, columns: Mapping[str, Any]) -> None:
    if person.external_id is None:
        return
    table = consent_record_table
    # One statement for a tap: the hash stands in an earlier record, if there is any.
    earlier = select(table.c.person, *(literal(value, table.c[name].type) for name, value in columns.items()))
    earlier = earlier.where(table.c.customer_id == person.id).limit(1)
    copied = insert(table).from_select(["person", *columns], earlier).returning(table.c.id)
    if tx.execute(copied).first() is None:
        hashed = person_hash.hash_external_id(tx, person.external_id)
        tx.execute(insert(table).values(person=hashed, **columns))
