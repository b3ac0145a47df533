"""Sandbox that knows which letter each call carries, and can be told to kill the process in the middle of a call."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.sandbox.server import Sandbox
from tests.crashes.points import CrashPoint
from tests.crashes.traps import LETTER_HEADER


@dataclass(frozen=True, slots=True)
class DeliveredLetter:
    """Message that a call of a letter has put into a chat."""

    letter: int
    chat: int
    message: int


class ObservedSandbox(Sandbox):
    """``delivered``: every message that a letter's call has put into a chat, whatever the bot has learnt of it.

    ``calls`` counts all calls of the bot. ``kill`` is called when a call of a letter comes to the ``armed`` point,
    which is disarmed by that.
    """

    def __init__(self, *, now: Callable[[], datetime], kill: Callable[[], None]) -> None:
        super().__init__(now=now)
        self.delivered: list[DeliveredLetter] = []
        self.calls = 0
        self.armed: CrashPoint | None = None
        self._kill = kill

    @property
    def update_ids(self) -> range:
        """Ids of all updates that the bot was to get."""
        updates = self.world.updates
        return range(1, updates._next_id)

    async def _handle_call(self, request: web.Request) -> web.StreamResponse:
        self.calls += 1
        letter = request.headers.get(LETTER_HEADER)
        if letter is None:
            return await super()._handle_call(request)
        if self._kills_at(CrashPoint.CALL_ARRIVED):
            return web.Response()
        answer = await super()._handle_call(request)
        self._note_delivery(int(letter), answer)
        self._kills_at(CrashPoint.CALL_CARRIED_OUT)
        return answer

    def _note_delivery(self, letter: int, answer: web.StreamResponse) -> None:
        if isinstance(answer, web.Response) and answer.status == 200 and answer.text:
            message = json.loads(answer.text)["result"]
            self.delivered.append(DeliveredLetter(letter, message["chat"]["id"], message["message_id"]))

    def _kills_at(self, point: CrashPoint) -> bool:
        if self.armed is not point:
            return False
        self.armed = None
        self._kill()
        return True
