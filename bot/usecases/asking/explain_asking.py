"""Why a person was asked or not: what was decided about each visit, and what stands in the way now."""

from dataclasses import dataclass
from datetime import datetime

from bot.db.asking import decisions
from bot.db.asking.decisions import DecisionRecord
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.db.people.customers import Customer
from cjm.address import Address


@dataclass(frozen=True, slots=True)
class Explanation:
    """A person as far as asking goes, and the last decisions, the newest first."""

    has_chat: bool
    consent_at: datetime | None
    stopped_at: datetime | None
    unreachable_at: datetime | None
    decisions: tuple[DecisionRecord, ...]


class ExplainAsking:
    """By the business's name for the person, or by the address ("telegram:123"); None for somebody unknown."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def __call__(self, who: str) -> Explanation | None:
        return await self._db.read(lambda tx: explain(tx, who))


def explain(tx: Connection, who: str) -> Explanation | None:
    person = customers.by_external(tx, who) or _by_address(tx, who)
    if person is None:
        return None
    return Explanation(
        has_chat=person.address is not None,
        consent_at=person.consent_at,
        stopped_at=person.stopped_at,
        unreachable_at=person.unreachable_at,
        decisions=tuple(decisions.of_customer(tx, person.id)),
    )


def _by_address(tx: Connection, who: str) -> Customer | None:
    try:
        return customers.by_address(tx, Address.parse(who))
    except ValueError:
        return None
