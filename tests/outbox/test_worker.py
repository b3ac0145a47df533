"""The outbox under every kind of fate: what arrives, in which order, how often, and what is recorded."""

import asyncio
from collections import Counter, deque
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.clock import FrozenClock
from bot.db.delivery import letter_steps, letters, message_subjects, pictures
from bot.db.delivery.letter_choice import ChatTurns
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.delivery.states import LetterState
from bot.db.delivery.tables import letter_table
from bot.db.engine.database import Connection, Database
from bot.db.engine.errors import DatabaseError
from bot.db.engine.tables import lease_table
from bot.db.people.tables import team_table
from bot.outbox.messenger import ChatMoved, NeverLeft, Rejected, Throttled, Uncertain, Unreachable
from bot.outbox.pace import Pace
from bot.outbox.send_letter import IN_FLIGHT, STALE
from cjm.address import Address
from tests.outbox.doubles import Note, ScriptedMessenger, make_outbox, swift_pace

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ANNA, BORIS, GROUP = Address("telegram", "7"), Address("telegram", "8"), Address("telegram", "-100")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


def note(key: str, to: Address = ANNA, *, due_at: datetime = NOW, priority: int = 30, kind: str = "note") -> NewLetter:
    return NewLetter(key=key, to=to, kind=kind, priority=priority, due_at=due_at)


async def post(db: Database, *new: NewLetter) -> None:
    await db.write(lambda tx: letters.post(tx, new, NOW))


async def state(db: Database, key: str) -> tuple[LetterState, str | None]:
    def read(tx: Connection) -> tuple[LetterState, str | None]:
        row = tx.execute(letter_table.select().where(letter_table.c.key == key)).one()
        return LetterState(row.state), row.reason

    return await db.read(read)


async def test_a_due_letter_is_sent_once_settled_and_recorded(any_db: Database, clock: FrozenClock) -> None:
    messenger, kind = ScriptedMessenger(), Note()
    outbox = make_outbox(any_db, clock, messenger, [kind])
    await post(any_db, note("now"), note("later", BORIS, due_at=NOW + timedelta(hours=1)))
    await outbox.drain()
    await outbox.drain()
    assert messenger.sent_texts() == ["now"]
    assert [(key, outcome.state, outcome.message_id) for key, outcome in kind.settled] == [
        ("now", LetterState.SENT, "1")
    ]
    sent = await any_db.read(lambda tx: letters.find_by_key(tx, "now"))
    assert sent is not None
    assert (sent.state, sent.message_id, sent.sent_at, sent.attempts) == (LetterState.SENT, "1", NOW, 1)
    clock.advance(timedelta(hours=1))
    await outbox.drain()
    assert messenger.sent_texts() == ["now", "later"]


async def test_a_chat_gets_its_letters_in_order_even_if_a_later_one_is_more_urgent(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger = ScriptedMessenger()
    keys = [f"{number:02}" for number in range(12)]
    await post(any_db, *[note(key, ANNA, priority=60 - number) for number, key in enumerate(keys)])
    await make_outbox(any_db, clock, messenger, [Note()]).drain()
    assert messenger.sent_texts(ANNA) == keys


async def test_a_letter_that_waits_for_another_try_is_not_overtaken(any_db: Database, clock: FrozenClock) -> None:
    messenger = ScriptedMessenger()
    messenger.will_raise(NeverLeft("refused"), to=ANNA)
    outbox = make_outbox(any_db, clock, messenger, [Note()])
    await post(any_db, note("first"), note("second"), note("other", BORIS))
    await outbox.drain()
    assert messenger.sent_texts() == ["other"]
    clock.advance(timedelta(seconds=1))
    await outbox.drain()
    assert messenger.sent_texts(ANNA) == ["first", "second"]


async def test_urgent_letters_go_first_and_no_kind_starves(any_db: Database, clock: FrozenClock) -> None:
    hour_ago = NOW - timedelta(hours=1)
    old = [note(f"reminder {n}", Address("telegram", str(n + 1)), due_at=hour_ago, priority=60) for n in range(8)]
    urgent = [note(f"alert {n}", Address("telegram", str(n + 100)), priority=LetterPriority.ALERT) for n in range(40)]
    await post(any_db, *old, *urgent)
    claimed = await any_db.write(lambda tx: letter_steps.claim(tx, now=NOW, limit=12, epoch=1))
    assert [one.priority for one in claimed].count(60) == 3
    assert [one.priority for one in claimed].count(10) == 9


async def test_an_urgent_letter_pulls_the_older_ones_of_its_chat_along(any_db: Database) -> None:
    waiting = [note(f"r{number}", Address("telegram", str(number + 100)), priority=60) for number in range(9)]
    await post(any_db, *waiting, note("old", ANNA, priority=60), note("alert", ANNA, priority=10))
    claimed = await any_db.write(lambda tx: letter_steps.claim(tx, now=NOW, limit=2, epoch=1))
    assert [one.key for one in claimed] == ["r0", "old"]


async def test_a_chat_with_hundreds_of_letters_hides_no_other(any_db: Database) -> None:
    await post(any_db, *[note(f"{number}", GROUP, priority=10) for number in range(300)], note("a"), note("b", BORIS))
    claimed = await any_db.write(lambda tx: letter_steps.claim(tx, now=NOW, limit=8, epoch=1))
    assert sorted(one.key for one in claimed) == ["0", "a", "b"]
    assert not await any_db.read(lambda tx: letter_steps.can_claim(tx, NOW))


async def test_people_have_turns_in_a_chat_and_each_keeps_their_order(any_db: Database, clock: FrozenClock) -> None:
    messenger = ScriptedMessenger()
    flood = [replace(note(f"flood {number}", GROUP), about=1) for number in range(6)]
    await post(any_db, *flood, *[replace(note(f"other {number}", GROUP), about=2) for number in range(2)])
    outbox = make_outbox(any_db, clock, messenger, [Note()])
    await outbox.drain()
    sent = messenger.sent_texts(GROUP)
    assert sent[:2] == ["flood 0", "other 0"]
    assert sent.index("other 1") <= 3
    assert [words for words in sent if words.startswith("flood")] == [f"flood {number}" for number in range(6)]
    await post(any_db, replace(note("flood 6", GROUP), about=1), replace(note("new", GROUP), about=3))
    await outbox.drain()
    assert messenger.sent_texts(GROUP)[-2:] == ["new", "flood 6"]  # who had no turn yet goes before


async def test_in_a_crowded_chat_only_people_without_a_turn_have_one(any_db: Database) -> None:
    turns = {GROUP: ChatTurns({1: 9}, is_crowded=True)}
    await post(any_db, replace(note("flood", GROUP), about=1))

    async def claim() -> list[str]:
        found = await any_db.write(lambda tx: letter_steps.claim(tx, now=NOW, limit=5, epoch=1, turns=turns))
        return [one.key for one in found]

    assert await claim() == []
    await post(any_db, replace(note("new", GROUP), about=2), note("digest", BORIS))
    assert await claim() == ["new", "digest"]


async def test_chats_that_cool_down_are_passed_over(any_db: Database) -> None:
    await post(any_db, note("a", ANNA, priority=5), note("b", BORIS))
    claimed = await any_db.write(lambda tx: letter_steps.claim(tx, now=NOW, limit=5, epoch=1, cooling=[ANNA]))
    assert [one.key for one in claimed] == ["b"]


async def test_a_letter_that_is_too_late_or_not_wanted_any_more_is_dropped_with_its_reason(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger, kind = ScriptedMessenger(), Note(drop="answered meanwhile")
    late = NewLetter("late", ANNA, "note", 30, NOW - timedelta(hours=2), not_after=NOW - timedelta(hours=1))
    await post(any_db, late, note("unwanted", BORIS))
    await make_outbox(any_db, clock, messenger, [kind]).drain()
    assert await state(any_db, "late") == (LetterState.DROPPED, "too late")
    assert await state(any_db, "unwanted") == (LetterState.DROPPED, "answered meanwhile")
    assert (messenger.arrived, kind.written["late"]) == ([], 0)
    assert sorted((key, outcome.reason) for key, outcome in kind.settled) == [
        ("late", "too late"),
        ("unwanted", "answered meanwhile"),
    ]


async def test_a_letter_that_its_kind_holds_lets_the_others_go_and_leaves_when_its_time_has_come(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger, quiet = ScriptedMessenger(), Note(hold_until=NOW + timedelta(hours=9))
    outbox = make_outbox(any_db, clock, messenger, [quiet, Note(name="urgent")])
    await post(any_db, note("question"), note("reply", kind="urgent"), note("other", BORIS))
    await outbox.drain()
    assert messenger.sent_texts() == ["reply"]
    assert await state(any_db, "question") == (LetterState.DUE, "quiet hours")
    assert quiet.written["question"] == 1
    assert [(key, outcome.state, outcome.until) for key, outcome in sorted(quiet.settled)] == [
        ("other", LetterState.DUE, quiet.hold_until),
        ("question", LetterState.DUE, quiet.hold_until),
    ]
    clock.advance(timedelta(hours=9))
    quiet.hold_until = None
    await outbox.drain()
    assert sorted(messenger.sent_texts()) == ["other", "question", "reply"]
    sent = await any_db.read(lambda tx: letters.find_by_key(tx, "question"))
    assert sent is not None
    assert sent.attempts == 1


async def test_a_letter_that_would_be_held_beyond_its_last_moment_is_dropped(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger, quiet = ScriptedMessenger(), Note(hold_until=NOW + timedelta(hours=9))
    await post(any_db, NewLetter("a", ANNA, "note", 30, NOW, not_after=NOW + timedelta(hours=8)))
    await make_outbox(any_db, clock, messenger, [quiet]).drain()
    assert await state(any_db, "a") == (LetterState.DROPPED, "too late")


async def test_a_letter_that_waits_for_its_start_into_the_quiet_hours_is_asked_about_again(
    any_db: Database, clock: FrozenClock
) -> None:
    seconds = 100.0
    pace = Pace(ScriptedMessenger(), swift_pace().budget, monotonic=lambda: seconds)
    messenger, kind = ScriptedMessenger(hold=asyncio.Event()), Note()
    outbox = make_outbox(any_db, clock, messenger, [kind], pace)
    await post(any_db, *[note(f"{number}", Address("telegram", f"{number}")) for number in range(1, 10)])
    draining = asyncio.create_task(outbox.drain())
    await messenger.wait_for_calls(8)
    while len(kind.written) < 9:  # noqa: ASYNC110 - one turn of the loop each
        await asyncio.sleep(0)
    seconds += STALE + 1  # the ninth waits until one of the eight is answered
    kind.hold_until = NOW + timedelta(hours=9)
    assert messenger.hold is not None
    messenger.hold.set()
    await draining
    assert len(messenger.arrived) == 8
    assert sorted(kind.written.values()) == [1] * 8 + [2]
    assert await any_db.read(letters.count_by_state) == {"sent": 8, "due": 1}


async def test_an_unreachable_chat_is_reported_to_the_kind_and_holds_up_no_other(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger, kind = ScriptedMessenger(), Note()
    messenger.will_raise(Unreachable("bot was blocked by the user"), to=ANNA)
    messenger.will_raise(Rejected("message text is empty"), to=BORIS)
    await post(any_db, note("a"), note("b", BORIS), note("b2", BORIS))
    await make_outbox(any_db, clock, messenger, [kind]).drain()
    assert await state(any_db, "a") == (LetterState.UNREACHABLE, "bot was blocked by the user")
    assert await state(any_db, "b") == (LetterState.REJECTED, "message text is empty")
    assert messenger.sent_texts() == ["b2"]
    assert {key: outcome.state for key, outcome in kind.settled}["a"] is LetterState.UNREACHABLE


async def test_a_letter_that_may_have_arrived_is_never_sent_again_and_nothing_leaves_until_a_ping_is_answered(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger, kind = ScriptedMessenger(), Note()
    messenger.will_raise(Uncertain("connection reset"), to=ANNA)
    messenger.will_raise(NeverLeft("no"), Uncertain("garbage"), Throttled(0.001), to=Address("telegram", "ping"))
    outbox = make_outbox(any_db, clock, messenger, [kind])
    await post(any_db, note("a"))
    await outbox.drain()
    assert await state(any_db, "a") == (LetterState.UNKNOWN, "connection reset")
    assert messenger.calls == {"send": 1, "ping": 4}
    await post(any_db, note("b", BORIS))
    await outbox.drain()
    clock.advance(timedelta(days=2))
    await outbox.drain()
    assert messenger.sent_texts() == ["b"]
    assert messenger.calls == {"send": 2, "ping": 4}
    assert [outcome.state for key, outcome in kind.settled if key == "a"] == [LetterState.UNKNOWN]


async def test_where_pings_are_answered_and_letters_are_not_few_are_in_doubt_and_the_rest_leaves_later(
    any_db: Database, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="bot.outbox")
    messenger = ScriptedMessenger()
    messenger.will_raise(*[Uncertain("502")] * 1000)
    messenger.script[Address("telegram", "ping")] = deque()
    outbox = make_outbox(any_db, clock, messenger, [Note()])
    await post(any_db, *(note(str(number), Address("telegram", str(number))) for number in range(60)))
    running = asyncio.create_task(outbox.run())
    while messenger.calls["ping"] < 5:  # noqa: ASYNC110 - each comes twice as late as the one before
        await asyncio.sleep(0.001)
    assert outbox.trouble is not None
    messenger.script.clear()
    counts: Counter[LetterState] = Counter()
    while counts[LetterState.UNKNOWN] + counts[LetterState.SENT] < 60:
        await asyncio.sleep(0.01)
        counts = Counter(await any_db.read(letters.count_by_state))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert counts[LetterState.UNKNOWN] <= IN_FLIGHT + 5
    assert counts.total() == 60
    lines = [record.message for record in caplog.records if record.message.startswith("messenger")]
    assert lines == ["messenger does not answer; letters wait", "messenger answers again"]


async def test_an_unknown_letter_is_proved_by_a_tap_or_sent_again_when_somebody_asks(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger = ScriptedMessenger()
    messenger.will_raise(Uncertain("reset"), to=ANNA)
    messenger.will_raise(Uncertain("reset"), to=BORIS)
    outbox = make_outbox(any_db, clock, messenger, [Note()])
    await post(any_db, note("a"), note("b", BORIS))
    await outbox.drain()
    assert await any_db.write(lambda tx: letters.mark_arrived(tx, "a", "55", NOW))
    lost = await any_db.read(lambda tx: letters.find_by_key(tx, "b"))
    assert lost is not None
    assert await any_db.write(lambda tx: letters.send_again(tx, lost.id, NOW))
    assert not await any_db.write(lambda tx: letters.send_again(tx, lost.id, NOW))
    await outbox.drain()
    assert messenger.sent_texts() == ["b"]
    assert await any_db.read(letters.count_by_state) == {"sent": 2}


async def test_after_a_crash_between_send_and_record_it_is_unknown_and_never_sent_again(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger, kind = ScriptedMessenger(hold=asyncio.Event()), Note()
    crashed = make_outbox(any_db, clock, messenger, [kind])
    await crashed.take_over(1)
    await post(any_db, *[note(f"{number:02}", Address("telegram", str(number))) for number in range(1, 21)])
    task = asyncio.create_task(crashed.run())
    await messenger.wait_for_calls(8)
    assert (await any_db.read(letters.count_by_state))[LetterState.SENDING] == 8  # no more are ever in doubt
    for one in [*crashed._tasks.values(), task]:  # as abruptly as a process can end
        one.cancel()
    await asyncio.gather(task, return_exceptions=True)

    messenger.hold = None
    successor = make_outbox(any_db, clock, messenger, [kind])
    await successor.take_over(2)
    await successor.drain()
    assert await any_db.read(letters.count_by_state) == {"unknown": 8, "sent": 12}
    assert len(set(messenger.sent_texts())) == 12
    assert sum(outcome.state is LetterState.UNKNOWN for _key, outcome in kind.settled) == 8
    assert messenger.most_at_once == 8


async def test_leaving_in_order_leaves_nothing_unknown(any_db: Database, clock: FrozenClock) -> None:
    messenger = ScriptedMessenger(hold=asyncio.Event())
    outbox = make_outbox(any_db, clock, messenger, [Note()])
    await post(any_db, *[note(f"{number:02}", Address("telegram", str(number))) for number in range(1, 21)])
    task = asyncio.create_task(outbox.run())
    await messenger.wait_for_calls(8)
    task.cancel()
    await asyncio.sleep(0)
    assert messenger.hold is not None
    messenger.hold.set()
    await asyncio.gather(task, return_exceptions=True)
    counts = await any_db.read(letters.count_by_state)
    assert counts[LetterState.SENT] == 8
    assert LetterState.SENDING not in counts
    messenger.hold = None
    successor = make_outbox(any_db, clock, messenger, [Note()])
    await successor.take_over(2)
    await successor.drain()
    assert await any_db.read(letters.count_by_state) == {"sent": 20}


async def test_a_messenger_that_hangs_keeps_nobody_from_stopping_and_its_calls_are_recorded_as_unknown(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger, kind = ScriptedMessenger(hold=asyncio.Event()), Note()
    outbox = make_outbox(any_db, clock, messenger, [kind], shutdown_seconds=2)
    await post(any_db, *[note(f"{number:02}", Address("telegram", str(number))) for number in range(1, 21)])
    task = asyncio.create_task(outbox.run())
    await messenger.wait_for_calls(8)
    task.cancel()
    async with asyncio.timeout(60):
        await asyncio.gather(task, return_exceptions=True)
    counts = await any_db.read(letters.count_by_state)
    assert (counts[LetterState.UNKNOWN], counts.get(LetterState.SENDING)) == (8, None)
    assert [outcome.state for _key, outcome in kind.settled] == [LetterState.UNKNOWN] * 8
    messenger.hold = None
    successor = make_outbox(any_db, clock, messenger, [kind])
    await successor.take_over(2)
    await successor.drain()
    assert await any_db.read(letters.count_by_state) == {"unknown": 8, "sent": 12}


async def test_a_letter_whose_call_has_not_begun_is_due_again_when_the_outbox_stops(
    any_db: Database, clock: FrozenClock
) -> None:
    is_waiting, go = asyncio.Event(), asyncio.Event()

    async def sleep(_seconds: float) -> None:
        is_waiting.set()
        await go.wait()

    messenger = ScriptedMessenger()
    pace = Pace(messenger, monotonic=lambda: 100.0, sleep=sleep)
    outbox = make_outbox(any_db, clock, messenger, [Note()], pace)
    await post(any_db, note("a"), note("b", BORIS))
    task = asyncio.create_task(outbox.run())
    await asyncio.gather(is_waiting.wait(), messenger.wait_for_arrivals(1))
    task.cancel()
    while outbox.trouble is None:  # noqa: ASYNC110 - one turn of the loop each
        await asyncio.sleep(0)
    go.set()
    await asyncio.gather(task, return_exceptions=True)
    assert len(messenger.arrived) == 1
    assert await any_db.read(letters.count_by_state) == {"sent": 1, "due": 1}


async def test_a_database_that_takes_nothing_keeps_the_outbox_from_stopping_no_longer(
    any_db: Database, clock: FrozenClock
) -> None:
    class Away:
        async def write(self, _fn: object) -> None:
            raise DatabaseError("away")

    messenger = ScriptedMessenger(hold=asyncio.Event())
    outbox = make_outbox(any_db, clock, messenger, [Note()], shutdown_seconds=0.4)
    await post(any_db, note("a"))
    task = asyncio.create_task(outbox.run())
    await messenger.wait_for_calls(1)
    outbox._sender._db = Away()  # type: ignore[assignment]  # for what is written from now on
    task.cancel()
    async with asyncio.timeout(60):
        await asyncio.gather(task, return_exceptions=True)
    assert await any_db.read(letters.count_by_state) == {"sending": 1}  # the next leader finds it so


async def test_a_leader_who_was_replaced_cannot_send(any_db: Database, clock: FrozenClock) -> None:
    messenger, kind = ScriptedMessenger(), Note()
    old, new = (make_outbox(any_db, clock, messenger, [kind]) for _ in range(2))
    await old.take_over(1)
    await post(any_db, note("a"))
    await any_db.write(lambda tx: letter_steps.claim(tx, now=NOW, limit=5, epoch=1))
    await any_db.write(
        lambda tx: tx.execute(lease_table.insert().values(name="sender", holder="new", epoch=2, until=NOW))
    )
    found = await any_db.read(lambda tx: letters.find_by_key(tx, "a"))
    assert found is not None
    assert not await any_db.write(lambda tx: letter_steps.mark_sending(tx, found.id, 1))
    await new.take_over(2)
    await asyncio.gather(old.drain(), new.drain())
    assert messenger.sent_texts() == ["a"]
    assert await any_db.read(letters.count_by_state) == {"sent": 1}


async def test_two_workers_at_once_send_nothing_twice(any_db: Database, clock: FrozenClock) -> None:
    messenger = ScriptedMessenger()
    workers = [make_outbox(any_db, clock, messenger, [Note()]) for _ in range(2)]
    await post(any_db, *[note(f"{number:02}", Address("telegram", str(number % 9 + 1))) for number in range(40)])
    await asyncio.gather(*[worker.drain() for worker in workers])
    assert sorted(messenger.sent_texts()) == [f"{number:02}" for number in range(40)]


async def test_a_replaced_leader_may_still_tell_that_a_letter_arrived(any_db: Database, clock: FrozenClock) -> None:
    messenger, kind = ScriptedMessenger(hold=asyncio.Event()), Note()
    old, new = (make_outbox(any_db, clock, messenger, [kind]) for _ in range(2))
    await old.take_over(1)
    await post(any_db, note("a"))
    slow = asyncio.create_task(old.drain())
    await messenger.wait_for_calls(1)
    await new.take_over(2)
    assert (await state(any_db, "a"))[0] is LetterState.UNKNOWN
    assert messenger.hold is not None
    messenger.hold.set()
    await slow
    assert (await state(any_db, "a"))[0] is LetterState.SENT
    assert [outcome.state for _key, outcome in kind.settled] == [LetterState.UNKNOWN, LetterState.SENT]


async def test_a_group_that_moved_gets_its_letter_once_and_everything_follows_it(
    any_db: Database, clock: FrozenClock
) -> None:
    new = Address("telegram", "-1009")
    messenger = ScriptedMessenger()
    messenger.will_raise(ChatMoved(new), to=GROUP)

    def prepare(tx: Connection) -> None:
        tx.execute(team_table.insert().values(key="shop", messenger="telegram", address=GROUP.id, bound_at=NOW))
        message_subjects.save(tx, GROUP, "4", MessageSubject(SubjectKind.TEAM_MESSAGE, 12), NOW)
        message_subjects.save(tx, GROUP, "5", MessageSubject(SubjectKind.TEAM_MESSAGE, 13), NOW)
        message_subjects.save(tx, new, "5", MessageSubject(SubjectKind.TEAM_MESSAGE, 14), NOW)
        letters.post(tx, [note("digest", GROUP), note("next", GROUP), note("anna")], NOW)

    await any_db.write(prepare)
    await make_outbox(any_db, clock, messenger, [Note()]).drain()
    assert messenger.sent_texts(new) == ["digest", "next"]
    assert messenger.sent_texts(GROUP) == []
    assert await any_db.read(lambda tx: tx.execute(team_table.select()).one().address) == new.id
    # A supergroup counts its messages from 1 again: number 4 there is another message.
    assert await any_db.read(lambda tx: message_subjects.find(tx, new, "4")) is None
    assert await any_db.read(lambda tx: message_subjects.find(tx, new, "5")) == MessageSubject(
        SubjectKind.TEAM_MESSAGE, 14
    )
    assert await any_db.read(letters.count_by_state) == {"sent": 3}


async def test_a_chat_that_is_asked_to_wait_keeps_its_order_and_delays_nobody_else(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger = ScriptedMessenger()
    messenger.will_raise(Throttled(30), to=ANNA)
    outbox = make_outbox(any_db, clock, messenger, [Note()])
    await post(any_db, note("a1"), note("a2"))
    await outbox.drain()
    assert await state(any_db, "a1") == (LetterState.RETRY, "throttled")
    others = [note(f"{number}", Address("telegram", str(number + 10))) for number in range(20)]
    await post(any_db, *others)
    await outbox.drain()
    assert len(messenger.sent_texts()) == 20
    assert messenger.sent_texts(ANNA) == []
    clock.advance(timedelta(seconds=30))
    outbox = make_outbox(any_db, clock, messenger, [Note()])  # with a pace of its own: the pause is over
    await outbox.drain()
    assert messenger.sent_texts(ANNA) == ["a1", "a2"]


async def test_everybody_waits_while_two_chats_are_asked_to(any_db: Database, clock: FrozenClock) -> None:
    messenger, pace = ScriptedMessenger(), swift_pace()
    messenger.will_raise(Throttled(0.3), to=ANNA)
    messenger.will_raise(Throttled(0.3), to=BORIS)
    outbox = make_outbox(any_db, clock, messenger, [Note()], pace)
    await post(any_db, note("a"), note("b", BORIS))
    await outbox.drain()
    assert pace.seconds_paused() > 0
    await post(any_db, note("group", GROUP))
    assert await outbox._start() == 0
    await outbox.drain()
    assert pace.seconds_paused() == 0
    assert messenger.sent_texts() == ["group"]


async def test_a_throttled_letter_that_is_given_back_still_goes_before_its_chats_later_letters(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger = ScriptedMessenger()
    messenger.will_raise(Throttled(30), to=ANNA)
    await post(any_db, note("a1"), note("a2", due_at=NOW + timedelta(seconds=1)))
    await make_outbox(any_db, clock, messenger, [Note()]).drain()
    clock.advance(timedelta(seconds=30))
    claimed = await any_db.write(lambda tx: letter_steps.claim(tx, now=clock.now(), limit=5, epoch=0))
    assert [one.key for one in claimed] == ["a1"]
    await any_db.write(lambda tx: letter_steps.give_back(tx, claimed[0].id, 0))
    await make_outbox(any_db, clock, messenger, [Note()]).drain()
    assert messenger.sent_texts(ANNA) == ["a1", "a2"]


async def test_letters_to_paused_groups_keep_no_place_from_the_others(any_db: Database, clock: FrozenClock) -> None:
    """Nine letters that wait for their chat's turn would be enough to stop the outbox."""
    messenger, pace = ScriptedMessenger(), Pace(ScriptedMessenger())
    groups = [Address("telegram", f"-{number}") for number in range(1, 13)]
    await post(any_db, *[note(f"{group.id}", group) for group in groups])
    outbox = make_outbox(any_db, clock, messenger, [Note()], pace)
    claimed = await any_db.write(lambda tx: letter_steps.claim(tx, now=NOW, limit=16, epoch=0))
    for group in groups:  # between claiming and sending, by replies to them
        pace.pause(group, 60)
        pace.note_taken_message()
    assert [await outbox._sender.deliver(letter, 0) for letter in claimed] == [None] * 12
    await post(any_db, note("a"))
    task = asyncio.create_task(outbox.run())
    await messenger.wait_for_arrivals(1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert messenger.sent_texts() == ["a"]
    assert await any_db.read(letters.count_by_state) == {"due": 12, "sent": 1}


async def test_a_letter_that_cannot_be_written_is_tried_five_times_and_stops_nobody(
    any_db: Database, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    messenger, kind = ScriptedMessenger(), Note(name="note", fails=99)
    outbox = make_outbox(any_db, clock, messenger, [kind, Note(name="good")])
    await post(any_db, note("bad"), note("ok", BORIS, kind="good"), note("old", GROUP, kind="gone"))
    for _ in range(6):
        await outbox.drain()
        clock.advance(timedelta(minutes=5))
    found, reason = await state(any_db, "bad")
    assert (found, kind.written["bad"]) == (LetterState.REJECTED, 5)
    assert reason is not None
    assert reason.startswith("KeyError at doubles.py:")
    assert (await state(any_db, "old"))[0] is LetterState.REJECTED
    assert messenger.sent_texts() == ["ok"]
    assert "a customer's words" not in caplog.text


async def test_what_a_kind_makes_of_it_cannot_hide_that_it_was_sent(any_db: Database, clock: FrozenClock) -> None:
    messenger = ScriptedMessenger()
    outbox = make_outbox(any_db, clock, messenger, [Note(spoils=True)])
    await post(any_db, note("a"))
    await outbox.drain()
    await outbox.drain()
    assert messenger.sent_texts() == ["a"]
    assert (await state(any_db, "a"))[0] is LetterState.SENT


async def test_a_picture_is_uploaded_once_and_again_when_its_id_went_stale(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger, kind = ScriptedMessenger(), Note(picture=b"PNG")
    outbox = make_outbox(any_db, clock, messenger, [kind])
    for key in ("a", "b"):
        await post(any_db, note(key))
        await outbox.drain()
    messenger.will_raise(Rejected("wrong file identifier"), to=ANNA)
    await post(any_db, note("c"))
    await outbox.drain()
    uploads = [message.upload.file_id if message.upload else None for _to, message in messenger.arrived]
    assert uploads == [None, "file-1", None]
    assert await any_db.read(lambda tx: pictures.find_file_id(tx, "map-1")) == "file-1"


async def test_a_picture_that_was_refused_just_before_the_outbox_stopped_is_sent_later(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger, kind = ScriptedMessenger(), Note(picture=b"PNG")
    outbox = make_outbox(any_db, clock, messenger, [kind])
    await post(any_db, note("a"))
    await outbox.drain()

    def stop(_to: Address) -> None:
        messenger.before = None
        outbox._sender.is_blocked = True

    messenger.before = stop
    messenger.will_raise(Rejected("wrong file identifier"), to=ANNA)
    await post(any_db, note("b"))
    await outbox.drain()  # it pings, and goes on
    assert messenger.calls == {"send": 3, "ping": 1}
    uploads = [message.upload.file_id if message.upload else None for _to, message in messenger.arrived]
    assert uploads == [None, None]
    assert await any_db.read(letters.count_by_state) == {"sent": 2}


async def test_a_running_outbox_wakes_for_what_is_posted_and_for_moved_time(
    any_db: Database, clock: FrozenClock
) -> None:
    messenger = ScriptedMessenger()
    heard = asyncio.Event()
    messenger.before = lambda _to: heard.set()
    outbox = make_outbox(any_db, clock, messenger, [Note()])
    task = asyncio.create_task(outbox.run())
    try:
        await post(any_db, note("now"), note("tomorrow", BORIS, due_at=NOW + timedelta(days=1)))
        await asyncio.wait_for(heard.wait(), 60)
        heard.clear()
        clock.advance(timedelta(days=1))
        await asyncio.wait_for(heard.wait(), 60)
        await outbox.drain()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert messenger.sent_texts() == ["now", "tomorrow"]


async def test_a_letter_that_a_fault_left_leased_is_taken_up_again(any_db: Database, clock: FrozenClock) -> None:
    messenger = ScriptedMessenger()
    outbox = make_outbox(any_db, clock, messenger, [Note()])
    await post(any_db, note("a"))
    await any_db.write(lambda tx: tx.execute(update(letter_table).values(state=LetterState.LEASED, epoch=0)))
    outbox._has_failed_letter = True
    await outbox.drain()
    assert messenger.sent_texts() == ["a"]
