"""Sandbox of a storm, a program: `python -m tests.bench.storm.sandbox PEOPLE`.

It prints its address and, for each person, their chat and the message with a question. Then it reads storms from its
input, one line of JSON each: `{"first", "people", "seconds"}`. In a storm so many people tap once, all at once or
spread evenly over the seconds. When all taps are acknowledged, it prints how long each one waited.
"""

import asyncio
import json
import sys
import time
from typing import Any

from bot.messages.callbacks import ConversationVerb
from bot.sandbox.methods.parameters import Parameters
from bot.sandbox.methods.table import carry_out
from bot.sandbox.people import Person
from bot.sandbox.records import Change, Message
from bot.sandbox.server import Sandbox
from bot.sandbox.world import actions

PATIENCE = 240.0  # seconds; only a bot that lost a tap is waited for so long


class Storm:
    """People with a question each, and the times of their taps and of the acknowledgements."""

    def __init__(self, sandbox: Sandbox, people: int) -> None:
        self.sandbox = sandbox
        self.questions = [self._ask(number) for number in range(people)]
        self._answered: dict[str, float] = {}
        # What was said until now is no part of a storm.
        sandbox.world.updates.drop_all()
        sandbox.world.watchers.append(self._note_answer)

    def _ask(self, number: int) -> tuple[Person, Message]:
        person = self.sandbox.add_person(f"Person {number}")
        actions.press_start(self.sandbox.world, person.user)
        # The numbers of the invitations are those that `preparation` gets: 1, 2, 3 …
        data = f"{ConversationVerb.ANSWER}:{number + 1}:0:1"
        keyboard = {"inline_keyboard": [[{"text": "🙂", "callback_data": data}]]}
        question = {"chat_id": person.user.id, "text": "How was it?", "reply_markup": json.dumps(keyboard)}
        carry_out(self.sandbox.world, "sendMessage", Parameters(question))
        return person, person.last

    def _note_answer(self, change: Change) -> None:
        if change.kind == "answer" and change.press is not None:
            self._answered[change.press.id] = time.monotonic()

    async def run(self, first: int, people: int, seconds: float) -> dict[str, Any]:
        """Let people tap, and return how long each waited and the seconds until the last acknowledgement."""
        began = time.monotonic()
        taps = []
        for number in range(people):
            due = began + seconds * number / people
            # Open arrival: a tap comes at its time, however many wait.
            if due > time.monotonic():
                await asyncio.sleep(due - time.monotonic())
            person, message = self.questions[first + number]
            data = message.rows[0][0]["callback_data"]
            taps.append(actions.press_button(self.sandbox.world, person.user, message, data))
        await self.sandbox.world.bell.until(lambda: len(self._answered) >= people, PATIENCE)
        waits = sorted(self._answered[tap.id] - tap.pressed_at for tap in taps)
        took = max(self._answered.values()) - began
        self._answered.clear()
        return {"waits": waits, "seconds": took}


async def main() -> None:
    people = int(sys.argv[1])
    async with Sandbox() as sandbox:
        sandbox.world.press_lifetime = PATIENCE  # a tap that waits too long is a bad figure, and no lost tap
        storm = Storm(sandbox, people)
        chats = [(person.user.id, message.id) for person, message in storm.questions]
        print(json.dumps({"url": sandbox.url, "token": sandbox.token, "chats": chats}), flush=True)  # noqa: T201 - its answer
        while order := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(await storm.run(**json.loads(order))), flush=True)  # noqa: T201 - its answer


if __name__ == "__main__":
    asyncio.run(main())
