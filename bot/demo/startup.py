"""``tropa demo``: everything started in the right order, and ended cleanly."""

import asyncio
import errno
import signal
import socket
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe

from pydantic import SecretStr

from bot.app.tropa import Tropa
from bot.clock import TravellingClock, wall_now
from bot.config.settings import Settings
from bot.db.cases import cases
from bot.db.engine.database import Database
from bot.db.engine.schema import migrate
from bot.db.journeys import journeys
from bot.demo.backstage import DemoBackstage
from bot.demo.past import TEAM_KEY, SimulatedPast
from bot.demo.walks import JOURNEY
from bot.sandbox.backstage import Cast
from bot.sandbox.people import Group, Person
from bot.sandbox.server import Sandbox
from bot.sandbox.world.limits import Limits
from bot.texts import words_in
from cjm import templates
from cjm.errors import TropaError
from cjm.journeys.journey import Journey, read_journey

CUSTOMERS = {"Olga": "olga", "Max": "max", "Anna": "anna"}  # the personas of the shop's journey
MORNING = 10  # the demo begins at a decent hour, whatever the clock on the wall says
HOST = "127.0.0.1"
DATABASE, CLOCK = "tropa-demo.db", "tropa-demo.clock"


class PortError(TropaError):
    """The page cannot be shown there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """``port`` 0 takes a free one. Without ``data`` nothing is left behind. ``language`` is whose past it is."""

    port: int = 0
    open_browser: bool = True
    weeks: int = 12
    data: Path | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that runs: its page, and what stands behind it."""

    url: str
    tropa: Tropa
    sandbox: Sandbox
    customers: tuple[Person, ...]
    manager: Person
    group: Group
    backstage: DemoBackstage


Progress = Callable[[float], None]


async def run_demo(options: DemoOptions, say: Callable[[str], None], progress: Progress) -> None:
    """Until Ctrl-C. ``say`` is told what a newcomer should read, ``progress`` the share of the past that is done."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, ended.set)
    with tempfile.TemporaryDirectory(prefix="tropa-demo-", ignore_cleanup_errors=True) as folder:
        starting = asyncio.ensure_future(_show_until_ended(options, options.data or Path(folder), say, progress, ended))
        stopping = asyncio.ensure_future(ended.wait())
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
        stopping.cancel()
        await asyncio.gather(starting, return_exceptions=ended.is_set())


async def _show_until_ended(
    options: DemoOptions, folder: Path, say: Callable[[str], None], progress: Progress, ended: asyncio.Event
) -> None:
    async with start_demo(options, folder, progress) as running:
        say(running.url)
        if options.open_browser:
            await asyncio.to_thread(webbrowser.open, running.url)
        await ended.wait()


def has_earlier_demo(folder: Path) -> bool:
    """Whether a demo has been in this folder before."""
    return (folder / CLOCK).exists()


@asynccontextmanager
async def start_demo(options: DemoOptions, folder: Path, progress: Progress) -> AsyncIterator[Demo]:
    """A running demo. Raises TropaError (a port in use, no room on the disk)."""
    _check_port(options.port)
    folder.mkdir(parents=True, exist_ok=True)
    words, url, token = words_in(options.language), f"sqlite:///{folder / DATABASE}", token_urlsafe(24)
    journey = read_journey(templates.text(JOURNEY), JOURNEY)
    settings = _demo_settings(url, token, options.language, journey)
    clock = TravellingClock()
    begin = await _prepare_past(folder, settings, options, journey, progress)
    if begin > clock.now():  # by day it begins now, and the past has taken a while to make up
        clock.travel_to(begin)
    sandbox = Sandbox(
        limits=Limits(), now=lambda: clock.now().astimezone(journey.zone), first_id=int(clock.now().timestamp())
    )
    people = {sandbox.person(name, language=options.language): key for name, key in CUSTOMERS.items()}
    manager = sandbox.person(words("demo.manager"), language=options.language)
    group = sandbox.group(words("demo.group"), manager)
    await sandbox.start(HOST, options.port)
    try:
        telegram = settings.telegram.model_copy(update={"token": SecretStr(sandbox.token), "api_url": sandbox.url})
        async with Tropa(settings.model_copy(update={"telegram": telegram}), clock) as tropa:
            known = {person.user.id: key for person, key in people.items()}
            stage = DemoBackstage(tropa, clock, journey, known, token, words, lambda: sandbox.world.sequence)
            sandbox.page.set_stage(stage, Cast(list(known), manager.user.id, group.id))
            await _set_up_company(tropa, sandbox, manager, group)
            yield Demo(sandbox.page_url, tropa, sandbox, tuple(people), manager, group, stage)
    finally:
        await sandbox.stop()
        (folder / CLOCK).write_text(clock.now().isoformat(), encoding="utf-8")


def _check_port(port: int) -> None:
    """Whether the page can have this port: said at once, not when the past is made up."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((HOST, port))
        except OSError as error:
            wrong = "another program has this port" if error.errno == errno.EADDRINUSE else "this port cannot be had"
            raise PortError(f"--port {port}: {wrong}; choose another, or leave it out for a free one") from None


def _demo_settings(url: str, token: str, language: str, journey: Journey) -> Settings:
    """A shop that asks more often than a real one should: a newcomer wants to see something happen."""
    team = {"key": TEAM_KEY, "language": language, "timezone": journey.timezone, "journeys": [journey.key]}
    return Settings.model_validate(
        {
            "database": {"url": url},
            "http": {"port": 0, "tokens": [token]},
            "teams": [team],
            "asking": {
                "any_survey_days": 1,
                "same_touchpoint_days": 7,
                "per_month": 8,
                "remind_after_hours": 24,
                "expire_hours": 72,
            },
        }
    )


async def _prepare_past(
    folder: Path, settings: Settings, options: DemoOptions, journey: Journey, progress: Progress
) -> datetime:
    """The moment at which the demo begins: where the last one in this folder ended, or after a simulated past."""
    if has_earlier_demo(folder):
        ended = datetime.fromisoformat((folder / CLOCK).read_text(encoding="utf-8"))
        return max(ended, wall_now())
    begin = _in_daytime(wall_now().astimezone(journey.zone))
    db = Database(settings.database.url.get_secret_value())
    try:
        await migrate(db)
        source = templates.text(journey.key)
        await db.write(
            lambda tx: journeys.apply(tx, journey, source, now=begin - timedelta(weeks=options.weeks), by="demo")
        )
        past = SimulatedPast(db=db, settings=settings, language=options.language, weeks=options.weeks, now=begin)
        await past.simulate(progress)
    finally:
        await db.close()
    return begin


def _in_daytime(now: datetime) -> datetime:
    """Now, or the next morning when it is no hour to write to people."""
    if MORNING <= now.hour < 18:
        return now
    day = now if now.hour < MORNING else now + timedelta(days=1)
    return day.replace(hour=MORNING, minute=0, second=0, microsecond=0)


async def _set_up_company(tropa: Tropa, sandbox: Sandbox, manager: Person, group: Group) -> None:
    """What a company does in its first hour: the first manager opens the link, and adds the bot to the team's chat."""
    token = await tropa.first_manager_token()
    if token is not None:
        await manager.start(token)
        await _settle(tropa, sandbox)
    await group.add_bot(by=manager)
    await _settle(tropa, sandbox)
    for message in group.messages:
        if message.buttons:
            await group.click(manager, 0, message)
            break
    await tropa.db.write(cases.mark_not_handed_over)
    await _settle(tropa, sandbox)


async def _settle(tropa: Tropa, sandbox: Sandbox) -> None:
    await sandbox.wait_until_acknowledged()
    await tropa.settle()
