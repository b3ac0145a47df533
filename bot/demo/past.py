"""Demo history, generated through the production write path: events, decisions, invitations, answers, cases.

* Each step runs at the business time of then, so the rules of asking hold at every point of the past.
* Nothing is sent: letters are marked as sent, and conversations as shown.
* The same seed, weeks, language, settings, journey and ``now`` give the same past.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.config.settings import Settings
from bot.conversation.context import ConversationContext, load_context
from bot.conversation.opening import open_conversation
from bot.db.asking import invitation_deadlines, invitations, responses
from bot.db.cases import cases
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import letters
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.demo.opinions import choose_answer, choose_words, draw_mood
from bot.demo.walks import JOURNEY, SimulatedCustomer, create_customers, simulate_events
from bot.usecases.asking.ask_due import ask_due_batch
from bot.usecases.asking.record_visits import record_events
from bot.usecases.asking.turn import ConversationTap, take_turn
from bot.usecases.cases.case_opening import OpenCaseFromResponse
from cjm.address import Address
from cjm.asking.decision import AskingReason, AskingRules
from cjm.asking.invitation_state import InvitationState
from cjm.cases.case import TeamMember, close_case, take_case
from cjm.conversation import turns
from cjm.conversation.conversation import ClosingStep, Conversation, ConversationMove, TapRefusal
from cjm.journeys.survey import QuestionKind
from cjm.journeys.visit import Event

STEP_HOURS = (9, 13, 17, 20)  # of each simulated day, in the journey's zone
ANSWERING_SHARE = 0.6  # of the customers asked
UNHAPPY_BONUS = 0.12  # unhappy customers answer more often
TEAM_KEY = "shop"
FIRST_ID = 700_000_000  # of the simulated customers in the messenger; the sandbox gives lower ones


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPast:
    """Simulated past of ``weeks`` weeks until ``now``; customers were asked by the rules of ``settings``."""

    db: Database
    settings: Settings
    language: str
    weeks: int
    now: datetime
    seed: int = 11
    said: Counter[str] = field(default_factory=Counter)  # how often customers wrote the same so far

    @property
    def rules(self) -> AskingRules:
        return self.settings.asking.rules

    @property
    def expire_after(self) -> timedelta:
        return timedelta(hours=self.settings.asking.expire_hours)

    @property
    def routing(self) -> CaseRouting:
        return CaseRouting(self.settings.teams, self.settings.access.managers)

    async def simulate(self, progress: Callable[[float], None]) -> list[SimulatedCustomer]:
        """Fill the database and return the simulated customers.

        ``progress`` is called with the share that is done, 0 to 1. The journey must be in force.
        """
        random = Random(self.seed)
        zone = (await self.db.read(journeys.list_current))[JOURNEY].zone
        people = create_customers(self.weeks, random)
        await self.db.write(lambda tx: self._add_customers(tx, people))
        upcoming = deque(simulate_events(people, self.weeks, self.now, zone, random))
        by_id = {person.id: person for person in people}
        times = [*_step_times(self.now - timedelta(weeks=self.weeks), self.now, zone), self.now]
        for number, at in enumerate(times, 1):
            # One transaction per step, so that the progress moves and a step is all or nothing.
            batch = list(_take_events_until(upcoming, at))
            await self.db.write(lambda tx: self._simulate_step(tx, batch, by_id, at, random))  # noqa: B023 - awaited in this turn of the loop
            progress(number / len(times))
        await self.db.write(lambda tx: self._close_open_invitations(tx, self.now))
        return people

    def _add_customers(self, tx: Connection, people: list[SimulatedCustomer]) -> None:
        """Store the customers as if each had opened their personal link and given consent before the first event."""
        begin = self.now - timedelta(weeks=self.weeks)
        stored = customers.ensure_external_ids(tx, [person.id for person in people], begin)
        consent = {"messenger": "telegram", "language": self.language, "consent_at": begin}
        customers.update_customers(tx, {stored[p.id].id: consent | {"address": address_of(p).id} for p in people})

    def _simulate_step(
        self, tx: Connection, batch: list[Event], by_id: dict[str, SimulatedCustomer], at: datetime, random: Random
    ) -> None:
        # The order of a running bot: facts, decisions, answers, then the ticks that expire and close.
        record_events(tx, batch, self.rules, at)
        ask_due_batch(tx, self.rules, at)
        for invitation in invitations.list_by_states(tx, [InvitationState.RESERVED]):
            context = load_context(tx, invitation.id)
            if context is not None and context.customer.external_id in by_id:
                self._answer_invitation(tx, context, by_id[context.customer.external_id], at, random)
        self._expire_invitations(tx, at)
        self._close_cases(tx, at, random)
        cases.mark_handed_over(tx, TEAM_KEY)
        letters.mark_all_sent(tx, at)
        responses.mark_all_shown(tx)

    def _answer_invitation(
        self, tx: Connection, context: ConversationContext, person: SimulatedCustomer, at: datetime, random: Random
    ) -> None:
        open_conversation(tx, context, at, self.expire_after)
        invitation = context.invitation
        mood = draw_mood(person, invitation.subject, at, self.now, random)
        if random.random() > ANSWERING_SHARE + (UNHAPPY_BONUS if mood < 0 else 0.0) or context.customer.address is None:
            return
        tap = ConversationTap(context.customer.address, str(invitation.id), invitation.id)
        # All answers of one conversation come at the same minute: only their day counts on a map.
        answered_at = at + timedelta(minutes=random.randint(1, 150))
        for _ in range(len(context.conversation.survey.questions) + 1):
            turn = take_turn(
                tx,
                tap,
                lambda conversation, now: self._give_next_answer(tx, conversation, now, context, mood, random),
                answered_at,
                self.expire_after,
            )
            conversation = turn.context.conversation if turn.context else None
            if conversation is None or (
                conversation.finished_at is not None and conversation.step != ClosingStep.CONTACT
            ):
                break

    def _give_next_answer(
        self,
        tx: Connection,
        conversation: Conversation,
        now: datetime,
        context: ConversationContext,
        mood: float,
        random: Random,
    ) -> ConversationMove | TapRefusal:
        """Take the next step of the conversation as a customer in this mood would."""
        if conversation.step == ClosingStep.CONTACT:
            wants_contact = random.random() < 0.3
            response = responses.find_by_invitation(tx, context.invitation.id)
            if wants_contact and response is not None:
                OpenCaseFromResponse(self.routing)(tx, response.id, now)
            return turns.settle_contact(conversation, wants_contact, now)
        question = conversation.question
        if question is None:
            return turns.stop_early(conversation, now)
        if question.kind is QuestionKind.TEXT:
            place = context.journey.find_place(question.about or context.invitation.subject)
            stage = place.stage.key if place else ""
            text = (
                choose_words(stage, _is_happy(conversation), self.language, self.said, random)
                if random.random() < 0.6
                else None
            )
            return (
                turns.answer(conversation, question.key, text, now)
                if text
                else turns.skip(conversation, question.key, now)
            )
        raw = choose_answer(question, mood, random)
        assert raw is not None  # only text is answered without a tap
        return turns.answer(conversation, question.key, raw, now)

    def _close_open_invitations(self, tx: Connection, at: datetime) -> None:
        """Leave nothing of the past to fall due: the simulated customers have no chat on the page."""
        self._expire_invitations(tx, at + self.expire_after)
        invitations.drop_waiting(tx, AskingReason.TOO_LATE)

    @staticmethod
    def _expire_invitations(tx: Connection, at: datetime) -> None:
        """End the invitations whose time is over, as the tick would: done after an answer, else expired."""
        for stored in invitation_deadlines.list_to_expire(tx, at):
            is_answered = stored.invitation.state is InvitationState.ANSWERING
            state = InvitationState.DONE if is_answered else InvitationState.EXPIRED
            ended = replace(stored.invitation, state=state, reason=None)
            invitations.save(tx, stored, stored._replace(invitation=ended))

    @staticmethod
    def _close_cases(tx: Connection, at: datetime, random: Random) -> None:
        """Close about a quarter of the older cases in each step: most are closed within two days."""
        member = TeamMember("telegram:1", "Team")
        for case in cases.list_unfinished(tx, None, limit=100):
            if at - case.opened_at > timedelta(hours=30) and random.random() < 0.25:
                cases.save(tx, case, close_case(take_case(case, member, at), member, at))


def _step_times(begin: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    day = begin.astimezone(zone)
    while day < end:
        for hour in STEP_HOURS:
            at = day.replace(hour=hour, minute=0, second=0, microsecond=0)
            if begin < at < end:
                yield at.astimezone(UTC)
        day += timedelta(days=1)


def _is_happy(conversation: Conversation) -> bool:
    """Tell whether the last score of the conversation is favourable, so that words and scores agree."""
    scores = [
        (question.kind.scale, conversation.answers[question.key])
        for question in conversation.survey.questions
        if question.kind.scale is not None and question.key in conversation.answers
    ]
    return bool(scores) and scores[-1][1] in scores[-1][0].spec.favourable


def _take_events_until(upcoming: deque[Event], at: datetime) -> Iterator[Event]:
    while upcoming and upcoming[0].at <= at:
        yield upcoming.popleft()


def address_of(person: SimulatedCustomer) -> Address:
    return Address("telegram", str(FIRST_ID + person.number))
