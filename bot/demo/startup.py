"""Start the demo: simulate a past, then run the sandbox, its page and Tropa; stop them in reverse order."""

import asyncio
import errno
import signal
import socket
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from bot.app.tropa import Tropa
from bot.clock import TravellingClock, wall_now
from bot.config.settings import Settings
from bot.db.engine.database import Database
from bot.db.journeys import journeys
from bot.db.upkeep.schema import migrate
from bot.demo.backstage import DemoBackstage
from bot.demo.chats import LinkWatch, NewestChanges, add_chat
from bot.demo.company import DemoCompany, add_company, set_up_company
from bot.demo.folder import DemoFolder, DemoState
from bot.demo.journey import DEFAULT_TEMPLATE, read_demo_source
from bot.demo.kept_chats import keep_chats
from bot.demo.life import SimulatedLife
from bot.demo.past import SimulatedPast
from bot.demo.time_travel import TimeTravel
from bot.messages.limits import MessengerLimits
from bot.outbox.send_budget import SendBudget
from bot.sandbox.backstage import Cast
from bot.sandbox.people import Group, Person
from bot.sandbox.records import Change
from bot.sandbox.server import Sandbox
from bot.sandbox.world.limits import Limits
from bot.texts import words_in
from cjm.errors import TropaError
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey
from cjm.weekly import WEEKDAYS

MORNING, EVENING = 10, 18  # a new demo begins between them, so that no quiet hours hold back the first question
HOST = "127.0.0.1"
IDS_OF_A_RUN = 100_000  # of messages and updates; the next run begins above them
GROUP_MINUTE = 600  # messages to the team's chat in a minute; Telegram allows 20


class PortError(TropaError):
    """The page cannot be served on this port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """Options of ``tropa demo``.

    ``port``: 0 takes a free one. ``data``: folder to keep the demo in; without one it is deleted at the end.
    ``language``: of the page, the bot and the simulated answers. ``template``: name of the journey. Like ``weeks``, a
    demo that is continued has its own.
    """

    port: int = 0
    open_browser: bool = True
    weeks: int = 12
    data: Path | None = None
    language: str = "en"
    template: str = DEFAULT_TEMPLATE


@dataclass(frozen=True, slots=True)
class Demo:
    """Running demo: the address of its page, and the parts behind it."""

    url: str
    tropa: Tropa
    sandbox: Sandbox
    customers: tuple[Person, ...]
    manager: Person
    group: Group
    backstage: DemoBackstage
    life: SimulatedLife


Progress = Callable[[float], None]


async def run_demo(options: DemoOptions, say: Callable[[str], None], progress: Progress) -> None:
    """Run the demo until Ctrl-C.

    ``say`` receives the address of the page, ``progress`` the share of the past that is simulated, 0 to 1.
    """
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, ended.set)
    # Unused when `data` names a folder; creating it anyway keeps one path through the code.
    with tempfile.TemporaryDirectory(prefix="tropa-demo-", ignore_cleanup_errors=True) as folder:
        showing = asyncio.ensure_future(_show_until_ended(options, options.data or Path(folder), say, progress, ended))
        stopping = asyncio.ensure_future(ended.wait())
        # Ctrl-C may come while the past is simulated, long before the page is shown.
        await asyncio.wait({showing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not showing.done():
            showing.cancel()
        stopping.cancel()
        await asyncio.gather(showing, return_exceptions=ended.is_set())


async def _show_until_ended(
    options: DemoOptions, folder: Path, say: Callable[[str], None], progress: Progress, ended: asyncio.Event
) -> None:
    async with start_demo(options, folder, progress) as running:
        say(running.url)
        if options.open_browser:
            await asyncio.to_thread(webbrowser.open, running.url)
        await ended.wait()


@asynccontextmanager
async def start_demo(options: DemoOptions, folder: Path, progress: Progress) -> AsyncIterator[Demo]:
    """Run a demo for the block.

    Raises PortError when the page cannot have its port, KeyError when there is no such template, DemoFolderError when
    the folder is in use or its state damaged.
    """
    check_port(options.port)
    folder.mkdir(parents=True, exist_ok=True)
    kept = DemoFolder(folder)
    with kept.lock():
        async with _run_in_folder(options, kept, progress) as demo:
            yield demo


@asynccontextmanager
async def _run_in_folder(options: DemoOptions, kept: DemoFolder, progress: Progress) -> AsyncIterator[Demo]:
    clock = TravellingClock()
    is_continued = kept.has_earlier_demo()
    earlier = kept.read_state() if is_continued else await _simulate_past(kept, options, progress)
    journey = read_journey(read_demo_source(earlier.template, earlier.language), earlier.template)
    settings = kept.write_settings(journey, earlier.language)
    if earlier.now > clock.now():  # else simulating took so long that the beginning is past already
        clock.travel_to(earlier.now)
    sandbox = Sandbox(
        limits=Limits(burst=100, group=GROUP_MINUTE),
        now=lambda: clock.now().astimezone(journey.zone),
        first_id=earlier.next_id,
    )
    # Before anything is sent: a run that is killed has used ids that must not come again.
    state = replace(earlier, next_id=earlier.next_id + IDS_OF_A_RUN)
    kept.write_state(state)
    company = add_company(sandbox, state)
    with keep_chats(kept.path, sandbox.world) as are_back:
        sandbox.page.notice = words_in(state.language)("demo.chats_lost") if is_continued and not are_back else ""
        parts = _Parts(kept, state, settings, journey, clock, sandbox, company)
        async with _run_parts(parts, options.port) as demo:
            if not are_back:
                await set_up_company(demo.tropa, sandbox, company)
            yield demo


@dataclass(frozen=True, slots=True)
class _Parts:
    """Parts of a demo that are there before it runs."""

    kept: DemoFolder
    state: DemoState
    settings: Settings
    journey: Journey
    clock: TravellingClock
    sandbox: Sandbox
    company: DemoCompany


@contextmanager
def _keep_state(parts: _Parts, life: SimulatedLife) -> Iterator[Callable[[datetime], None]]:
    """Store where in time the demo is when a chat changes, when the function that is yielded is called, and at the end.

    One that is killed goes on from there, so what its database knows is not in its future.
    """

    def store(now: datetime) -> None:
        parts.kept.write_state(replace(parts.state, now=now, lived_until=life.lived_until))

    def store_change(_change: Change) -> None:
        store(parts.clock.now())

    watchers = parts.sandbox.world.watchers
    watchers.append(store_change)
    try:
        yield store
    finally:
        watchers.remove(store_change)
        store(parts.clock.now())


@asynccontextmanager
async def _run_parts(parts: _Parts, port: int) -> AsyncIterator[Demo]:
    """Run the sandbox, its page and Tropa for the block."""
    sandbox, company, clock, state = parts.sandbox, parts.company, parts.clock, parts.state
    await sandbox.start(HOST, port)
    try:
        settings = parts.settings
        telegram = settings.telegram.model_copy(update={"token": SecretStr(sandbox.token), "api_url": sandbox.url})
        async with Tropa(settings.model_copy(update={"telegram": telegram}), clock, make_budget=_make_budget) as tropa:
            life = SimulatedLife(tropa.db, settings, state, parts.journey.zone)
            welcome = partial(add_chat, sandbox, language=state.language)
            for each in life.people.values():
                welcome(each)
            with _keep_state(parts, life) as store:
                changes = NewestChanges([*company.customers, company.manager, company.group])
                travel = TimeTravel(tropa, clock, life, company.customer_ids, changes, welcome, store)
                backstage = _make_backstage(parts, tropa, travel)
                async with LinkWatch(tropa.db, sandbox.world, company.customer_ids, backstage):
                    url = f"{sandbox.page_url}?language={state.language}"
                    people = tuple(company.customers)
                    yield Demo(url, tropa, sandbox, people, company.manager, company.group, backstage, life)
    finally:
        await sandbox.stop()


def _make_backstage(parts: _Parts, tropa: Tropa, travel: TimeTravel) -> DemoBackstage:
    """Return the backstage, which the page of the sandbox has from now on."""
    company = parts.company
    backstage = DemoBackstage(
        tropa,
        parts.clock,
        parts.journey,
        company.customer_ids,
        parts.settings.http.tokens[0].get_secret_value(),
        words_in(parts.state.language),
        travel,
    )
    cast = Cast(list(company.customer_ids), company.manager.user.id, company.group.id)
    parts.sandbox.page.set_backstage(backstage, cast)
    return backstage


def check_port(port: int) -> None:
    """Raise PortError when the page cannot have this port."""
    with socket.socket() as probe:
        # As the server will bind: a port in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            reason = "another program uses it" if error.errno == errno.EADDRINUSE else "it cannot be used"
            raise PortError(f"--port {port}: {reason}; choose another port, or leave the option out") from None


async def _simulate_past(folder: DemoFolder, options: DemoOptions, progress: Progress) -> DemoState:
    """Give the demo its past and return its state: it begins now, or in the morning."""
    source = read_demo_source(options.template, options.language)
    journey = read_journey(source, options.template)
    begin = find_beginning(wall_now().astimezone(journey.zone), journey)
    settings = folder.make_settings_of_the_past(journey, options.language)
    folder.remove_database()  # what a simulation that was stopped has left
    db = Database(settings.database.url.get_secret_value())
    try:
        await migrate(db, is_renewed=True)  # a simulated past that was deleted is simulated again without a question
        applied_at = begin - timedelta(weeks=options.weeks)
        await db.write(lambda tx: journeys.apply(tx, journey, source, now=applied_at, applied_by="demo"))
        past = SimulatedPast(
            db=db,
            template=options.template,
            settings=settings,
            language=options.language,
            weeks=options.weeks,
            now=begin,
        )
        await past.simulate(progress)
    finally:
        await db.close()
    return DemoState(
        now=begin,
        lived_until=begin,
        begin=begin,
        weeks=options.weeks,
        language=options.language,
        next_id=int(begin.timestamp()),
        template=options.template,
    )


def _make_budget(limits: MessengerLimits) -> SendBudget:
    """Return a pace for a messenger on this machine: nobody should wait for a group's minute after a jump."""
    return SendBudget(replace(limits, group_starts_per_minute=GROUP_MINUTE, private_interval=0.02))


def find_beginning(now: datetime, journey: Journey) -> datetime:
    """Return ``now``, or the next morning on which people may be written to about everything in this journey."""
    days = set(WEEKDAYS).intersection(*(survey.weekdays for survey in journey.surveys if survey.weekdays)) or WEEKDAYS
    morning = now.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    if MORNING <= now.hour < EVENING and WEEKDAYS[now.weekday()] in days:
        return now
    mornings = (morning + timedelta(days=later) for later in range(1 if now.hour >= MORNING else 0, 8))
    return next(each for each in mornings if WEEKDAYS[each.weekday()] in days)
