"""Whoever scans a poster is a visitor once a day, is asked after consent, and is recognised when a link comes later."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select

from bot.clock import FrozenClock
from bot.db.asking import answers, decisions, invitations
from bot.db.asking.tables import mute_table
from bot.db.engine.columns import metadata
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.journeys.tables import visit_table
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.db.people.posters import is_poster_code, make_poster_code
from bot.db.people.walk_in_names import is_walk_in_name, make_walk_in_name
from bot.db.upkeep import counter_check
from bot.db.upkeep.facts.customer_facts import FACT_TABLES
from bot.outbox.letters.greeting import Greeting
from bot.usecases.asking.ask_due import AskDue
from bot.usecases.asking.give_consent import GiveConsent
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.maps.make_map import MapRequest, make_map
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.open_link import LinkOpened, OpenLink
from bot.usecases.people.save_customer import SaveCustomer
from bot.usecases.walk_ins.visit_by_poster import VisitByPoster
from cjm.address import Address
from cjm.asking.decision import AskingReason
from cjm.journeys.journey import POSTER_CHANNEL
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.statements import listen_to_statements
from tests.usecases.asking.world import ALICE, BOB, CSAT, FELT, NO_LIMITS, NOON, make_world

JOURNEY = """
key = "shop"
title = "Shop"
timezone = "Europe/Warsaw"

[[stages]]
key = "pay"
title = "Paying"
touchpoints = [{ key = "till", title = "Till", channel = "store" }, { key = "door", title = "Door" }]

[[surveys]]
key = "paid"
on = { touchpoint = "till" }
questions = [{ key = "till_csat", kind = "csat", text = "How satisfied were you?" }]
"""
DAY = timedelta(days=1)


class Shop:
    """A shop with posters, and people who scan them."""

    def __init__(self, db: Database, most_a_day: int = 0) -> None:
        self.db, self.clock, self._starts = db, FrozenClock(NOON), count(1)
        self.visit = VisitByPoster(db, self.clock, "", NO_LIMITS, most_a_day)
        self.save, self.open_link = SaveCustomer(db, self.clock, ""), OpenLink(db, self.clock, "")
        self.record = RecordVisits(db, self.clock, NO_LIMITS)

    async def apply(self, text: str = JOURNEY) -> None:
        await self.db.write(lambda tx: journeys.apply(tx, read_journey(text, "shop.toml"), text, now=NOON))

    async def scan(self, account: Address, touchpoint: str = "till", code: str | None = None) -> LinkOpened:
        made = await self.db.write(lambda tx: make_poster_code(tx, "shop", touchpoint, "", NOON))
        return await self.visit(account, str(next(self._starts)), made if code is None else code)

    async def find(self, account: Address) -> Customer:
        found = await self.db.read(lambda tx: customers.find_by_address(tx, account))
        assert found is not None
        return found

    async def list_visits(self) -> Sequence[tuple[int, str, str]]:
        query = select(visit_table.c.customer_id, visit_table.c.touchpoint, visit_table.c.channel)
        rows = await self.db.read(lambda tx: tx.execute(query.order_by(visit_table.c.id)).all())
        return [(row.customer_id, row.touchpoint, row.channel) for row in rows]

    async def check_counters(self) -> None:
        def check(tx: Connection) -> list[object]:
            return list(counter_check.list_wrong_counters(tx, journeys.list_current(tx)["shop"]))

        assert await self.db.read(check) == []


@pytest.fixture
async def shop(any_db: Database) -> Shop:
    made = Shop(any_db)
    await made.apply()
    return made


async def test_scan_is_a_visit_with_a_channel_of_its_own_and_asks_for_consent_first(shop: Shop) -> None:
    opened = await shop.scan(ALICE)
    assert opened.greeting is Greeting.CONSENT
    person = await shop.find(ALICE)
    assert is_walk_in_name(person.external_id)
    assert await shop.list_visits() == [(person.id, "till", POSTER_CHANNEL)]
    (decision,) = await shop.db.read(lambda tx: decisions.list_by_customer(tx, person.id, 10))
    assert decision.reason is AskingReason.NO_CONSENT
    await shop.check_counters()


async def test_question_of_the_place_follows_the_consent(shop: Shop) -> None:
    await shop.scan(ALICE)
    person = await shop.find(ALICE)
    ask_due = AskDue(shop.db, shop.clock, NO_LIMITS)
    await ask_due()
    assert await shop.db.read(lambda tx: invitations.find_open(tx, person.id)) is None
    await GiveConsent(shop.db, shop.clock)(ALICE, True, "2")
    await ask_due()
    asked = await shop.db.read(lambda tx: invitations.find_open(tx, person.id))
    assert asked is not None
    assert (asked.survey, asked.channel) == ("paid", POSTER_CHANNEL)


async def test_account_has_one_visit_a_touchpoint_and_day(shop: Shop) -> None:
    for _ in range(3):
        await shop.scan(ALICE)
    await shop.scan(ALICE, "door")
    await shop.scan(BOB)
    assert [touchpoint for _, touchpoint, _ in await shop.list_visits()] == ["till", "door", "till"]
    shop.clock.set(NOON + timedelta(hours=10, minutes=59))  # 23:59 in Warsaw
    await shop.scan(ALICE)
    assert len(await shop.list_visits()) == 3
    shop.clock.set(NOON + timedelta(hours=11, minutes=1))
    await shop.scan(ALICE)
    assert len(await shop.list_visits()) == 4


async def test_more_visits_than_a_day_takes_are_greeted_and_not_counted(any_db: Database) -> None:
    shop = Shop(any_db, most_a_day=1)
    await shop.apply()
    await shop.scan(ALICE)
    assert (await shop.scan(BOB)).greeting is Greeting.CONSENT
    assert len(await shop.list_visits()) == 1
    await shop.scan(BOB, "door")  # another touchpoint has a number of its own
    shop.clock.set(NOON + DAY)
    await shop.scan(BOB)
    assert [touchpoint for _, touchpoint, _ in await shop.list_visits()] == ["till", "door", "till"]


@pytest.mark.parametrize(("most_a_day", "counted"), [(0, 2), (1, 1)])
async def test_forgetting_after_each_scan_lifts_neither_limit(any_db: Database, most_a_day: int, counted: int) -> None:
    shop, forget = Shop(any_db, most_a_day), ForgetCustomer(any_db, FrozenClock(NOON), 5)
    await shop.apply()
    for account in (ALICE, ALICE, BOB):
        await shop.scan(account)
        await forget.by_address(account, "en")
    shop_map = await shop.db.read(lambda tx: make_map(tx, MapRequest("shop"), 5, NOON))
    assert shop_map.totals.visits == counted
    await shop.check_counters()
    shop.clock.set(NOON + DAY)
    await shop.scan(ALICE)
    assert len(await shop.list_visits()) == 1


@pytest.mark.parametrize("code", ["p-", "p-0123456789abcdef01234567", "p-" + "0" * 62])
async def test_code_that_nobody_made_opens_nothing(shop: Shop, code: str) -> None:
    assert is_poster_code(code)
    assert (await shop.scan(ALICE, code=code)).greeting is Greeting.REFUSED
    assert await shop.list_visits() == []
    assert await shop.db.read(lambda tx: customers.find_by_address(tx, ALICE)) is None


async def test_forged_code_costs_no_statement_for_each_touchpoint(db: Database) -> None:
    shop = Shop(db)
    counts = []
    for doors in (1, 12):
        more = "".join(f', {{ key = "door_{n}", title = "Door {n}" }}' for n in range(doors))
        await shop.apply(JOURNEY.replace(', { key = "door", title = "Door" }', more))
        await shop.scan(ALICE, "till", code="p-forged")  # the journey is read once
        with listen_to_statements() as statements:
            await shop.visit(ALICE, str(100 + doors), "p-forged")
        counts.append(len(statements))
    assert counts[0] == counts[1]


async def test_poster_works_on_under_a_former_key_and_is_a_visit_to_the_present_one(shop: Shop) -> None:
    await shop.apply(JOURNEY.replace('key = "till"', 'key = "desk", was = ["till"]').replace('"till" }', '"desk" }'))
    await shop.scan(ALICE)
    await shop.scan(ALICE, "desk")
    assert [touchpoint for _, touchpoint, _ in await shop.list_visits()] == ["desk"]


async def test_known_customer_stays_who_they_are(shop: Shop) -> None:
    await shop.open_link(ALICE, "link", (await shop.save("77")).token)
    await shop.scan(ALICE)
    assert (await shop.find(ALICE)).external_id == "77"
    assert len(await shop.list_visits()) == 1


async def test_walk_in_is_recognised_by_a_later_link_with_all_that_they_did(shop: Shop) -> None:
    """Also where the business knew the customer, with visits of their own, before it knew their account."""
    earlier = [("e1", NOON - DAY, "door"), ("e2", NOON, "till")]
    await shop.record([Event(name, "77", "shop", at, touchpoint=place) for name, at, place in earlier])
    await shop.scan(ALICE)
    walk_in = await shop.find(ALICE)
    await GiveConsent(shop.db, shop.clock)(ALICE, True, "2")
    shop.clock.set(NOON + timedelta(hours=1))
    opened = await shop.open_link(ALICE, "link", (await shop.save("77")).token)
    person = await shop.find(ALICE)
    assert (person.external_id, opened.greeting) == ("77", Greeting.CONSENT)
    assert {customer for customer, _, _ in await shop.list_visits()} == {person.id}
    assert len(await shop.list_visits()) == 3
    assert await shop.db.read(lambda tx: customers.find_by_id(tx, walk_in.id)) is None
    await shop.check_counters()
    await shop.scan(ALICE)
    assert len(await shop.list_visits()) <= 4


async def test_words_scores_and_the_open_question_of_a_walk_in_become_the_customers(any_db: Database) -> None:
    """Nothing of them stays with nobody: what they said is found, shown and erased as the customer's."""
    world = await make_world(any_db)
    await any_db.write(lambda tx: customers.update_customer(tx, world.person.id, external_id=make_walk_in_name()))
    name = (await world.customer()).external_id or ""
    await world.record([Event("known", "88", "shop", NOON - DAY, touchpoint="delivery")])
    invitation = await world.visit("scan", name)
    await world.answer(invitation, FELT, 1)
    link = await SaveCustomer(any_db, world.clock, "")("88")
    await OpenLink(any_db, world.clock, "")(ALICE, "link", link.token)
    person = await any_db.read(lambda tx: customers.find_by_address(tx, ALICE))
    assert person is not None
    assert person.external_id == "88"
    given = await any_db.read(lambda tx: answers.list_by_customer(tx, person.id))
    assert [answer.question for answer in given] == ["felt"]
    assert await world.wrong_counters() == []
    assert (await world.context(invitation)).customer.id == person.id
    await world.answer(invitation, CSAT, 3)  # the question goes on in the same chat
    assert len(await any_db.read(lambda tx: answers.list_by_customer(tx, person.id))) == 2
    assert await world.wrong_counters() == []
    forget = ForgetCustomer(any_db, world.clock, 1)
    assert (await forget.by_external_id("88")).was_known
    assert await any_db.read(lambda tx: customers.find_by_id(tx, world.person.id)) is None
    assert await world.wrong_counters() == []


async def test_link_of_another_customer_never_takes_an_account_that_the_business_knows(shop: Shop) -> None:
    await shop.open_link(ALICE, "link", (await shop.save("77")).token)
    await shop.scan(ALICE)
    refused = await shop.open_link(ALICE, "link2", (await shop.save("78")).token)
    assert refused.greeting is Greeting.REFUSED
    assert (await shop.find(ALICE)).external_id == "77"


def test_names_of_walk_ins_have_a_form_of_their_own() -> None:
    names = {make_walk_in_name() for _ in range(100)}
    assert len(names) == 100
    assert all(is_walk_in_name(name) for name in names)
    assert not any(is_walk_in_name(name) for name in ("77", "walk-in-", "walk-in-77", None))


def test_every_table_of_facts_about_a_person_moves_with_them() -> None:
    """Others follow the account (cases, quotes), are made again (stage entries), or tell of the customer alone."""
    naming = {
        table.name
        for table in metadata.tables.values()
        if any(key.column.table.name == "customer" for key in table.foreign_keys)
    }
    elsewhere = {"case", "writer_mute", "quoted_message", "stage_entry", "customer_attribute", "link", "consent_record"}
    assert naming == {table.name for table in FACT_TABLES} | {mute_table.name} | elsewhere
