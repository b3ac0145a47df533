"""Life after the simulated past: while business time is moved, other customers come, answer and complain.

Invariants:
* It runs in steps of a day at most, each one transaction; nothing of it waits for the messenger, so a week is quick.
* The people of the page are not touched. What is due to them is decided here too, and sent by Tropa.
* A simulated customer answers at once or never: no reminder and no deadline of theirs stops a jump through time.
* The team gets at most MOST_CASES_A_WEEK complaints a week: each is a card in its chat, and groups are slow.
* The same begin and weeks of the past give the same visits, also when the demo was stopped in between.
"""

from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.config.settings import Settings
from bot.conversation.context import ConversationContext
from bot.db.asking import invitations, responses
from bot.db.asking.invitations import CountedInvitation
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import letters
from bot.db.engine.database import Connection, Database
from bot.demo.folder import DemoState
from bot.demo.past import SEED, add_customers, create_people_of_the_past, list_step_times, take_events_until
from bot.demo.simulated.answering import SimulatedAnswers
from bot.demo.simulated.simulated_words import SimulatedWords
from bot.demo.simulated.walk_plan import read_plan
from bot.demo.simulated.walks import SimulatedCustomer, SimulatedWalks
from bot.usecases.asking.ask_due import ask_due_batch
from bot.usecases.asking.record_visits import record_events
from cjm.asking.invitation_state import InvitationState
from cjm.journeys.visit import Event

MOST_CASES_A_WEEK = 4
# Of each day, in the journey's zone. Once: most of a step's time does not depend on how much happens in it, and a week
# should pass in seconds.
STEP_HOURS = (20,)
WEEK = timedelta(weeks=1)
_STATES_AT_THE_END = {
    InvitationState.OPEN: InvitationState.EXPIRED,
    InvitationState.ANSWERING: InvitationState.DONE,
}


@dataclass(frozen=True, slots=True)
class LifeCounts:
    """Numbers of what simulated customers did: visits, conversations that they answered, complaints."""

    visits: int = 0
    answers: int = 0
    complaints: int = 0

    def __add__(self, other: "LifeCounts") -> "LifeCounts":
        return LifeCounts(self.visits + other.visits, self.answers + other.answers, self.complaints + other.complaints)


class SimulatedLife:
    """Simulated customers after the beginning of the demo, going on from its ``state``."""

    def __init__(self, db: Database, settings: Settings, state: DemoState, zone: ZoneInfo) -> None:
        self._db, self._state, self._zone = db, state, zone
        plan = read_plan(state.template)
        self._walks = SimulatedWalks(plan, state.template, state.begin, zone)
        self._rules = settings.asking.rules
        self.lived_until = state.lived_until
        self._case_times: list[datetime] = []
        self._complaints = 0  # of the present step
        self._answers = SimulatedAnswers(
            routing=CaseRouting(settings.teams, settings.access.managers),
            expire_after=timedelta(hours=settings.asking.expire_hours),
            plan=plan,
            words=SimulatedWords(state.template, plan, state.language),
            begin=state.begin,
            random=Random(SEED),
            may_open_case=self._may_open_case,
        )
        people, events = create_people_of_the_past(self._walks, state.weeks, Random(SEED))
        self.people = {person.id: person for person in people}
        self._upcoming = deque(event for event in events if event.at > self.lived_until)
        self._simulated_weeks = 0
        while self._next_week_begins < self.lived_until:
            self._begin_week()

    @property
    def _next_week_begins(self) -> datetime:
        return self._state.begin + self._simulated_weeks * WEEK

    def _begin_week(self) -> list[SimulatedCustomer]:
        """Let the customers of the next week come, and return them."""
        number = self._simulated_weeks
        random = Random(SEED + number + 1)
        people = self._walks.create_customers(1, random, first_week=self._state.weeks + number)
        events = self._walks.simulate_week(people, self._next_week_begins, random)
        merged = [*self._upcoming, *(event for event in events if event.at > self.lived_until)]
        self._upcoming = deque(sorted(merged, key=lambda event: (event.at, event.id)))
        self._simulated_weeks += 1
        self.people |= {person.id: person for person in people}
        return people

    def find_next_step(self, until: datetime) -> datetime | None:
        """Return when something happens next, not later than ``until``; None if nothing does."""
        return next(list_step_times(self.lived_until, until, self._zone, STEP_HOURS), None)

    async def live_until(self, at: datetime) -> tuple[LifeCounts, list[SimulatedCustomer]]:
        """Do what happens until ``at``; return what it was, and who is new."""
        newcomers = []
        while self._next_week_begins < at:
            newcomers += self._begin_week()
        batch = list(take_events_until(self._upcoming, at))
        counts = await self._db.write(lambda tx: self._live(tx, batch, newcomers, at))
        self.lived_until = at
        return counts, newcomers

    def _live(self, tx: Connection, batch: list[Event], newcomers: list[SimulatedCustomer], at: datetime) -> LifeCounts:
        self._complaints = 0
        if newcomers:
            add_customers(tx, newcomers, self._state.language, at)
        record_events(tx, batch, self._rules, at)
        ask_due_batch(tx, self._rules, at)
        conversations = self._answers.answer_all(tx, self.people, at)
        answered = sum(_end_conversation(tx, conversation) for conversation in conversations)
        asked = [conversation.invitation.id for conversation in conversations]
        letters.mark_all_sent(tx, at, [invitations.letter_key(number) for number in asked])
        responses.mark_all_shown(tx, asked)
        return LifeCounts(len(batch), answered, self._complaints)

    def _may_open_case(self) -> bool:
        recent = [time for time in self._case_times if time > self.lived_until - WEEK]
        if len(recent) >= MOST_CASES_A_WEEK:
            return False
        self._case_times = [*recent, self.lived_until]
        self._complaints += 1
        return True


def _end_conversation(tx: Connection, context: ConversationContext) -> bool:
    """End the invitation of a simulated customer; return whether they answered anything."""
    invitation, response = context.invitation, context.response
    if invitation.state in _STATES_AT_THE_END:
        stored = CountedInvitation(invitation, response is not None and response.started_at is not None)
        ended = replace(invitation, state=_STATES_AT_THE_END[invitation.state], reason=None)
        invitations.save(tx, stored, stored._replace(invitation=ended))
    return invitation.state not in {InvitationState.OPEN, InvitationState.DECLINED}
