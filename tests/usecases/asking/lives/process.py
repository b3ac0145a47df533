"""One process of the shop's bot: its use cases, its outbox and its ticks. A restart makes another one."""

from collections.abc import Awaitable, Callable, Sequence

from bot.clock import Clock
from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Database
from bot.messages.callbacks import ConversationVerb
from bot.outbox.display import Display
from bot.outbox.letters.campaigns.campaign_notice import CampaignNoticeLetter
from bot.outbox.letters.greeting import GreetingLetter
from bot.outbox.letters.invitation import InvitationLetter
from bot.outbox.letters.reminder import ReminderLetter, StepLetter
from bot.outbox.letters.zone_notice import ZoneNoticeLetter
from bot.outbox.replies import Replies
from bot.usecases.asking.ask_due import AskDue
from bot.usecases.asking.give_answer import GiveAnswer
from bot.usecases.asking.give_consent import GiveConsent
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.asking.remind_and_expire import RemindAndExpire
from bot.usecases.asking.repair_messages import RepairMessages
from bot.usecases.asking.show_conversation import ShowConversation
from bot.usecases.asking.staying.ask_staying import AskStaying
from bot.usecases.asking.stop_asking import StopAsking
from bot.usecases.asking.turn import ConversationTap, TurnResult
from bot.usecases.asking.words.answer_in_words import AnswerInWords
from bot.usecases.asking.words.write_comment import WriteComment
from bot.usecases.campaigns.plan_campaigns import PlanCampaigns
from bot.usecases.campaigns.plan_pulses import PlanPulses
from bot.usecases.campaigns.prepare_campaign import PrepareCampaign
from bot.usecases.campaigns.start_campaign import StartCampaign
from bot.usecases.cases.case_opening import OpenCaseFromResponse
from bot.usecases.cases.receive_message import IncomingMessage
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.people.change_settings import ChangeSettings
from bot.usecases.people.open_link import OpenLink
from bot.usecases.people.recall_messages import RecallMessages
from bot.usecases.people.record_reachability import RecordReachability
from bot.usecases.people.save_customer import SaveCustomer
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.address import Address
from cjm.cases.case import CaseText
from cjm.conversation.snooze import Snooze
from cjm.journeys.visit import Event
from tests.outbox.doubles import ScriptedMessenger, make_outbox, swift_pace
from tests.usecases.asking.lives.shop import ANSWERABLE, DAY, SETTINGS

SECRET = "a secret of the shop"
BOSS = Address("telegram", "9001")
REPAIRS = 2  # for each tick: this one looks far more often than the others
Turn = Callable[[ConversationTap, Sequence[int]], Awaitable[TurnResult]]


class ShopProcess:
    """Everything that one process holds in memory; what it knows for longer stands in the database."""

    def __init__(self, db: Database, clock: Clock, messenger: ScriptedMessenger) -> None:
        rules, quiet = SETTINGS.rules, SETTINGS.quiet_hours
        routing = CaseRouting((), ())
        open_case = OpenCaseFromResponse(routing)
        self.record = RecordVisits(db, clock, rules)
        self.give = GiveAnswer(db, clock, ANSWERABLE, open_case)
        self.stop = StopAsking(db, clock, ANSWERABLE, quiet)
        self.comment = WriteComment(db, clock, open_case)
        self.in_words = AnswerInWords(db, clock, open_case)
        self.settings = ChangeSettings(db, clock, quiet)
        self.save_customer, self.open_link = SaveCustomer(db, clock, SECRET), OpenLink(db, clock, SECRET)
        self.consent, self.reachability = GiveConsent(db, clock), RecordReachability(db, clock)
        self.apply_journey = ApplyJourney(db, clock)
        self._prepare, self._start = PrepareCampaign(db, clock, rules), StartCampaign(db, clock)
        self.display = Display(Replies(messenger, swift_pace(), db, clock), waits=())
        self._conversations = ShowConversation(db, clock)
        self._plan = (AskStaying(db, clock, rules), PlanPulses(db, clock, rules), PlanCampaigns(db, clock, rules))
        self._ask_due, self._remind = AskDue(db, clock, rules), RemindAndExpire(db, clock, 2 * DAY, quiet)
        self._repair = RepairMessages(db, clock, self.display)
        self._recall = RecallMessages(db, clock, self.display, routing)
        kinds = [
            InvitationLetter(db, clock, ANSWERABLE, rules),
            ReminderLetter(db, clock, rules),
            StepLetter(db, clock),
            GreetingLetter(db, SETTINGS),
            ZoneNoticeLetter(db, clock, quiet),
            CampaignNoticeLetter(db, routing),
        ]
        self.outbox = make_outbox(db, clock, messenger, kinds)  # type: ignore[arg-type]  # a list of kinds is invariant
        self._turns = self._list_turns()

    def _list_turns(self) -> dict[ConversationVerb, Turn]:
        give, stop, verb = self.give, self.stop, ConversationVerb
        return {
            verb.ANSWER: lambda tap, numbers: give.answer(tap, *numbers),
            verb.SKIP: lambda tap, numbers: give.skip(tap, *numbers),
            verb.LATER_TODAY: lambda tap, _: stop.snooze(tap, Snooze.LATER_TODAY),
            verb.TOMORROW: lambda tap, _: stop.snooze(tap, Snooze.TOMORROW),
            verb.LESS_OFTEN: lambda tap, _: stop.ask_less_often(tap, True),
            verb.MUTE: lambda tap, _: stop.mute(tap),
            verb.STOP: lambda tap, _: stop.stop(tap),
            verb.REOPEN: lambda tap, _: stop.reopen(tap),
        }

    async def run_ticks(self, *, is_rare: bool) -> None:
        """Do what falls due once, each after what it follows from; ``is_rare``: also what runs rarely."""
        for plan in self._plan if is_rare else ():
            await plan()
        await self._ask_due()
        await self._remind()
        await self.outbox.drain()
        for _ in range(REPAIRS):
            await self._repair()
            await self.display.wait_until_idle()
        if is_rare:
            await self._recall()
            await self.display.wait_until_idle()

    async def begin_campaign(self) -> None:
        boss = MapViewer(BOSS, BOSS, "Boss", "en", journeys=None)
        menu = await self._prepare.list_surveys(boss)
        assert await self._start(boss, menu.view_id, 0, 0) is not None

    async def record_events(self, events: Sequence[Event]) -> None:
        results = await self.record(events)
        assert all(not result.mistakes for result in results), results

    # ---- what customers do under a question --------------------------------------------------------------------------

    async def tap(
        self, tap: ConversationTap, verb: ConversationVerb, numbers: Sequence[int] = (), *, is_shown: bool = True
    ) -> TurnResult:
        """Take a tap, and show what follows from it, unless the process dies in between."""
        turn = await self._turns[verb](tap, numbers)
        if turn.context is not None and is_shown:
            self.display.show(self._conversations.step(tap.address, tap.message_id, tap.invitation))
            await self._show_left(tap.address, turn, tap.invitation)
        return turn

    async def _show_left(self, chat: Address, turn: TurnResult, invitation: int) -> None:
        if turn.left_message is not None:
            self.display.show(self._conversations.left_message(chat, turn.left_message, invitation))
        await self.display.wait_until_idle()

    async def write(self, chat: Address, number: str, text: str) -> tuple[int, TurnResult] | None:
        """Take words of a customer; return the invitation that they answer, and the turn. None if they answer none."""
        worded = await self.in_words.find_invitation(chat, text, None)
        invitation = worded or await self.comment.find_invitation(chat, None)
        if invitation is None:
            return None
        if worded is not None:
            turn = await self.in_words(chat, IncomingMessage(number, CaseText("text", text), None), worded)
        else:
            turn = await self.comment(chat, text, number, invitation)
        if turn is None:
            return None
        await self._show_left(chat, turn, invitation)
        await self.outbox.drain()
        return invitation, turn
