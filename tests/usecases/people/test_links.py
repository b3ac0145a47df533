"""Personal links: they work for the first account that opens them, and tell no other account anything."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from bot.clock import FrozenClock
from bot.db.asking import invitations
from bot.db.cases import cases
from bot.db.cases.cases import NewCase
from bot.db.engine.database import Connection, Database
from bot.db.people import customers, links
from bot.db.people.links import LinkKind, LinkRefusal, RedeemedLink
from bot.outbox.letters.greeting import Greeting
from bot.usecases.asking.give_consent import Consent, GiveConsent
from bot.usecases.people.open_link import LinkOpened, OpenLink
from bot.usecases.people.record_reachability import RecordReachability
from bot.usecases.people.save_customer import SaveCustomer
from cjm.address import Address
from cjm.cases.case import CaseKind, CaseOrigin
from tests.usecases.asking.world import make_world

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ALICE, BOB = Address("telegram", "1"), Address("telegram", "2")


class Door:
    """The business that makes links, and the accounts that open them."""

    def __init__(self, db: Database, secret: str = "") -> None:
        self.db, self.clock = db, FrozenClock(NOON)
        self.save = SaveCustomer(db, self.clock, secret)
        self.open_link, self.starts = OpenLink(db, self.clock, secret), count(1)
        self.consent = GiveConsent(db, self.clock)
        self.reach = RecordReachability(db, self.clock)

    async def open(self, account: Address, payload: str = "", language: str | None = None) -> LinkOpened:
        return await self.open_link(account, str(next(self.starts)), payload, language)

    async def link(self, external: str = "77") -> str:
        return (await self.save(external)).token

    async def person(self, address: Address) -> str | None:
        """Return the business's id of the customer that this account is."""
        found = await self.db.read(lambda tx: customers.find_by_address(tx, address))
        return found.external_id if found else None


@pytest.fixture(params=["", "a secret that is long enough"])
def door(any_db: Database, request: pytest.FixtureRequest) -> Door:
    return Door(any_db, request.param)


async def test_the_first_account_becomes_the_customer(door: Door) -> None:
    opened = await door.open(ALICE, await door.link(), "pl")
    assert (opened.greeting, opened.language) == (Greeting.CONSENT, "pl")
    assert await door.person(ALICE) == "77"


async def test_a_forwarded_link_makes_nobody_else_the_customer(door: Door) -> None:
    token = await door.link()
    await door.open(ALICE, token)
    assert (await door.open(BOB, token)).greeting is Greeting.REFUSED
    assert await door.person(BOB) is None
    assert await door.person(ALICE) == "77"


async def test_the_same_account_is_welcome_back_even_late(door: Door) -> None:
    token = await door.link()
    await door.open(ALICE, token)
    await door.consent(ALICE, True, "1")
    door.clock.advance(timedelta(days=60))
    assert (await door.open(ALICE, token)).greeting is Greeting.BACK


async def test_a_link_expires(door: Door) -> None:
    token = await door.link()
    door.clock.advance(timedelta(days=30))
    assert (await door.open(ALICE, token)).greeting is Greeting.REFUSED


async def test_a_renewed_link_voids_the_one_before(door: Door) -> None:
    old, new = await door.link(), await door.link()
    assert (await door.open(ALICE, old)).greeting is Greeting.REFUSED
    assert (await door.open(ALICE, new)).greeting is Greeting.CONSENT


async def test_a_forwarded_new_link_makes_nobody_else_the_customer(door: Door) -> None:
    await door.open(ALICE, await door.link())
    await door.consent(ALICE, True, "1")
    renewed = await door.link()
    assert (await door.open(BOB, renewed)).greeting is Greeting.REFUSED
    assert (await door.person(ALICE), await door.person(BOB)) == ("77", None)
    assert (await door.open(ALICE, renewed)).greeting is Greeting.BACK  # and it still is hers to open


async def test_a_renewed_link_moves_an_unreachable_customer_and_asks_for_consent_again(door: Door) -> None:
    await door.open(ALICE, await door.link())
    await door.consent(ALICE, True, "1")
    await RecordReachability(door.db, door.clock)(ALICE, is_reachable=False)
    assert (await door.open(BOB, await door.link())).greeting is Greeting.CONSENT
    assert (await door.person(ALICE), await door.person(BOB)) == (None, "77")


async def test_an_account_that_is_a_customer_does_not_become_another(door: Door) -> None:
    await door.open(ALICE, await door.link("77"))
    other = await door.link("78")
    assert (await door.open(ALICE, other)).greeting is Greeting.REFUSED
    assert await door.person(ALICE) == "77"
    assert (await door.open(BOB, other)).greeting is Greeting.CONSENT  # nobody has used it up


@pytest.mark.parametrize("payload", ["c-", "c-" + "A" * 32, "m-" + "A" * 32, "x", "c-" + "\u0000" * 20, "ы" * 64])
async def test_a_guess_opens_nothing(door: Door, payload: str) -> None:
    assert (await door.open(ALICE, payload)).greeting is Greeting.REFUSED
    assert await door.person(ALICE) is None


async def test_a_link_of_a_manager_makes_no_customer(door: Door) -> None:
    token = await door.db.write(lambda tx: links.issue(tx, LinkKind.MANAGER, now=NOON, secret=""))
    assert links.link_kind(token) is LinkKind.MANAGER
    assert (await door.open(ALICE, token)).greeting is Greeting.REFUSED


async def test_a_token_fits_a_link_and_is_not_kept(any_db: Database) -> None:
    token = await any_db.write(lambda tx: links.issue(tx, LinkKind.CUSTOMER, now=NOON))
    assert len(token) <= 64
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
    found = await any_db.write(lambda tx: links.redeem(tx, token, kind=LinkKind.CUSTOMER, account=ALICE, now=NOON))
    assert isinstance(found, RedeemedLink)
    wrong = await any_db.write(
        lambda tx: links.redeem(tx, token, kind=LinkKind.CUSTOMER, account=ALICE, now=NOON, secret="other")
    )
    assert wrong is LinkRefusal.UNKNOWN


async def test_a_stranger_without_a_link_is_told_who_we_are(door: Door) -> None:
    assert (await door.open(ALICE)).greeting is Greeting.STRANGER
    assert await door.consent(ALICE, True, "1") is Consent.STRANGER


async def test_cases_of_a_stranger_become_the_customers(door: Door) -> None:
    def complain(tx: Connection) -> None:
        stranger = customers.ensure_address(tx, ALICE, "ru", NOON)
        new = NewCase(stranger.id, CaseKind.COMPLAINT, CaseOrigin.COMMAND, NOON.date(), "other", NOON)
        cases.insert_case(tx, new)

    await door.db.write(complain)
    await door.open(ALICE, await door.link())
    known = await door.db.read(lambda tx: customers.find_by_address(tx, ALICE))
    assert known is not None
    assert known.external_id == "77"
    assert len(await door.db.read(lambda tx: cases.list_by_customer(tx, known.id, 10))) == 1


async def test_somebody_forgotten_cannot_come_back_by_an_old_link(door: Door) -> None:
    token = await door.link()
    await door.open(ALICE, token)
    known = await door.db.read(lambda tx: customers.find_by_address(tx, ALICE))
    assert known is not None
    await door.db.write(lambda tx: customers.delete_customer(tx, known.id))
    assert (await door.open(ALICE, token)).greeting is Greeting.REFUSED


async def test_nothing_is_asked_before_consent_and_waiting_invitations_are_asked_then(db: Database) -> None:
    world = await make_world(db)
    consent = GiveConsent(db, world.clock)
    await consent(ALICE, False, "1")
    with pytest.raises(IndexError):
        await world.visit()
    assert await consent(ALICE, True, "1") is Consent.GIVEN
    await world.ask_due()
    await world.deliver()
    assert "How did you feel" in str(world.message_in_chat().text)


async def test_a_customer_who_blocked_the_bot_and_is_back_can_be_asked_again(db: Database) -> None:
    world = await make_world(db)
    reach = RecordReachability(db, world.clock)
    await reach(ALICE, False)
    assert (await world.customer()).unreachable_at == world.clock.now()
    opened = await OpenLink(db, world.clock, "")(ALICE, "1")
    assert opened.greeting is Greeting.BACK
    assert (await world.customer()).unreachable_at is None
    await reach(ALICE, False)
    await reach(ALICE, True)
    assert (await world.customer()).unreachable_at is None
    assert await world.db.read(lambda tx: invitations.find_open(tx, world.person.id)) is None
