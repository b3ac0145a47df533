"""Mixed load: customers, a team and the systems of a business, who go on whatever happens to Tropa.

Each writes into the ledger what it does, before it does it. Nobody repeats what Tropa may have got, but a system that
got no answer: it posts its event again, and sometimes never does.
"""

import asyncio
import itertools
import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TypeVar

from bot.sandbox.people import Group, Person
from bot.sandbox.records import Message
from bot.sandbox.world import actions
from tests.crashes.business_client import BusinessClient
from tests.crashes.ledger import CaseMessageSent, GivenAnswer, Ledger, PostedEvent, SentKind, TeamAnswer
from tests.crashes.observed_sandbox import ObservedSandbox
from tests.sandbox.conftest import png

T = TypeVar("T")
SHORT = 3.0  # seconds for what a kill may have lost, such as the answer to a command
PATIENT = 15.0  # seconds for what is sent twice at most, and may be lost when both calls are cut off
LONG = 60.0  # seconds for what must come when kills have ended
OWN_WORD = re.compile("qz[a-z]{4}")  # all are of one length, so that none is part of another
QUESTIONS = {"How was the payment?": "pay_csat", "How was the parcel?": "box_csat"}
WORDS_WANTED, PROMPT, THANKS = "What can we do better?", "What is it about?", "Thank you"
CLOSE, TAKE = "Close", "I'll take it"  # buttons of every card, and of one that nobody has taken
TAKEN = 0.5  # share of the cards that are taken before they are answered
GIVES_UP = 0.2  # share of the failures after which a system posts its event no more
COMPLAINS = 0.25  # share of what customers begin that are complaints


def _make_words() -> Iterator[str]:
    """Yield words that stand nowhere else; without digits, which might be taken for an answer."""
    for letters in itertools.product(string.ascii_lowercase, repeat=4):
        yield "qz" + "".join(letters)


@dataclass(slots=True)
class SharedLoad:
    """What all of them share. While ``is_paused`` each ends what it has begun, and begins nothing."""

    sandbox: ObservedSandbox
    client: BusinessClient
    ledger: Ledger
    random: Random
    now: Callable[[], datetime]
    is_paused: bool = False
    words: Iterator[str] = field(default_factory=_make_words)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def wait(self, look: Callable[[], T | None], seconds: float) -> T | None:
        """Return the first true value of ``look``, None when there is none within so many seconds."""
        try:
            return await self.sandbox.world.bell.until(look, seconds)
        except TimeoutError:
            return None


class CustomerLife:
    """Customer: is asked and answers, complains, and may be forgotten in the end."""

    def __init__(self, shared: SharedLoad) -> None:
        self._shared, self._ledger = shared, shared.ledger
        self.key = f"customer-{next(shared.numbers)}"
        self.person: Person = shared.sandbox.add_person(self.key)
        self.is_known = False
        self._tapped: set[str] = set()  # invitations: a reminder asks the same as the message above it

    async def live(self) -> None:
        """Go on until the load is paused."""
        if not self.is_known:
            await self.join()
        while True:
            if (question := self.find_question()) is not None:
                await self.answer(question)
            elif self._shared.is_paused:
                return
            else:
                await self.begin_something()

    async def join(self) -> None:
        """Open a personal link until it greets, and consent: a greeting whose both tries are cut off does not come."""
        link = (await self._shared.client.call_at_last("PUT", f"/v1/customers/{self.key}", {}))["link"]
        greeting = None
        while greeting is None:
            await self.person.start(str(link).partition("?start=")[2])
            greeting = await self._shared.wait(lambda: next((m for m in self._messages() if m.buttons), None), PATIENT)
        await self.person.click(0, greeting)
        self.is_known = True

    async def begin_something(self) -> None:
        if self._shared.random.random() < COMPLAINS:
            await self.complain(self._shared.random.choice(list(SentKind)))
        else:
            await self.visit(self._shared.random.choice(["pay", "open"]))
            await self._shared.wait(self.find_question, SHORT)

    # ---- events and answers ------------------------------------------------------------------------------------------

    async def visit(self, touchpoint: str) -> None:
        """Let the business post an event until it is answered; one system in five gives up after a failure."""
        event = f"event-{next(self._shared.numbers)}"
        posted = self._ledger.events[event] = PostedEvent(self.key)
        body = {"id": event, "customer": self.key, "journey": "walk", "touchpoint": touchpoint}
        body["at"] = self._shared.now().isoformat()
        while True:
            answer = await self._shared.client.call("POST", "/v1/events", body)
            if answer is not None:
                posted.statuses.append(answer["results"][0]["status"])
                return
            if self._shared.random.random() < GIVES_UP:
                return

    async def wait_for_question(self) -> Message:
        question = await self._wait_long("a question", self.find_question)
        assert question is not None, self._ledger.stuck
        return question

    def find_question(self) -> Message | None:
        """Return a question that was not tapped yet, the newest message with it."""
        for message in reversed(self._messages()):
            if "4" in message.buttons and find_key(message) and find_invitation(message) not in self._tapped:
                return message
        return None

    async def answer(self, question: Message) -> None:
        """Tap, and write where words are wanted."""
        key, value = find_key(question), self._shared.random.choice([3, 4, 5])
        assert key is not None
        self._tapped.add(find_invitation(question))
        self._ledger.answers.append(GivenAnswer(self.key, key, value))
        await self.person.click(str(value), question)
        if key == "box_csat":
            await self._wait_long("thanks", lambda: THANKS in self._read(question.id))
        elif await self._wait_long("the next question", lambda: WORDS_WANTED in self._read(question.id)):
            words = next(self._shared.words)
            self._ledger.answers.append(GivenAnswer(self.key, "pay_words", words))
            await self.person.send(words)
            await self._wait_long("thanks for words", lambda: self._find_message(words, THANKS))

    # ---- cases -------------------------------------------------------------------------------------------------------

    async def complain(self, kind: SentKind) -> None:
        """Complain in a text, a photo or a voice message, whether or not the command was answered."""
        self._ledger.prompts_asked[self.key] += 1
        await self.person.send("/complain")
        prompts = self.count_prompts()
        await self._shared.wait(lambda: self.count_prompts() > prompts, SHORT)
        words = None if kind is SentKind.VOICE else next(self._shared.words)
        self._ledger.case_messages.append(CaseMessageSent(self.key, kind, words))
        sent = await self._send(kind, words or "")
        # It does not come when both tries are cut off; that is seen in the account of the letters.
        await self._shared.wait(lambda: any(m.id > sent.id and "#" in m.words for m in self._messages()), PATIENT)

    async def _send(self, kind: SentKind, words: str) -> Message:
        if kind is SentKind.TEXT:
            return await self.person.send(words)
        if kind is SentKind.PHOTO:
            return await self.person.send_photo(png(), words)
        return actions.send_voice(self._shared.sandbox.world, self.person.user, self.person.chat, b"voice")

    def count_prompts(self) -> int:
        return sum(PROMPT in message.words for message in self._messages())

    # ---- the end -----------------------------------------------------------------------------------------------------

    async def be_forgotten(self) -> None:
        """Let the business erase this customer, and repeat that until it is answered."""
        self._ledger.forgotten.add(self.key)
        await self._shared.client.call_at_last("DELETE", f"/v1/customers/{self.key}")

    def _messages(self) -> list[Message]:
        bot = self._shared.sandbox.world.bot.id
        return [message for message in self.person.chat.messages.values() if message.sender.id == bot]

    def _read(self, message_id: int) -> str:
        message = self.person.chat.messages.get(message_id)
        return message.words if message is not None else ""

    def _find_message(self, *parts: str) -> Message | None:
        return next((m for m in self._messages() if all(part in m.words for part in parts)), None)

    async def _wait_long(self, what: str, look: Callable[[], T | None]) -> T | None:
        """Wait for what must come; what does not, although kills have ended, is written into the ledger."""
        while True:
            is_calm = self._shared.is_paused
            found = await self._shared.wait(look, LONG)
            if found is not None or self.key in self._ledger.forgotten:
                return found
            if is_calm:
                self._ledger.stuck.append(f"{self.key} waits for {what}: {self.person.describe_chat()}")
                return None


def find_key(question: Message) -> str | None:
    return next((key for words, key in QUESTIONS.items() if words in question.words), None)


def find_invitation(question: Message) -> str:
    """Return the number of the invitation that the buttons of a question name."""
    return str(question.rows[0][0]["callback_data"]).split(":")[1]


class TeamLife:
    """Team: answers each card by a reply, some after taking it."""

    def __init__(self, shared: SharedLoad, boss: Person, group: Group) -> None:
        self._shared, self.boss, self.group = shared, boss, group
        self._read: set[int] = set()

    async def live(self) -> None:
        """Go on until the load is paused."""
        while not self._shared.is_paused:
            card = await self._shared.wait(self._find_card, 1.0)
            if card is not None:
                await self._answer(card)

    def _find_card(self) -> Message | None:
        """Return a card that nobody has read."""
        cards = self.group.chat.messages.values()
        return next((card for card in cards if card.id not in self._read and CLOSE in card.buttons), None)

    async def _answer(self, card: Message) -> None:
        self._read.add(card.id)
        found = OWN_WORD.search(card.words)  # none on the card of a voice message
        writer = self._shared.ledger.find_writer(found[0]) if found is not None else None
        if writer is None or writer in self._shared.ledger.forgotten:
            return
        if self._shared.random.random() < TAKEN and TAKE in card.buttons:
            await self.group.click(self.boss, TAKE, card)
        words = next(self._shared.words)
        self._shared.ledger.team_answers.append(TeamAnswer(writer, words))
        await self.group.send(self.boss, words, reply_to=card)


async def live_together(lives: list[CustomerLife], team: TeamLife) -> None:
    """Let all of them live until the load is paused, and each has ended what it had begun."""
    async with asyncio.TaskGroup() as tasks:
        for life in lives:
            tasks.create_task(life.live())
        tasks.create_task(team.live())
