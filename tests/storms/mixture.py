"""Mixture of storms by a seed: a company lives while its messenger, its chats and its clock are in random trouble."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.sandbox import faults
from bot.sandbox.faults import ANY, Fault
from bot.sandbox.records import Message
from tests.storms.company import StormCompany
from tests.storms.promises import StormCounts, check_promises
from tests.storms.table import STORMS

BETWEEN_DEEDS = 0.15  # seconds, on average
LONGEST_TROUBLE, LONGEST_QUIET = 1.5, 2.0  # seconds
MOST_CARDS_A_MINUTE = 6  # a group takes 20 messages and edits a minute
DEEDS_PER_CUSTOMER = 3
WEEK = timedelta(days=7)
CHAT_FAULTS = (faults.topic_closed(), faults.topic_deleted(), faults.group_deleted(), faults.too_many(2))


def count_customers(minutes: float) -> int:
    """Return how many customers so many minutes of acts need: each is asked once, and complains once at most."""
    return max(12, int(minutes * 60 / BETWEEN_DEEDS / DEEDS_PER_CUSTOMER))


class Mixture:
    """Random acts in random trouble, the same choices for the same ``seed``."""

    def __init__(self, company: StormCompany, seed: int) -> None:
        self._town = company
        self._deeds, self._trouble = random.Random(seed), random.Random(seed + 1)
        self._fresh = list(company.customers)
        self._asked: list[str] = []
        self._quiet = list(company.customers)  # who have not complained
        self._answers = 0
        self._cards: set[int] = set()
        self._last_complaint = 0.0

    async def run(self, minutes: float) -> StormCounts:
        """Live for so many minutes, then a week with a digest in a storm, then calm; return the counts."""
        until = time.monotonic() + minutes * 60
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._act(until))
            tasks.create_task(self._make_trouble(until))
        await self._let_digest_fall_due_in_trouble()
        self._town.sandbox.faults.clear()
        await self._town.calm(timedelta(minutes=10).total_seconds())
        return await check_promises(self._town)

    async def _act(self, until: float) -> None:
        choices = (self._post_event, self._tap, self._complain, self._answer)
        while time.monotonic() < until:
            await self._deeds.choice(choices)()
            self._town.stage.clock.advance(timedelta(seconds=self._deeds.random()))
            await asyncio.sleep(self._deeds.random() * 2 * BETWEEN_DEEDS)

    async def _post_event(self) -> None:
        if self._fresh:
            self._asked.append(self._fresh.pop())
            await self._town.post_event(self._asked[-1])

    async def _tap(self) -> None:
        for customer in self._deeds.sample(self._asked, len(self._asked)):
            if self._town.has_question(customer):
                self._asked.remove(customer)
                await self._town.tap(customer)
                return

    async def _complain(self) -> None:
        if self._quiet and time.monotonic() - self._last_complaint > 60 / MOST_CARDS_A_MINUTE:
            self._last_complaint = time.monotonic()
            await self._town.complain(self._quiet.pop(self._deeds.randrange(len(self._quiet))))

    async def _answer(self) -> None:
        """Let the manager answer a card that nobody has answered."""
        for card in self._town.group.messages:
            if _is_card(card) and card.id not in self._cards:
                self._cards.add(card.id)
                self._answers += 1
                await self._town.group.send(self._town.boss, f"Our answer {self._answers}", reply_to=card)
                return

    async def _make_trouble(self, until: float) -> None:
        while time.monotonic() < until:
            async with self._one_trouble():
                await asyncio.sleep(self._trouble.random() * LONGEST_TROUBLE)
            await asyncio.sleep(self._trouble.random() * LONGEST_QUIET)

    @asynccontextmanager
    async def _one_trouble(self) -> AsyncIterator[None]:
        """Begin a storm that meets every call, every second one of a kind, or one chat; end it with the block."""
        fault, method, chat, has_timeout = self._choose_fault()
        times = self._trouble.choice((1, 3, 1_000_000))
        with self._town.hurry_calls(has_timeout):
            self._town.sandbox.plan_fault(fault, method, chat=chat, times=times)
            yield
            self._town.sandbox.faults.clear()

    def _choose_fault(self) -> tuple[Fault, str, int | None, bool]:
        if self._trouble.random() < 0.2:
            return self._trouble.choice(CHAT_FAULTS), "sendMessage", self._town.group.id, False
        storm = self._trouble.choice(STORMS)
        return storm.fault, storm.method, None, storm.has_timeout

    async def _let_digest_fall_due_in_trouble(self) -> None:
        self._town.sandbox.plan_fault(self._trouble.choice((faults.reset_after(), faults.reset_before())), ANY, times=5)
        self._town.stage.clock.advance(WEEK)
        await asyncio.sleep(LONGEST_TROUBLE)


def _is_card(message: Message) -> bool:
    return message.words.startswith("Complaint #") and "I'll take it" in message.buttons
