"""Letters that may have arrived: which kinds are sent once more, and that nothing is sent a third time."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from bot.clock import FrozenClock
from bot.db.delivery import letters
from bot.db.delivery.letters import Letter, LetterPriority, NewLetter
from bot.db.delivery.states import LetterState
from bot.db.delivery.tables import letter_table
from bot.db.engine.database import Connection, Database
from bot.outbox import policy
from bot.outbox.kinds import LetterDropped, LetterName, LetterOutcome
from bot.outbox.letters.campaigns.campaign_notice import CampaignNoticeLetter
from bot.outbox.letters.case_card import CaseCardLetter
from bot.outbox.letters.case_notice import CaseNoticeLetter
from bot.outbox.letters.case_receipt import CaseReceiptLetter
from bot.outbox.letters.case_reply import CaseReplyLetter
from bot.outbox.letters.diary.diary_thanks import DiaryThanksLetter
from bot.outbox.letters.digest import DigestLetter
from bot.outbox.letters.draft_question import DraftQuestionLetter
from bot.outbox.letters.greeting import GreetingLetter
from bot.outbox.letters.invitation import InvitationLetter
from bot.outbox.letters.manager_welcome import ManagerWelcomeLetter
from bot.outbox.letters.notice import NoticeLetter
from bot.outbox.letters.recalls.erasure_report import ErasureReportLetter
from bot.outbox.letters.recalls.recall_list import RecallListLetter
from bot.outbox.letters.reminder import ReminderLetter, StepLetter
from bot.outbox.letters.zone_notice import ZoneNoticeLetter
from bot.outbox.messenger import ChatMoved, NeverLeft, Rejected, SentMessage, Throttled, Uncertain, Unreachable
from bot.outbox.policy import AttemptResult, RenderingFailed
from bot.outbox.worker import Outbox
from cjm.address import Address
from tests.outbox.doubles import Note, ScriptedMessenger, make_outbox

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ANNA, BORIS = Address("telegram", "7"), Address("telegram", "8")
KINDS: list[Any] = [
    CampaignNoticeLetter, CaseCardLetter, CaseNoticeLetter, CaseReceiptLetter, CaseReplyLetter, DiaryThanksLetter,
    DigestLetter, DraftQuestionLetter, ErasureReportLetter, GreetingLetter, InvitationLetter, ManagerWelcomeLetter,
    NoticeLetter, RecallListLetter, ReminderLetter, StepLetter, ZoneNoticeLetter,
]  # fmt: skip
REPEATED = {
    "campaign_notice",
    "case_card",
    "case_notice",
    "case_receipt",
    "draft_question",
    "erasure_report",
    "greeting",
    "manager_welcome",
    "notice",
    "recall_list",
    "step",
}
RESULTS: list[AttemptResult] = [
    SentMessage("5"), LetterDropped("gone"), NeverLeft("refused"), Throttled(3), ChatMoved(BORIS),
    Unreachable("blocked"), Rejected("too long"), Uncertain("reset"), RenderingFailed("KeyError"),
]  # fmt: skip


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


def test_cases_notices_greetings_and_steps_are_repeated_and_surveys_digests_and_answers_are_not() -> None:
    assert {kind.name for kind in KINDS} == set(LetterName)
    assert {kind.name for kind in KINDS if kind.is_repeated} == REPEATED


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@given(results=st.lists(st.sampled_from(RESULTS), max_size=12))
def test_no_letter_leaves_more_than_twice_and_no_survey_more_than_once(kind: Any, results: list[AttemptResult]) -> None:
    sent, may_repeat = 0, kind.is_repeated
    for attempts, result in enumerate(results, 1):
        sent += isinstance(result, SentMessage) or policy.may_have_arrived(result)
        following = policy.next_state(result, attempts, can_repeat=may_repeat)
        may_repeat = may_repeat and not policy.may_have_arrived(result)
        if following.is_end:
            break
    assert sent <= (2 if kind.name in REPEATED else 1)


@pytest.mark.parametrize("attempts", [1, 2, 5, 100])
def test_a_letter_that_may_have_arrived_is_repeated_after_some_seconds_whatever_came_before(attempts: int) -> None:
    following = policy.next_state(Uncertain("reset"), attempts, can_repeat=True)
    assert (following.state, following.delay) == (LetterState.RETRY, policy.REPEAT_DELAY)


@pytest.mark.parametrize("result", [one for one in RESULTS if not policy.may_have_arrived(one)], ids=repr)
@pytest.mark.parametrize("attempts", [1, 4, 5])
def test_only_a_letter_that_may_have_arrived_is_repeated(result: AttemptResult, attempts: int) -> None:
    assert policy.next_state(result, attempts, can_repeat=True) == policy.next_state(result, attempts, can_repeat=False)


def card(key: str = "card", to: Address = ANNA, kind: str = LetterName.CASE_CARD, case: int = 1) -> NewLetter:
    return NewLetter(key, to, kind, LetterPriority.CARD, NOW, {"case": case})


def make_kind(name: str) -> Note:
    return Note(name=name, is_repeated=name in REPEATED)


async def post(db: Database, *new: NewLetter) -> None:
    await db.write(lambda tx: letters.post(tx, new, NOW))


async def find_state(db: Database, key: str = "card") -> LetterState:
    found = await db.read(lambda tx: letters.find_by_key(tx, key))
    assert found is not None
    return found.state


async def pass_repeat_delay(outbox: Outbox, clock: FrozenClock) -> None:
    clock.advance(policy.REPEAT_DELAY)
    await outbox.drain()


@pytest.mark.parametrize("name", sorted(LetterName))
@pytest.mark.parametrize("broken_calls", [1, 2])
async def test_a_kind_that_is_repeated_is_sent_once_more_and_any_other_stays_unknown(
    db: Database, clock: FrozenClock, name: str, broken_calls: int
) -> None:
    messenger, kind = ScriptedMessenger(), make_kind(name)
    messenger.will_raise(*[Uncertain("reset")] * broken_calls, to=ANNA)
    outbox = make_outbox(db, clock, messenger, [kind])
    await post(db, card(kind=name))
    await outbox.drain()
    assert (await find_state(db) is LetterState.RETRY) is (name in REPEATED)
    for _ in range(4):
        await pass_repeat_delay(outbox, clock)
    arrives = name in REPEATED and broken_calls == 1
    assert await find_state(db) is (LetterState.SENT if arrives else LetterState.UNKNOWN)
    assert messenger.calls["send"] == (2 if name in REPEATED else 1)
    assert [outcome.state for _key, outcome in kind.settled] == [LetterState.SENT if arrives else LetterState.UNKNOWN]


async def test_a_letter_to_be_repeated_waits_until_the_messenger_answers_and_holds_up_its_chat_only(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger = ScriptedMessenger()
    messenger.will_raise(Uncertain("reset"), to=ANNA)
    messenger.will_raise(NeverLeft("no"), NeverLeft("no"), to=Address("telegram", "ping"))
    outbox = make_outbox(any_db, clock, messenger, [make_kind(LetterName.CASE_CARD)])
    await post(any_db, card(), card("below the card"), card("other", BORIS))
    await outbox.drain()
    assert messenger.sent_texts() == ["other"]
    await pass_repeat_delay(outbox, clock)
    assert messenger.calls["ping"] == 3
    assert messenger.sent_texts(ANNA) == ["card", "below the card"]


async def test_a_repeat_that_never_leaves_is_tried_again_and_still_sent_once(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger = ScriptedMessenger()
    messenger.will_raise(Uncertain("reset"), NeverLeft("no route"), Throttled(1), Uncertain("reset"), to=ANNA)
    outbox = make_outbox(any_db, clock, messenger, [make_kind(LetterName.CASE_CARD)])
    await post(any_db, card())
    for _ in range(8):
        await outbox.drain()
        clock.advance(timedelta(minutes=1))
    assert await find_state(any_db) is LetterState.UNKNOWN
    assert messenger.calls["send"] == 4


@pytest.mark.parametrize("name", [LetterName.CASE_CARD, LetterName.INVITATION])
async def test_a_crash_while_sending_counts_as_the_first_of_two(
    any_db: Database, clock: FrozenClock, name: str
) -> None:
    messenger, kind = ScriptedMessenger(hold=asyncio.Event()), make_kind(name)
    for epoch in (1, 2, 3):
        outbox = make_outbox(any_db, clock, messenger, [kind])
        await outbox.take_over(epoch)
        if epoch == 1:
            await post(any_db, card(kind=name))
        clock.advance(policy.REPEAT_DELAY)
        task = asyncio.create_task(outbox.run())
        if epoch == 1 or (epoch == 2 and name in REPEATED):
            await messenger.wait_for_calls(1)
        for one in [*outbox._tasks.values(), task]:  # as abruptly as a process can end
            one.cancel()
        await asyncio.gather(task, return_exceptions=True)
    last = make_outbox(any_db, clock, messenger, [kind])
    await last.take_over(4)
    await pass_repeat_delay(last, clock)
    assert await find_state(any_db) is LetterState.UNKNOWN
    assert messenger.calls["send"] == (2 if name in REPEATED else 1)
    assert [outcome.state for _key, outcome in kind.settled] == [LetterState.UNKNOWN]


@pytest.mark.parametrize("name", [LetterName.CASE_CARD, LetterName.INVITATION])
async def test_a_fault_while_sending_is_settled_or_repeated(any_db: Database, clock: FrozenClock, name: str) -> None:
    messenger, kind = ScriptedMessenger(), make_kind(name)
    outbox = make_outbox(any_db, clock, messenger, [kind])
    await post(any_db, card(kind=name))
    await any_db.write(lambda tx: tx.execute(update(letter_table).values(state=LetterState.SENDING, epoch=0)))
    outbox._has_failed_letter = True
    await outbox.drain()
    await pass_repeat_delay(outbox, clock)
    expected = LetterState.SENT if name in REPEATED else LetterState.UNKNOWN
    assert await find_state(any_db) is expected
    assert [outcome.state for _key, outcome in kind.settled] == [expected]


async def test_each_of_two_unknown_ends_is_settled_with_a_number_of_tries_of_its_own(
    any_db: Database, clock: FrozenClock
) -> None:
    """The notices to the team about both ends have keys with this number: else the second would be missing."""
    tries: list[int] = []

    class Answer(Note):
        def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
            tries.append(letter.attempts)

    messenger = ScriptedMessenger()
    messenger.will_raise(Uncertain("reset"), to=ANNA)
    outbox = make_outbox(any_db, clock, messenger, [Answer(name="answer")])
    await post(any_db, card("1", kind="answer"))
    await any_db.write(lambda tx: tx.execute(update(letter_table).values(state=LetterState.SENDING)))
    await outbox.take_over(1)
    found = await any_db.read(lambda tx: letters.find_by_key(tx, "1"))
    assert found is not None
    assert await any_db.write(lambda tx: letters.send_again(tx, found.id, NOW))
    await outbox.drain()
    assert await find_state(any_db, "1") is LetterState.UNKNOWN
    assert tries == [0, 1]


async def test_a_kind_that_fails_to_settle_keeps_no_start_and_no_other_letter_from_it(
    any_db: Database, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = Note(name="bad", spoils=True), Note(name="good")
    outbox = make_outbox(any_db, clock, ScriptedMessenger(), [bad, good])
    await post(any_db, card("1", kind="bad"), card("2", BORIS, kind="good"))
    await any_db.write(lambda tx: tx.execute(update(letter_table).values(state=LetterState.SENDING)))
    await outbox.take_over(1)
    assert await any_db.read(letters.count_by_state) == {"unknown": 2}
    assert [key for key, _outcome in good.settled] == ["2"]
    assert "letter not settled" in caplog.text


async def test_a_late_report_of_the_old_leader_ends_the_repeat(any_db: Database, clock: FrozenClock) -> None:
    messenger, kind = ScriptedMessenger(hold=asyncio.Event()), make_kind(LetterName.CASE_CARD)
    old, new = (make_outbox(any_db, clock, messenger, [kind]) for _ in range(2))
    await old.take_over(1)
    await post(any_db, card())
    slow = asyncio.create_task(old.drain())
    await messenger.wait_for_calls(1)
    await new.take_over(2)
    assert await find_state(any_db) is LetterState.RETRY
    assert messenger.hold is not None
    messenger.hold.set()
    await slow
    await pass_repeat_delay(new, clock)
    assert messenger.sent_texts() == ["card"]


async def test_a_tap_on_the_first_copy_ends_the_repeat(any_db: Database, clock: FrozenClock) -> None:
    messenger = ScriptedMessenger()
    messenger.will_raise(Uncertain("reset"), to=ANNA)
    outbox = make_outbox(any_db, clock, messenger, [make_kind(LetterName.CASE_CARD)])
    await post(any_db, card("other", BORIS), card("12", case=12))
    await outbox.drain()

    def prove(case: int) -> Callable[[Connection], bool]:
        kinds, about = (LetterName.CASE_CARD,), {"case": case}
        return lambda tx: letters.prove_arrival(tx, ANNA, kinds, about, "55", NOW) is not None

    assert not await any_db.write(prove(1))
    assert await any_db.write(prove(12))
    await pass_repeat_delay(outbox, clock)
    assert messenger.sent_texts() == ["other"]
    assert await find_state(any_db, "12") is LetterState.SENT


async def test_a_tap_on_the_message_of_a_later_letter_proves_nothing_about_the_one_in_doubt(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger = ScriptedMessenger()
    messenger.will_raise(Uncertain("reset"), to=ANNA)
    outbox = make_outbox(any_db, clock, messenger, [make_kind(LetterName.CASE_CARD)])
    await post(any_db, card("lost", case=12))
    await outbox.drain()
    await post(any_db, card("later", case=12))
    arrived = update(letter_table).where(letter_table.c.key == "later").values(state=LetterState.SENT, message_id="55")
    await any_db.write(lambda tx: tx.execute(arrived))
    about = {"case": 12}
    proven = await any_db.write(lambda tx: letters.prove_arrival(tx, ANNA, (LetterName.CASE_CARD,), about, "55", NOW))
    assert proven is None
    assert await find_state(any_db, "lost") is LetterState.RETRY


async def test_every_unknown_has_a_line_with_its_kind_and_is_counted_by_kind_until_it_is_too_old(
    any_db: Database, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    messenger = ScriptedMessenger()
    for chat in (ANNA, ANNA, BORIS):
        messenger.will_raise(Uncertain("reset"), to=chat)
    kinds = [make_kind(LetterName.CASE_CARD), make_kind(LetterName.INVITATION)]
    outbox = make_outbox(any_db, clock, messenger, kinds)
    await post(any_db, card(), card("asked", BORIS, LetterName.INVITATION))
    with caplog.at_level(logging.WARNING):
        await outbox.drain()
        await pass_repeat_delay(outbox, clock)
    lines = [record for record in caplog.records if record.message == "letter may have arrived"]
    assert sorted(line.__dict__["kind"] for line in lines) == ["case_card", "case_card", "invitation"]
    counted = await any_db.read(lambda tx: letters.count_unknown_by_kind(tx, NOW))
    assert counted == {"case_card": 1, "invitation": 1}
    assert await any_db.read(lambda tx: letters.count_unknown_by_kind(tx, clock.now())) == {"case_card": 1}
