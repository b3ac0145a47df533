"""Test house for maps: managers and a team, and a drawer that returns at once, unless its gate is closed."""

import asyncio
import atexit
import itertools
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from aiogram import Dispatcher, Router
from aiogram.types import ChatMemberAdministrator

from bot.clock import FrozenClock
from bot.config.settings import TeamSettings
from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Connection, Database
from bot.db.journeys.journeys import apply
from bot.messages.callbacks import pack_action
from bot.messages.message import Upload
from bot.outbox.display import Display
from bot.outbox.letters.digest import DigestLetter
from bot.outbox.letters.manager_welcome import ManagerWelcomeLetter
from bot.outbox.letters.notice import NoticeLetter
from bot.outbox.messenger import Rejected
from bot.outbox.replies import Replies
from bot.telegram.customer import unexpected_messages
from bot.telegram.limits import TELEGRAM_LIMITS
from bot.telegram.manager import campaigns, changes, exports, journeys, managers, maps, saved_views, unexpected
from bot.telegram.manager.map_messages import MapMessages
from bot.telegram.receiving.inbox_worker import InboxWorker
from bot.telegram.team import binding
from bot.telegram.team.group_refusals import GroupRefusals
from bot.telegram.team.public_groups import PublicGroupWatch
from bot.texts import Words
from bot.usecases.asking.explain_asking import ExplainToManager
from bot.usecases.campaigns.follow_campaign import FollowCampaign
from bot.usecases.campaigns.prepare_campaign import PrepareCampaign
from bot.usecases.campaigns.start_campaign import StartCampaign
from bot.usecases.cases.list_cases import ListOpenCases
from bot.usecases.cases.receive_message import ReceiveMessage
from bot.usecases.cases.settle_draft import SettleDraft
from bot.usecases.cases.show_cards import ShowCards
from bot.usecases.changes.awaited_parts import AwaitChangePart
from bot.usecases.changes.draft_change import DraftChange
from bot.usecases.changes.drop_change import DropChange
from bot.usecases.changes.list_changes import ListChanges
from bot.usecases.changes.mark_change_made import MarkChangeMade
from bot.usecases.changes.move_change import MoveChange
from bot.usecases.changes.plan_change import PlanChange
from bot.usecases.journeys.change_journey import ChangeJourney
from bot.usecases.journeys.manage_journeys import ManageJourneys
from bot.usecases.maps.apart.map_process import MapProcess
from bot.usecases.maps.draw_map import DrawMap
from bot.usecases.maps.make_digest import MakeDigest
from bot.usecases.maps.resend_digest import ResendDigest
from bot.usecases.maps.view_map import ViewMap
from bot.usecases.maps.views.keep_views import KeepViews
from bot.usecases.tables.export_to_chat import ExportToChat
from bot.usecases.teams.become_manager import BecomeManager, FirstManagerLink
from bot.usecases.teams.bind_team import BindTeam
from bot.usecases.teams.command_examples import FindCommandExamples
from bot.usecases.teams.invite_manager import InviteManager
from bot.usecases.teams.recognize_viewer import MapViewer, RecognizeViewer
from bot.usecases.teams.report_public_group import ReportPublicGroup
from cjm import templates
from cjm.address import Address
from cjm.asking.decision import AskingRules
from cjm.drawing import Layout, PictureChoice
from cjm.drawing.theme import Theme
from cjm.figures.findings.asking.report import AskingReport
from cjm.figures.journey_map import JourneyMap
from cjm.journeys.journey_file import read_journey
from tests.outbox.doubles import make_outbox, swift_pace
from tests.telegram.case_house import GROUP, NOON, House
from tests.usecases.past import apply_shop, store_answers

RIGHTS = [name for name, of in ChatMemberAdministrator.model_fields.items() if of.is_required() and name != "user"]
ANNA, BEN, EVE = 7, 8, 666  # a manager, somebody who becomes one, a stranger
GONE = "This button no longer works. Please send the command again, such as /map."
SHOP = templates.text("shop")
SECRET = "a secret of sixteen"
_pasts: list[sqlite3.Connection] = []  # the database with the past, once it was written


class QuickDrawer(MapProcess):
    """Drawer that only remembers what it was to draw."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[tuple[JourneyMap, Layout, int]] = []
        self.choices: list[PictureChoice] = []
        self.reports: list[AskingReport] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def draw(self, journey_map: JourneyMap, words: Words, choice: PictureChoice, theme: Theme) -> bytes:
        self.drawn.append((journey_map, choice.layout, choice.page))
        self.choices.append(choice)
        await self.gate.wait()
        return f"picture {len(self.drawn)}".encode()

    async def draw_asking(self, report: AskingReport, words: Words, theme: Theme) -> bytes:
        self.reports.append(report)
        return f"asking {len(self.reports)}".encode()


class Shelf:
    """Files that people sent, by file id."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    async def download(self, file_id: str, most_bytes: int) -> bytes:
        if file_id not in self.files or len(self.files[file_id]) > most_bytes:
            raise Rejected("no such file")
        return self.files[file_id]


@dataclass
class MapHouse(House):
    """House with maps; ``managers`` are those of the settings, ``teams`` replace the one that House has."""

    teams: tuple[TeamSettings, ...] = ()
    drawer: QuickDrawer = field(default_factory=QuickDrawer)
    shelf: Shelf = field(default_factory=Shelf)
    menus: list[tuple[Address, str]] = field(default_factory=list)
    _work: "asyncio.Task[None] | None" = None
    _files: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def restart(self, *, team: bool | None = None) -> None:
        """Build everything again over the same database, as a new process would."""
        db, clock = self.db, self.clock
        configured = tuple(Address("telegram", str(m)) for m in self.managers)
        routing = CaseRouting(self.teams, configured)
        self.display = Display(Replies(self.messenger, swift_pace(), db, clock))
        draw, digest = DrawMap(self.drawer), MakeDigest(db, clock, 5)
        kinds = [DigestLetter(db, digest, draw, routing, TELEGRAM_LIMITS), NoticeLetter(db), ManagerWelcomeLetter()]
        self.outbox = make_outbox(db, clock, self.messenger, kinds)  # type: ignore[arg-type]  # kinds of our own
        recognize, look = RecognizeViewer(db, routing), ViewMap(db, clock, 5)
        self.first_link = FirstManagerLink(db, clock, configured, SECRET)
        become = BecomeManager(db, clock, routing, configured, SECRET)
        showing, receive = MapMessages(look, draw), ReceiveMessage(db, clock, routing)
        keep = KeepViews(db, clock, routing)
        self.export = ExportToChat(db, clock, 5, recognize)
        dispatcher = Dispatcher()
        watch = PublicGroupWatch(ReportPublicGroup(db, clock, routing, self.teams))
        for observer in (dispatcher.message, dispatcher.callback_query):
            observer.outer_middleware(watch)
        dispatcher.include_routers(
            self._make_manager_router(recognize, become, InviteManager(db, clock, configured, SECRET)),
            maps.make_router(recognize, look, showing, ListOpenCases(db, clock, routing)),
            saved_views.make_router(recognize, look, keep, showing),
            journeys.make_router(recognize, ManageJourneys(db, clock), ChangeJourney(db, clock), self.shelf),
            self._make_campaign_router(recognize),
            exports.make_router(recognize, self.export),
            self._make_change_router(recognize),
            binding.make_router(
                BindTeam(db, clock, routing, self.teams),
                ResendDigest(db, clock, routing),
                GroupRefusals(lambda: clock.now().timestamp()),
                self.messenger.may_delete,
            ),
            self._make_change_text_router(recognize),
            saved_views.make_name_router(recognize, keep),
            unexpected.make_router(recognize, receive),
            unexpected_messages.make_router(receive, SettleDraft(db, clock, routing), ShowCards(db)),
        )
        self.receiving = InboxWorker(db=db, clock=clock, bot=self.bot, dispatcher=dispatcher, display=self.display)

    def _make_manager_router(self, recognize: RecognizeViewer, become: BecomeManager, invite: InviteManager) -> Router:
        explain, examples = ExplainToManager(self.db), FindCommandExamples(self.db)
        link = self.messenger.start_link
        return managers.make_router(recognize, become, invite, explain, examples, link, self._welcomed)

    def _make_campaign_router(self, recognize: RecognizeViewer) -> Router:
        db, clock = self.db, self.clock
        prepare = PrepareCampaign(db, clock, AskingRules())
        return campaigns.make_router(recognize, prepare, StartCampaign(db, clock), FollowCampaign(db, clock), clock)

    def _make_change_router(self, recognize: RecognizeViewer) -> Router:
        db, clock = self.db, self.clock
        return changes.make_router(
            recognize,
            ListChanges(db, clock, 5),
            DraftChange(db, clock),
            PlanChange(db, clock),
            MarkChangeMade(db, clock),
            MoveChange(db, clock),
            DropChange(db, clock),
            AwaitChangePart(db, clock),
        )

    def _make_change_text_router(self, recognize: RecognizeViewer) -> Router:
        db, clock = self.db, self.clock
        listing, draft, awaiting = ListChanges(db, clock, 5), DraftChange(db, clock), AwaitChangePart(db, clock)
        made, move = MarkChangeMade(db, clock), MoveChange(db, clock)
        return changes.make_text_router(recognize, listing, draft, made, move, awaiting)

    async def begin(self) -> None:
        """Start handling updates; call it again after a restart."""
        await self.end()
        self._work = asyncio.create_task(self.receiving.run())

    async def end(self) -> None:
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    def _welcomed(self, viewer: MapViewer) -> None:
        self.menus.append((viewer.person, viewer.language))

    async def file(self, person: int, name: str, content: bytes, size: int | None = None) -> None:
        """Let a person send a file."""
        file_id = f"sent-{next(self._files)}"
        self.shelf.files[file_id] = content
        document = {"file_id": file_id, "file_unique_id": "u", "file_name": name, "file_size": size or len(content)}
        await self.send(person, document=document)

    async def membership(
        self, person: int, was: str, now: str, chat: int = int(GROUP.id), language: str = "en"
    ) -> None:
        """Let a person add the bot to a group, or remove it."""

        def member(status: str) -> dict[str, Any]:
            bot = {"id": 42, "is_bot": True, "first_name": "Tropa"}
            more: dict[str, Any] = {"until_date": 0} if status == "kicked" else {}
            if status == "administrator":
                more = dict.fromkeys(RIGHTS, True)
            return {"user": bot, "status": status, **more}

        about = {"id": chat, "type": "supergroup", "title": "Care <team>"} | self.name_chat(chat)
        by = {"id": person, "is_bot": False, "first_name": f"P{person}", "language_code": language}
        event = {"chat": about, "from": by, "date": int(self.clock.now().timestamp())}
        await self.update({"my_chat_member": event | {"old_chat_member": member(was), "new_chat_member": member(now)}})

    async def past(self) -> None:
        """Store the shop with five weeks of answers, and words of twelve customers."""

        def write(tx: Connection) -> None:
            journey = apply_shop(tx, self.clock.now())
            today = self.clock.now().date()
            for ago in (1, 4, 9, 16, 23, 31, 40, 47):
                day = today - timedelta(days=ago)
                store_answers(tx, journey, "checkout", day, [5, 4, 4, 5, 3])
                store_answers(tx, journey, "delivery", day, [1, 2, 4, 3, 2])
            store_answers(
                tx, journey, "delivery", today - timedelta(days=1), [f"Voice number {n}" for n in range(1, 13)]
            )

        await self.db.write(write)

    def picture(self, chat: int) -> Upload:
        """Return the picture of the latest message."""
        upload = self.last(chat)[1].upload
        assert upload is not None
        return upload

    @property
    def today(self) -> date:
        return self.clock.now().date()


@asynccontextmanager
async def map_house(db: Database, *, past: bool = True, **settings: Any) -> AsyncIterator[MapHouse]:
    """Open a house that handles updates inside the block."""
    house = MapHouse(db, FrozenClock(NOON), **settings)
    if past:
        await give_past(house)
    await house.begin()
    try:
        yield house
    finally:
        await house.end()
        await house.bot.session.close()


async def give_past(house: MapHouse) -> None:
    """Store the past in a new database: the first house of a process writes it, all others get a copy."""
    is_new = house.db.is_sqlite and house.db._writer is None
    if is_new and _pasts:
        with closing(sqlite3.connect(str(house.db.url.database))) as target:
            _pasts[0].backup(target)
        return
    await house.past()
    if is_new:
        _pasts.append(sqlite3.connect(":memory:"))
        atexit.register(_pasts[0].close)
        with closing(sqlite3.connect(str(house.db.url.database))) as written:
            written.backup(_pasts[0])


def at(person: int) -> Address:
    return Address("telegram", str(person))


async def first_manager(house: MapHouse, language: str = "en") -> str:
    token = await house.first_link()
    assert token is not None
    await house.send(ANNA, text=f"/start {token}", language=language)
    return token


async def invited(house: MapHouse, *ticks: str) -> str:
    """Return the payload of a manager's link that Anna makes, limited to the ticked journeys."""
    await house.say(ANNA, "/managers")
    await house.tap(ANNA, "Add a manager")
    for tick in ticks:
        await house.tap(ANNA, tick)
    await house.tap(ANNA, "Make the link")
    return house.texts(ANNA)[-1].split("start=")[1]


def action(house: MapHouse, label: str) -> str:
    """Return the data of a button of Anna's latest message."""
    (found,) = (b.action for row in house.last(ANNA)[1].buttons for b in row if b.label == label)
    assert found is not None
    return pack_action(found)


async def second_journey(house: MapHouse) -> None:
    await apply_source(house, other("Renting"))


async def apply_source(house: MapHouse, source: str) -> None:
    """Put a journey file into force behind the manager's back."""
    await house.db.write(lambda tx: apply(tx, read_journey(source, "other.toml"), source, now=NOON))


def other(title: str) -> str:
    return SHOP.replace('key = "shop"', 'key = "other"', 1).replace("Buying in our shop", title)
