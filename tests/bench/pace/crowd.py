"""People of a sandbox who get a question each; some of them tap at it. Also a program, so that it has its own core.

`python -m tests.bench.pace.crowd PEOPLE SHARE OVERALL` prints its address and the people's chats. A line of its input
ends it; then it prints what it saw, as JSON.
"""

import asyncio
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.sandbox.records import Change
from bot.sandbox.server import Sandbox
from bot.sandbox.world import actions
from bot.sandbox.world.limits import Limits

LATENCY = (0.07, 0.13)  # seconds of a call, there and back
THOUGHT = (0.3, 3.0)  # seconds from a question to the tap


@dataclass(frozen=True, slots=True)
class CrowdReport:
    """Questions that came, taps and how long each waited for the change of its message, and calls refused with 429."""

    questions: int
    taps: int
    waits: Sequence[float]
    refused: int


class Crowd:
    """People of a sandbox; ``share`` of them tap at the first button of their question, a moment after it came."""

    def __init__(self, sandbox: Sandbox, people: int, share: float) -> None:
        self._world, self._share, self._chance = sandbox.world, share, random.Random(17)
        people_here = [sandbox.add_person(f"Person {number}") for number in range(people)]
        for person in people_here:
            actions.press_start(self._world, person.user)
        self._world.updates.drop_all()  # what was said until now is no part of it
        self.chats = [person.user.id for person in people_here]
        self._people = {person.user.id: person.user for person in people_here}
        self._questions, self._taps = 0, 0
        self._tapped: dict[int, float] = {}  # when, by chat
        self._waits: list[float] = []
        self._refused = 0
        self._world.watchers.append(self._note)

    def _note(self, change: Change) -> None:
        if change.kind == "message" and change.message is not None and change.message.rows:
            self._questions += 1
            if self._chance.random() < self._share:
                asyncio.get_running_loop().call_later(self._chance.uniform(*THOUGHT), self._tap, change)
        elif change.kind == "edit" and change.chat in self._tapped:
            self._waits.append(self._world.monotonic() - self._tapped.pop(change.chat))

    def _tap(self, change: Change) -> None:
        assert change.message is not None
        self._taps += 1
        self._tapped[change.chat] = self._world.monotonic()
        data = change.message.rows[0][0]["callback_data"]
        actions.press_button(self._world, self._people[change.chat], change.message, data)

    def report(self) -> CrowdReport:
        refused = sum(call.outcome.startswith("429") for call in self._world.calls)
        return CrowdReport(self._questions, self._taps, sorted(self._waits), refused)


def make_sandbox(overall: int) -> Sandbox:
    """Return a sandbox that refuses what Telegram refuses, and takes as long; ``overall``: messages in any second."""
    return Sandbox(limits=Limits(overall=overall), latency=LATENCY)


async def main() -> None:
    people, share, overall = sys.argv[1:]
    async with make_sandbox(int(overall)) as sandbox:
        crowd = Crowd(sandbox, int(people), float(share))
        setting: dict[str, Any] = {"url": sandbox.url, "token": sandbox.token, "chats": crowd.chats}
        print(json.dumps(setting), flush=True)  # noqa: T201 - its answer
        await asyncio.to_thread(sys.stdin.readline)
        print(json.dumps(asdict(crowd.report())), flush=True)  # noqa: T201 - its answer


if __name__ == "__main__":
    asyncio.run(main())
