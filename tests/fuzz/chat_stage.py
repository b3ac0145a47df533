"""The whole chat side on a real database, with Telegram played in the same process."""

import asyncio
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from bot.app.letters import make_letter_kinds
from bot.app.parts import Parts
from bot.app.ticks import make_ticks
from bot.app.tropa import assemble_dispatcher
from bot.clock import FrozenClock
from bot.config.settings import Settings
from bot.db.engine.database import Connection, Database
from bot.outbox.display import Display
from bot.outbox.replies import Replies
from bot.outbox.worker import Outbox
from bot.sandbox.records import Chat, User
from bot.sandbox.server import TOKEN
from bot.sandbox.world import actions
from bot.sandbox.world.world import World
from bot.scheduler import TickScheduler
from bot.telegram.receiving.inbox_worker import InboxWorker, RetryDelays
from bot.texts import Words
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.maps.apart.map_process import MapProcess
from bot.usecases.people.save_customer import SaveCustomer
from cjm import templates
from cjm.drawing import PictureChoice
from cjm.drawing.theme import Theme
from cjm.figures.findings.asking.report import AskingReport
from cjm.figures.journey_map import JourneyMap
from tests.fuzz.checks import assert_sound, open_database
from tests.outbox.doubles import swift_pace

T = TypeVar("T")
NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
SECRET = "a-link-secret-of-sixteen"
BOSS, PEOPLE, GROUPS = 501, (502, 503, 504, 505), (-1_000_000_009_001, -9_002, -1_000_000_009_003)


def _make_png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\xff" * 300 for _ in range(100))
    head = struct.pack(">IIBBBBB", 100, 100, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


PNG = _make_png()


class SamePicture(MapProcess):
    """Process of maps that is none: it reads in this one, and returns the same picture for every map."""

    async def read(self, url: str, read: Callable[[Connection], T]) -> T:
        db = Database(url)
        try:
            return await db.read(read)
        finally:
            await db.close()

    async def draw(self, journey_map: JourneyMap, words: Words, choice: PictureChoice, theme: Theme) -> bytes:
        return PNG

    async def draw_asking(self, report: AskingReport, words: Words, theme: Theme) -> bytes:
        return PNG


class ChatStage:
    """Tropa's chat side: a manager, a team's group, two other groups and four customers, of whom two have links."""

    async def open(self, folder: Path) -> None:
        db = await open_database(folder)
        path = folder / "tropa.db"
        self.clock = FrozenClock(NOW)
        self.settings = Settings.model_validate(
            {
                "telegram": {"token": TOKEN},
                "database": {"url": f"sqlite:///{path}"},
                "http": {"link_secret": SECRET},
                "access": {"managers": [f"telegram:{BOSS}"]},
                "teams": [{"key": "shop", "chat": f"telegram:{GROUPS[0]}"}, {"key": "north", "journeys": ["shop"]}],
                "asking": {"any_survey_days": 0, "same_touchpoint_days": 0, "nps_days": 0, "per_month": 0},
            }
        )
        await db.close()
        self.world = World(
            User(int(TOKEN.partition(":")[0]), "Tropa", "tropa_bot", is_bot=True),
            now=self.clock.now,
            monotonic=lambda: 0.0,
        )
        await self._connect()
        await self._set_up()

    async def _connect(self) -> None:
        from tests.fuzz.world_session import WorldSession

        self.parts = parts = Parts(self.settings, self.clock, SamePicture())
        await parts.bot.session.close()
        parts.bot.session = WorldSession(self.world)
        self.db = parts.db
        parts.pace = pace = swift_pace()
        parts.display = Display(Replies(parts.messenger, pace, self.db, self.clock))
        self.inbox = InboxWorker(
            db=self.db,
            clock=self.clock,
            bot=parts.bot,
            dispatcher=assemble_dispatcher(parts),
            display=parts.display,
            delays=RetryDelays(tries=(0.0,), database=(0.0,)),
        )
        self.outbox = Outbox(
            db=self.db, clock=self.clock, messenger=parts.messenger, pace=pace, kinds=make_letter_kinds(parts)
        )
        self.ticks = TickScheduler(make_ticks(parts), self.clock)
        self.record = RecordVisits(self.db, self.clock, self.settings.asking.rules)
        self._work = asyncio.create_task(self.inbox.run())

    async def _set_up(self) -> None:
        await ApplyJourney(self.db, self.clock).apply(templates.text("shop"), "shop.toml")
        for number in (BOSS, *PEOPLE):
            self.world.add_person(User(number, f"Person {number}", None, "en"))
        boss = self.world.people[BOSS]
        for number in GROUPS:
            group = self.world.add_group(number, f"Group {number}", boss, super_=number < -(10**12))
            actions.add_bot(self.world, group, boss, "administrator")
        save = SaveCustomer(self.db, self.clock, SECRET)
        for number in PEOPLE[:2]:
            link = await save(f"c{number}", {}, language="pl", timezone="Europe/Warsaw")
            actions.press_start(self.world, self.world.people[number], link.token)
        await self.deliver()
        await self.settle()
        for number in PEOPLE[:2]:
            self.press_any(self.world.people[number], self.world.chats[number])
        await self.deliver()

    def press_any(self, person: User, chat: Chat, place: int = 0) -> None:
        """Let a person press a button of the newest message that has one."""
        for message in reversed(chat.messages.values()):
            if pressable := [b["callback_data"] for row in message.rows for b in row if "callback_data" in b]:
                actions.press_button(self.world, person, message, pressable[place % len(pressable)])
                return

    def take_updates(self) -> list[dict[str, Any]]:
        """Return the updates that wait, and take them from the queue."""
        bodies = [update.body() for update in self.world.updates.waiting]
        self.world.updates.drop_all()
        return bodies

    async def deliver(self, *bodies: dict[str, Any]) -> None:
        """Store updates, by default those that wait, and return when they are handled."""
        await self.inbox.store(bodies or self.take_updates())
        await self.inbox.wait_until_idle()

    async def settle(self) -> None:
        """Run every tick, send the due letters, and return when all is shown."""
        await self.ticks.run_all()
        await self.outbox.drain()
        await self.parts.display.wait_until_idle()
        await self.parts.menus.wait_until_idle()

    async def check(self) -> None:
        """Assert that what is stored is right, and that nothing waits for ever."""
        await self.deliver()
        await self.settle()
        await assert_sound(self.db)

    async def close(self) -> None:
        self._work.cancel()
        await asyncio.gather(self._work, return_exceptions=True)
        await self.parts.display.stop()
        await self.db.close()
