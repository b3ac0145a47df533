"""The whole product as one async context manager.

Invariants:
* Every process listens before it needs anything else, and takes posts as soon as the database and the token are known
  to be right; only the leader handles, sends, polls and ticks (`bot.app.life`).
* It stops in this order: no request is admitted, those under way and the leader's work end, then what they use is
  closed. So no request meets a closed database.
"""

from collections.abc import Callable, Collection
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Self

from bot.app.customers import make_customer_routers
from bot.app.letters import make_letter_kinds
from bot.app.life.background import BackgroundTasks
from bot.app.life.leader_work import LeaderWork
from bot.app.life.startup import ask_messenger, wait_for_database
from bot.app.life.succession import Succession
from bot.app.machines import make_machine_server
from bot.app.managers import make_manager_routers
from bot.app.parts import Parts
from bot.app.readiness import ReadinessCheck
from bot.app.teams import make_team_routers
from bot.app.ticks import make_ticks
from bot.clock import Clock
from bot.config.settings import Settings
from bot.db.asking import invitation_deadlines
from bot.db.delivery import letters
from bot.db.diary import diaries
from bot.db.upkeep.schema import migrate
from bot.http.admission import Admission
from bot.messages.limits import MessengerLimits
from bot.outbox.messenger import DeliveryError
from bot.outbox.send_budget import SendBudget
from bot.outbox.worker import Outbox
from bot.scheduler import TickScheduler
from bot.telegram.connection import check_token
from bot.telegram.customer.customer_words import choose_words
from bot.telegram.customer.throttle import Throttle
from bot.telegram.receiving.dispatcher import Dispatcher, make_dispatcher
from bot.telegram.receiving.inbox_worker import InboxWorker
from bot.telegram.team.public_groups import PublicGroupWatch
from bot.usecases.journeys.apply_configured_journeys import ApplyConfiguredJourneys
from bot.usecases.maps.apart.map_process import MapProcess
from bot.usecases.maps.views.load_view import ViewQuery
from bot.usecases.people.change_settings import ChangeSettings
from bot.usecases.teams.become_manager import FirstManagerLink
from bot.usecases.teams.report_public_group import ReportPublicGroup
from bot.usecases.upkeep.findings import ProcessRole
from cjm.errors import TropaError


def assemble_dispatcher(parts: Parts) -> Dispatcher:
    """Return the dispatcher of all chats. Managers come first: a manager may be a customer too."""
    routers = [*make_manager_routers(parts), *make_team_routers(parts), *make_customer_routers(parts)]
    settings = ChangeSettings(parts.db, parts.clock, parts.settings.asking.quiet_hours)
    report = ReportPublicGroup(parts.db, parts.clock, parts.routing, parts.settings.teams)
    return make_dispatcher(routers, Throttle(partial(choose_words, settings)), PublicGroupWatch(report))


class Tropa:
    """Running Tropa: ``async with Tropa(settings) as tropa``.

    Entering listens, brings the database to the newest schema, applies the journeys that the settings name, checks the
    token, and waits to lead; ``on_waiting`` is called when another process leads. It raises TropaError with a message
    for the operator, or DeliveryError when the webhook cannot be set; a database that is away is waited for. Inside the
    block, Tropa leads or waits to lead again. A ``map_process`` that is handed in is shared, and stays open;
    ``make_budget`` makes the pace of the messenger's limits.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        map_process: MapProcess | None = None,
        on_waiting: Callable[[], None] = lambda: None,
        make_budget: Callable[[MessengerLimits], SendBudget] = SendBudget,
    ) -> None:
        self.parts = parts = Parts(settings, clock or Clock(), map_process, make_budget)
        self.db = parts.db
        self.url = ""
        self._inbox = InboxWorker(
            db=parts.db,
            clock=parts.clock,
            bot=parts.bot,
            dispatcher=assemble_dispatcher(parts),
            display=parts.display,
            # Replicas behind one webhook store updates of the same chat side by side.
            stores_alone=parts.db.is_sqlite or parts.settings.telegram.mode == "polling",
        )
        self._outbox = Outbox(
            db=parts.db,
            clock=parts.clock,
            messenger=parts.messenger,
            pace=parts.pace,
            kinds=make_letter_kinds(parts),
        )
        self._scheduler = TickScheduler(make_ticks(parts), parts.clock)
        self._work = LeaderWork(parts, self._inbox, self._outbox, self._scheduler)
        self._succession = Succession(parts.db, self._work, on_waiting)
        self._admission = Admission()
        self._tasks = BackgroundTasks()
        self._phase = ProcessRole.STARTING
        self._stack = AsyncExitStack()

    @property
    def role(self) -> ProcessRole:
        """Role of this process now."""
        return ProcessRole.LEADING if self._succession.is_leading else self._phase

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def _start(self) -> None:
        parts = self.parts
        # Pushed first, so closed last: everything else may still write while it stops.
        self._stack.push_async_callback(parts.db.close)
        self._stack.push_async_callback(parts.figures.close)
        self._stack.push_async_callback(parts.bot.session.close)
        self._stack.push_async_callback(parts.display.stop)
        if parts.owns_map_process:
            self._stack.push_async_callback(parts.map_process.close)
        parts.db.files.refuse_running()  # a second start on one SQLite file is told so, and not of its port
        # Before anything that may have to wait: a port in use is told at once, and the health can be asked meanwhile.
        server = make_machine_server(
            parts,
            self._inbox,
            self._tasks,
            admission=self._admission,
            check_readiness=ReadinessCheck(parts, self._work, self._outbox, lambda: self.role),
            on_accepted=self._scheduler.run_for_events,
        )
        self.url = (await self._stack.enter_async_context(server)).url
        # Before the lease, whose table a new database does not have yet.
        await wait_for_database(lambda: migrate(parts.db))
        apply_journeys = ApplyConfiguredJourneys(parts.db, parts.clock)
        await wait_for_database(lambda: apply_journeys(parts.settings.journeys.files))
        try:
            await ask_messenger(lambda: check_token(parts.bot))
        except DeliveryError as error:
            raise TropaError(
                f"{error}; check the network and telegram.api_url ({parts.settings.telegram.api_url})"
            ) from None
        self._phase = ProcessRole.WAITING
        self._admission.open()
        self._tasks.start(parts.map_process.start(ViewQuery))
        # From here on one process alone handles, sends, polls and ticks: whichever holds the lease.
        await self._succession.start()

    async def _stop(self) -> None:
        self._phase = ProcessRole.STOPPING
        self._admission.close()
        await self._succession.stop()
        await self._tasks.cancel_all()
        await self._stack.aclose()

    async def create_first_manager_link(self) -> str | None:
        """Return the link that makes the person who opens it the first manager; None when there is a manager."""
        token = await self.create_first_manager_token()
        return None if token is None else await self.parts.messenger.start_link(token)

    async def create_first_manager_token(self) -> str | None:
        """Return the payload of that link; None when there is a manager."""
        parts = self.parts
        return await FirstManagerLink(parts.db, parts.clock, parts.settings.access.managers, parts.link_secret)()

    # For a caller that moves business time: the demo and the tests.

    async def settle(self) -> None:
        """Handle the stored updates, run every tick, send the due letters; return when all is done and shown."""
        for _ in range(2):  # what the first round sends or shows may make something else due
            before = self._outbox.tries + self.parts.display.tries
            await self._inbox.wait_until_idle()
            await self._scheduler.run_all()
            await self._outbox.drain()
            await self.parts.display.wait_until_idle()
            if self._outbox.tries + self.parts.display.tries == before:
                return

    async def run_asking_tick(self) -> None:
        """Run the tick that decides whom to ask, without waiting for its interval."""
        await self._scheduler.run_one("ask")

    async def find_next_due(self, customer_ids: Collection[int] | None = None) -> datetime | None:
        """Return the next business time at which a letter, invitation, diary or digest falls due; None without one.

        With ``customer_ids`` only invitations and diaries of these people count.
        """
        now, remind_after = self.parts.clock.now(), self.parts.remind_after
        times = await self.db.read(
            lambda tx: (
                letters.find_next_due(tx),
                invitation_deadlines.find_next_deadline(tx, now, remind_after, customer_ids),
                diaries.find_next_due(tx, now, customer_ids),
            )
        )
        all_times = (*times, await self.parts.send_digests.next_due_at())
        return min((time for time in all_times if time is not None and time > now), default=None)
