"""The whole product as one async context manager: started in order; tasks stop first, then the rest in reverse."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime
from types import TracebackType
from typing import Self

from bot.app.background import BackgroundTasks
from bot.app.customers import make_customer_routers
from bot.app.letters import make_letter_kinds
from bot.app.machines import make_machine_server
from bot.app.managers import make_manager_routers
from bot.app.parts import Parts
from bot.app.teams import make_team_routers
from bot.app.ticks import make_ticks
from bot.clock import Clock
from bot.config.settings import Settings
from bot.db.asking import invitation_deadlines
from bot.db.delivery import letters
from bot.db.engine.leases import Leadership
from bot.db.upkeep.schema import migrate
from bot.outbox.messenger import DeliveryError
from bot.outbox.worker import Outbox
from bot.scheduler import TickScheduler
from bot.telegram.connection import check_token
from bot.telegram.customer.throttle import Throttle
from bot.telegram.receiving.dispatcher import Dispatcher, make_dispatcher
from bot.telegram.receiving.inbox_worker import InboxWorker
from bot.telegram.receiving.polling import UpdatePoller
from bot.telegram.receiving.webhook import WEBHOOK_PATH, set_webhook
from bot.usecases.journeys.apply_configured_journeys import ApplyConfiguredJourneys
from bot.usecases.maps.draw_map import DrawingProcess
from bot.usecases.teams.become_manager import FirstManagerLink
from cjm.errors import TropaError


def assemble_dispatcher(parts: Parts) -> Dispatcher:
    """Return the dispatcher of all chats. Managers come first: a manager may be a customer too."""
    routers = [*make_manager_routers(parts), *make_team_routers(parts), *make_customer_routers(parts)]
    return make_dispatcher(routers, Throttle(parts.replies))


class Tropa:
    """Running Tropa: ``async with Tropa(settings) as tropa``.

    Entering brings the database to the newest schema, applies the journeys that the settings name, checks the token,
    waits to be the leader and starts everything. It raises TropaError with a message for the operator, or DeliveryError
    when the webhook cannot be set. A ``drawer`` that is handed in is shared, and stays open.
    ``lost`` is set when another process leads, ``failed`` when a vital part has failed: in both cases, stop.
    """

    def __init__(self, settings: Settings, clock: Clock | None = None, drawer: DrawingProcess | None = None) -> None:
        self.parts = parts = Parts(settings, clock or Clock(), drawer)
        self.db = parts.db
        self.url = ""
        self._inbox = InboxWorker(db=parts.db, clock=parts.clock, bot=parts.bot, dispatcher=assemble_dispatcher(parts))
        self._outbox = Outbox(
            db=parts.db,
            clock=parts.clock,
            messenger=parts.messenger,
            pace=parts.pace,
            kinds=make_letter_kinds(parts),
        )
        self._scheduler = TickScheduler(make_ticks(parts), parts.clock)
        self._tasks = BackgroundTasks()
        self.failed = self._tasks.failed
        self.lost = asyncio.Event()
        self._stack = AsyncExitStack()

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
        self._stack.push_async_callback(parts.bot.session.close)
        # Before the leadership, whose table a new database does not have yet.
        await migrate(parts.db)
        await ApplyConfiguredJourneys(parts.db, parts.clock)(parts.settings.journeys.files)
        try:
            await check_token(parts.bot)
        except DeliveryError as error:
            raise TropaError(
                f"{error}; check the network and telegram.api_url ({parts.settings.telegram.api_url})"
            ) from None
        # From here on this process alone sends, polls and ticks; the call waits until another leader has gone.
        leadership = await self._stack.enter_async_context(Leadership(parts.db))
        self.lost = leadership.lost
        # Letters that an earlier leader left in the middle of sending become "unknown" now.
        await self._outbox.take_over(leadership.epoch)
        if parts.owns_drawer:
            self._stack.push_async_callback(parts.drawer.close)
        self._tasks.start_vital(self._inbox.run())
        self._tasks.start_vital(self._outbox.run())
        self._tasks.start(parts.drawer.start())
        server = make_machine_server(parts, self._inbox, self._outbox, self._scheduler, self._tasks)
        self.url = (await self._stack.enter_async_context(server)).url
        telegram = parts.settings.telegram
        if telegram.mode == "polling":
            self._tasks.start_vital(UpdatePoller(parts.bot, self._inbox).run())
        else:
            url = telegram.webhook_url + WEBHOOK_PATH
            await set_webhook(parts.bot, url, telegram.webhook_secret.get_secret_value())
        self._scheduler.start()  # last: a tick may use every other part
        self._stack.push_async_callback(self._scheduler.stop)
        self._tasks.start(parts.menus.set_for_everybody())

    async def _stop(self) -> None:
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
        """Handle the stored updates, run every tick and send the due letters; return when all of that is done."""
        for _ in range(2):  # twice: what the first round sends may make something else due
            await self._inbox.wait_until_idle()
            await self._scheduler.run_all()
            await self._outbox.drain()

    async def run_asking_tick(self) -> None:
        """Run the tick that decides whom to ask, without waiting for its interval."""
        await self._scheduler.run_one("ask")

    async def find_next_due(self) -> datetime | None:
        """Return the next business time at which a letter, an invitation or a digest falls due; None without one."""
        now, remind_after = self.parts.clock.now(), self.parts.remind_after
        times = await self.db.read(
            lambda tx: (letters.find_next_due(tx), invitation_deadlines.find_next_deadline(tx, now, remind_after))
        )
        all_times = (*times, await self.parts.send_digests.next_due_at())
        return min((time for time in all_times if time is not None and time > now), default=None)
