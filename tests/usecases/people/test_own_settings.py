"""What people chose themselves stays, whoever tells otherwise; and quiet hours are kept by the zone that was told."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import Connection, select

from bot.config.settings import AskingSettings
from bot.db.asking.awaited_texts import AwaitedTextKind
from bot.db.asking.tables import invitation_table
from bot.db.delivery import letters
from bot.db.engine.database import Database
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.messages.message import Message
from bot.outbox.kinds import LetterDropped, LetterHeld
from bot.outbox.letters.greeting import GreetingLetter
from bot.outbox.letters.zone_notice import ZoneNoticeLetter
from bot.usecases.asking.ask_due import AskDue
from bot.usecases.asking.give_consent import GiveConsent
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.people.change_settings import ChangeSettings
from bot.usecases.people.open_link import OpenLink
from bot.usecases.people.record_reachability import RecordReachability
from bot.usecases.people.save_customer import SaveCustomer
from cjm.address import Address
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.usecases.asking.world import BOB, JOURNEY, NOON, QUIET, World, make_world

EVE = Address("telegram", "3")
_starts = count(1)


class Door:
    """Customer 78, who is not known yet, the business that speaks of them, and the accounts that they use."""

    def __init__(self, world: World) -> None:
        self.world, db, clock = world, world.db, world.clock
        self.save, self.settings = SaveCustomer(db, clock, ""), ChangeSettings(db, clock, QUIET)
        self.open_link = OpenLink(db, clock, "")
        self.asking = AskingSettings(quiet_hours=str(QUIET))

    async def open(self, account: Address = EVE, phone: str | None = None, *, with_link: bool = True) -> str:
        """Press Start, and return what the answer says."""
        token = (await self.save("78")).token if with_link else ""
        start = str(next(_starts))
        await self.open_link(account, start, token, phone)
        key = f"greeting:{account}:{start}"
        letter = await self.world.db.read(lambda tx: letters.find_by_key(tx, key))
        assert letter is not None
        return str((await GreetingLetter(self.world.db, self.asking).write(letter)).text)  # type: ignore[union-attr]  # not dropped

    async def choose(self, account: Address = EVE) -> None:
        await self.settings.set_language(account, None, "pl")
        await self.settings.set_zone(account, None, "Asia/Almaty")
        await self.settings.set_quiet_hours(account, None, "23:00-07:00")

    async def read(self, account: Address = EVE) -> tuple[str, str, str]:
        found = await self.settings.read_settings(account, None)
        return found.language, found.zone.key, str(found.quiet_hours)

    async def find_person(self) -> Customer:
        found = await self.world.db.read(lambda tx: customers.find_by_external_id(tx, "78"))
        assert found is not None
        return found

    async def consent(self) -> None:
        await GiveConsent(self.world.db, self.world.clock)(EVE, True, "1")


OWN = ("pl", "Asia/Almaty", "23:00-07:00")


@pytest.fixture
async def door(db: Database) -> Door:
    return Door(await make_world(db))


async def test_what_a_stranger_chose_is_kept_when_they_open_a_link(any_db: Database) -> None:
    door = Door(await make_world(any_db))
    await door.choose()
    await door.save("78", language="ru", timezone="America/New_York")
    await door.open(phone="en")
    assert await door.read() == OWN


async def test_business_speaks_for_people_who_chose_nothing(door: Door) -> None:
    await door.open(phone="pl")
    assert (await door.read())[:2] == ("pl", "Europe/Warsaw")
    await door.save("78", language="ru", timezone="America/New_York")
    assert (await door.read())[:2] == ("ru", "America/New_York")
    await door.save("78", language="en")
    assert (await door.read())[:2] == ("en", "America/New_York")


async def test_what_a_person_chose_is_not_overwritten_by_the_business(any_db: Database) -> None:
    door = Door(await make_world(any_db))
    await door.open()
    await door.choose()
    await door.save("78", language="ru", timezone="America/New_York")
    assert await door.read() == OWN


async def test_typed_zone_is_a_choice_too(door: Door) -> None:
    await door.open()
    await door.settings.await_text(EVE, None, AwaitedTextKind.TIME_ZONE, "5")
    await door.settings.take_text(EVE, None, "Almaty")
    await door.save("78", timezone="America/New_York")
    assert (await door.read())[1] == "Asia/Almaty"


@pytest.mark.parametrize("way", ["start", "second link", "new account"])
async def test_opening_again_keeps_what_was_chosen(door: Door, way: str) -> None:
    await door.open()
    await door.choose()
    account = BOB if way == "new account" else EVE
    if way == "new account":
        await RecordReachability(door.world.db, door.world.clock)(EVE, is_reachable=False)
    await door.open(account, "ru", with_link=way != "start")
    assert await door.read(account) == OWN


async def test_what_was_chosen_with_a_new_account_is_the_last_word(door: Door) -> None:
    await door.open()
    await door.choose()
    await RecordReachability(door.world.db, door.world.clock)(EVE, is_reachable=False)
    await door.settings.set_zone(BOB, None, "Europe/Paris")
    await door.open(BOB)
    assert await door.read(BOB) == ("pl", "Europe/Paris", "23:00-07:00")


# ---- the zone that is told -------------------------------------------------------------------------------------------

TOLD = {
    "en": "Never between 21:00 and 09:00 (Warsaw time; change it in /settings).",
    "ru": "Никогда с 21:00 до 09:00 (часовой пояс — Варшава; изменить: /settings).",
    "pl": "Nigdy między 21:00 a 09:00 (strefa czasowa – Warszawa; zmiana: /settings).",
}


@pytest.mark.parametrize("language", ["en", "ru", "pl"])
async def test_question_for_consent_tells_the_zone_that_is_assumed(door: Door, language: str) -> None:
    assert TOLD[language] in await door.open(phone=language)


async def test_question_for_consent_tells_hours_and_zone_that_the_person_chose(door: Door) -> None:
    await door.settings.set_zone(EVE, "en", "Asia/Almaty")
    await door.settings.set_quiet_hours(EVE, "en", "23:00-07:00")
    assert "Never between 23:00 and 07:00 (Almaty time; change it in /settings)." in await door.open()
    await door.settings.set_quiet_hours(EVE, "en", "")
    assert "Never between" not in await door.open()


async def asked_at(door: Door, journey: str, *, after: timedelta) -> str:
    """Record a visit some time from now, and return when its question is due."""
    world = door.world
    world.clock.advance(after)
    record = RecordVisits(world.db, world.clock, world.rules)
    await record([Event(f"e{next(_starts)}", "78", journey, world.clock.now(), touchpoint="delivery")])
    await AskDue(world.db, world.clock, world.rules)()
    until = (await world.db.read(_list_due))[-1]
    return f"{until:%d %H:%M}"


def _list_due(tx: Connection) -> list[datetime]:
    return list(tx.scalars(select(invitation_table.c.due_at).order_by(invitation_table.c.id)))


async def apply_other_journey(world: World) -> None:
    """Put a journey of another zone into force; by its key it is the first one."""
    source = JOURNEY.replace('key = "shop"', 'key = "away"', 1).replace("Europe/Warsaw", "America/New_York")
    await world.db.write(lambda tx: journeys.apply(tx, read_journey(source, "away.toml"), source, now=NOON))


NOTICE = "We now keep your quiet hours by {} time: it is {} there. If that is not your time, change it in /settings."


async def read_notice(door: Door, zone: str) -> object:
    """Return what becomes of the notice of a zone: its text, or when or why it is held or dropped; None without one."""
    key = f"zone:{(await door.find_person()).id}:{zone}"
    letter = await door.world.db.read(lambda tx: letters.find_by_key(tx, key))
    if letter is None:
        return None
    outcome = await ZoneNoticeLetter(door.world.db, door.world.clock, QUIET).write(letter)
    return str(outcome.text) if isinstance(outcome, Message) else outcome


async def test_zone_that_the_business_tells_later_is_told_before_its_first_night(any_db: Database) -> None:
    door = Door(await make_world(any_db))
    await door.open(phone="en")
    await door.consent()
    await door.save("78", timezone="Europe/Berlin")  # another name of the same clock
    assert await read_notice(door, "Europe/Berlin") is None
    await door.save("78", timezone="Asia/Almaty")
    await door.save("78", timezone="Asia/Almaty")
    assert await read_notice(door, "Asia/Almaty") == NOTICE.format("Almaty", "17:00")
    assert await asked_at(door, "shop", after=timedelta(hours=5)) == "23 04:00"  # 22:00 in Almaty, until 09:00 there
    held = await read_notice(door, "Asia/Almaty")
    assert isinstance(held, LetterHeld)
    assert f"{held.until:%d %H:%M}" == "23 04:00"


@pytest.mark.parametrize("change", ["chose", "stopped", "moved on"])
async def test_notice_of_a_zone_that_is_not_true_any_more_is_dropped(door: Door, change: str) -> None:
    await door.open(phone="en")
    await door.consent()
    await door.save("78", timezone="Asia/Almaty")
    match change:
        case "chose":
            await door.settings.set_zone(EVE, None, "Asia/Almaty")
        case "stopped":
            await door.world.stop.stop_all(EVE)
        case "moved on":
            await door.save("78", timezone="Europe/Paris")
    assert isinstance(await read_notice(door, "Asia/Almaty"), LetterDropped)


async def test_zone_of_somebody_who_was_told_none_needs_no_notice(door: Door) -> None:
    await door.save("78", timezone="Europe/Paris")
    await door.save("78", timezone="Asia/Almaty")
    assert "(Almaty time" in await door.open(phone="en")
    assert await read_notice(door, "Asia/Almaty") is None


@pytest.mark.parametrize("order", ["the other was there", "the other came later"])
async def test_zone_that_was_told_holds_for_journeys_of_other_zones(door: Door, order: str) -> None:
    if order == "the other was there":
        await door.world.record([Event("e0", "78", "shop", NOON, touchpoint="delivery")])
        await apply_other_journey(door.world)
    assert TOLD["en"] in await door.open(phone="en")
    await door.consent()
    if order == "the other came later":
        await apply_other_journey(door.world)
    # 22:00 in Warsaw is 16:00 in New York: the question waits for nine o'clock in Warsaw.
    assert await asked_at(door, "away", after=timedelta(hours=9)) == "23 08:00"
    assert (await door.read())[1] == "Europe/Warsaw"
