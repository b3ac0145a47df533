"""World of one journey and one customer, with our messages as they stand in the customer's chat."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.clock import FrozenClock
from bot.conversation.context import ConversationContext, load_context
from bot.db.asking import responses
from bot.db.cases.case_routing import CaseRouting
from bot.db.cases.strangers import merge_stranger
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import consent_records, customers
from bot.db.people.consent_states import ConsentWay
from bot.db.people.customers import Customer
from bot.db.upkeep import counter_check
from bot.messages.message import Message
from bot.outbox.display import Display
from bot.outbox.kinds import LetterName
from bot.outbox.letters.campaigns.campaign_notice import CampaignNoticeLetter
from bot.outbox.letters.diary.diary_thanks import DiaryThanksLetter
from bot.outbox.letters.invitation import InvitationLetter
from bot.outbox.letters.reminder import ReminderLetter, StepLetter
from bot.outbox.replies import Replies
from bot.usecases.asking.ask_due import AskDue
from bot.usecases.asking.give_answer import GiveAnswer
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.asking.remind_and_expire import RemindAndExpire
from bot.usecases.asking.repair_messages import RepairMessages
from bot.usecases.asking.show_conversation import ShowConversation
from bot.usecases.asking.stop_asking import StopAsking
from bot.usecases.asking.turn import ConversationTap, TurnResult
from bot.usecases.asking.words.answer_in_words import AnswerInWords
from bot.usecases.asking.words.write_comment import WriteComment
from bot.usecases.cases.case_opening import OpenCaseFromResponse
from bot.usecases.cases.receive_message import IncomingMessage
from cjm.address import Address
from cjm.asking.decision import AskingRules
from cjm.asking.quiet_hours import QuietHours
from cjm.asking.subject_names import SubjectName
from cjm.cases.case import CaseText
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.outbox.doubles import ScriptedMessenger, make_outbox, swift_pace

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ALICE, BOB = Address("telegram", "1"), Address("telegram", "2")
MANAGER = Address("telegram", "9001")
EXPIRE, REMIND = timedelta(hours=168), timedelta(hours=48)
QUIET = QuietHours.parse("21:00-09:00")
NO_LIMITS = AskingRules(timedelta(), timedelta(), timedelta(), 0, QUIET)

JOURNEY = """
key = "shop"
title = "Shop"
languages = ["en", "ru", "pl"]
timezone = "Europe/Warsaw"

[[stages]]
key = "get"
title = { en = "Getting it", ru = "Получение", pl = "Odbiór" }
touchpoints = [
  { key = "delivery", title = { en = "Delivery", ru = "Доставка", pl = "Dostawa" }, channel = "courier" },
  { key = "box", title = { en = "The box", ru = "Коробка", pl = "Pudełko" } },
]

[[surveys]]
key = "delivered"
on = { touchpoint = "delivery" }

[[surveys.questions]]
key = "felt"
kind = "emotion"
text.en = "How did you feel after the delivery?"
text.ru = "Что вы почувствовали после доставки?"
text.pl = "Co czujesz po dostawie?"

[[surveys.questions]]
key = "csat"
kind = "csat"
text.en = "How satisfied were you with the delivery?"
text.ru = "Насколько вы довольны доставкой?"
text.pl = "Jak oceniasz dostawę?"

[[surveys.questions]]
key = "why"
kind = "choice"
when = { of = "csat", at_most = 3 }
text.en = "What went wrong?"
text.ru = "Что пошло не так?"
text.pl = "Co poszło nie tak?"
options = [
  { key = "late", title = { en = "It came late", ru = "Привезли поздно", pl = "Przyszło za późno" } },
  { key = "box", title = { en = "The box was torn", ru = "Порвана коробка", pl = "Pudełko było rozdarte" } },
]

[[surveys.questions]]
key = "words"
kind = "text"
when = { of = "csat", at_most = 3 }
text.en = "What happened?"
text.ru = "Что случилось?"
text.pl = "Co się stało?"

[[surveys.questions]]
key = "packed"
kind = "nps"
about = "box"
text.en = "Would you recommend us?"
text.ru = "Порекомендуете нас?"
text.pl = "Czy nas polecisz?"
"""

EVERY_KIND = JOURNEY.replace('kind = "choice"', 'kind = "choice"\nseveral = true').replace(
    'kind = "csat"', 'kind = "csat"\nnot_applicable = true'
)
"""The same journey, in which several reasons may be chosen, and satisfaction need not apply."""

FELT, CSAT, WHY, WORDS, PACKED = range(5)
DELIVERY = SubjectName("shop", 1, "delivery")


@dataclass
class World:
    """Use cases around one customer. ``answer`` and ``write`` do what a handler does: use case, then message."""

    db: Database
    clock: FrozenClock
    person: Customer
    messenger: ScriptedMessenger
    rules: AskingRules = NO_LIMITS

    def __post_init__(self) -> None:
        rules = self.rules
        open_case = OpenCaseFromResponse(CaseRouting((), ()))
        self.record = RecordVisits(self.db, self.clock, rules)
        self.ask_due = AskDue(self.db, self.clock, rules)
        self.give = GiveAnswer(self.db, self.clock, EXPIRE, open_case)
        self.stop = StopAsking(self.db, self.clock, EXPIRE, QUIET)
        self.comment = WriteComment(self.db, self.clock, open_case)
        self.in_words = AnswerInWords(self.db, self.clock, open_case)
        self.display = Display(Replies(self.messenger, swift_pace(), self.db, self.clock), waits=())
        self.conversations = ShowConversation(self.db, self.clock)
        self.find_repairs = RepairMessages(self.db, self.clock, self.display)
        self.remind = RemindAndExpire(self.db, self.clock, REMIND, QUIET)
        kinds = [
            InvitationLetter(self.db, self.clock, EXPIRE, rules),
            ReminderLetter(self.db, self.clock, rules),
            StepLetter(self.db, self.clock),
            CampaignNoticeLetter(self.db, CaseRouting((), (MANAGER,))),
            DiaryThanksLetter(self.db, self.clock, QUIET),
        ]
        self.outbox = make_outbox(self.db, self.clock, self.messenger, kinds)  # type: ignore[arg-type]  # a list of kinds is invariant

    async def apply(self, source: str) -> None:
        """Apply a journey file, as of now."""
        journey, now = read_journey(source, "journey.toml"), self.clock.now()
        await self.db.write(lambda tx: journeys.apply(tx, journey, source, now=now))

    async def deliver(self) -> None:
        await self.outbox.drain()

    async def visit(self, event: str = "e1", customer: str = "77") -> int:
        """Record a delivery and ask the customer about it; return the invitation's id."""
        await self.record([Event(event, customer, "shop", self.clock.now(), touchpoint="delivery")])
        await self.ask_due()
        await self.deliver()
        return int(self.messenger.arrived[-1][1].buttons[0][0].action.args[0])  # type: ignore[union-attr]  # it has one

    def make_tap(self, invitation: int, address: Address = ALICE, message: str | None = None) -> ConversationTap:
        return ConversationTap(address, message or self.last, invitation)

    @property
    def last(self) -> str:
        return str(len(self.messenger.arrived))

    async def show(self, tap: ConversationTap, turn: TurnResult) -> TurnResult:
        if turn.context is not None:
            self.display.show(self.conversations.step(tap.address, tap.message_id, tap.invitation))
            await self.display.wait_until_idle()
        return turn

    async def repair(self) -> int:
        """Run the repair pass, and return how many messages it edited."""
        before = len(self.messenger.edits)
        await self.find_repairs()
        await self.display.wait_until_idle()
        return len(self.messenger.edits) - before

    async def answer(self, invitation: int, place: int, value: int) -> TurnResult:
        tap = self.make_tap(invitation)
        return await self.show(tap, await self.give.answer(tap, place, value))

    async def write(self, text: str, message: str = "u1", reply_to: str | None = None) -> TurnResult | None:
        worded = await self.in_words.find_invitation(ALICE, text, reply_to)
        invitation = worded or await self.comment.find_invitation(ALICE, reply_to)
        if invitation is None:
            return None
        if worded is None:
            turn: TurnResult | None = await self.comment(ALICE, text, message, invitation)
        else:
            turn = await self.in_words(ALICE, IncomingMessage(message, CaseText("text", text), reply_to), worded)
        await self.deliver()
        return turn

    def message_in_chat(self, message_id: str | None = None) -> Message:
        """Return a message as it stands in the chat now."""
        number = message_id or self.last
        edits = [message for _, edited, message in self.messenger.edits if edited == number]
        return edits[-1] if edits else self.messenger.arrived[int(number) - 1][1]

    def labels(self, message_id: str | None = None) -> list[list[str]]:
        return [[button.label for button in row] for row in self.message_in_chat(message_id).buttons]

    async def stored_answers(self, invitation: int) -> dict[str, object]:
        return dict((await self.context(invitation)).conversation.answers)

    async def state(self, invitation: int) -> str:
        return (await self.context(invitation)).invitation.state

    async def answer_until_words(self) -> int:
        """Answer as far as the question that asks for words; return the invitation's id."""
        invitation = await self.visit()
        for place, value in ((FELT, 1), (CSAT, 3), (WHY, 0)):
            await self.answer(invitation, place, value)
        return invitation

    async def context(self, invitation: int) -> ConversationContext:
        found = await self.db.read(lambda tx: load_context(tx, invitation))
        assert found is not None
        return found

    async def customer(self) -> Customer:
        found = await self.db.read(lambda tx: customers.find_by_id(tx, self.person.id))
        assert found is not None
        return found

    async def wrong_counters(self) -> list[object]:
        """List the counters of all journeys that differ from the rows; there should be none."""

        def read(tx: Connection) -> list[object]:
            current = journeys.list_current(tx).values()
            return [wrong for journey in current for wrong in counter_check.list_wrong_counters(tx, journey)]

        return await self.db.read(read)

    async def count_unshown(self) -> int:
        return len(await self.db.read(lambda tx: responses.list_not_shown(tx, self.clock.now(), LetterName.STEP)))


async def make_world(db: Database, language: str | None = "en", rules: AskingRules = NO_LIMITS) -> World:
    clock = FrozenClock(NOON)

    def write(tx: Connection) -> Customer:
        journeys.apply(tx, read_journey(JOURNEY, "shop.toml"), JOURNEY, now=NOON)
        person = customers.ensure_external_ids(tx, ["77"], NOON)["77"]
        merge_stranger(tx, ALICE, person.id)
        customers.update_customer(tx, person.id, language=language, consent_at=NOON)
        found = customers.find_by_id(tx, person.id)
        assert found is not None
        consent_records.record_given(tx, found, ConsentWay.PERSONAL_LINK, NOON)
        return found

    person = await db.write(write)
    world = World(db, clock, person, ScriptedMessenger(), rules)
    await world.outbox.take_over(1)
    return world
