"""A customer presses Start: with a personal link, or without one."""

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.clock import Clock
from bot.db.asking import invitations
from bot.db.engine.database import Connection, Database
from bot.db.people import customers, links
from bot.db.people.customers import Customer
from bot.db.people.links import LinkKind, LinkRefusal
from bot.texts import supported_language
from bot.usecases.people.customer_defaults import choose_chat_language
from cjm.address import Address

log = logging.getLogger(__name__)


class Greeting(StrEnum):
    """What is said to somebody who starts."""

    CONSENT = "consent"  # we know each other now: may we ask?
    BACK = "back"
    STOPPED = "stopped"  # shall we ask again?
    STRANGER = "stranger"  # no link was ever opened
    REFUSED = "refused"  # the link opens nothing for this account; why is nobody's business


@dataclass(frozen=True, slots=True)
class LinkOpened:
    greeting: Greeting
    language: str


class OpenLink:
    """``await open_link(who, payload, "pl") -> Opened``. A link makes the first account that opens it the customer.

    It never takes an account from another customer, nor a customer from an account that can be written to: a new link
    that was forwarded makes nobody else the customer. When the old account is gone or has blocked us, a new link moves
    the customer; what was allowed before must be allowed anew. It never tells why it opens nothing.
    """

    def __init__(self, db: Database, clock: Clock, secret: str) -> None:
        self._db, self._clock, self._secret = db, clock, secret

    async def __call__(self, who: Address, payload: str = "", language: str | None = None) -> LinkOpened:
        now = self._clock.now()

        def write(tx: Connection) -> LinkOpened:
            if payload and not self._redeem_link(tx, who, payload, now):
                return LinkOpened(Greeting.REFUSED, choose_chat_language(tx, customers.find_by_address(tx, who), language))
            return _greet_customer(tx, who, language, now)

        return await self._db.write(write)

    def _redeem_link(self, tx: Connection, who: Address, payload: str, now: datetime) -> bool:
        """Open the link; False when it opens nothing for this account."""
        found = links.redeem(tx, payload, kind=LinkKind.CUSTOMER, by=who, now=now, secret=self._secret)
        if isinstance(found, LinkRefusal):
            log.info("link refused", extra={"reason": found.value})
            return False
        person = customers.find_by_id(tx, found.customer_id) if found.customer_id is not None else None
        known = customers.find_by_address(tx, who)
        somebody_else = (
            known is not None and known.external_id is not None and (person is None or known.id != person.id)
        )
        if person is None or somebody_else or not _may_move_customer(person, who):
            log.info("link refused", extra={"reason": "the account or the customer is somebody else's"})
            if found.is_first_use:
                links.give_back(tx, payload, kind=LinkKind.CUSTOMER, now=now, secret=self._secret)
            return False
        if person.address != who:
            _move_customer(tx, person, who, now)
        return True


def _may_move_customer(person: Customer, who: Address) -> bool:
    return person.address in (None, who) or person.unreachable_at is not None


def _move_customer(tx: Connection, person: Customer, who: Address, now: datetime) -> None:
    """The account is this customer's from now on; with it come the cases of the stranger it was."""
    customers.merge_stranger(tx, who, person.id, now)
    if person.address is not None:
        customers.update_customer(tx, person.id, consent_at=None, stopped_at=None)


def _greet_customer(tx: Connection, who: Address, language: str | None, now: datetime) -> LinkOpened:
    person = customers.find_by_address(tx, who)
    if person is None or person.external_id is None:
        return LinkOpened(Greeting.STRANGER, choose_chat_language(tx, person, language))
    changes: dict[str, Any] = {}
    if person.language is None and supported_language(language) is not None:
        changes["language"] = supported_language(language)
    if person.unreachable_at is not None:
        changes["unreachable_at"] = None
    if changes:
        customers.update_customer(tx, person.id, **changes)
    if person.unreachable_at is not None:
        invitations.make_due(tx, person.id, now)
    speaks = choose_chat_language(tx, person, language)
    if person.consent_at is None:
        return LinkOpened(Greeting.CONSENT, speaks)
    return LinkOpened(Greeting.STOPPED if person.stopped_at is not None else Greeting.BACK, speaks)
