"""Store what the business tells about a person, and make their personal link."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.db.counters import tallies
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers, links
from bot.db.people.links import LIFETIME, LinkKind
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

    Attributes hold from now on, beside the known ones. An earlier link of the same person stops working.
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
    ) -> PersonalLink:
        now = self._clock.now()

        def write(tx: Connection) -> PersonalLink:
            customer_id = customers.ensure_locked(tx, [external_id], now)[external_id]
            # What is not sent stays as it is: the business may not know what the customer has chosen since.
            changes = {key: value for key, value in (("language", language), ("timezone", timezone)) if value}
            if changes:
                customers.update_customer(tx, customer_id, **changes)
            told = [ToldAttribute(customer_id, key, now, value) for key, value in (attributes or {}).items()]
            with tallies.gather_moves(tx):
                tell_attributes(tx, told, [], journeys.list_current(tx))
            token = links.issue(tx, LinkKind.CUSTOMER, customer_id=customer_id, now=now, secret=self._secret)
            return PersonalLink(external_id, token, now + LIFETIME)

        return await self._db.write(write)
