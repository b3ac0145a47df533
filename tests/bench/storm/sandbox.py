"""Sandbox of a storm, a program: `python -m tests.bench.storm.sandbox PEOPLE MANAGERS`.

It prints its address and, for each person, their chat and the message with a question, and the chats of managers. Then
it reads storms from its input, one line of JSON each: `{"first", "people", "seconds", "maps"}`. In a storm so many
people tap once, all at once or spread evenly over the seconds. With ``maps``, each manager asks for a map all the time:
again as soon as the last one arrived. When all taps are acknowledged, it prints how long each one waited, and how many
maps were shown meanwhile.
"""

import asyncio
import functools
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

    def __init__(self, sandbox: Sandbox, people: int, managers: int) -> None:
        self.sandbox = sandbox
        self.questions = [self._ask(number) for number in range(people)]
        self.managers = [sandbox.add_person(f"Manager {number}") for number in range(managers)]
        for manager in self.managers:
            actions.press_start(sandbox.world, manager.user)
        self._answered: dict[str, float] = {}
        self._maps_shown = 0
        self._asks_for_maps = False
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
        if change.kind == "edit" and change.message is not None and change.message.media is not None:
            self._maps_shown += 1
            self._ask_for_map(change.chat)

    def _ask_for_map(self, chat: int) -> None:
        """Let the manager of a chat ask for the next map, of other days each time."""
        manager = next((each for each in self.managers if each.user.id == chat), None)
        if manager is not None and self._asks_for_maps:
            text = f"/map {(7, 28, 84)[self._maps_shown % 3]}"
            # Later: the change that is being told comes first.
            send = functools.partial(actions.send_text, self.sandbox.world, manager.user, manager.chat, text)
            asyncio.get_running_loop().call_soon(send)

    async def run(self, first: int, people: int, seconds: float, *, maps: bool = False) -> dict[str, Any]:
        """Let people tap, and return how long each waited and the seconds until the last acknowledgement."""
        self._maps_shown, self._asks_for_maps = 0, maps
        for manager in self.managers:
            self._ask_for_map(manager.user.id)
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
        self._asks_for_maps = False
        return {"waits": waits, "seconds": took, "maps": self._maps_shown}


async def main() -> None:
    people, managers = map(int, sys.argv[1:])
    async with Sandbox() as sandbox:
        sandbox.world.press_lifetime = PATIENCE  # a tap that waits too long is a bad figure, and no lost tap
        storm = Storm(sandbox, people, managers)
        chats = [(person.user.id, message.id) for person, message in storm.questions]
        asking = [manager.user.id for manager in storm.managers]
        setting = {"url": sandbox.url, "token": sandbox.token, "chats": chats, "managers": asking}
        print(json.dumps(setting), flush=True)  # noqa: T201 - its answer
        while order := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(await storm.run(**json.loads(order))), flush=True)  # noqa: T201 - its answer


if __name__ == "__main__":
    asyncio.run(main())
