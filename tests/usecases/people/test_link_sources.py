"""A personal link tells where it stood, once, as the customer's source; nobody else can make it tell anything."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.clock import FrozenClock
from bot.db.engine.database import Database
from bot.db.journeys import cohorts, journeys
from bot.db.people import attributes, customers
from bot.outbox.letters.greeting import Greeting
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.people.open_link import OpenLink
from bot.usecases.people.save_customer import SaveCustomer
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.usecases.asking.world import ALICE, BOB, NO_LIMITS, NOON

JOURNEY = """
key = "shop"
title = "Shop"
attributes = [{ key = "ATTRIBUTE", title = "First contact", values = ["parcel", "friend"] }]

[[stages]]
key = "get"
title = "Getting it"
touchpoints = [{ key = "delivery", title = "Delivery" }]
"""


class Shop:
    """A shop that makes links with sources, and people who open them."""

    def __init__(self, db: Database, attribute: str = "source") -> None:
        self.db, self.clock, self.attribute = db, FrozenClock(NOON), attribute
        self.save, self.open_link = SaveCustomer(db, self.clock, ""), OpenLink(db, self.clock, "")
        self.record = RecordVisits(db, self.clock, NO_LIMITS)

    async def apply(self) -> None:
        text = JOURNEY.replace("ATTRIBUTE", self.attribute)
        await self.db.write(lambda tx: journeys.apply(tx, read_journey(text, "shop.toml"), text, now=NOON))

    async def find_attributes(self) -> Mapping[str, object]:
        person = await self.db.read(lambda tx: customers.find_by_external_id(tx, "77"))
        assert person is not None
        return await self.db.read(lambda tx: attributes.find_latest(tx, person.id))


@pytest.fixture
async def shop(db: Database) -> Shop:
    made = Shop(db)
    await made.apply()
    return made


async def test_who_opens_the_link_has_its_source_from_then_on_and_their_visits_count_under_it(shop: Shop) -> None:
    link = await shop.save("77", source="parcel")
    assert await shop.find_attributes() == {}
    await shop.open_link(ALICE, "1", link.token)
    assert await shop.find_attributes() == {"source": "parcel"}
    await shop.record([Event("e1", "77", "shop", NOON, touchpoint="delivery")])
    counted = await shop.db.read(lambda tx: cohorts.list_by_journey(tx, "shop"))
    assert {"source": "parcel"} in counted.values()


async def test_a_link_tells_its_source_once(shop: Shop) -> None:
    link = await shop.save("77", source="parcel")
    await shop.open_link(ALICE, "1", link.token)
    told = {"source": "friend"}
    later = shop.clock.advance(timedelta(days=1))
    await shop.record([Event("e1", "77", "shop", later, touchpoint="delivery", attributes=told)])
    shop.clock.advance(timedelta(days=1))
    await shop.open_link(ALICE, "2", link.token)
    assert await shop.find_attributes() == {"source": "friend"}


@pytest.mark.parametrize("added", ["-friend", "_friend", "x" * 30])
async def test_a_source_that_is_written_to_a_link_opens_and_tells_nothing(shop: Shop, added: str) -> None:
    link = await shop.save("77", source="parcel")
    assert (await shop.open_link(BOB, "1", link.token + added)).greeting is Greeting.REFUSED
    assert await shop.find_attributes() == {}


async def test_somebody_elses_try_of_the_link_tells_nothing(shop: Shop) -> None:
    first = await shop.save("77")
    await shop.open_link(ALICE, "1", first.token)
    link = await shop.save("77", source="parcel")
    assert (await shop.open_link(BOB, "2", link.token)).greeting is Greeting.REFUSED
    assert await shop.find_attributes() == {}
    await shop.open_link(ALICE, "3", link.token)
    assert await shop.find_attributes() == {"source": "parcel"}


async def test_without_a_journey_that_counts_by_source_nothing_is_kept(db: Database) -> None:
    shop = Shop(db, "region")
    await shop.apply()
    link = await shop.save("77", source="parcel")
    await shop.open_link(ALICE, "1", link.token)
    assert await shop.find_attributes() == {}
