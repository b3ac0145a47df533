"""Display: the latest wins, a chat keeps its order, no chat holds up another, and nothing is rendered too early."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.clock import FrozenClock
from bot.db.delivery import inbox, pictures
from bot.db.delivery.inbox import RawUpdate, UpdateHandling
from bot.db.delivery.tables import inbox_table
from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseError
from bot.db.engine.joined_write import next_write_also
from bot.messages.message import Message, Upload, plain
from bot.outbox.chat_queue import MOST_NEW
from bot.outbox.display import PLACES, Display
from bot.outbox.messenger import DeliveryError, NeverLeft, Rejected, SentMessage, Throttled, Uncertain, Unreachable
from bot.outbox.pace import Pace
from bot.outbox.replies import Replies
from bot.outbox.send_budget import PlannedStart, StartKind
from bot.outbox.showings import MessageDeletion, MessageEdit, MessageReplacement, NewMessage, Showing
from cjm.address import Address
from tests.outbox.doubles import ScriptedMessenger, swift_pace

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ANNA, BORIS, GROUP = Address("telegram", "7"), Address("telegram", "8"), Address("telegram", "-100")


def say(text: str) -> Message:
    return Message(plain(text))


class LoggingMessenger(ScriptedMessenger):
    """Messenger that writes down what people see, in its order, and holds the calls to some chats."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[str] = []
        self.gates: dict[Address, asyncio.Event] = {}
        self.begun: asyncio.Queue[Address] = asyncio.Queue()

    async def _pass(self, to: Address) -> None:
        self.begun.put_nowait(to)
        if to in self.gates:
            await self.gates[to].wait()

    async def send(self, to: Address, message: Message) -> SentMessage:
        await self._pass(to)
        sent = await super().send(to, message)
        self.log.append(f"{to.id} new {message.text}")
        return sent

    async def edit(self, to: Address, message_id: str, message: Message) -> SentMessage:
        await self._pass(to)
        sent = await super().edit(to, message_id, message)
        self.log.append(f"{to.id} {message_id} {message.text}")
        return sent

    async def delete(self, to: Address, message_id: str) -> None:
        await super().delete(to, message_id)
        self.log.append(f"{to.id} {message_id} deleted")

    def close_gate(self, to: Address) -> asyncio.Event:
        gate = self.gates[to] = asyncio.Event()
        return gate


class House:
    def __init__(self, db: Database, pace: Pace | None = None, **places: int) -> None:
        self.db, self.messenger = db, LoggingMessenger()
        replies = Replies(self.messenger, pace or swift_pace(), db, FrozenClock(NOW))
        self.display = Display(replies, waits=(0.0, 0.0), **places)

    async def show(self, *showings: Showing) -> list[str]:
        """Show these, and return everything that people saw until now."""
        self.display.show(*showings)
        await self.display.wait_until_idle()
        return self.messenger.log


@pytest.fixture
def house(db: Database) -> House:
    return House(db)


@dataclass(slots=True, eq=False)
class NotedShowing(Showing):
    """Showing that notes how it was rendered and settled; ``gate`` holds its rendering."""

    text: str = ""
    following: Sequence[Showing] = ()
    gate: asyncio.Event | None = None
    rendered: list[str] = field(default_factory=list)
    settled: list[SentMessage | None] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def render(self) -> Message | None:
        self.rendered.append(self.text)
        self.begun.set()
        if self.gate is not None:
            await self.gate.wait()
        return say(self.text) if self.text else None

    async def settle(self, sent: SentMessage | None) -> Sequence[Showing]:
        self.settled.append(sent)
        return self.following


class SlowShowing(NotedShowing):
    is_slow = True


# ---- the latest wins -------------------------------------------------------------------------------------------------


async def test_of_many_edits_of_a_message_that_wait_only_the_last_is_shown(house: House) -> None:
    gate = house.messenger.close_gate(ANNA)
    house.display.show(MessageEdit(ANNA, "1", say("step 0")))
    await house.messenger.begun.get()
    house.display.show(*(MessageEdit(ANNA, "1", say(f"step {n}")) for n in range(1, 1000)))
    assert house.display.count_waiting() == 2, "one is being shown and one waits, however often somebody taps"
    gate.set()
    assert await house.show() == ["7 1 step 0", "7 1 step 999"]


async def test_replaced_showing_is_neither_rendered_nor_settled(house: House) -> None:
    gate, early, late = (
        house.messenger.close_gate(ANNA),
        NotedShowing(ANNA, "1", "early"),
        NotedShowing(ANNA, "1", "late"),
    )
    house.display.show(NewMessage(ANNA, say("first")))
    await house.messenger.begun.get()
    house.display.show(early, late)
    gate.set()
    await house.show()
    assert (early.rendered, early.settled) == ([], [])
    assert (late.rendered, len(late.settled)) == (["late"], 1)


async def test_showing_is_taken_and_rendered_only_when_its_start_is_granted(db: Database) -> None:
    class ClosedPace(Pace):
        """Pace that grants no start before it is opened."""

        opened, asked = asyncio.Event(), asyncio.Event()

        async def reserve_reply_start(self, to: Address, kind: StartKind) -> PlannedStart:
            self.asked.set()
            await self.opened.wait()
            return await super().reserve_reply_start(to, kind)

    pace = ClosedPace(ScriptedMessenger(), swift_pace().budget)
    house, early, late = House(db, pace), NotedShowing(ANNA, "1", "early"), NotedShowing(ANNA, "1", "late")
    house.display.show(early)
    await pace.asked.wait()
    house.display.show(late)
    pace.opened.set()
    assert await house.show() == ["7 1 late"]
    assert early.rendered == []


async def test_chats_newer_showing_of_the_same_message_keeps_the_place_of_the_older(house: House) -> None:
    gate = house.messenger.close_gate(ANNA)
    house.display.show(NewMessage(ANNA, say("a")))
    await house.messenger.begun.get()
    house.display.show(MessageEdit(ANNA, "1", say("x")), NewMessage(ANNA, say("b")), MessageEdit(ANNA, "1", say("y")))
    gate.set()
    assert await house.show() == ["7 new a", "7 1 y", "7 new b"]


async def test_edit_does_not_take_the_place_of_a_deletion(house: House) -> None:
    gate = house.messenger.close_gate(ANNA)
    house.display.show(NewMessage(ANNA, say("a")))
    await house.messenger.begun.get()
    house.display.show(MessageDeletion(ANNA, "1"), MessageEdit(ANNA, "1", say("late")))
    gate.set()
    assert "7 1 deleted" in await house.show()


# ---- order -----------------------------------------------------------------------------------------------------------


async def test_chat_keeps_the_order_of_new_messages_and_edits(house: House) -> None:
    shown = await house.show(
        NewMessage(ANNA, say("a")),
        MessageEdit(ANNA, "1", say("b")),
        NewMessage(ANNA, say("c")),
        NewMessage(ANNA, say("d")),
    )
    assert shown == ["7 new a", "7 1 b", "7 new c", "7 new d"]


async def test_what_follows_a_showing_comes_before_what_waited_in_its_chat(house: House) -> None:
    first = NotedShowing(
        ANNA, None, "waiting", following=(MessageEdit(ANNA, "1", say("picture")), NewMessage(BORIS, say("x")))
    )
    shown = await house.show(first, NewMessage(ANNA, say("next")))
    assert [line for line in shown if line.startswith("7")] == ["7 new waiting", "7 1 picture", "7 new next"]
    assert "8 new x" in shown


async def test_message_that_cannot_be_changed_is_sent_as_a_new_one_in_its_place(house: House) -> None:
    house.messenger.will_raise(Rejected("message to edit not found"))
    shown = await house.show(MessageReplacement(GROUP, "5", say("list"), 9), NewMessage(GROUP, say("next")))
    assert shown == ["-100 new list", "-100 new next"]
    assert [message.thread for _to, message in house.messenger.arrived] == [9, None]


# ---- side by side ----------------------------------------------------------------------------------------------------


async def test_chat_that_must_wait_delays_nobody_although_there_is_one_place(db: Database) -> None:
    house, throttled = House(db, places=1), NotedShowing(BORIS, "2", "later")
    house.messenger.will_raise(Throttled(30), to=BORIS)
    house.display.show(throttled, MessageEdit(ANNA, "1", say("now")))
    assert await house.messenger.begun.get() == BORIS
    assert await house.messenger.begun.get() == ANNA
    assert house.display.is_waiting(BORIS, "2"), "it is shown when the thirty seconds are over"
    await house.display.stop()
    assert house.messenger.log == ["7 1 now"]


async def test_new_message_in_a_group_does_not_wait_for_edits_that_have_used_up_the_minute(db: Database) -> None:
    house = House(db, Pace(ScriptedMessenger()))
    house.display.show(*(MessageEdit(GROUP, f"{n}", say("card")) for n in range(40)))
    while not house.messenger.edits:
        await house.messenger.begun.get()
    house.display.show(NewMessage(GROUP, say("map")))
    while "-100 new map" not in house.messenger.log:
        await house.messenger.begun.get()
    assert len(house.messenger.edits) < 20
    assert house.display.is_waiting(GROUP, "39")
    late = NewMessage(GROUP, say("help"))
    house.display.show(late)  # the chat waits without a place now
    while "-100 new help" not in house.messenger.log:
        await house.messenger.begun.get()
    await house.display.stop(0.0)


async def test_hanging_call_costs_one_place(house: House) -> None:
    gate = house.messenger.close_gate(ANNA)
    house.display.show(NewMessage(ANNA, say("hangs")))
    house.display.show(*(NewMessage(Address("telegram", str(n)), say("x")) for n in range(100, 100 + 3 * PLACES)))
    for _ in range(1 + 3 * PLACES):
        await house.messenger.begun.get()
    gate.set()
    assert len(await house.show()) == 1 + 3 * PLACES


async def test_thousands_of_chats_wait_without_a_request_each_at_the_pace(db: Database) -> None:
    class CountingPace(Pace):
        at_once, most = 0, 0

        async def reserve_reply_start(self, to: Address, kind: StartKind) -> PlannedStart:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            try:
                return await super().reserve_reply_start(to, kind)
            finally:
                self.at_once -= 1

    pace = CountingPace(ScriptedMessenger(), swift_pace().budget)
    house = House(db, pace)
    house.display.show(*(MessageEdit(Address("telegram", str(n)), "1", say("x")) for n in range(3_000)))
    assert house.display.count_waiting() == 3_000
    await house.display.wait_until_idle()
    assert (len(house.messenger.edits), house.display.count_waiting()) == (3_000, 0)
    assert pace.most <= PLACES


async def test_drawing_holds_no_place_of_those_who_need_an_edit(db: Database) -> None:
    house, gate = House(db, places=1, slow_places=1), asyncio.Event()
    drawing = SlowShowing(ANNA, "1", "picture", gate=gate)
    house.display.show(drawing)
    await drawing.begun.wait()
    house.display.show(SlowShowing(GROUP, "1", "another picture"), MessageEdit(BORIS, "2", say("edit")))
    assert await house.messenger.begun.get() == BORIS
    gate.set()
    assert await house.show() == ["8 2 edit", "7 1 picture", "-100 1 another picture"]


async def test_drawing_that_was_overtaken_is_not_shown(house: House) -> None:
    gate = asyncio.Event()
    early, late = SlowShowing(ANNA, "1", "early", gate=gate), SlowShowing(ANNA, "1", "late")
    house.display.show(early)
    await early.begun.wait()
    house.display.show(late)
    gate.set()
    assert await house.show() == ["7 1 late"]
    assert early.settled == []


async def test_flood_of_new_messages_in_one_chat_is_bounded(house: House, caplog: pytest.LogCaptureFixture) -> None:
    gate = house.messenger.close_gate(ANNA)
    house.display.show(NewMessage(ANNA, say("first")))
    await house.messenger.begun.get()
    house.display.show(*(NewMessage(ANNA, say(f"n{n}")) for n in range(MOST_NEW + 50)))
    assert house.display.count_waiting() == 1 + MOST_NEW
    gate.set()
    shown = await house.show()
    assert (shown[1], shown[-1]) == ("7 new n50", f"7 new n{MOST_NEW + 49}")
    assert "too many wait in one chat" in [getattr(record, "reason", "") for record in caplog.records]


# ---- failures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [NeverLeft("refused"), Throttled(0.001), DatabaseError("away")])
async def test_reply_that_did_not_leave_is_sent_again_as_it_stands_then(house: House, error: Exception) -> None:
    showing = NotedShowing(ANNA, None, "hello")
    house.messenger.will_raise(error, error)
    assert await house.show(showing, NewMessage(ANNA, say("next"))) == ["7 new hello", "7 new next"]
    assert showing.rendered == ["hello"] * 3
    assert len(showing.settled) == 1


async def test_reply_that_may_have_arrived_is_not_sent_again_but_edits_and_deletions_are(house: House) -> None:
    house.messenger.will_raise(Uncertain("reset"))
    new = NotedShowing(ANNA, None, "new")
    assert await house.show(new) == []
    assert new.settled == [None]
    house.messenger.will_raise(Uncertain("reset"), NeverLeft("no"))
    assert await house.show(MessageEdit(ANNA, "5", say("edit"))) == ["7 5 edit"]
    house.messenger.will_raise(Uncertain("reset"))
    assert (await house.show(MessageDeletion(ANNA, "5")))[-1] == "7 5 deleted"


@pytest.mark.parametrize(
    "error", [Rejected("empty"), Uncertain("reset"), Throttled(3000), NeverLeft("no"), Unreachable("blocked")]
)
@pytest.mark.parametrize("message_id", [None, "5"])
async def test_failure_is_settled_once_and_holds_up_nothing(
    house: House, message_id: str | None, error: DeliveryError, caplog: pytest.LogCaptureFixture
) -> None:
    house.messenger.will_raise(*[error] * (1 if isinstance(error, Throttled) else 3), to=ANNA)
    lost = NotedShowing(ANNA, message_id, "a customer's words")
    house.display.show(lost)
    await house.show(NewMessage(BORIS, say("next")))
    assert (lost.settled, house.messenger.log) == ([None], ["8 new next"])
    assert "reply not delivered" in caplog.text
    assert "a customer's words" not in caplog.text


async def test_fault_in_one_showing_stops_no_other(house: House, caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> Message:
        raise LookupError("a customer's words")

    assert await house.show(NewMessage(ANNA, fail), NewMessage(ANNA, say("next"))) == ["7 new next"]
    assert "LookupError" in [getattr(record, "error", "").partition(" ")[0] for record in caplog.records]
    assert "a customer's words" not in caplog.text


async def test_showing_with_nothing_to_show_makes_no_call(house: House) -> None:
    gone = NotedShowing(ANNA, "1", "")
    assert await house.show(gone) == []
    assert gone.settled == [None]


async def test_try_that_a_newer_showing_has_overtaken_is_not_repeated(house: House) -> None:
    gate = house.messenger.close_gate(ANNA)
    house.messenger.will_raise(NeverLeft("no"))
    house.display.show(MessageEdit(ANNA, "1", say("early")))
    await house.messenger.begun.get()
    house.display.show(MessageEdit(ANNA, "1", say("late")))
    gate.set()
    assert await house.show() == ["7 1 late"]


async def test_message_waits_until_its_edit_is_over(house: House) -> None:
    gate = house.messenger.close_gate(ANNA)
    house.display.show(MessageEdit(ANNA, "1", say("step")))
    assert house.display.is_waiting(ANNA, "1")
    await house.messenger.begun.get()
    assert house.display.is_waiting(ANNA, "1"), "the call is under way"
    assert not house.display.is_waiting(ANNA, "2")
    gate.set()
    await house.show()
    assert not house.display.is_waiting(ANNA, "1")


async def test_stopped_display_drops_what_waits_and_can_be_used_again(house: House) -> None:
    house.messenger.close_gate(ANNA)
    house.display.show(NewMessage(ANNA, say("hangs")), NewMessage(ANNA, say("waits")))
    await house.messenger.begun.get()
    await house.display.stop(0.0)
    house.messenger.gates.clear()
    assert await house.show(NewMessage(ANNA, say("again"))) == ["7 new again"]


async def test_write_of_a_showing_never_marks_an_update_as_done(house: House) -> None:
    await house.db.write(lambda tx: inbox.insert_updates(tx, "1", [RawUpdate(1, "7", "{}")], NOW))
    handling = UpdateHandling(1, lambda: NOW)
    with next_write_also(handling.mark_done, then=handling.confirm):
        await house.show(NewMessage(ANNA, Message(plain("map"), upload=Upload("map.png", b"PNG", cache_key="k"))))
    assert await house.db.read(lambda tx: pictures.find_file_id(tx, "k")) == "file-1"
    assert await house.db.read(lambda tx: tx.execute(select(inbox_table.c.state)).scalar()) == "new"
