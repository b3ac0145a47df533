"""The composition root: the only file that names every concrete class. Everywhere else things are handed in.

It is longer than others because each thing is named twice, imported and made; there is nothing to decide.
"""

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from aiohttp.web import Application

from bot.clock import Clock
from bot.config.settings import Settings
from bot.db.asking import invitations
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import letters
from bot.db.upkeep import service_metrics
from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseError
from bot.db.engine.leases import Leadership
from bot.db.upkeep.schema import check_schema, migrate
from bot.faults import describe_fault
from bot.http.routes import WEBHOOK, make_http_app
from bot.http.server import HttpServer
from bot.outbox.kinds import LetterKind
from bot.outbox.letters.case_card import CaseCardLetter
from bot.outbox.letters.case_notice import CaseNoticeLetter
from bot.outbox.letters.case_receipt import CaseReceiptLetter
from bot.outbox.letters.case_reply import CaseReplyLetter
from bot.outbox.letters.digest import DigestLetter
from bot.outbox.letters.invitation import InvitationLetter
from bot.outbox.letters.notice import NoticeLetter
from bot.outbox.letters.reminder import ReminderLetter, StepLetter
from bot.outbox.messenger import DeliveryError
from bot.outbox.pace import Pace
from bot.outbox.replies import Replies
from bot.outbox.worker import Outbox
from bot.scheduler import Tick, TickScheduler
from bot.telegram.connection import check_token, make_bot
from bot.telegram.customer import answering, complaints, leaving, starting, unexpected_messages
from bot.telegram.customer import settings as own_settings
from bot.telegram.customer.throttle import Throttle
from bot.telegram.dispatcher import Dispatcher, Router, make_dispatcher
from bot.telegram.inbox_worker import InboxWorker
from bot.telegram.manager import journeys as manager_journeys
from bot.telegram.manager import managers, maps
from bot.telegram.manager.map_messages import MapMessages
from bot.telegram.menus import Menus
from bot.telegram.messenger import TelegramMessenger
from bot.telegram.polling import UpdatePoller
from bot.telegram.team import binding
from bot.telegram.team import cases as team_cases
from bot.telegram.webhook import Webhook, set_webhook
from bot.texts import words_in
from bot.usecases.asking.ask_due import AskDue
from bot.usecases.asking.give_answer import GiveAnswer
from bot.usecases.asking.give_consent import GiveConsent
from bot.usecases.asking.mend_messages import MendMessages
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.asking.remind_and_expire import RemindAndExpire
from bot.usecases.asking.stop_asking import StopAsking
from bot.usecases.asking.write_comment import WriteComment
from bot.usecases.cases.answer_case import AnswerCase
from bot.usecases.cases.close_case import CloseCase
from bot.usecases.cases.hand_over_cases import HandOverCases
from bot.usecases.cases.receive_message import ReceiveMessage
from bot.usecases.cases.list_cases import ListOpenCases, ListOwnCases
from bot.usecases.cases.case_opening import OpenCaseFromResponse
from bot.usecases.cases.place_case import PlaceCase
from bot.usecases.cases.settle_draft import SettleDraft
from bot.usecases.cases.start_complaint import StartComplaint
from bot.usecases.cases.take_case import TakeCase
from bot.usecases.journeys.change_journey import ChangeJourney
from bot.usecases.journeys.take_up_journeys import TakeUpJourneys
from bot.usecases.maps.draw_map import DrawingProcess, DrawMap
from bot.usecases.maps.make_digest import MakeDigest
from bot.usecases.maps.make_map import MakeMap
from bot.usecases.maps.resend_digest import ResendDigest
from bot.usecases.maps.send_digests import SendDigests
from bot.usecases.maps.view_map import ViewMap
from bot.usecases.people.change_settings import ChangeSettings
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.record_reachability import RecordReachability
from bot.usecases.people.open_link import OpenLink
from bot.usecases.people.save_customer import SaveCustomer
from bot.usecases.people.collect_personal_data import CollectPersonalData
from bot.usecases.teams.become_manager import BecomeManager, FirstManagerLink
from bot.usecases.teams.bind_team import BindTeam
from bot.usecases.teams.invite_manager import InviteManager
from bot.usecases.teams.recognize_viewer import RecognizeViewer
from bot.usecases.upkeep.retire_rows import RetireRows
from bot.usecases.upkeep.prune_rows import PruneRows
from cjm.address import Address
from cjm.drawing import Layout
from cjm.errors import TropaError
from cjm.figures.journey_map import JourneyMap

log = logging.getLogger(__name__)


class Tropa:
    """The whole product, running: ``async with Tropa(settings) as tropa``.

    Entering brings the database to the newest schema, waits to be the leader, checks the token and starts everything;
    it raises TropaError with a sentence for people. A ``drawer`` that is handed in is shared: it is not ended with us.
    """

    def __init__(self, settings: Settings, clock: Clock | None = None, drawer: DrawingProcess | None = None) -> None:
        self.settings = settings
        self.clock = clock or Clock()
        self.db = Database(settings.database.url.get_secret_value())
        self.bot = make_bot(settings.telegram.token.get_secret_value(), settings.telegram.api_url)
        self.messenger = TelegramMessenger(self.bot)
        pace = Pace(self.messenger)
        self.reach = RecordReachability(self.db, self.clock)
        self.replies = Replies(
            self.messenger, pace, self.db, self.clock, on_unreachable=lambda who: self.reach(who, reachable=False)
        )
        self.routing = CaseRouting(settings.teams, settings.access.managers)
        self.drawer = drawer or DrawingProcess()
        self._own_drawer = drawer is None
        self.draw_map = DrawMap(self.drawer)
        self.make_map = MakeMap(self.db, self.clock, settings.privacy.minimum_answers)
        self.make_digest = MakeDigest(self.db, self.clock, settings.privacy.minimum_answers)
        self.send_digests = SendDigests(self.db, self.clock, settings.teams)
        self.menus = Menus(self.bot)
        self.receiving = InboxWorker(db=self.db, clock=self.clock, bot=self.bot, dispatcher=self._dispatcher())
        self.outbox = Outbox(
            db=self.db, clock=self.clock, messenger=self.messenger, pace=pace, kinds=self._letter_kinds()
        )
        self.metronome = TickScheduler(self._ticks(), self.clock)
        self.url = ""
        self._stack = AsyncExitStack()
        self.failed = asyncio.Event()  # a part without which nothing works has stopped
        self._tasks: set[asyncio.Task[Any]] = set()

    # ---- what people say to us ---------------------------------------------------------------------------------------

    def _dispatcher(self) -> Dispatcher:
        routers = [*self._managers(), *self._team(), *self._customers()]
        return make_dispatcher(routers, Throttle(self.replies))

    def _customers(self) -> list[Router]:
        """A reply to a question's message goes before an open complaint; what nobody takes is out of the blue."""
        db, clock, desk, replies = self.db, self.clock, self.routing, self.replies
        asking = self.settings.asking
        expire, quiet = timedelta(hours=asking.expire_hours), asking.quiet_hours
        from_response = OpenCaseFromResponse(desk)
        give = GiveAnswer(db, clock, expire, from_response)
        stop = StopAsking(db, clock, expire, quiet)
        own = ChangeSettings(db, clock, quiet)
        hear = ReceiveMessage(db, clock, desk)
        place, close = PlaceCase(db, clock, desk), CloseCase(db, clock, desk)
        open_link = OpenLink(db, clock, self._secret)
        return [
            starting.make_router(open_link, GiveConsent(db, clock), self.reach, own, asking, replies),
            own_settings.make_router(own, stop, self.menus, replies),
            leaving.make_router(stop, give, ForgetCustomer(db), CollectPersonalData(db, clock, quiet), own, clock, replies),
            answering.make_router(give, stop, WriteComment(db, clock, from_response), clock, replies),
            complaints.make_router(StartComplaint(db, clock), hear, place, close, ListOwnCases(db, clock), replies),
            unexpected_messages.make_router(hear, SettleDraft(db, clock, desk), replies),
        ]

    def _managers(self) -> list[Router]:
        """To everybody else their commands are like any unknown text."""
        db, clock, desk, replies = self.db, self.clock, self.routing, self.replies
        configured, minimum = self.settings.access.managers, self.settings.privacy.minimum_answers
        recognize, look = RecognizeViewer(db, desk), ViewMap(db, clock, minimum)
        return [
            managers.make_router(
                recognize,
                BecomeManager(db, clock, desk, configured, self._secret),
                InviteManager(db, clock, configured, self._secret),
                self.messenger.start_link,
                self.menus.set_for_manager,
                replies,
            ),
            maps.make_router(
                recognize,
                look,
                MapMessages(look, self.make_digest, self.draw_map, replies),
                ListOpenCases(db, clock, desk),
                replies,
            ),
            manager_journeys.make_router(recognize, ChangeJourney(db, clock), self.messenger, replies),
        ]

    def _team(self) -> list[Router]:
        db, clock, desk, replies = self.db, self.clock, self.routing, self.replies
        return [
            binding.make_router(BindTeam(db, clock, desk, self.settings.teams), ResendDigest(db, clock, desk), replies),
            team_cases.make_router(
                TakeCase(db, clock, desk),
                AnswerCase(db, clock, desk),
                CloseCase(db, clock, desk),
                PlaceCase(db, clock, desk),
                ListOpenCases(db, clock, desk),
                replies,
            ),
        ]

    @property
    def _keep(self) -> timedelta:
        return timedelta(days=self.settings.privacy.retention_days)

    @property
    def _secret(self) -> str:
        return self.settings.http.link_secret.get_secret_value()

    # ---- what we say by ourselves ------------------------------------------------------------------------------------

    def _letter_kinds(self) -> list[LetterKind]:
        db, clock, limits = self.db, self.clock, self.messenger.limits
        return [
            InvitationLetter(db, clock, timedelta(hours=self.settings.asking.expire_hours)),
            ReminderLetter(db, clock),
            StepLetter(db, clock),
            CaseCardLetter(db, self.routing),
            CaseNoticeLetter(db, limits),
            CaseReceiptLetter(db),
            CaseReplyLetter(db, limits),
            DigestLetter(db, self.make_digest, self.draw_map, self.routing, limits),
            NoticeLetter(db),
        ]

    def _ticks(self) -> dict[str, tuple[timedelta, Tick]]:
        asking = self.settings.asking
        ask = AskDue(self.db, self.clock, asking.rules)
        remind = RemindAndExpire(self.db, self.clock, timedelta(hours=asking.remind_after_hours), asking.quiet_hours)
        hand_over = HandOverCases(self.db, self.clock, self.routing)
        mend = MendMessages(self.db, self.clock, self.replies)
        return {
            "ask": (timedelta(seconds=2), ask),
            "remind": (timedelta(seconds=30), remind),
            "hand over": (timedelta(seconds=10), hand_over),
            "digests": (timedelta(seconds=20), self.send_digests),
            "tidy": (timedelta(hours=1), PruneRows(self.db, self.clock)),
            "retire": (timedelta(hours=6), RetireRows(self.db, self.clock, self._keep)),
            "mend": (timedelta(seconds=30), mend),
        }

    # ---- what machines say to us -------------------------------------------------------------------------------------

    def _http_app(self) -> Application:
        secret = self.settings.telegram.webhook_secret.get_secret_value()
        webhook = Webhook(self.receiving, secret) if self.settings.telegram.mode == "webhook" else None
        return make_http_app(
            tokens=[token.get_secret_value() for token in self.settings.http.tokens],
            record_visits=RecordVisits(self.db, self.clock, self.settings.asking.rules, self._keep),
            save_customer=SaveCustomer(self.db, self.clock, self._secret),
            forget_customer=ForgetCustomer(self.db),
            make_map=self.make_map,
            draw_picture=self._draw,
            start_link=self.messenger.start_link,
            on_accepted=self.metronome.run_all_soon,
            delete_messages=self._take_away,
            find_problems=self._missing,
            read_metrics=lambda: self.db.read(lambda tx: service_metrics.collect(tx, self.clock.now())),
            accept_update=webhook.accept if webhook else None,
        )

    async def _draw(self, journey_map: JourneyMap, language: str, layout: str) -> bytes:
        return await self.drawer.draw(journey_map, words_in(language), Layout(layout))

    def _take_away(self, messages: Sequence[tuple[Address, str]]) -> None:
        """Messages that hold the words of somebody who was forgotten go too, one by one, at the pace of everything."""
        self._go(*(self.replies.delete(chat, message_id) for chat, message_id in messages))

    async def _missing(self) -> list[str]:
        try:
            await check_schema(self.db)
        except DatabaseError as error:
            return [str(error)]
        return ["the messenger does not answer"] if self.outbox.is_broken else []

    # ---- starting and stopping ---------------------------------------------------------------------------------------

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
        self._stack.push_async_callback(self.db.close)
        self._stack.push_async_callback(self.bot.session.close)
        await migrate(self.db)
        await TakeUpJourneys(self.db, self.clock)(self.settings.journeys.files)
        try:
            await check_token(self.bot)
        except DeliveryError as error:
            raise TropaError(
                f"{error}; check the network and telegram.api_url ({self.settings.telegram.api_url})"
            ) from None
        lead = await self._stack.enter_async_context(Leadership(self.db))
        self.lost = lead.lost
        await self.outbox.take_over(lead.epoch)
        if self._own_drawer:
            self._stack.push_async_callback(self.drawer.close)
        self._go(self._vital(self.receiving.run()), self._vital(self.outbox.run()), self.drawer.start())
        serving = HttpServer(self._http_app(), self.settings.http.host, self.settings.http.port)
        self.url = (await self._stack.enter_async_context(serving)).url
        telegram = self.settings.telegram
        if telegram.mode == "polling":
            self._go(self._vital(UpdatePoller(self.bot, self.receiving).run()))
        else:
            await set_webhook(self.bot, telegram.webhook_url + WEBHOOK, telegram.webhook_secret.get_secret_value())
        self.metronome.start()
        self._stack.push_async_callback(self.metronome.stop)
        self._go(self.menus.set_for_everybody())

    def _go(self, *works: Coroutine[Any, Any, Any]) -> None:
        for work in works:
            task = asyncio.create_task(work)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _vital(self, work: Coroutine[Any, Any, None]) -> None:
        """A house that has gone deaf or dumb should not stand there as if all were well: whoever runs it ends it."""
        try:
            await work
        except Exception as error:
            log.exception("a vital part failed", extra={"fault": describe_fault(error)}, exc_info=False)
            self.failed.set()

    async def _stop(self) -> None:
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._stack.aclose()

    async def first_manager_token(self) -> str | None:
        """What makes whoever opens it the first manager; None when there is one."""
        return await FirstManagerLink(self.db, self.clock, self.settings.access.managers, self._secret)()

    # ---- for whoever moves time --------------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Return when everything that came in was handled, and all that is due now was done and sent."""
        for _ in range(2):  # what was sent may have made something due
            await self.receiving.wait_until_idle()
            await self.metronome.run_all()
            await self.outbox.drain()

    async def ask(self) -> None:
        """Decide at once about whoever is to be asked now; the questions leave by themselves."""
        await self.metronome.run_one("ask")

    async def next_due(self) -> datetime | None:
        """The next moment at which something falls due by itself."""
        now, remind_after = self.clock.now(), timedelta(hours=self.settings.asking.remind_after_hours)
        moments = await self.db.read(lambda tx: (letters.find_next_due(tx), invitations.find_next_deadline(tx, now, remind_after)))
        all_moments = (*moments, await self.send_digests.next_due_at())
        return min((m for m in all_moments if m is not None and m > now), default=None)


async def _greet(tropa: Tropa, say: Callable[[str], None]) -> None:
    """What whoever started it wants to know: where it listens, and how to become the first manager."""
    say(f"Tropa runs: https://t.me/{(await tropa.bot.me()).username}, events at {tropa.url}")
    token = await tropa.first_manager_token()
    if token is not None:
        say(f"Open this link to become the first manager: {await tropa.messenger.start_link(token)}")


async def run(settings: Settings, say: Callable[[str], None]) -> None:
    """``tropa run``: until Ctrl-C, until another process leads, or until a part fails that nothing works without."""
    async with Tropa(settings) as tropa:
        await _greet(tropa, say)
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, ended.set)
        reasons = [asyncio.create_task(event.wait()) for event in (ended, tropa.lost, tropa.failed)]
        await asyncio.wait(reasons, return_when=asyncio.FIRST_COMPLETED)
        for task in reasons:
            task.cancel()
        if tropa.lost.is_set():
            raise TropaError("another process leads now; this one stops, start it again to let it wait for its turn")
        if tropa.failed.is_set():
            raise TropaError("a part failed without which nothing works (the log names it); start it again")
