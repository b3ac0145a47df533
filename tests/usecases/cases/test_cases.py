"""Cases on both engines: their counters, access to them, repeated and simultaneous steps, cases of low scores."""

import asyncio
from datetime import date, timedelta

import pytest

from bot.clock import FrozenClock
from bot.config.settings import TeamSettings
from bot.db.asking import awaited_texts
from bot.db.asking.awaited_texts import AwaitedText, AwaitedTextKind
from bot.db.cases import cases, drafts
from bot.db.cases.case_routing import CaseRouting
from bot.db.cases.strangers import merge_stranger
from bot.db.counters import tallies
from bot.db.delivery import letters, message_subjects, recalls
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.db.upkeep import counter_check
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.cases.answer_case import AnswerCase, CustomerUnreachable
from bot.usecases.cases.case_access import Actor, CaseSnapshot, CaseStepRefused
from bot.usecases.cases.case_opening import OpenCaseFromResponse
from bot.usecases.cases.close_case import CloseCase
from bot.usecases.cases.place_case import PlaceCase
from bot.usecases.cases.receive_message import AddedToCase, CaseOpened, DraftKept, IncomingMessage, ReceiveMessage
from bot.usecases.cases.settle_draft import SettleDraft
from bot.usecases.cases.start_complaint import StartComplaint
from bot.usecases.cases.take_case import TakeCase
from bot.usecases.people.forget_customer import ForgetCustomer
from cjm.address import Address
from cjm.asking.decision import AskingRules
from cjm.cases.case import Case, CaseKind, CaseOrigin, CaseRefusal, CaseState, CaseText
from cjm.figures.tally import COMPLAINTS
from cjm.journeys.visit import Event
from tests.telegram.case_house import GROUP, NOON, SHOP, shop
from tests.usecases.asking.world import CSAT, FELT, WHY, make_world

ME, OTHER = Address("telegram", "7"), Address("telegram", "8")
ANNA = Actor(GROUP, Address("telegram", "5"), "Anna")
PIOTR = Actor(GROUP, Address("telegram", "6"), "Piotr")
STRANGER = Actor(OTHER, OTHER, "Nobody")
CARE = TeamSettings.model_validate({"key": "care", "chat": str(GROUP)})


class Office:
    """All use cases about cases over one database."""

    def __init__(self, db: Database) -> None:
        self.db, self.clock, self.routing = db, FrozenClock(NOON), CaseRouting([CARE], [])
        args = (db, self.clock, self.routing)
        self.start = StartComplaint(db, self.clock)
        self.receive, self.settle, self.place = ReceiveMessage(*args), SettleDraft(*args), PlaceCase(*args)
        self.take, self.answer, self.close = TakeCase(*args), AnswerCase(*args), CloseCase(*args)

    async def complain(self, words: str = "Late", place: str | None = "delivery", who: Address = ME) -> int:
        await self.start.choose_place(who, "en", place)
        done = await self.receive(who, "en", IncomingMessage("m1", CaseText("text", words)))
        assert isinstance(done, CaseOpened)
        return done.case

    async def case(self, number: int) -> Case:
        found = await self.db.read(lambda tx: cases.find_by_number(tx, number))
        assert found is not None
        return found

    async def complaints(self) -> dict[tuple[str, date, str], int]:
        """The counters of complaints by subject, day and channel."""
        stored = await self.db.read(lambda tx: tallies.list_counters(tx, "shop"))
        return {(c.subject, c.day, c.channel): s.n for c, s in stored.items() if c.measure == COMPLAINTS}

    async def is_proved(self) -> bool:
        return await self.db.read(lambda tx: counter_check.list_wrong_counters(tx, shop())) == []

    async def letters(self) -> dict[LetterState, int]:
        return await self.db.read(letters.count_by_state)


@pytest.fixture
async def office(any_db: Database) -> Office:
    await any_db.write(lambda tx: journeys.apply(tx, shop(), SHOP, now=NOON))
    return Office(any_db)


async def _visit(office: Office, touchpoint: str, days_ago: int) -> None:
    at = NOON - timedelta(days=days_ago)
    event = Event(f"{touchpoint}{days_ago}", "c7", "shop", at, touchpoint=touchpoint, attributes={"class": "gold"})
    await RecordVisits(office.db, office.clock, AskingRules())([event])

    def link(tx: Connection) -> None:
        found = customers.find_by_external_id(tx, "c7")
        assert found is not None
        merge_stranger(tx, ME, found.id)

    await office.db.write(link)


async def test_a_complaint_that_the_card_cuts_stands_whole_below_it(office: Office) -> None:
    await office.complain("Late")
    of_a_short_one = (await office.letters())[LetterState.DUE]
    await office.complain("x" * 1501, who=OTHER)
    assert (await office.letters())[LetterState.DUE] == 2 * of_a_short_one + 1


# ---- what is counted -------------------------------------------------------------------------------------------------


async def test_a_complaint_about_a_visit_is_counted_on_the_visits_day_channel_and_cohort(office: Office) -> None:
    await _visit(office, "delivery", 3)
    number = await office.complain()
    case = await office.case(number)
    assert (case.stage, case.touchpoint, case.day) == ("get", "delivery", date(2026, 11, 19))
    assert await office.complaints() == {("delivery", date(2026, 11, 19), "courier"): 1}
    cohorts = await office.db.read(lambda tx: {c.cohort_id for c in tallies.list_counters(tx, "shop")})
    assert cohorts == {case.cohort_id}
    assert await office.is_proved()


async def test_a_complaint_without_a_visit_is_counted_today_in_the_journeys_zone(office: Office) -> None:
    office.clock.set(NOON.replace(hour=23, minute=30))  # already the 23rd in Warsaw
    await office.complain(place="box", who=OTHER)
    assert await office.complaints() == {("box", date(2026, 11, 23), "other"): 1}
    assert await office.is_proved()


async def test_a_complaint_moves_its_counter_when_it_is_put_elsewhere(office: Office) -> None:
    number = await office.complain(place=None)
    assert await office.complaints() == {}, "nobody said what it is about"
    assert isinstance(await office.place.place_own(ME, number, "delivery"), CaseSnapshot)
    assert [k[0] for k in await office.complaints()] == ["delivery"]
    for _ in range(2):
        assert isinstance(await office.place(ANNA, number, "site"), CaseSnapshot)
    assert [(k[0], k[2]) for k in await office.complaints()] == [("site", "site")]
    assert isinstance(await office.place(ANNA, number, "get"), CaseSnapshot), "a stage will do, too"
    assert [(k[0], k[2]) for k in await office.complaints()] == [("get", "other")]
    for subject in ("nowhere", "", "a" * 60):
        assert await office.place(ANNA, number, subject) == CaseStepRefused(
            CaseRefusal.UNKNOWN, None, await _shown(office, number)
        )
    assert await office.place.place_own(OTHER, number, "box") == CaseStepRefused(CaseRefusal.STRANGER)
    assert await office.is_proved()


async def _shown(office: Office, number: int) -> CaseSnapshot:
    found = await office.place.view_case(ANNA, number)
    assert isinstance(found, CaseSnapshot)
    return found


@pytest.mark.parametrize("kind", [CaseKind.QUESTION, CaseKind.PRAISE])
async def test_questions_and_praise_are_not_counted_as_complaints(office: Office, kind: CaseKind) -> None:
    kept = await office.receive(ME, "en", IncomingMessage("m1", CaseText("text", "Hello")))
    assert isinstance(kept, DraftKept)
    done = await office.settle(ME, kept.draft, kind)
    assert done.case is not None
    await office.place.place_own(ME, done.case, "delivery")
    assert await office.complaints() == {}
    case = await office.case(done.case)
    assert case.is_closed is (kind is CaseKind.PRAISE)
    assert await office.is_proved()


async def test_forgetting_a_person_takes_the_case_its_words_and_the_live_count(office: Office) -> None:
    await office.complain()

    def remember_messages(tx: Connection) -> None:
        for kind in (SubjectKind.CARD, SubjectKind.TEAM_MESSAGE):
            message_subjects.save(tx, GROUP, kind, MessageSubject(kind, 1), NOON)

    await office.db.write(remember_messages)
    kept = await office.receive(OTHER, "en", IncomingMessage("m1", CaseText("text", "A draft")))
    assert isinstance(kept, DraftKept)
    forgotten = await ForgetCustomer(office.db, office.clock, 5).by_address(ME, "en")
    assert forgotten.recalled == 2, "the card and the other message have their words"
    due = await office.db.read(lambda tx: recalls.list_due(tx, NOON, of_chat=9, limit=9))
    assert {(each.to, each.message_id) for each in due} == {
        (GROUP, SubjectKind.CARD),
        (GROUP, SubjectKind.TEAM_MESSAGE),
    }
    await ForgetCustomer(office.db, office.clock, 5).by_address(OTHER, "en")
    assert await office.db.read(lambda tx: drafts.find_draft(tx, OTHER, kept.draft)) is None
    assert await office.db.read(lambda tx: cases.find_by_number(tx, 1)) is None
    assert isinstance(await office.take(ANNA, 1), CaseStepRefused)
    assert await office.complaints() == {}
    assert await office.is_proved()


# ---- repeated and simultaneous steps ---------------------------------------------------------------------------------


async def test_each_step_taken_twice_has_one_effect(office: Office) -> None:
    number = await office.complain()
    for _ in range(2):
        taken = await office.take(ANNA, number)
        assert isinstance(taken, CaseSnapshot)
    first = await office.case(number)
    office.clock.advance(timedelta(hours=1))
    for _ in range(2):
        assert isinstance(await office.close(ANNA, number), CaseSnapshot)
    closed = await office.case(number)
    assert (closed.taken_at, closed.closed_at) == (first.taken_at, office.clock.now())
    told = sum((await office.letters()).values())
    await office.close(PIOTR, number)
    assert sum((await office.letters()).values()) == told
    for _ in range(2):
        assert isinstance(await office.close.reopen_by_customer(ME, number), CaseSnapshot)
    assert sum((await office.letters()).values()) == told + 1
    assert (await office.case(number)).state is CaseState.TAKEN


async def test_of_two_people_who_take_a_case_at_once_one_gets_it(office: Office) -> None:
    number = await office.complain()
    results = await asyncio.gather(office.take(ANNA, number), office.take(PIOTR, number))
    refused = [r for r in results if isinstance(r, CaseStepRefused)]
    assert [r.reason for r in refused] == [CaseRefusal.TAKEN]
    assert (await office.case(number)).taken_name == refused[0].holder


async def test_a_draft_that_is_settled_twice_at_once_becomes_one_case(office: Office) -> None:
    kept = await office.receive(ME, "en", IncomingMessage("m1", CaseText("text", "Hello")))
    assert isinstance(kept, DraftKept)
    done = await asyncio.gather(*(office.settle(ME, kept.draft, kind) for kind in CaseKind))
    assert {d.case for d in done} == {1}
    assert await office.db.read(lambda tx: cases.find_by_number(tx, 2)) is None
    said = await office.db.read(lambda tx: cases.list_messages(tx, 1))
    assert [m.text.text for m in said] == ["Hello"]


# ---- access ----------------------------------------------------------------------------------------------------------


async def test_strangers_are_refused_whatever_they_try(office: Office) -> None:
    number = await office.complain()
    before = await office.case(number)
    said = CaseText("text", "I am the team")
    for attempt in (
        office.take(STRANGER, number),
        office.close(STRANGER, number),
        office.close.reopen(STRANGER, number),
        office.place(STRANGER, number, "box"),
        office.place.view_case(STRANGER, number),
        office.answer(STRANGER, number, "m9", said, "1"),
        office.close.reopen_by_customer(OTHER, number),
    ):
        assert await attempt == CaseStepRefused(CaseRefusal.STRANGER)
    assert await office.answer.find_case(STRANGER, "1", None) is None
    assert await office.case(number) == before


async def test_a_team_of_one_journey_does_not_work_on_anothers_cases(any_db: Database) -> None:
    await any_db.write(lambda tx: journeys.apply(tx, shop(), SHOP, now=NOON))
    office = Office(any_db)
    number = await office.complain()
    elsewhere = TeamSettings.model_validate({"key": "far", "chat": "telegram:-5", "journeys": ["rent"]})
    take = TakeCase(any_db, office.clock, CaseRouting([CARE, elsewhere], []))
    actor = Actor(Address("telegram", "-5"), PIOTR.person, "Piotr")
    assert await take(actor, number) == CaseStepRefused(CaseRefusal.STRANGER)


async def test_an_answer_to_a_customer_without_a_chat_is_stored_and_reported_as_unreachable(office: Office) -> None:
    number = await office.complain()
    case = await office.case(number)
    await office.db.write(lambda tx: customers.update_customer(tx, case.customer_id, messenger=None, address=None))
    assert isinstance(await office.answer(ANNA, number, "m9", CaseText("text", "Sorry"), "1"), CustomerUnreachable)
    assert [m.text.text for m in await office.db.read(lambda tx: cases.list_messages(tx, number))] == ["Late", "Sorry"]


# ---- what a message belongs to ---------------------------------------------------------------------------------------


async def test_what_follows_soon_is_added_and_what_comes_late_is_asked_about(office: Office) -> None:
    await office.complain()
    office.clock.advance(timedelta(minutes=50))
    assert isinstance(await office.receive(ME, "en", IncomingMessage("m2", CaseText("text", "And"))), AddedToCase)
    office.clock.advance(timedelta(minutes=50))
    assert isinstance(await office.receive(ME, "en", IncomingMessage("m3", CaseText("text", "So"))), AddedToCase)
    office.clock.advance(timedelta(minutes=70))
    kept = await office.receive(ME, "en", IncomingMessage("m4", CaseText("text", "Hello?")))
    assert isinstance(kept, DraftKept)
    assert kept.case == 1


async def test_an_unexpected_message_does_not_end_the_wait_for_a_comment(office: Office) -> None:
    """The survey waits for words: an unexpected photo is kept without taking its place."""
    asked = AwaitedText(AwaitedTextKind.COMMENT, NOON, 5)
    await office.db.write(lambda tx: awaited_texts.save(tx, ME, asked))
    assert isinstance(await office.receive(ME, "en", IncomingMessage("m1", CaseText("photo", "", "p"))), DraftKept)
    assert await office.db.read(lambda tx: awaited_texts.find(tx, ME)) == asked


# ---- after a low score -----------------------------------------------------------------------------------------------


async def test_a_customer_who_wants_to_be_contacted_gets_one_case_about_the_first_low_answer(any_db: Database) -> None:
    world = await make_world(any_db)
    invitation = await world.visit()
    await world.answer(invitation, FELT, 1)
    await world.answer(invitation, CSAT, 1)
    await world.answer(invitation, WHY, 0)
    await world.write("They lost it")
    context = await world.context(invitation)
    assert context.response is not None
    response = context.response.id
    opening = OpenCaseFromResponse(CaseRouting([CARE], []))
    now = world.clock.now()
    first = await any_db.write(lambda tx: opening(tx, response, now))
    again = await any_db.write(lambda tx: opening(tx, response, now))
    assert first == again
    case = await any_db.read(lambda tx: cases.find_by_number(tx, first))
    assert case is not None
    assert (case.origin, case.kind, case.subject, case.response_id) == (
        CaseOrigin.SCORE,
        CaseKind.COMPLAINT,
        "delivery",
        response,
    )
    for _ in range(2):
        assert await any_db.write(lambda tx: opening.add_text(tx, response, "And the bag", now)) == first
    said = await any_db.read(lambda tx: cases.list_messages(tx, first))
    assert [m.text.text for m in said] == ["They lost it", "And the bag"]
    assert await world.wrong_counters() == []


async def test_words_for_a_response_without_a_case_open_none_and_an_unknown_one_is_an_error(any_db: Database) -> None:
    opening = OpenCaseFromResponse(CaseRouting([CARE], []))
    assert await any_db.write(lambda tx: opening.add_text(tx, 77, "words", NOON)) is None
    with pytest.raises(KeyError):
        await any_db.write(lambda tx: opening(tx, 77, NOON))
