"""Traps in a process that is to crash: it kills itself when it comes to the point that is armed.

`prepare` runs in the forked process before Tropa does. It wraps functions, so that no product code knows of crashes,
and changes three settings that would only take time: business time may be ahead of the wall's, and chats take more
messages a minute than Telegram lets them.
"""

import asyncio
import functools
import inspect
import os
import signal
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import alembic.command
from aiohttp import ClientSession

from bot.clock import Clock, wall_now
from bot.db.counters.counter_table import CounterTable
from bot.db.delivery import inbox, letter_steps
from bot.db.engine.database import Database
from bot.db.engine.joined_write import find_joined_write
from bot.db.figures import digest_runs
from bot.db.people import customers
from bot.outbox.messenger import SentMessage
from bot.outbox.replies import Replies
from bot.outbox.send_letter import LetterSender
from bot.telegram.messenger import TelegramMessenger
from bot.telegram.receiving.inbox_worker import InboxWorker
from bot.telegram.receiving.polling import UpdatePoller
from bot.telegram.receiving.update_handler import UpdateHandler
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.journeys.apply_configured_journeys import ApplyConfiguredJourneys
from tests.crashes.points import CrashPoint

ARMED = "armed-point"  # file in the process's folder; it holds the value of the point
SECONDS_AHEAD = "CRASHES_SECONDS_AHEAD"  # in the environment: business time minus the wall's
LETTER_HEADER = "X-Letter"  # of a call: the id of its letter
ON_ITS_WAY = 0.1  # seconds in which a request surely arrives; the test fails if it did not

_letter: ContextVar[int | None] = ContextVar("letter_of_this_call", default=None)
Condition = Callable[[Any], bool]


def arm(folder: Path, point: CrashPoint | None) -> None:
    """Let the process of this folder be killed when it comes to the point; None: at none."""
    if point is None:
        (folder / ARMED).unlink(missing_ok=True)
        return
    (folder / "arming").write_text(point)
    (folder / "arming").replace(folder / ARMED)  # at once: the process may be reading it


def is_armed(point: CrashPoint) -> bool:
    try:
        return Path(ARMED).read_text() == point
    except FileNotFoundError:
        return False


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def prepare() -> None:
    """Put the traps into this process."""
    _move_clock(timedelta(seconds=float(os.environ.get(SECONDS_AHEAD, "0"))))
    limits = replace(TelegramMessenger.limits, group_starts_per_minute=1000, private_interval=0.05)
    TelegramMessenger.limits = limits
    _tag_calls()
    _set_traps_of_starts()
    _set_traps_of_receiving()
    _set_traps_of_sending()
    _set_traps_of_teams_and_people()


def _move_clock(ahead: timedelta) -> None:
    def now(_clock: Clock) -> datetime:
        return wall_now() + ahead

    _exchange(Clock, now=now)  # business time alone moves, as in the demo


def _exchange(owner: type, **functions: Callable[..., Any]) -> None:
    """Let a class have these functions instead of its own of the same names."""
    for name, function in functions.items():
        setattr(owner, name, function)


def _die_after(owner: Any, name: str, point: CrashPoint, condition: Condition = lambda _result: True) -> None:
    """Let the process die when this function has returned a result that meets the condition."""
    _wrap(owner, name, lambda result: die() if is_armed(point) and condition(result) else None)


def _wrap(owner: Any, name: str, after: Callable[[Any], None]) -> None:
    original = getattr(owner, name)

    if inspect.iscoroutinefunction(original):

        @functools.wraps(original)
        async def wrapped(*args: Any, **more: Any) -> Any:
            result = await original(*args, **more)
            after(result)
            return result

    else:

        @functools.wraps(original)
        def wrapped(*args: Any, **more: Any) -> Any:
            result = original(*args, **more)
            after(result)
            return result

    setattr(owner, name, wrapped)


def _die_before(owner: Any, name: str, point: CrashPoint) -> None:
    """Let the process die when this function is called."""
    original = getattr(owner, name)

    @functools.wraps(original)
    def wrapped(*args: Any, **more: Any) -> Any:
        if is_armed(point):
            die()
        return original(*args, **more)

    setattr(owner, name, wrapped)


def _set_traps_of_starts() -> None:
    _die_after(alembic.command, "upgrade", CrashPoint.MIGRATING)
    _die_after(ApplyConfiguredJourneys, "__call__", CrashPoint.STARTING)
    _die_after(letter_steps, "take_over", CrashPoint.TAKING_OVER, bool)


def _set_traps_of_receiving() -> None:
    _die_after(RecordVisits, "__call__", CrashPoint.EVENT_STORED)
    _die_after(InboxWorker, "store", CrashPoint.UPDATE_STORED, bool)
    _die_when_acknowledged()
    _die_after(inbox.UpdateHandling, "mark_done", CrashPoint.HANDLING)
    _die_before(CounterTable, "add", CrashPoint.COUNTING)
    _die_after(Database, "_write", CrashPoint.COMMITTED, lambda _result: find_joined_write() is not None)
    _die_before(Replies, "edit", CrashPoint.SHOWING)


def _die_when_acknowledged() -> None:
    """Keep updates from their handlers while the point is armed, and die when they are acknowledged."""
    get_updates, handle = UpdatePoller._get_updates, UpdateHandler.try_to_handle

    async def get_or_die(poller: UpdatePoller) -> Any:
        if poller._offset is None or not is_armed(CrashPoint.UPDATE_ACKNOWLEDGED):
            return await get_updates(poller)
        acknowledging = asyncio.create_task(get_updates(poller))
        await asyncio.sleep(ON_ITS_WAY)
        die()
        return await acknowledging

    async def handle_or_wait(handler: UpdateHandler, row: inbox.StoredUpdate) -> str | None:
        if is_armed(CrashPoint.UPDATE_ACKNOWLEDGED):
            await asyncio.Event().wait()
        return await handle(handler, row)

    _exchange(UpdatePoller, _get_updates=get_or_die)
    _exchange(UpdateHandler, try_to_handle=handle_or_wait)


def _set_traps_of_sending() -> None:
    _die_before(LetterSender, "deliver", CrashPoint.LEASED)
    _die_before(LetterSender, "_send", CrashPoint.MARKED)
    record = LetterSender._record

    async def record_or_die(sender: LetterSender, letter: Any, epoch: int, result: Any, message: Any = None) -> None:
        has_arrived = isinstance(result, SentMessage)
        if has_arrived and is_armed(CrashPoint.ANSWERED):
            die()
        await record(sender, letter, epoch, result, message)
        if has_arrived and is_armed(CrashPoint.RECORDED):
            die()

    _exchange(LetterSender, _record=record_or_die)


def _set_traps_of_teams_and_people() -> None:
    from bot.usecases.people import forget_customer

    _die_after(digest_runs, "claim", CrashPoint.DIGEST_CLAIMED, bool)
    _die_after(forget_customer, "settle_person", CrashPoint.FORGETTING)
    _die_after(customers, "delete_customer", CrashPoint.FORGOTTEN)
    _die_after(Replies, "delete", CrashPoint.RECALLED)


def _tag_calls() -> None:
    """Name the letter in each call that carries one, so that the messenger's side can count its copies."""
    call, request = LetterSender._call, ClientSession._request

    async def call_for(sender: LetterSender, letter: Any, message: Any) -> Any:
        token = _letter.set(letter.id)
        try:
            return await call(sender, letter, message)
        finally:
            _letter.reset(token)

    async def request_with_letter(session: ClientSession, *args: Any, **more: Any) -> Any:
        if (letter := _letter.get()) is not None:
            more["headers"] = {**(more.get("headers") or {}), LETTER_HEADER: str(letter)}
        return await request(session, *args, **more)

    _exchange(LetterSender, _call=call_for)
    _exchange(ClientSession, _request=request_with_letter)
