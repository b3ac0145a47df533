"""Make the file with everything that is stored about a person: for themself, or for an operator whom they asked.

Its keys are English, because programs read them; what it explains is in the person's language.
"""

import json
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import AuditAction, AuditActor
from bot.db.audit.audit_entries import AuditEntry
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.db.upkeep.personal_rows import LEFT_OUT, list_personal_rows
from bot.texts import words_in
from bot.usecases.people.customer_defaults import choose_chat_language
from cjm.address import Address

FORMAT = "tropa-person-1"
NOTES = ("anonymous", "counts")


@dataclass(frozen=True, slots=True)
class PersonFile:
    """File as bytes of JSON; ``customer_id`` is whose it is."""

    customer_id: int
    content: bytes


class MakePersonFile:
    """``by_address`` makes a person's own file, ``by_name`` that of the person with an id or account, for staff.

    None: nothing is stored about such a person.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def by_address(self, address: Address) -> PersonFile | None:
        return await self._db.read(lambda tx: self._make(tx, customers.find_by_address(tx, address)))

    async def by_name(self, name: str, actor: AuditActor) -> PersonFile | None:
        """Make the file for ``actor``; the audit log has it first."""
        made = await self._db.read(lambda tx: self._make(tx, _find_person(tx, name)))
        if made is not None:
            now, persons = self._clock.now(), (made.customer_id,)
            await self._db.write(
                lambda tx: audit_entries.record_entry(tx, now, actor, AuditAction.EXPORT_PERSON, persons=persons)
            )
        return made

    def _make(self, tx: Connection, person: Customer | None) -> PersonFile | None:
        if person is None:
            return None
        words = words_in(choose_chat_language(tx, person, None))
        anonymous = [key for key, journey in journeys.list_current(tx).items() if journey.anonymous]
        values = {
            "format": FORMAT,
            "made_at": self._clock.now().isoformat(timespec="seconds"),
            "notes": [words(f"own_data.note.{name}") for name in NOTES],
            **list_personal_rows(tx, person, anonymous),
            "who_looked": [_look_values(entry) for entry in audit_entries.list_mentions(tx, person.id)],
            "left_out": {name: words(f"own_data.left_out.{name}") for name in LEFT_OUT},
        }
        return PersonFile(person.id, json.dumps(values, ensure_ascii=False, indent=1, default=str).encode())


def _find_person(tx: Connection, name: str) -> Customer | None:
    person = customers.find_by_external_id(tx, name)
    if person is not None:
        return person
    try:
        return customers.find_by_address(tx, Address.parse(name))
    except ValueError:  # no address
        return None


def _look_values(entry: AuditEntry) -> dict[str, Any]:
    """Return what a person is told of an entry: who it was by name, without the account."""
    who = entry.actor_name or ("staff" if ":" in entry.actor else entry.actor)
    values = {"at": entry.at.isoformat(timespec="seconds"), "action": entry.action, "by": who}
    return values | {"journey": entry.journey, "subject": entry.subject}
