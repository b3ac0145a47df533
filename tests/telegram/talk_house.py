"""Test house with everything that a customer meets: links, consent, questions, settings, complaints."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.methods import SetMyCommands, TelegramMethod

from bot.clock import FrozenClock
from bot.config.settings import AskingSettings
from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers, links
from bot.db.people.links import LinkKind
from bot.outbox.display import Display
from bot.outbox.letters.case_card import CaseCardLetter
from bot.outbox.letters.case_notice import CaseNoticeLetter
from bot.outbox.letters.case_receipt import CaseReceiptLetter
from bot.outbox.letters.case_reply import CaseReplyLetter
from bot.outbox.letters.draft_question import DraftQuestionLetter
from bot.outbox.letters.greeting import GreetingLetter
from bot.outbox.letters.invitation import InvitationLetter
from bot.outbox.letters.reminder import ReminderLetter, StepLetter
from bot.outbox.replies import Replies
from bot.telegram.customer import (
    answering,
    complaints,
    leaving,
    own_controls,
    settings,
    starting,
    unexpected_messages,
    writing,
)
from bot.telegram.limits import TELEGRAM_LIMITS
from bot.telegram.menus import Menus
from bot.telegram.receiving.inbox_worker import InboxWorker
from bot.usecases.asking.ask_due import AskDue
from bot.usecases.asking.give_answer import GiveAnswer
from bot.usecases.asking.give_consent import GiveConsent
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.asking.remind_and_expire import RemindAndExpire
from bot.usecases.asking.repair_messages import RepairMessages
from bot.usecases.asking.show_conversation import ShowConversation
from bot.usecases.asking.stop_asking import StopAsking
from bot.usecases.asking.words.answer_in_words import AnswerInWords
from bot.usecases.asking.words.write_comment import WriteComment
from bot.usecases.cases.case_opening import OpenCaseFromResponse
from bot.usecases.cases.close_case import CloseCase
from bot.usecases.cases.list_cases import ListOwnCases
from bot.usecases.cases.place_case import PlaceCase
from bot.usecases.cases.receive_message import ReceiveMessage
from bot.usecases.cases.settle_draft import SettleDraft
from bot.usecases.cases.show_cards import ShowCards
from bot.usecases.cases.start_complaint import StartComplaint
from bot.usecases.diary.keep_diary import KeepDiary
from bot.usecases.people.change_settings import ChangeSettings
from bot.usecases.people.collect_personal_data import CollectPersonalData
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.make_person_file import MakePersonFile
from bot.usecases.people.open_link import OpenLink
from bot.usecases.people.record_reachability import RecordReachability
from bot.usecases.teams.recognize_viewer import RecognizeViewer
from bot.usecases.walk_ins.visit_by_poster import VisitByPoster
from cjm.address import Address
from cjm.asking.decision import AskingRules
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.outbox.doubles import make_outbox, swift_pace
from tests.telegram.case_house import NOON, House, SilentSession, at_work, make_team
from tests.usecases.asking.world import EXPIRE, JOURNEY, NO_LIMITS, QUIET, REMIND

ANNA, BORIS = 71, 72


class MenuSession(SilentSession):
    """Session that takes the calls that set a menu, too."""

    def __init__(self) -> None:
        super().__init__()
        self.menus: list[SetMyCommands] = []

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:  # noqa: ASYNC109 - aiogram's
        if isinstance(method, SetMyCommands):
            self.menus.append(method)
            return True
        return await super().make_request(bot, method, timeout)


class TalkHouse(House):
    line: MenuSession

    def restart(self, *, team: bool | None = None) -> None:
        self.team = self.team if team is None else team
        routing = CaseRouting(
            [make_team(self.language)] if self.team else [], [Address("telegram", str(m)) for m in self.managers]
        )
        db, clock, rules = self.db, self.clock, AskingRules(timedelta(), timedelta(), timedelta(), 0, QUIET)
        self.display = Display(Replies(self.messenger, swift_pace(), db, clock))
        self.record, self.ask_due = RecordVisits(db, clock, rules), AskDue(db, clock, rules)
        self.remind, self.mend = RemindAndExpire(db, clock, REMIND, QUIET), RepairMessages(db, clock, self.display)
        kinds = [
            CaseCardLetter(db, routing), CaseNoticeLetter(db, TELEGRAM_LIMITS, routing),
            CaseReplyLetter(db, TELEGRAM_LIMITS), CaseReceiptLetter(db), DraftQuestionLetter(db, clock),
            GreetingLetter(db, AskingSettings()), InvitationLetter(db, clock, EXPIRE, rules),
            ReminderLetter(db, clock, rules), StepLetter(db, clock),
        ]  # fmt: skip
        self.outbox = make_outbox(db, clock, self.messenger, kinds)  # type: ignore[arg-type]  # kinds of our own
        self.dispatcher = Dispatcher()
        self.dispatcher.include_routers(*self._routers(routing))
        self.receiving = InboxWorker(db=db, clock=clock, bot=self.bot, dispatcher=self.dispatcher, display=self.display)
        self.restarted.set()

    def _routers(self, routing: CaseRouting) -> list[Router]:
        db, clock = self.db, self.clock
        conversations, show_cards, self.chat_menus = ShowConversation(db, clock), ShowCards(db), Menus(self.bot)
        case = OpenCaseFromResponse(routing)
        give, stop = GiveAnswer(db, clock, EXPIRE, case), StopAsking(db, clock, EXPIRE, QUIET)
        keep_diary = KeepDiary(db, clock, EXPIRE, QUIET)
        change, hear = ChangeSettings(db, clock, QUIET), ReceiveMessage(db, clock, routing)
        place, close = PlaceCase(db, clock, routing), CloseCase(db, clock, routing)
        collect = CollectPersonalData(db, clock, QUIET)
        return [
            own_controls.make_router(give, conversations, change, collect),
            answering.make_router(give, stop, keep_diary, conversations),
            writing.make_router(AnswerInWords(db, clock, case), WriteComment(db, clock, case), give, conversations),
            starting.make_router(
                OpenLink(db, clock, ""),
                VisitByPoster(db, clock, "", NO_LIMITS, 0),
                GiveConsent(db, clock),
                RecordReachability(db, clock),
                change,
            ),
            settings.make_router(change, stop, keep_diary, RecognizeViewer(db, routing), self.chat_menus),
            leaving.make_router(
                stop,
                conversations,
                ForgetCustomer(db, clock, 5),
                collect,
                MakePersonFile(db, clock),
                change,
            ),
            complaints.make_router(StartComplaint(db, clock), hear, place, close, ListOwnCases(db, clock), show_cards),
            unexpected_messages.make_router(hear, SettleDraft(db, clock, routing), show_cards),
        ]

    async def settle(self) -> None:
        await super().settle()
        await self.chat_menus.wait_until_idle()

    async def link(self, external: str) -> str:
        """Return the payload of a new personal link."""

        def write(tx: Connection) -> str:
            person = customers.ensure_external_ids(tx, [external], self.clock.now())[external]
            return links.issue(tx, LinkKind.CUSTOMER, customer_id=person.id, now=self.clock.now())

        return await self.db.write(write)

    async def welcome(self, person: int = ANNA, external: str = "77", language: str = "en") -> None:
        """Let a person open their link and consent."""
        await self.say(person, f"/start {await self.link(external)}", language=language)
        await self.tap(person, self.labels(person)[0], language=language)

    async def delivery(self, event: str = "e1", external: str = "77") -> None:
        """Record a delivery, and ask the customers who are due."""
        await self.record([Event(event, external, "shop", self.clock.now(), touchpoint="delivery")])
        await self.ask_due()
        await self.settle()

    def screen(self, person: int = ANNA) -> str:
        """Return the last message of a chat with its buttons, as a customer sees it."""
        message = self.last(person)[1]
        rows = ["  ".join(f"[{b.label}]" for b in row) for row in message.buttons]
        return "\n".join([str(message.text), *rows])


@asynccontextmanager
async def opened_talk(db: Database, **settings: Any) -> AsyncIterator[TalkHouse]:
    await db.write(lambda tx: journeys.apply(tx, read_journey(JOURNEY, "shop.toml"), JOURNEY, now=NOON))
    house = TalkHouse(db, FrozenClock(NOON), line=MenuSession(), **settings)
    async with at_work(house):
        yield house
