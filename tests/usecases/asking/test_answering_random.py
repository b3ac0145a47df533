"""Random taps (legal, forged, repeated, late, somebody else's), words, commands, time and crashes.

Whatever happens, the counters equal the raw answers, every tapped answer belongs to a question that is asked, and no
exception escapes. Once all is settled, of an open question exactly the message that it is in has buttons, and of a
closed one no message has any, but those that take the last step back.
"""

import asyncio
import contextlib
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.db.asking import invitations
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.messages.callbacks import Action, ConversationVerb
from bot.messages.message import Message
from bot.outbox.letters.question import render_answer_choice, render_step
from bot.outbox.letters.question_menu import render_menu
from bot.outbox.messenger import NeverLeft, Rejected, SentMessage, Uncertain, Unreachable
from bot.usecases.asking.repair_messages import RepairMessages
from bot.usecases.asking.turn import ConversationTap, TapNotice, TurnResult
from cjm.address import Address
from cjm.asking.invitation_state import ANSWERABLE_STATES, InvitationState
from cjm.conversation.branches import asked_questions
from cjm.conversation.conversation import ClosingStep
from cjm.conversation.snooze import Snooze
from cjm.journeys.survey import QuestionKind
from tests.depth import choose_depth
from tests.outbox.doubles import ScriptedMessenger
from tests.usecases.asking.world import ALICE, BOB, EVERY_KIND, REMIND, World, make_world

UNDO = {ConversationVerb.CHANGE, ConversationVerb.CHOOSE, ConversationVerb.REOPEN}
ASKING_STEPS = (ClosingStep.CONTACT, ClosingStep.SNOOZED)

Step = tuple[str, int, int, int]
STEPS = st.tuples(
    st.sampled_from(
        ["press"] * 8 + ["forge"] * 3 + ["write", "write", "edit", "wait", "wait", "tick", "visit", "stop", "again"]
        + ["crash", "unknown", "blocked", "back", "gone", "silence"]
    ),
    st.integers(0, 12),
    st.integers(-3, 12),
    st.integers(0, 3),
)  # fmt: skip


@dataclass
class ForgetfulMessenger(ScriptedMessenger):
    """Messenger that remembers which messages it said cannot be changed any more."""

    unchangeable: set[str] = field(default_factory=set)

    async def edit(self, to: Address, message_id: str, message: Message) -> SentMessage:
        try:
            return await super().edit(to, message_id, message)
        except (Rejected, Unreachable):
            self.unchangeable.add(message_id)
            raise


class Player:
    """Life of one customer. Each method is a step; its three numbers choose among the possibilities of the step."""

    def __init__(self, world: World, messenger: ForgetfulMessenger) -> None:
        self.world, self.messenger = world, messenger
        self.events = 0
        self.shows = True  # False: the process ends between the commit and the edit

    async def step(self, step: Step) -> None:
        name, a, b, c = step
        await getattr(self, name)(a, b, c)

    async def forge(self, a: int, b: int, c: int) -> None:
        await self.tap(list(ConversationVerb)[a], [1 + c, b, a, b % 2], ALICE if c else BOB, str(1 + c))

    async def write(self, a: int, b: int, c: int) -> None:
        await self.world.write("words " * (1 + a), f"u{a}{b}{c}", reply_to=str(c) if c else None)

    async def edit(self, a: int, b: int, c: int) -> None:
        await self.world.comment.edit_comment(ALICE, "other words" if b > 0 else "", f"u{a}{b}{c}")

    async def wait(self, a: int, _b: int, _c: int) -> None:
        self.world.clock.advance(timedelta(minutes=1) if a < 6 else timedelta(hours=7 * a))

    async def stop(self, _a: int, _b: int, _c: int) -> None:
        await self.world.stop.stop_all(ALICE)

    async def again(self, _a: int, _b: int, _c: int) -> None:
        await self.world.stop.ask_again(ALICE)

    async def crash(self, _a: int, _b: int, _c: int) -> None:
        self.shows, world = not self.shows, self.world
        world.find_repairs = RepairMessages(world.db, world.clock, world.display)

    async def gone(self, _a: int, _b: int, _c: int) -> None:
        self.world.messenger.will_raise(Rejected("message to edit not found"))

    async def silence(self, _a: int, _b: int, _c: int) -> None:
        """Let the time pass after which customers are reminded."""
        self.world.clock.advance(REMIND + timedelta(hours=8))
        await self.tick()

    async def unknown(self, a: int, _b: int, _c: int) -> None:
        self.world.messenger.will_raise(Uncertain("reset") if a % 2 else NeverLeft("refused"))

    async def blocked(self, _a: int, _b: int, _c: int) -> None:
        self.world.messenger.will_raise(Unreachable("blocked"))

    async def back(self, _a: int, _b: int, _c: int) -> None:
        person = self.world.person.id
        await self.world.db.write(lambda tx: customers.update_customer(tx, person, unreachable_at=None))

    async def visit(self, *_: int) -> None:
        self.events += 1
        with contextlib.suppress(IndexError):  # nothing was sent: not asked, or not delivered
            await self.world.visit(f"e{self.events}")

    async def press(self, place: int, which: int, view: int) -> None:
        """Tap a button that is really there: in an earlier message, on the latest, in its menu, or in the list."""
        live = list_live(self.world)
        if which < 0 and live:
            number, found = live[place % len(live)]
            assert found.numbers is not None
            return await self.tap(ConversationVerb(found.verb), list(found.numbers), ALICE, number)
        open_ones = await self.world.db.read(_latest)
        if not open_ones:
            return await self.visit()
        invitation = open_ones[-1]
        context, now = await self.world.context(invitation), self.world.clock.now()
        shown = (render_step, render_step, render_menu, render_answer_choice)[view](context, now)
        buttons = [button for row in shown.buttons for button in row]
        if not buttons:
            return await self.visit()
        action = buttons[place % len(buttons)].action
        assert isinstance(action, Action)
        numbers = action.numbers
        assert numbers is not None
        return await self.tap(ConversationVerb(action.verb), list(numbers), ALICE, self.world.last or "1")

    async def tap(self, verb: ConversationVerb, numbers: list[int], person: Address, message: str) -> None:
        give, stop = self.world.give, self.world.stop
        does: dict[ConversationVerb, Callable[[ConversationTap], Awaitable[TurnResult]]] = {
            ConversationVerb.ANSWER: lambda tap: give.answer(tap, numbers[1], numbers[2]),
            ConversationVerb.SKIP: lambda tap: give.skip(tap, numbers[1]),
            ConversationVerb.CHANGE: lambda tap: give.change(tap, numbers[1]),
            ConversationVerb.BACK: give.go_back,
            ConversationVerb.RESUME: give.resume,
            ConversationVerb.ENOUGH: give.finish,
            ConversationVerb.CONTACT: lambda tap: give.settle_contact(tap, numbers[1] == 1),
            ConversationVerb.CHOOSE_OPTION: lambda tap: give.choose(tap, numbers[1], numbers[2], numbers[3] == 1),
            ConversationVerb.CONFIRM: lambda tap: give.confirm(tap, numbers[1]),
            ConversationVerb.NOT_APPLICABLE: lambda tap: give.answer_not_applicable(tap, numbers[1]),
            ConversationVerb.LESS_OFTEN: lambda tap: stop.ask_less_often(tap, numbers[1] == 1),
            ConversationVerb.LATER_TODAY: lambda tap: stop.snooze(tap, Snooze.LATER_TODAY),
            ConversationVerb.TOMORROW: stop.snooze,
            ConversationVerb.MUTE: stop.mute,
            ConversationVerb.STOP: stop.stop,
            ConversationVerb.REOPEN: stop.reopen,
        }
        if verb in (ConversationVerb.MENU, ConversationVerb.CHOOSE):
            await give.look(ConversationTap(person, message, numbers[0]))
        if verb not in does:
            return
        tap = ConversationTap(person, message, numbers[0])
        turn = await does[verb](tap)
        assert person is ALICE or turn.notice in (TapNotice.NOT_YOURS, TapNotice.GONE)
        if self.shows:
            if turn.left_message is not None:
                self.world.display.show(self.world.conversations.left_message(ALICE, turn.left_message, numbers[0]))
            await self.world.show(tap, turn)

    async def tick(self, *_: int) -> None:
        for tick in (self.world.ask_due, self.world.remind, self.world.repair, self.world.deliver):
            await tick()


def _latest(tx: Connection) -> list[int]:
    states = [*ANSWERABLE_STATES, InvitationState.DONE, InvitationState.DECLINED, InvitationState.EXPIRED]
    return [i.id for i in invitations.list_by_states(tx, states)]


def list_live(world: World) -> list[tuple[str, Action]]:
    """Return the buttons that stand in the chat, each with its message."""
    numbers = [str(n) for n, (to, _) in enumerate(world.messenger.arrived, 1) if to == ALICE]
    buttons = [(n, button.action) for n in numbers for row in world.message_in_chat(n).buttons for button in row]
    return [(n, action) for n, action in buttons if isinstance(action, Action)]


async def check_messages(world: World, unchangeable: set[str]) -> None:
    """Assert that buttons stand where they do something, once everything was shown."""
    live: dict[str, set[Action]] = {}
    for where, action in list_live(world):
        live.setdefault(where, set()).add(action)
    current: set[str] = set()
    for invitation in await world.db.read(_latest):
        context = await world.context(invitation)
        assert context.response is not None
        number = context.response.message_id
        # "May we contact you?" and a change that was begun ask as well, of a question that is done.
        asks = context.conversation.question is not None or context.conversation.step in ASKING_STEPS
        if number is not None and int(number) <= len(world.messenger.arrived) and number not in unchangeable:
            current.add(number)
            verbs = {action.verb for action in live.get(number, set())}
            assert verbs if asks else verbs <= UNDO, (number, verbs)
    assert live.keys() - unchangeable <= current


async def check_invariants(world: World) -> None:
    """Assert what must hold after every step."""
    assert await world.wrong_counters() == []
    for invitation in await world.db.read(_latest):
        context = await world.context(invitation)
        asked = {q.key for q in asked_questions(context.conversation)}
        written = {q.key for q in context.conversation.survey.questions if q.kind is QuestionKind.TEXT}
        assert set(context.conversation.answers) == set(context.answers) <= asked | written
        assert context.conversation.step.startswith("@") or context.conversation.step in asked
        answered = context.response is not None and context.response.started_at is not None
        assert answered == bool(context.conversation.answers)


async def make_player(db: Database) -> Player:
    world, messenger = await make_world(db), ForgetfulMessenger()
    world = World(world.db, world.clock, world.person, messenger, world.rules)
    await world.apply(EVERY_KIND)
    await world.outbox.take_over(2)
    return Player(world, messenger)


async def live(url: str, steps: list[Step]) -> None:
    db = Database(url)
    try:
        player = await make_player(db)
        await player.visit()
        for step in steps:
            await player.step(step)
            await check_invariants(player.world)
        player.world.messenger.script.clear()
        # Changes that failed are tried again after hours; the later ticks edit the messages that the first one moved.
        for pause in (timedelta(hours=30), timedelta(minutes=5), timedelta(minutes=5)):
            player.world.clock.advance(pause)
            await player.tick()
        assert await player.world.count_unshown() == 0
        await check_messages(player.world, player.messenger.unchangeable)
    finally:
        await db.close()


@pytest.mark.timeout(300)
@given(steps=st.lists(STEPS, max_size=25))
@settings(
    max_examples=choose_depth(15, 200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_happens_the_counters_equal_the_answers(
    sqlite_template: Path, tmp_path: Path, steps: list[Step]
) -> None:
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"random.db{suffix}").unlink(missing_ok=True)
    shutil.copy(sqlite_template, tmp_path / "random.db")
    asyncio.run(live(f"sqlite:///{tmp_path / 'random.db'}", steps))
