"""Volunteer diaries: who is invited, how many messages come, and what is left when somebody leaves or is forgotten."""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import ColumnElement, Table, func, select

from bot.db.asking.asking_facts import AskingFacts
from bot.db.asking.tables import answer_table, invitation_table, response_table
from bot.db.audit.audit_actions import TROPA
from bot.db.counters.tables import tally_table
from bot.db.delivery.tables import letter_table
from bot.db.diary import diaries
from bot.db.diary.diaries import Diary
from bot.db.diary.diary_counts import count_diaries
from bot.db.diary.entries import list_diary_entries
from bot.db.diary.tables import diary_table
from bot.db.engine.database import Connection, Database
from bot.db.figures import voices
from bot.db.figures.map_sums import MapScope
from bot.db.figures.voices import VoiceFilter
from bot.db.people import customers
from bot.outbox.kinds import LetterName
from bot.usecases.asking.turn import TapNotice
from bot.usecases.diary.keep_diary import KeepDiary
from bot.usecases.diary.plan_diaries import PlanDiaries
from bot.usecases.journeys.archive_journey import ArchiveJourney
from bot.usecases.people.forget_customer import ForgetCustomer
from cjm.asking.decision import AskingRules
from cjm.asking.diary_state import OFFER_PAUSE, OFFER_PERIOD, DiaryState
from cjm.asking.invitation_state import InvitationState
from cjm.conversation.snooze import Snooze
from cjm.figures.asking.diary_counts import DiaryCounts
from cjm.figures.day.parts import PartOfDay
from cjm.journeys.journey_file import read_journey
from cjm.journeys.parts.diary_question import DiaryQuestion
from tests.depth import choose_depth
from tests.usecases.asking.world import (
    ALICE,
    CSAT,
    DELIVERY,
    EXPIRE,
    FELT,
    JOURNEY,
    NO_LIMITS,
    NOON,
    PACKED,
    QUIET,
    World,
    make_world,
)

DIARY = f"""{JOURNEY}
[diary]
invite_after = "delivery"
purpose = {{ en = "To see your days.", ru = "Чтобы увидеть ваш день.", pl = "Aby zobaczyć Twój dzień." }}
"""
MESSAGES = 6  # three days, twice a day
OFFER = "📓 Diary: 3 days, 2 messages a day"


@dataclass
class DiaryWorld:
    """A customer whose journey invites to a diary at the end of the conversation about a delivery."""

    world: World
    plan: PlanDiaries
    keep: KeepDiary

    @classmethod
    async def make(cls, db: Database, rules: AskingRules = NO_LIMITS) -> "DiaryWorld":
        world = await make_world(db, rules=rules)
        await world.apply(DIARY)
        return cls(world, PlanDiaries(db, world.clock, rules), KeepDiary(db, world.clock, EXPIRE, QUIET))

    async def answer_survey(self, event: str = "e1") -> int:
        """Be asked about a delivery, and answer all; return the invitation's id."""
        invitation = await self.world.visit(event)
        for place, value in ((FELT, 2), (CSAT, 5), (PACKED, 9)):
            await self.world.answer(invitation, place, value)
        return invitation

    async def join(self) -> int:
        invitation = await self.answer_survey()
        assert await self.tap(invitation, is_wanted=True) is TapNotice.MOVED
        return invitation

    async def tap(self, invitation: int, *, is_wanted: bool) -> TapNotice:
        tap = self.world.make_tap(invitation)
        return (await self.world.show(tap, await self.keep.keep(tap, is_wanted))).notice

    async def pass_time(self, duration: timedelta) -> None:
        self.world.clock.advance(duration)
        await self.world.remind()
        await self.plan()
        await self.world.ask_due()
        await self.world.deliver()

    async def pass_until_due(self) -> bool:
        """Let time pass until the diary has something to do; return False once it is over."""
        running = await self.world.db.read(lambda tx: diaries.find_running(tx, self.world.person.id))
        if running is None or running.due_at is None:
            return False
        await self.pass_time(running.due_at - self.world.clock.now())
        return True

    async def pass_until_message(self) -> int:
        """Let time pass until the next message of the diary; return the invitation's id."""
        assert await self.pass_until_due()
        return await self.find_latest_message()

    async def find_latest_message(self) -> int:
        latest = select(func.max(invitation_table.c.id)).where(invitation_table.c.diary_id.is_not(None))
        return await self.world.db.read(lambda tx: tx.scalar(latest) or 0)

    async def list_states(self) -> list[DiaryState]:
        found: list[Diary] = await self.world.db.read(lambda tx: diaries.list_by_customer(tx, self.world.person.id))
        return [diary.state for diary in found]

    async def count(self, table: Table, *conditions: ColumnElement[bool]) -> int:
        counted = select(func.count()).select_from(table).where(*conditions)
        return await self.world.db.read(lambda tx: tx.scalar(counted) or 0)

    async def change_person(self, **columns: Any) -> None:
        person = self.world.person.id
        await self.world.db.write(lambda tx: customers.update_customer(tx, person, **columns))

    @property
    def buttons(self) -> list[str]:
        return [label for row in self.world.labels() for label in row]

    @property
    def text(self) -> str:
        return str(self.world.message_in_chat().text).replace("\u00a0", " ")


def list_counters(tx: Connection) -> list[Any]:
    return sorted(tuple(row) for row in tx.execute(select(tally_table)))


async def test_an_invitation_says_all_before_somebody_joins_and_the_promise_is_what_comes(db: Database) -> None:
    diary = await DiaryWorld.make(db)
    invitation = await diary.answer_survey()
    assert OFFER in diary.buttons
    tap = diary.world.make_tap(invitation)
    diary.world.display.show(diary.world.conversations.diary_promise(ALICE, tap.message_id, invitation))
    await diary.world.display.wait_until_idle()
    assert "That is 6 messages in all" in diary.text
    assert "What do you wish for at this moment?" in diary.text
    assert "To see your days." in diary.text
    assert diary.buttons == ["Yes, I will keep it", "No, thanks"]
    assert await diary.tap(invitation, is_wanted=True) is TapNotice.MOVED
    assert await diary.tap(invitation, is_wanted=True) is TapNotice.MOVED, "a second tap changes nothing"
    assert "6 messages of it are still to come" in diary.text
    assert "Leave the diary" in diary.buttons
    before = len(diary.world.messenger.arrived)
    first = await diary.pass_until_message(), diary.world.last
    second = await diary.pass_until_message()
    await diary.world.write("Reading", "u1")
    goes_on_in = diary.world.last
    while await diary.pass_until_due():
        pass
    assert await diary.world.state(first[0]) == InvitationState.EXPIRED
    assert await diary.world.state(second) == InvitationState.DONE
    await diary.pass_time(timedelta(hours=12))  # the thank-you waits for the morning
    await diary.world.repair()
    ended, partly = (str(diary.world.message_in_chat(each).text) for each in (first[1], goes_on_in))
    assert ended.endswith("The time for this message of the diary is over."), "nothing was written that could be kept"
    assert "Reading" in partly
    assert partly.endswith("The time for this message of the diary is over. What you wrote is kept.")
    arrived = [str(message.text).replace("\u00a0", " ") for _, message in diary.world.messenger.arrived[before:]]
    heads = dict.fromkeys(text.partition("\n")[0] for text in arrived[:-1])  # the second one goes on in another message
    assert [*heads] == [f"📓 Diary · message {n} of {MESSAGES}" for n in range(1, MESSAGES + 1)]
    assert arrived[-1].startswith("📓 Your diary is over, with words from you in 1 message.")
    assert await diary.list_states() == [DiaryState.FINISHED]
    assert await diary.world.wrong_counters() == []


async def test_an_entry_is_three_short_answers_that_count_in_no_figure(any_db: Database) -> None:
    diary = await DiaryWorld.make(any_db)
    world = diary.world
    await diary.join()
    figures = await world.db.read(list_counters)
    message = await diary.pass_until_message()
    assert diary.buttons == ["Skip", "Leave the diary"]
    await world.write("Cooking with Alice Smith", "u1")
    tap = world.make_tap(message)
    await world.show(tap, await world.give.skip(tap, 1))
    await world.write("The stove is cold", "u2")
    assert diary.text.startswith("📓 Diary · message 1 of 6\n\nWritten down. Thank you!")
    assert "5 messages of it are still to come" in diary.text
    assert await world.state(message) == InvitationState.DONE
    assert await world.db.read(list_counters) == figures
    journey = read_journey(DIARY, "shop.toml")
    today = world.clock.now().date()
    scope = MapScope(journey, today - timedelta(days=7), today)
    entries = await world.db.read(lambda tx: list_diary_entries(tx, scope))
    assert [(entry.kind, entry.text) for entry in entries] == [
        (DiaryQuestion.HINDERED, "The stove is cold"),
        (DiaryQuestion.DOING, "Cooking with Alice Smith"),
    ]
    assert {entry.person for entry in entries} == {world.person.id}
    assert {entry.part for entry in entries} <= set(PartOfDay) - {PartOfDay.NIGHT}
    assert await world.db.read(lambda tx: voices.list_quotes(tx, scope)) == [], "a diary is about no place of the map"
    wanted = VoiceFilter(frozenset({"get"}))
    heard = await world.db.read(lambda tx: voices.list_latest(tx, scope, wanted, limit=5))
    assert [voice.diary for voice in heard] == [DiaryQuestion.HINDERED, DiaryQuestion.DOING]
    assert await world.db.read(lambda tx: count_diaries(tx, scope)) == DiaryCounts(volunteers=1, answered=1)


@pytest.mark.parametrize("columns", [{"is_staff": True}, {"consent_at": None}, {"stopped_at": NOON}])
async def test_who_may_not_be_asked_is_not_invited(db: Database, columns: dict[str, Any]) -> None:
    diary = await DiaryWorld.make(db)
    invitation = await diary.world.visit()
    await diary.change_person(**columns)
    for place, value in ((FELT, 2), (CSAT, 5), (PACKED, 9)):
        await diary.world.answer(invitation, place, value)
    assert OFFER not in diary.buttons
    assert await diary.list_states() == []


async def test_nobody_is_invited_twice_within_the_pause_nor_takes_an_old_invitation(db: Database) -> None:
    diary = await DiaryWorld.make(db)
    first = await diary.answer_survey("e1")
    assert OFFER in diary.buttons
    diary.world.clock.advance(OFFER_PERIOD)
    assert await diary.tap(first, is_wanted=True) is TapNotice.ENDED
    assert OFFER not in diary.buttons
    diary.world.clock.advance(OFFER_PAUSE - OFFER_PERIOD - timedelta(minutes=1))
    await diary.answer_survey("e2")
    assert OFFER not in diary.buttons
    diary.world.clock.advance(timedelta(minutes=2))
    await diary.answer_survey("e3")
    assert OFFER in diary.buttons
    assert await diary.list_states() == [DiaryState.OFFERED] * 2


async def test_leaving_ends_it_at_once_and_can_be_taken_back(db: Database) -> None:
    diary = await DiaryWorld.make(db)
    await diary.join()
    message = await diary.pass_until_message()
    await diary.world.write("Reading", "u1")
    assert await diary.tap(message, is_wanted=False) is TapNotice.MOVED
    assert "You have left the diary" in diary.text
    assert diary.buttons == ["Go on with the diary"]
    assert await diary.world.state(message) == InvitationState.DONE, "what was written stays"
    arrived = len(diary.world.messenger.arrived)
    for _ in range(6):
        await diary.pass_time(timedelta(hours=4))
    assert len(diary.world.messenger.arrived) == arrived
    assert await diary.tap(message, is_wanted=True) is TapNotice.MOVED
    assert await diary.list_states() == [DiaryState.RUNNING]
    await diary.keep.leave(ALICE)
    assert await diary.list_states() == [DiaryState.LEFT]


async def test_who_stops_all_questions_has_no_diary_any_more(db: Database) -> None:
    diary = await DiaryWorld.make(db)
    await diary.join()
    message = await diary.pass_until_message()
    await diary.world.stop.stop_all(ALICE)
    assert await diary.list_states() == [DiaryState.STOPPED]
    assert await diary.world.state(message) == InvitationState.DECLINED


async def test_a_journey_without_a_diary_ends_those_that_are_kept(db: Database) -> None:
    diary = await DiaryWorld.make(db)
    await diary.join()
    await diary.world.apply(JOURNEY)
    for _ in range(6):
        await diary.pass_time(timedelta(hours=4))
    assert await diary.list_states() == [DiaryState.WITHDRAWN]
    assert await diary.find_latest_message() == 0


async def test_forgetting_erases_the_diary_with_all_that_was_written(any_db: Database) -> None:
    diary = await DiaryWorld.make(any_db)
    await diary.join()
    await diary.pass_until_message()
    await diary.world.write("Baking", "u1")
    await ForgetCustomer(any_db, diary.world.clock, 5).by_address(ALICE, "en")
    tables = (diary_table, invitation_table, response_table, answer_table)
    assert [await diary.count(table) for table in tables] == [0, 0, 0, 0]
    assert await diary.world.wrong_counters() == []


async def test_a_diary_is_no_question_for_the_limits_of_asking(db: Database) -> None:
    rules = AskingRules(per_month=1, quiet_hours=QUIET)
    diary = await DiaryWorld.make(db, rules)
    await diary.join()
    await diary.change_person(asks_less_often=True)
    assert await diary.pass_until_message(), "one survey a month was asked already"
    limits = await diary.world.db.read(lambda tx: read_history(tx, diary.world, rules))
    assert limits == (1, True)


def read_history(tx: Connection, world: World, rules: AskingRules) -> tuple[int, bool]:
    """Return how many questions of the last month count for the limits, and whether one is open."""
    facts = AskingFacts(tx, [world.person.id], rules, world.clock.now())
    history = facts.history(world.person.id, DELIVERY, read_journey(DIARY, "shop.toml"))
    return len(history.asked_last_30_days), history.has_open_survey


@pytest.mark.parametrize("seed", range(choose_depth(3, 100)))
async def test_never_more_messages_come_than_were_promised(db: Database, seed: int) -> None:
    """Whatever a volunteer does and however late the ticks come: at most six messages, none in quiet hours."""
    chance = random.Random(seed)
    diary = await DiaryWorld.make(db)
    world = diary.world
    first = await diary.join()
    before, hours = len(world.messenger.arrived), []
    while world.clock.now() < NOON + timedelta(days=6):
        count = len(world.messenger.arrived)
        await diary.pass_time(timedelta(minutes=chance.choice([5, 60, 240, 700])))
        if len(world.messenger.arrived) > count:
            hours.append(world.clock.now().astimezone(ZoneInfo("Europe/Warsaw")))
        message = await diary.find_latest_message()
        match chance.randrange(6) if message else 0:
            case 1:
                await world.write(chance.choice(["Eating", "Nothing", "5"]), f"u{len(hours)}")
            case 2:
                tap = world.make_tap(message)
                await world.show(tap, await world.give.skip(tap, chance.randrange(3)))
            case 3:
                await world.stop.snooze(world.make_tap(message), chance.choice([*Snooze]))
            case 4:
                await diary.tap(chance.choice([first, message]), is_wanted=chance.random() < 0.7)
            case 5:
                await world.repair()
    texts = [str(message.text) for _, message in world.messenger.arrived[before:]]
    asked = await diary.count(invitation_table, invitation_table.c.sent_at.is_not(None))
    assert asked - 1 <= MESSAGES
    assert sum(text.startswith("📓 Your diary is over") for text in texts) <= 1
    letters_to_them = select(letter_table.c.kind).where(letter_table.c.kind != LetterName.STEP)
    kinds = await db.read(lambda tx: list(tx.scalars(letters_to_them)))
    assert set(kinds) <= {LetterName.INVITATION, LetterName.DIARY_THANKS}, "no reminder: none was promised"
    assert not any(QUIET is not None and QUIET.covers(hour) for hour in hours)


async def test_an_archived_journey_ends_the_diaries_that_are_kept(db: Database) -> None:
    diary = await DiaryWorld.make(db)
    await diary.join()
    await ArchiveJourney(db, diary.world.clock)("shop", True, TROPA)
    for _ in range(6):
        await diary.pass_time(timedelta(hours=4))
    assert await diary.list_states() == [DiaryState.WITHDRAWN]
