"""Test house for cases: customers, a manager and a team's group; real updates in, messages out."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from aiogram import Bot, Dispatcher
from aiogram.client.session.base import BaseSession
from aiogram.methods import AnswerCallbackQuery, TelegramMethod

from bot.clock import FrozenClock
from bot.config.settings import TeamSettings
from bot.db.cases.case_routing import CaseRouting
from bot.db.cases.strangers import merge_stranger
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.messages.callbacks import pack_action
from bot.messages.message import Message
from bot.outbox.display import Display
from bot.outbox.letters.case_card import CaseCardLetter
from bot.outbox.letters.case_notice import CaseNoticeLetter
from bot.outbox.letters.case_receipt import CaseReceiptLetter
from bot.outbox.letters.case_reply import CaseReplyLetter
from bot.outbox.letters.draft_question import DraftQuestionLetter
from bot.outbox.replies import Replies
from bot.telegram.customer import complaints, unexpected_messages
from bot.telegram.limits import TELEGRAM_LIMITS
from bot.telegram.receiving.inbox_worker import InboxWorker
from bot.telegram.team import cases
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.cases.answer_case import AnswerCase
from bot.usecases.cases.close_case import CloseCase
from bot.usecases.cases.hand_over_cases import HandOverCases
from bot.usecases.cases.list_cases import ListOpenCases, ListOwnCases
from bot.usecases.cases.mute_writer import EndMutes, MuteWriter
from bot.usecases.cases.place_case import PlaceCase
from bot.usecases.cases.receive_message import ReceiveMessage
from bot.usecases.cases.settle_draft import SettleDraft
from bot.usecases.cases.show_cards import ShowCards
from bot.usecases.cases.start_complaint import StartComplaint
from bot.usecases.cases.take_case import TakeCase
from cjm.address import Address
from cjm.asking.decision import AskingRules
from cjm.cases.intake import CaseLimits
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.outbox.doubles import ScriptedMessenger, make_outbox, swift_pace

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
GROUP = Address("telegram", "-1001")
T = TypeVar("T")

SHOP = """
key = "shop"
title = "Shop"
languages = ["en", "ru", "pl"]
timezone = "Europe/Warsaw"
attributes = [{ key = "class", title = "Class" }]

[[stages]]
key = "choose"
title = { en = "Choosing", ru = "Выбор", pl = "Wybór" }
touchpoints = [
  { key = "site", title = { en = "The site", ru = "Сайт", pl = "Strona" }, channel = "site" },
  { key = "advice", title = { en = "Advice", ru = "Консультация", pl = "Porada" }, channel = "phone" },
  { key = "cart", title = { en = "The basket", ru = "Корзина", pl = "Koszyk" }, channel = "site" },
]

[[stages]]
key = "get"
title = { en = "Getting it", ru = "Получение", pl = "Odbiór" }
touchpoints = [
  { key = "delivery", title = { en = "Delivery", ru = "Доставка", pl = "Dostawa" }, channel = "courier" },
  { key = "pickup", title = { en = "Picking it up", ru = "Самовывоз", pl = "Odbiór osobisty" }, channel = "store" },
  { key = "box", title = { en = "The box", ru = "Коробка", pl = "Pudełko" } },
  { key = "assembly", title = { en = "Assembly", ru = "Сборка", pl = "Montaż" } },
]
"""


class SilentSession(BaseSession):
    """Session of the bot that takes the acknowledgements of taps; everything else goes through the messenger."""

    def __init__(self) -> None:
        super().__init__()
        self.notices: list[str | None] = []

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:  # noqa: ASYNC109 - aiogram's
        assert isinstance(method, AnswerCallbackQuery)
        self.notices.append(method.text)
        return True

    async def close(self) -> None: ...

    async def stream_content(self, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        yield b""


@dataclass
class House:
    """Product with one chat per person and a team's group.

    ``say``, ``photo``, ``tap`` and the like are what a person does; when they return, the update is handled and
    everything that is due is sent.
    """

    db: Database
    clock: FrozenClock
    team: bool = True
    managers: tuple[int, ...] = ()
    language: str = "en"
    messenger: ScriptedMessenger = field(default_factory=ScriptedMessenger)
    line: SilentSession = field(default_factory=SilentSession)
    hand_over: HandOverCases = field(init=False)
    end_mutes: EndMutes = field(init=False)
    limits: CaseLimits = field(default_factory=CaseLimits)
    twice: bool = False  # every update comes twice
    public: set[int] = field(default_factory=set)  # chats with a user name: people too may have one
    restarted: asyncio.Event = field(default_factory=asyncio.Event)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1000))

    def __post_init__(self) -> None:
        self.bot = Bot("42:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", session=self.line)
        self.restart()

    def restart(self, *, team: bool | None = None) -> None:
        """Build everything again over the same database, as a new process would."""
        self.team = self.team if team is None else team
        configured = [make_team(self.language)] if self.team else []
        routing = CaseRouting(configured, [Address("telegram", str(m)) for m in self.managers])
        db, clock = self.db, self.clock
        self.display = Display(Replies(self.messenger, swift_pace(), db, clock))
        show_cards = ShowCards(db)
        self.hand_over = HandOverCases(db, clock, routing)
        self.end_mutes = EndMutes(db, clock, routing)
        kinds = [
            CaseCardLetter(db, routing),
            CaseNoticeLetter(db, TELEGRAM_LIMITS, routing),
            CaseReplyLetter(db, TELEGRAM_LIMITS),
            CaseReceiptLetter(db),
            DraftQuestionLetter(db, clock),
        ]
        self.outbox = make_outbox(db, clock, self.messenger, kinds)  # type: ignore[arg-type]  # kinds of our own
        hear, place, close = (
            ReceiveMessage(db, clock, routing, self.limits),
            PlaceCase(db, clock, routing),
            CloseCase(db, clock, routing),
        )
        dispatcher = Dispatcher()
        dispatcher.include_routers(
            cases.make_router(
                TakeCase(db, clock, routing),
                AnswerCase(db, clock, routing),
                close,
                place,
                ListOpenCases(db, clock, routing),
                MuteWriter(db, clock, routing),
                show_cards,
            ),
            complaints.make_router(StartComplaint(db, clock), hear, place, close, ListOwnCases(db, clock), show_cards),
            unexpected_messages.make_router(hear, SettleDraft(db, clock, routing, self.limits), show_cards),
        )
        self.receiving = InboxWorker(db=db, clock=clock, bot=self.bot, dispatcher=dispatcher, display=self.display)
        self.restarted.set()

    # ---- acts --------------------------------------------------------------------------------------------------------

    async def update(self, what: dict[str, Any]) -> None:
        update = {"update_id": next(self._ids), **what}
        for _ in range(2 if self.twice else 1):
            await self.receiving.store([update])
            await self.receiving.wait_until_idle()
        await self.settle()

    async def settle(self) -> None:
        await self.display.wait_until_idle()
        await self.outbox.drain()

    async def pass_time(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))
        await self.settle()

    async def say(self, person: int, text: str, **more: Any) -> str:
        return await self.send(person, text=text, **more)

    async def photo(self, person: int, file_id: str = "photo-1", caption: str | None = None, **more: Any) -> str:
        sizes = [{"file_id": f"{file_id}{s}", "file_unique_id": s, "width": 9, "height": 9} for s in ("-s", "")]
        return await self.send(person, photo=sizes, **({"caption": caption} if caption else {}) | more)

    async def voice(self, person: int, file_id: str = "voice-1", **more: Any) -> str:
        return await self.send(person, voice={"file_id": file_id, "file_unique_id": "u", "duration": 3}, **more)

    async def send(
        self, person: int, chat: int | None = None, reply_to: str | None = None, language: str = "en", **what: Any
    ) -> str:
        number = next(self._ids)
        message = self.make_message(number, chat or person) | {"from": _user(person, language)} | what
        if reply_to:
            message["reply_to_message"] = self.make_message(int(reply_to), chat or person) | {"text": "ours"}
        await self.update({"message": message})
        return str(number)

    async def tap(
        self, person: int, label: str, chat: int | None = None, language: str = "en", on: str | None = None
    ) -> str | None:
        """Tap the button with this label on the latest message of the chat that has it; return the notice."""
        where = Address("telegram", str(chat or person))
        for message_id, message in reversed(self.messages_in(where).items()):
            for button in (b for row in message.buttons for b in row):
                if button.label == label and button.action and on in (None, message_id):
                    return await self.forge(person, pack_action(button.action), message_id, chat, language)
        raise AssertionError(f"no button {label!r} in {[m.buttons for m in self.messages_in(where).values()]}")

    async def forge(
        self, person: int, data: str, message_id: str = "1", chat: int | None = None, language: str = "en"
    ) -> str | None:
        before = len(self.line.notices)
        await self.update(self.make_tap(person, data, message_id, chat, language))
        return self.line.notices[before] if len(self.line.notices) > before else None

    def make_tap(
        self, person: int, data: str, message_id: str, chat: int | None = None, language: str = "en"
    ) -> dict[str, Any]:
        query = {
            "id": str(next(self._ids)),
            "from": _user(person, language),
            "chat_instance": "1",
            "data": data,
            "message": self.make_message(int(message_id), chat or person) | {"text": "ours"},
        }
        return {"callback_query": query}

    async def handle(self, what: dict[str, Any]) -> None:
        """Store an update, and return when it is handled; what it shows may wait."""
        await self.receiving.store([{"update_id": next(self._ids), **what}])
        await self.receiving.wait_until_idle()

    def make_message(self, number: int, chat: int) -> dict[str, Any]:
        kind = "private" if chat > 0 else "supergroup"
        about = {"id": chat, "type": kind, **({"first_name": "A"} if chat > 0 else {"title": "Team"})}
        return {"message_id": number, "date": int(self.clock.now().timestamp()), "chat": about | self.name_chat(chat)}

    def name_chat(self, chat: int) -> dict[str, str]:
        return {"username": f"name{abs(chat)}"} if chat in self.public else {}

    async def edit(self, person: int, number: str, text: str, chat: int | None = None, **what: Any) -> None:
        """Let a person change the text of a message that they have sent."""
        self.clock.advance(timedelta(seconds=1))
        edited = self.make_message(int(number), chat or person) | {"from": _user(person, "en"), "text": text} | what
        await self.update({"edited_message": edited | {"edit_date": int(self.clock.now().timestamp())}})

    # ---- what is seen ------------------------------------------------------------------------------------------------

    def messages_in(self, where: Address) -> dict[str, Message]:
        """Return the bot's messages in a chat by id, as they look now."""
        found = {str(i): m for i, (to, m) in enumerate(self.messenger.arrived, 1) if to == where}
        for to, message_id, message in self.messenger.edits:
            if to == where and message_id in found:
                found[message_id] = message
        return found

    def texts(self, chat: int) -> list[str]:
        return [str(m.text) for m in self.messages_in(Address("telegram", str(chat))).values()]

    def last(self, chat: int) -> tuple[str, Message]:
        return list(self.messages_in(Address("telegram", str(chat))).items())[-1]

    def team_texts(self) -> list[str]:
        return self.texts(int(GROUP.id))

    def labels(self, chat: int) -> list[str]:
        return [b.label for row in self.last(chat)[1].buttons for b in row]

    async def see(self, fn: Callable[[Connection], T]) -> T:
        return await self.db.read(fn)

    async def visit(self, person: int, touchpoint: str, at: datetime, channel: str | None = None) -> None:
        """Record a visit of the customer ``c<person>``, who is linked to this account."""
        name = f"c{person}"
        event = Event(f"{name}-{touchpoint}-{at.isoformat()}", name, "shop", at, touchpoint=touchpoint, channel=channel)
        await RecordVisits(self.db, self.clock, AskingRules())([event])
        address = Address("telegram", str(person))

        def link(tx: Connection) -> None:
            found = customers.find_by_external_id(tx, name)
            assert found is not None
            if found.address is None:
                merge_stranger(tx, address, found.id)

        await self.db.write(link)


def _user(person: int, language: str) -> dict[str, Any]:
    return {"id": person, "is_bot": False, "first_name": f"Person{person}", "language_code": language}


def make_team(language: str) -> TeamSettings:
    return TeamSettings.model_validate(
        {"key": "care", "chat": str(GROUP), "language": language, "timezone": "Europe/Warsaw"}
    )


def shop() -> Journey:
    return read_journey(SHOP, "shop.toml")


@asynccontextmanager
async def opened_house(db: Database, **settings: Any) -> AsyncIterator[House]:
    clock = FrozenClock(NOON)
    journey = shop()
    await db.write(lambda tx: journeys.apply(tx, journey, SHOP, now=NOON))
    house = House(db, clock, **settings)
    async with at_work(house):
        yield house


@asynccontextmanager
async def at_work(house: House) -> AsyncIterator[None]:
    """Let the house handle updates inside the block."""
    running = asyncio.create_task(_run(house))
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await house.bot.session.close()


async def _run(house: House) -> None:
    """Run the inbox worker that the house has now; a restart gives it another one."""
    while True:
        house.restarted.clear()
        task = asyncio.create_task(house.receiving.run())
        try:
            await house.restarted.wait()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
