"""A past that never was, through the write path that is: events, decisions, invitations, answers, cases.

It is walked through step by step with the business time of then, so every rule of asking held at the time. Nothing is
sent: whatever would have left is put down as delivered.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.config.settings import Settings
from bot.conversation.context import ConversationContext, load_context
from bot.db.asking import invitations, responses
from bot.db.cases import cases
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import letters
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.demo.opinions import choose_answer, choose_words, draw_mood
from bot.demo.walks import JOURNEY, SimulatedCustomer, create_customers, simulate_events
from bot.outbox.letters.invitation import open_conversation
from bot.usecases.asking.ask_due import ask_due_batch
from bot.usecases.asking.record_visits import record_events
from bot.usecases.asking.turn import ConversationTap, take_turn
from bot.usecases.cases.case_opening import OpenCaseFromResponse
from cjm.address import Address
from cjm.asking.decision import AskingRules
from cjm.cases.case import TeamMember, close_case, take_case
from cjm.conversation import response as talks
from cjm.conversation.response import CONTACT, Conversation, ConversationMove, TapRefusal
from cjm.journeys.survey import QuestionKind
from cjm.journeys.visit import Event

STEP_HOURS = (9, 13, 17, 20)  # when the simulated days are looked at, by the journey's clock
ANSWERING_SHARE = 0.6  # of those asked; people who have just been disappointed write more
TEAM_KEY = "shop"
FIRST_ID = 700_000_000  # messenger ids of simulated customers


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPast:
    """Everything a simulated past needs; its people were asked by the rules of ``settings``."""

    db: Database
    settings: Settings
    language: str
    weeks: int
    now: datetime
    seed: int = 11

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
        """Fill the database; ``progress`` is told the share that is done. Returns who walked."""
        random = Random(self.seed)
        zone = (await self.db.read(journeys.list_current))[JOURNEY].zone
        people = create_customers(self.weeks, random)
        await self.db.write(lambda tx: self._add_customers(tx, people))
        coming = deque(simulate_events(people, self.weeks, self.now, zone, random))
        by_id = {person.id: person for person in people}
        moments = [*_step_times(self.now - timedelta(weeks=self.weeks), self.now, zone), self.now]
        for number, at in enumerate(moments, 1):
            batch = list(_take_events_until(coming, at))
            await self.db.write(lambda tx: self._simulate_step(tx, batch, by_id, at, random))  # noqa: B023
            progress(number / len(moments))
        await self.db.write(lambda tx: self._close_open_invitations(tx, self.now))
        return people

    def _add_customers(self, tx: Connection, people: list[SimulatedCustomer]) -> None:
        """All of them have opened their links and agreed to be asked."""
        begin = self.now - timedelta(weeks=self.weeks)
        made = customers.ensure_external_ids(tx, [person.id for person in people], begin)
        agreed = {"messenger": "telegram", "language": self.language, "consent_at": begin}
        customers.update_customers(tx, {made[p.id].id: agreed | {"address": address_of(p).id} for p in people})

    def _simulate_step(
        self, tx: Connection, batch: list[Event], by_id: dict[str, SimulatedCustomer], at: datetime, random: Random
    ) -> None:
        record_events(tx, batch, self.rules, at)
        ask_due_batch(tx, self.rules, at)
        for invitation in invitations.list_by_states(tx, ["reserved"]):
            scene = load_context(tx, invitation.id)
            if scene is not None and scene.customer.external_id in by_id:
                self._answer_invitation(tx, scene, by_id[scene.customer.external_id], at, random)
        self._expire_invitations(tx, at)
        self._close_cases(tx, at, random)
        cases.mark_handed_over(tx, TEAM_KEY)
        letters.mark_all_sent(tx, at)

    def _answer_invitation(
        self, tx: Connection, scene: ConversationContext, person: SimulatedCustomer, at: datetime, random: Random
    ) -> None:
        open_conversation(tx, scene, at, self.expire_after)
        invitation = scene.invitation
        feeling = draw_mood(person, invitation.subject, at, self.now, random)
        if random.random() > ANSWERING_SHARE + (0.12 if feeling < 0 else 0.0) or scene.customer.address is None:
            return
        answering = ConversationTap(scene.customer.address, str(invitation.id), invitation.id)
        minutes = random.randint(1, 150)
        for _ in range(len(scene.conversation.survey.questions) + 1):
            at_then = at + timedelta(minutes=minutes)
            turn = take_turn(
                tx,
                answering,
                lambda talk, now: self._give_next_answer(tx, talk, now, scene, feeling, random),
                at_then,
                self.expire_after,
            )
            talk = turn.context.conversation if turn.context else None
            if talk is None or (talk.finished_at is not None and talk.step != CONTACT):
                break

    def _give_next_answer(
        self,
        tx: Connection,
        talk: Conversation,
        now: datetime,
        scene: ConversationContext,
        feeling: float,
        random: Random,
    ) -> ConversationMove | TapRefusal:
        """The next answer of somebody who feels so."""
        if talk.step == CONTACT:
            wanted = random.random() < 0.3
            response = responses.find_by_invitation(tx, scene.invitation.id)
            if wanted and response is not None:
                OpenCaseFromResponse(self.routing)(tx, response.id, now)
            return talks.settle_contact(talk, wanted, now)
        question = talk.question
        if question is None:
            return talks.stop_early(talk, now)
        if question.kind is QuestionKind.TEXT:
            place = scene.journey.place(question.about or scene.invitation.subject)
            stage = place[0].key if place else ""
            text = choose_words(stage, _is_happy(talk), self.language, random) if random.random() < 0.6 else None
            return talks.answer(talk, question.key, text, now) if text else talks.skip(talk, question.key, now)
        raw = choose_answer(question, feeling, random)
        assert raw is not None  # only text is answered without a tap
        return talks.answer(talk, question.key, raw, now)

    def _close_open_invitations(self, tx: Connection, at: datetime) -> None:
        """Nothing of the past is left to fall due: its people have no chats that anybody could look into."""
        self._expire_invitations(tx, at + self.expire_after)
        invitations.drop_waiting(tx, "too_late")

    @staticmethod
    def _expire_invitations(tx: Connection, at: datetime) -> None:
        """Silence ends, as the tick would end it."""
        for standing in invitations.list_expired(tx, at):
            state = "done" if standing.invitation.state == "answering" else "expired"
            ended = replace(standing.invitation, state=state, reason=None)
            invitations.save(tx, standing, standing._replace(invitation=ended))

    @staticmethod
    def _close_cases(tx: Connection, at: datetime, random: Random) -> None:
        """The team answers most cases within two days."""
        member = TeamMember("telegram:1", "Team")
        for case in cases.list_unfinished(tx, None, limit=100):
            if at - case.opened_at > timedelta(hours=30) and random.random() < 0.25:
                cases.save(tx, case, close_case(take_case(case, member, at), member, at))


def _step_times(begin: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    day = begin.astimezone(zone)
    while day < end:
        for hour in STEP_HOURS:
            moment = day.replace(hour=hour, minute=0, second=0, microsecond=0)
            if begin < moment < end:
                yield moment.astimezone(UTC)
        day += timedelta(days=1)


def _is_happy(talk: Conversation) -> bool:
    """Whether the last score of the conversation was a good one: words and scores go together."""
    scores = [
        (question.kind.scale, talk.answers[question.key])
        for question in talk.survey.questions
        if question.kind.scale is not None and question.key in talk.answers
    ]
    return bool(scores) and scores[-1][1] in scores[-1][0].spec.favourable


def _take_events_until(coming: deque[Event], at: datetime) -> Iterator[Event]:
    while coming and coming[0].at <= at:
        yield coming.popleft()


def address_of(person: SimulatedCustomer) -> Address:
    return Address("telegram", str(FIRST_ID + person.number))
