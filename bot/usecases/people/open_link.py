"""Open a personal link: a person presses Start, with a link or without one.

Invariants:
* A link makes the first account that opens it the customer, and works for that account alone.
* It never takes an account from another customer, nor a customer from an account that can be written to: a link that
  was forwarded makes nobody else the customer.
* The account of a walk-in becomes the customer's, with all that the walk-in did and said; they are asked for their
  consent again, now that the business knows them.
* When the old account is gone or has blocked the bot, a new link moves the customer. Consent must then be given again.
* A link tells its source once, when it is first opened; the source is kept with the link, so nobody can forge it.
* A link that opens nothing never tells why: the reason would tell a stranger about the customer.
* The greeting is a letter, posted in the same transaction: one broken call does not keep it from the person.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.db.asking import invitations
from bot.db.counters import tallies
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers, links
from bot.db.people.consent_states import ConsentWay
from bot.db.people.customers import Customer
from bot.db.people.links import LinkKind, LinkRefusal
from bot.db.people.walk_in_names import is_walk_in_name
from bot.db.upkeep.facts.customer_facts import move_facts
from bot.outbox.letters.greeting import Greeting, choose_greeting, post_greeting
from bot.texts import supported_language
from bot.usecases.people.change_account import change_account
from bot.usecases.people.customer_defaults import choose_chat_language
from bot.usecases.people.record_reachability import mark_reachable
from bot.usecases.people.tell_attributes import tell_attributes
from cjm.address import Address
from cjm.journeys.attributes import SOURCE, ToldAttribute

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LinkOpened:
    """Outcome of Start: the greeting that was posted, and its language."""

    greeting: Greeting
    language: str


class OpenLink:
    """``await open_link(address, message_id, payload, "pl") -> LinkOpened``: answer a person's Start with a greeting.

    ``message_id`` is the person's message, and the language that of their phone.
    """

    def __init__(self, db: Database, clock: Clock, secret: str) -> None:
        self._db, self._clock, self._secret = db, clock, secret

    async def __call__(
        self, address: Address, message_id: str, payload: str = "", phone_language: str | None = None
    ) -> LinkOpened:
        now = self._clock.now()

        def write(tx: Connection) -> LinkOpened:
            if payload and not self._redeem_link(tx, address, payload, now):
                person = customers.find_by_address(tx, address)
                opened = LinkOpened(Greeting.REFUSED, choose_chat_language(tx, person, phone_language))
            else:
                opened = greet_customer(tx, address, phone_language, now)
            way = ConsentWay.PERSONAL_LINK if payload else ConsentWay.START
            post_greeting(tx, address, message_id, opened.greeting, opened.language, way, now)
            return opened

        return await self._db.write(write)

    def _redeem_link(self, tx: Connection, address: Address, payload: str, now: datetime) -> bool:
        """Make the account the link's customer; return False when the link opens nothing for it."""
        link = links.redeem(tx, payload, kind=LinkKind.CUSTOMER, account=address, now=now, secret=self._secret)
        if isinstance(link, LinkRefusal):
            log.info("link refused", extra={"reason": link.value})
            return False
        person = customers.find_by_id(tx, link.customer_id) if link.customer_id is not None else None
        known = customers.find_by_address(tx, address)
        is_somebody_else = (
            person is not None and known is not None and known.id != person.id and not _may_become(tx, known, person)
        )
        if person is None or is_somebody_else or not _may_move_customer(person, address):
            log.info("link refused", extra={"reason": "the account or the customer is somebody else's"})
            if link.is_first_use:  # it still works for the account that it was meant for
                links.give_back(tx, payload, kind=LinkKind.CUSTOMER, now=now, secret=self._secret)
            return False
        if person.address != address:
            if known is not None and is_walk_in_name(known.external_id):
                move_facts(tx, known.id, person.id, journeys.list_current(tx))
            change_account(tx, person, address, now)
        if link.source is not None and link.is_first_use:
            _tell_source(tx, person.id, link.source, now)
        return True


def _tell_source(tx: Connection, customer_id: int, source: str, now: datetime) -> None:
    """Store where the link stood as the customer's source from now on, where a journey counts by it."""
    in_force = journeys.list_current(tx)
    if any(attribute.key == SOURCE for journey in in_force.values() for attribute in journey.attributes):
        customers.lock_by_ids(tx, [customer_id])  # an event of theirs may tell something at the same time
        with tallies.gather_moves(tx):
            tell_attributes(tx, [ToldAttribute(customer_id, SOURCE, now, source)], [], in_force)


def _may_become(tx: Connection, known: Customer, person: Customer) -> bool:
    """Return whether who has an account may become this customer: a stranger, or a walk-in unless both are asked."""
    if known.external_id is None:
        return True
    are_both_asked = all(invitations.find_open(tx, each.id) is not None for each in (known, person))
    return is_walk_in_name(known.external_id) and not are_both_asked


def _may_move_customer(person: Customer, address: Address) -> bool:
    return person.address in (None, address) or person.unreachable_at is not None


def greet_customer(tx: Connection, address: Address, phone_language: str | None, now: datetime) -> LinkOpened:
    """Choose the greeting; store that the person can be reached, and their phone's language if none is known."""
    person = customers.find_by_address(tx, address)
    if person is None or person.external_id is None:
        return LinkOpened(Greeting.STRANGER, choose_chat_language(tx, person, phone_language))
    changes: dict[str, Any] = {}
    if person.language is None and supported_language(phone_language) is not None:
        changes["language"] = supported_language(phone_language)
    if changes:
        customers.update_customer(tx, person.id, **changes)
    if person.unreachable_at is not None:
        mark_reachable(tx, person.id, now)
    return LinkOpened(choose_greeting(person), choose_chat_language(tx, person, phone_language))
