"""Store what the business tells about a person, and make their personal link."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.db.counters import tallies
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers, links
from bot.db.people.links import LIFETIME, LinkKind
from bot.outbox.letters.zone_notice import post_zone_notice
from bot.usecases.people.customer_defaults import choose_chat_language
from bot.usecases.people.tell_attributes import tell_attributes
from cjm.journeys.attributes import ToldAttribute


@dataclass(frozen=True, slots=True)
class PersonalLink:
    """Link that makes the account that opens it this customer. ``token`` is the payload of ``/start`` in it."""

    customer: str
    token: str
    expires: datetime


class SaveCustomer:
    """``await save_customer("77", {"region": "capital"}) -> PersonalLink``.

    Attributes hold from now on, beside the known ones. A language or zone that the person chose in /settings stays. Who
    is staff is not asked from now on, and is again once the business says that they are not. None keeps what is stored.
    An earlier link of the same person stops working. The new one tells its ``source`` when it is opened.
    """

    def __init__(self, db: Database, clock: Clock, secret: str) -> None:
        self._db, self._clock, self._secret = db, clock, secret

    async def __call__(
        self,
        external_id: str,
        attributes: Mapping[str, Any] | None = None,
        *,
        language: str | None = None,
        timezone: str | None = None,
        is_staff: bool | None = None,
        source: str | None = None,
    ) -> PersonalLink:
        now = self._clock.now()

        def write(tx: Connection) -> PersonalLink:
            customer_id = customers.ensure_locked(tx, [external_id], now)[external_id]
            _tell_preferences(tx, customer_id, language, timezone, now)
            if is_staff is not None:
                customers.update_customer(tx, customer_id, is_staff=is_staff)
            told = [ToldAttribute(customer_id, key, now, value) for key, value in (attributes or {}).items()]
            with tallies.gather_moves(tx):
                tell_attributes(tx, told, [], journeys.list_current(tx))
            token = links.issue(
                tx, LinkKind.CUSTOMER, customer_id=customer_id, source=source, now=now, secret=self._secret
            )
            return PersonalLink(external_id, token, now + LIFETIME)

        return await self._db.write(write)


def _tell_preferences(
    tx: Connection, customer_id: int, language: str | None, timezone: str | None, now: datetime
) -> None:
    """Store what the business tells, except where the person has chosen for themselves; what is not sent stays."""
    person = customers.find_by_id(tx, customer_id)
    assert person is not None  # just made, or locked
    changes = {}
    if language and not person.has_own_language:
        changes["language"] = language
    if timezone and not person.has_own_zone:
        changes["timezone"] = timezone
    if changes:
        customers.update_customer(tx, customer_id, **changes)
    if "timezone" in changes:
        current = replace(person, language=changes.get("language", person.language))
        post_zone_notice(tx, person, changes["timezone"], choose_chat_language(tx, current, None), now)
