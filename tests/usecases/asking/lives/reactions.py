"""Reactions of simulated customers to questions: they tap what they see, write, wish for less, or keep silent."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random

from bot.messages.callbacks import ConversationVerb
from bot.usecases.asking.turn import ConversationTap, TapNotice, TurnResult
from tests.usecases.asking.lives.asked import AskedQuestion, LivingPerson
from tests.usecases.asking.lives.chat import ChatMessage, list_buttons
from tests.usecases.asking.lives.scene import LifeScene
from tests.usecases.asking.sent_checker import Switch

REACTIONS = {
    "answer": 34,
    "answer once": 12,
    "write": 10,
    ConversationVerb.LATER_TODAY: 6,
    ConversationVerb.TOMORROW: 6,
    ConversationVerb.MUTE: 5,
    ConversationVerb.STOP: 2,
    ConversationVerb.LESS_OFTEN: 4,
    "keep silent": 21,
}
"""What people do about a question, and how many of a hundred do."""
TEXTS = ("4", "5 stars", "good, but the courier was late", "it was fine")


class Reactions:
    """Reactions to what arrives. ``read_chats`` lets people see what was sent since the last time."""

    def __init__(self, scene: LifeScene, read_chats: Callable[[], Awaitable[None]]) -> None:
        self._scene, self._read_chats = scene, read_chats

    def plan_reaction(self, question: AskedQuestion) -> None:
        random = Random(f"{self._scene.seed}:{question.key}:{len(question.messages)}")
        reaction = random.choices(list(REACTIONS), list(REACTIONS.values()))[0]
        after = timedelta(hours=random.choice([0.01, random.expovariate(1 / 6), random.expovariate(1 / 40)]))
        self._scene.then(self._scene.now + after, lambda: self._react(question, reaction, random))

    async def _react(self, question: AskedQuestion, reaction: str, random: Random) -> None:
        message = question.newest
        if message is None or message.chat != question.person.address or message.chat in self._scene.messenger.blocked:
            return
        self._scene.done[reaction] += 1
        if reaction == "write":
            await self._write(question.person, random.choice(TEXTS))
        elif reaction in ("answer", "answer once"):
            seen = [each for each in question.messages if not each.is_lost and each.chat == message.chat]
            await self._answer(question, random.choice([message, *seen]), random, 1 if reaction == "answer once" else 6)
        elif reaction != "keep silent":
            await self._wish(question, ConversationVerb(reaction), message, random)

    async def _answer(self, question: AskedQuestion, message: ChatMessage, random: Random, most: int) -> None:
        for _ in range(most):
            buttons = list_buttons(message.message, [ConversationVerb.ANSWER]) or list_buttons(
                message.message, [ConversationVerb.SKIP]
            )
            if not buttons:
                return
            verb, numbers = random.choice(buttons)
            turn = await self._tap(question, message, verb, numbers[1:], is_shown=random.random() < 0.97)
            self._note_answer(question, turn)

    async def _tap(
        self,
        question: AskedQuestion,
        message: ChatMessage,
        verb: ConversationVerb,
        numbers: tuple[int, ...] = (),
        *,
        is_shown: bool = True,
    ) -> TurnResult:
        tap = ConversationTap(message.chat, message.number, question.invitation)
        turn = await self._scene.process.tap(tap, verb, numbers, is_shown=is_shown)
        if turn.context is not None:
            question.shown_in.append((self._scene.now, message.number))
        return turn

    def _note_answer(self, question: AskedQuestion, turn: TurnResult) -> None:
        if turn.context is None:
            return
        if turn.notice in (TapNotice.SAVED, TapNotice.CHANGED):
            question.is_answered = True
            self._scene.done["answers"] += 1
        if turn.context.conversation.finished_at is not None:
            question.end(self._scene.now)

    async def _write(self, person: LivingPerson, text: str) -> None:
        person.written += 1
        taken = await self._scene.process.write(person.address, f"u{person.written}", text)
        if taken is not None and taken[0] in self._scene.asked:
            self._note_answer(self._scene.asked[taken[0]], taken[1])
        await self._read_chats()

    async def _wish(
        self, question: AskedQuestion, verb: ConversationVerb, message: ChatMessage, random: Random
    ) -> None:
        """Tap one of the wishes behind "⋯"; some are taken back soon."""
        turn = await self._tap(question, message, verb)
        if turn.notice is not TapNotice.MOVED:
            return
        facts, now = question.person.facts, self._scene.now
        if verb is ConversationVerb.LESS_OFTEN:
            facts.less_often.turn(now, True)
        elif verb in (ConversationVerb.MUTE, ConversationVerb.STOP):
            question.end(now)
            switch = facts.stop if verb is ConversationVerb.STOP else facts.mutes.setdefault(question.place, Switch())
            switch.turn(now, True)
            if random.random() < 0.3:
                self._scene.then(now + timedelta(minutes=9), lambda: self._take_back(question, message, switch))

    async def _take_back(self, question: AskedQuestion, message: ChatMessage, switch: Switch) -> None:
        if message.chat != question.person.address or message.chat in self._scene.messenger.blocked:
            return
        turn = await self._tap(question, message, ConversationVerb.REOPEN)
        if turn.context is not None:
            switch.turn(self._scene.now, False)
        if turn.notice is TapNotice.MOVED:
            question.ended_at = None
            self._scene.done["taken back"] += 1
