"""Whoever was forgotten is not asked again by anything that the business sends, until they consent by a new link."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select

from bot.cli.why import explanation_lines
from bot.db.asking import decisions, invitations
from bot.db.asking.decisions import DecisionRecord
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.db.people.tables import do_not_ask_table
from bot.usecases.asking.explain_asking import explain_asking
from bot.usecases.asking.give_consent import GiveConsent
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.open_link import OpenLink
from bot.usecases.people.save_customer import SaveCustomer
from cjm.asking.decision import AskingReason, AskingVerdict
from cjm.journeys.visit import Event
from tests.usecases.asking.world import ALICE, World, make_world

Wish = Callable[[ForgetCustomer], Awaitable[object]]
WISHES: dict[str, Wish] = {
    "in the chat": lambda forget: forget.by_address(ALICE, "en"),
    "over HTTP": lambda forget: forget.by_external_id("77"),
}


async def send_event(world: World, event: str) -> tuple[AskingVerdict, AskingReason]:
    """Record a visit of customer 77 and ask what is due; return the last decision about them."""
    await world.record([Event(event, "77", "shop", world.clock.now(), touchpoint="delivery")])
    await world.ask_due()
    last = (await world.db.read(lambda tx: list_last_decisions(tx, "77")))[0]
    return last.verdict, last.reason


def list_last_decisions(tx: Connection, name: str) -> list[DecisionRecord]:
    person = customers.find_by_external_id(tx, name)
    return decisions.list_by_customer(tx, person.id) if person else []


async def open_new_link(world: World) -> None:
    token = (await SaveCustomer(world.db, world.clock, "")("77", {"region": "north"})).token
    await OpenLink(world.db, world.clock, "")(ALICE, "s1", token, "en")


@pytest.mark.parametrize("wish", WISHES)
async def test_events_after_forgetting_ask_nobody_until_a_new_link_and_consent(any_db: Database, wish: str) -> None:
    world = await make_world(any_db)
    await world.visit()
    await WISHES[wish](ForgetCustomer(any_db, world.clock, 5))
    skipped = (AskingVerdict.SKIP, AskingReason.FORGOTTEN)
    assert await send_event(world, "e2") == skipped
    await open_new_link(world)
    assert await send_event(world, "e3") == skipped  # opening it is no consent
    await GiveConsent(any_db, world.clock)(ALICE, True, "1")
    assert await send_event(world, "e4") == (AskingVerdict.ASK, AskingReason.FINE)
    assert await any_db.read(count_listed) == 0


async def test_account_that_is_attached_without_consent_is_not_asked_either(db: Database) -> None:
    world = await make_world(db)
    await ForgetCustomer(db, world.clock, 5).by_address(ALICE, "en")

    def attach(tx: Connection) -> None:
        """Store what a leftover link or a restored row could bring: the account, and even an old consent."""
        person = customers.ensure_external_ids(tx, ["77"], world.clock.now())["77"]
        address = {"messenger": ALICE.messenger, "address": ALICE.id}
        customers.update_customer(tx, person.id, consent_at=world.clock.now(), **address)

    await db.write(attach)
    assert await send_event(world, "e2") == (AskingVerdict.SKIP, AskingReason.FORGOTTEN)
    assert await db.read(lambda tx: invitations.find_open(tx, world.person.id)) is None


async def test_list_holds_no_id_and_stands_for_nobody_who_was_unknown(db: Database) -> None:
    world = await make_world(db)
    forget = ForgetCustomer(db, world.clock, 5)
    await forget.by_external_id("somebody else")
    assert await db.read(count_listed) == 0
    for _ in range(2):
        await forget.by_external_id("77")
    (row,) = await db.read(lambda tx: tx.execute(select(do_not_ask_table)).all())
    assert row.person != "77"
    assert len(row.person) == 64


async def test_why_says_that_they_had_themselves_forgotten(db: Database) -> None:
    world = await make_world(db)
    await ForgetCustomer(db, world.clock, 5).by_address(ALICE, "en")
    await send_event(world, "e2")
    explained = await db.read(lambda tx: explain_asking(tx, "77"))
    assert explained is not None
    assert any("was forgotten" in line for line in explanation_lines(explained))


def count_listed(tx: Connection) -> int:
    return len(tx.execute(select(do_not_ask_table)).all())
