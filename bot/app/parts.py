"""Parts that several audiences share, made once per running Tropa."""

from collections.abc import Callable
from datetime import timedelta

from bot.clock import Clock
from bot.config.brand import make_themes
from bot.config.settings import Settings
from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Database
from bot.messages.limits import MessengerLimits
from bot.outbox.display import Display
from bot.outbox.pace import Pace
from bot.outbox.replies import Replies
from bot.outbox.send_budget import SendBudget
from bot.telegram.connection import make_bot
from bot.telegram.menus import Menus
from bot.telegram.messenger import TelegramMessenger
from bot.usecases.maps.apart.figure_reader import FigureReader
from bot.usecases.maps.apart.map_process import MapProcess
from bot.usecases.maps.draw_map import DrawMap
from bot.usecases.maps.make_digest import MakeDigest
from bot.usecases.maps.make_map import MakeMap
from bot.usecases.maps.send_digests import SendDigests
from bot.usecases.people.record_reachability import RecordReachability
from cjm.address import Address

# Seconds that one of our transactions may do nothing between two statements; none of ours takes so long. When this
# process is frozen in the middle of one, the next leader gets its locks after them.
IDLE_TRANSACTION_SECONDS = 15


class Parts:
    """Database, messenger, maps and settings, ready to be handed to routers, letters, ticks and the HTTP site.

    ``map_process``: one that the caller owns and closes; without one, Tropa starts and closes its own.
    ``make_budget``: how fast messages may be sent, from the messenger's limits.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        map_process: MapProcess | None,
        make_budget: Callable[[MessengerLimits], SendBudget] = SendBudget,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.db = Database(settings.database.url.get_secret_value(), idle_seconds=IDLE_TRANSACTION_SECONDS)
        self.bot = make_bot(settings.telegram.token.get_secret_value(), settings.telegram.api_url)
        self.messenger = TelegramMessenger(self.bot)
        self.menus = Menus(self.bot)
        # Replies and letters share one budget, as they share Telegram's limits.
        self.pace = Pace(self.messenger, make_budget(self.messenger.limits))
        self.record_reachability = RecordReachability(self.db, clock)
        replies = Replies(self.messenger, self.pace, self.db, clock, on_unreachable=self._record_unreachable)
        self.display = Display(replies)
        self.routing = CaseRouting(settings.teams, settings.access.managers)
        # Starting a process of maps takes seconds; tests share one between restarts.
        self.owns_map_process = map_process is None
        self.map_process = map_process or MapProcess()
        self.themes = make_themes(settings.brand)
        self.draw_map = DrawMap(self.map_process, self.themes)
        self.figures = FigureReader(self.db, clock, self.map_process)
        figures_of = (self.db, clock, settings.privacy.minimum_answers, self.remind_after, self.figures)
        self.make_map, self.make_digest = MakeMap(*figures_of), MakeDigest(*figures_of)
        self.send_digests = SendDigests(self.db, clock, settings.teams)

    @property
    def expire_after(self) -> timedelta:
        return timedelta(hours=self.settings.asking.expire_hours)

    @property
    def remind_after(self) -> timedelta:
        return timedelta(hours=self.settings.asking.remind_after_hours)

    @property
    def retention(self) -> timedelta:
        return timedelta(days=self.settings.privacy.retention_days)

    @property
    def link_secret(self) -> str:
        return self.settings.http.link_secret.get_secret_value()

    async def _record_unreachable(self, address: Address) -> None:
        await self.record_reachability(address, is_reachable=False)
