"""Start the demo: simulate a past, then run the sandbox, its page and Tropa; stop them in reverse order."""

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
from bot.db.journeys import journeys
from bot.db.upkeep.schema import migrate
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
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey

CUSTOMERS = ("olga", "max", "anna")  # external ids: the personas of the shop's journey
MORNING, EVENING = 10, 18  # a new demo begins between them, so that no quiet hours hold back the first question
HOST = "127.0.0.1"
DATABASE, CLOCK = "tropa-demo.db", "tropa-demo.clock"


class PortError(TropaError):
    """The page cannot be served on this port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """Options of ``tropa demo``.

    ``port``: 0 takes a free one. ``data``: folder to keep the demo in; without one it is deleted at the end.
    ``language``: of the bot and of the simulated answers.
    """

    port: int = 0
    open_browser: bool = True
    weeks: int = 12
    data: Path | None = None
    language: str = "en"


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


def has_earlier_demo(folder: Path) -> bool:
    """Tell whether this folder holds the database of a demo that was stopped properly at least once."""
    return (folder / CLOCK).exists() and (folder / DATABASE).exists()


@asynccontextmanager
async def start_demo(options: DemoOptions, folder: Path, progress: Progress) -> AsyncIterator[Demo]:
    """Run a demo for the block. Raises PortError when the page cannot have its port."""
    check_port(options.port)
    folder.mkdir(parents=True, exist_ok=True)
    words, url, token = words_in(options.language), f"sqlite:///{folder / DATABASE}", token_urlsafe(24)
    journey = read_journey(templates.text(JOURNEY), JOURNEY)
    settings = _demo_settings(url, token, options.language, journey)
    clock = TravellingClock()
    begin = await _prepare_past(folder, settings, options, journey, progress)
    if begin > clock.now():  # else simulating took so long that the beginning is past already
        clock.travel_to(begin)
    # Ids grow from run to run: an update or message of an earlier run in the same folder never comes again.
    sandbox = Sandbox(
        limits=Limits(), now=lambda: clock.now().astimezone(journey.zone), first_id=int(clock.now().timestamp())
    )
    names = {key: words(f"demo.customer.{key}") for key in CUSTOMERS}
    people = {sandbox.add_person(name, language=options.language): key for key, name in names.items()}
    manager = sandbox.add_person(words("demo.manager"), language=options.language)
    group = sandbox.add_group(words("demo.group"), manager)
    await sandbox.start(HOST, options.port)
    try:
        telegram = settings.telegram.model_copy(update={"token": SecretStr(sandbox.token), "api_url": sandbox.url})
        async with Tropa(settings.model_copy(update={"telegram": telegram}), clock) as tropa:
            customer_ids = {person.user.id: key for person, key in people.items()}
            backstage = DemoBackstage(tropa, clock, journey, customer_ids, token, words, lambda: sandbox.world.sequence)
            sandbox.page.set_backstage(backstage, Cast(list(customer_ids), manager.user.id, group.id))
            await _set_up_company(tropa, sandbox, manager, group)
            yield Demo(sandbox.page_url, tropa, sandbox, tuple(people), manager, group, backstage)
    finally:
        await sandbox.stop()
        (folder / CLOCK).write_text(clock.now().isoformat(), encoding="utf-8")


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


def _demo_settings(url: str, token: str, language: str, journey: Journey) -> Settings:
    """Return the settings of a shop that asks more often than a real one should, so that a newcomer sees questions."""
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
    """Return the business time at which the demo begins.

    A folder with an earlier demo continues where that one stopped, or now if that is later; any other gets a
    simulated past first.
    """
    if has_earlier_demo(folder):
        stopped_at = datetime.fromisoformat((folder / CLOCK).read_text(encoding="utf-8"))
        return max(stopped_at, wall_now())
    begin = _in_daytime(wall_now().astimezone(journey.zone))
    db = Database(settings.database.url.get_secret_value())
    try:
        await migrate(db, is_renewed=True)  # a simulated past that was deleted is simulated again without a question
        source = templates.text(journey.key)
        await db.write(
            lambda tx: journeys.apply(
                tx, journey, source, now=begin - timedelta(weeks=options.weeks), applied_by="demo"
            )
        )
        past = SimulatedPast(db=db, settings=settings, language=options.language, weeks=options.weeks, now=begin)
        await past.simulate(progress)
    finally:
        await db.close()
    return begin


def _in_daytime(now: datetime) -> datetime:
    """Return ``now``, or the next morning when people should not be written to."""
    if MORNING <= now.hour < EVENING:
        return now
    day = now if now.hour < MORNING else now + timedelta(days=1)
    return day.replace(hour=MORNING, minute=0, second=0, microsecond=0)


async def _set_up_company(tropa: Tropa, sandbox: Sandbox, manager: Person, group: Group) -> None:
    """Do what a company does in its first hour: the manager opens their link and adds the bot to the team's group."""
    token = await tropa.create_first_manager_token()
    if token is not None:
        await manager.start(token)
        await _settle(tropa, sandbox)
    await group.add_bot(by=manager)
    await _settle(tropa, sandbox)
    for message in group.messages:
        if message.buttons:
            await group.click(manager, 0, message)
            break
    # The past marked its cases as handed over, though no chat got a card; now the team gets the unfinished ones.
    await tropa.db.write(cases.mark_not_handed_over)
    await _settle(tropa, sandbox)


async def _settle(tropa: Tropa, sandbox: Sandbox) -> None:
    await sandbox.wait_until_acknowledged()
    await tropa.settle()
