"""Explain why a customer was asked or not: the last decisions about them, and what stands in the way now."""

from dataclasses import dataclass
from datetime import datetime

from bot.db.asking import decisions
from bot.db.asking.decisions import DecisionRecord
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.db.people.customers import Customer
from cjm.address import Address


@dataclass(frozen=True, slots=True)
class AskingExplanation:
    """Facts about a customer that allow or forbid asking, and the last 50 decisions about them, the newest first."""

    has_chat: bool
    consent_at: datetime | None
    stopped_at: datetime | None
    unreachable_at: datetime | None
    decisions: tuple[DecisionRecord, ...]


class ExplainAsking:
    """``await explain_asking(customer) -> AskingExplanation``, or None for an unknown customer.

    ``customer`` is the business's id of the person, or their address ("telegram:123").
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def __call__(self, customer: str) -> AskingExplanation | None:
        return await self._db.read(lambda tx: explain_asking(tx, customer))


def explain_asking(tx: Connection, customer: str) -> AskingExplanation | None:
    person = customers.find_by_external_id(tx, customer) or _find_by_address(tx, customer)
    if person is None:
        return None
    return AskingExplanation(
        has_chat=person.address is not None,
        consent_at=person.consent_at,
        stopped_at=person.stopped_at,
        unreachable_at=person.unreachable_at,
        decisions=tuple(decisions.list_by_customer(tx, person.id)),
    )


def _find_by_address(tx: Connection, text: str) -> Customer | None:
    try:
        return customers.find_by_address(tx, Address.parse(text))
    except ValueError:
        return None
