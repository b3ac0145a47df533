"""Demo history, generated through the production write path: events, decisions, invitations, answers, cases.

* Each step runs at the business time of then, so the rules of asking hold at every point of the past.
* Nothing is sent: letters are marked as sent, and conversations as shown.
* The same seed, template, weeks, language, settings and ``now`` give the same past.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.config.settings import Settings
from bot.db.asking import invitation_deadlines, invitations, responses
from bot.db.cases import cases
from bot.db.cases.case_routing import CaseRouting
from bot.db.cases.cases import CaseSelection
from bot.db.delivery import letters
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.demo.simulated.answering import SimulatedAnswers
from bot.demo.simulated.simulated_words import SimulatedWords
from bot.demo.simulated.volunteers import let_some_join, plan_messages
from bot.demo.simulated.walk_plan import read_plan
from bot.demo.simulated.walks import SimulatedCustomer, SimulatedWalks
from bot.demo.team_changes import add_team_changes
from bot.usecases.asking.ask_due import ask_due_batch
from bot.usecases.asking.record_visits import record_events
from cjm.address import Address
from cjm.asking.decision import AskingReason
from cjm.asking.invitation_state import InvitationState
from cjm.cases.case import TeamMember, close_case, take_case
from cjm.journeys.visit import Event

STEP_HOURS = (9, 13, 17, 20)  # of each simulated day, in the journey's zone
LONGEST_STEP = 4  # hours, but for the night
FIRST_ID = 700_000_000  # of the simulated customers in the messenger; the sandbox gives lower ones
SEED = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPast:
    """Simulated past of ``weeks`` weeks until ``now``, of the journey of ``template``, which must be in force.

    Customers were asked by the rules of ``settings``.
    """

    db: Database
    template: str
    settings: Settings
    language: str
    weeks: int
    now: datetime

    @property
    def expire_after(self) -> timedelta:
        return timedelta(hours=self.settings.asking.expire_hours)

    async def simulate(self, progress: Callable[[float], None]) -> None:
        """Fill the database.

        ``progress`` is called with the share that is done, 0 to 1.
        """
        random, plan = Random(SEED), read_plan(self.template)
        journey = (await self.db.read(journeys.list_current))[self.template]
        zone = journey.zone
        walks = SimulatedWalks(plan, journey.key, self.now, zone)
        people, events = create_people_of_the_past(walks, self.weeks, random)
        answers = SimulatedAnswers(
            routing=CaseRouting(self.settings.teams, self.settings.access.managers),
            expire_after=self.expire_after,
            plan=plan,
            words=SimulatedWords(self.template, plan, self.language),
            begin=self.now,
            random=random,
        )
        begin = self.now - timedelta(weeks=self.weeks)
        await self.db.write(lambda tx: add_customers(tx, people, self.language, begin))
        upcoming = deque(events)
        by_id = {person.id: person for person in people}
        times = [*list_step_times(begin, self.now, zone), self.now]
        for number, at in enumerate(times, 1):
            # One transaction per step, so that the progress moves and a step is all or nothing.
            batch = list(take_events_until(upcoming, at))
            await self.db.write(lambda tx: self._simulate_step(tx, batch, by_id, at, answers))  # noqa: B023 - awaited in this turn of the loop
            progress(number / len(times))
        await self.db.write(lambda tx: self._close_open_invitations(tx, self.now))
        await self.db.write(lambda tx: add_team_changes(tx, journey, plan.changes, self.language, begin, self.now))

    def _simulate_step(
        self,
        tx: Connection,
        batch: list[Event],
        by_id: dict[str, SimulatedCustomer],
        at: datetime,
        answers: SimulatedAnswers,
    ) -> None:
        # The order of a running bot: facts, decisions, answers, then the ticks that expire and close.
        rules = self.settings.asking.rules
        record_events(tx, batch, rules, at)
        for hour in (at - timedelta(hours=ago) for ago in reversed(range(LONGEST_STEP))):
            # A message of a diary that is hours late is none any more, so these hours are looked at one by one.
            if plan_messages(tx, rules, hour) or hour == at:
                self._expire_invitations(tx, hour)  # the message before is open until the next one is due
                ask_due_batch(tx, rules, hour)
                let_some_join(tx, answers.answer_all(tx, by_id, hour), rules, hour, self.now)
        self._close_cases(tx, at, answers.random)
        cases.mark_handed_over(tx, self.template)
        letters.mark_all_sent(tx, at)
        responses.mark_all_shown(tx)

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
        for case in cases.list_unfinished(tx, CaseSelection(None), limit=100):
            if at - case.opened_at > timedelta(hours=30) and random.random() < 0.25:
                cases.save(tx, case, close_case(take_case(case, member, at), member, at))


def create_people_of_the_past(
    walks: SimulatedWalks, weeks: int, random: Random
) -> tuple[list[SimulatedCustomer], list[Event]]:
    """Return the customers of a past and their events, also those that come after the beginning of the demo."""
    people = walks.create_customers(weeks, random)
    return people, walks.simulate_past(people, weeks, random)


def add_customers(tx: Connection, people: list[SimulatedCustomer], language: str, begin: datetime) -> None:
    """Store the customers as if each had opened their personal link and given consent at ``begin``."""
    stored = customers.ensure_external_ids(tx, [person.id for person in people], begin)
    consent = {"messenger": "telegram", "language": language, "consent_at": begin}
    customers.update_customers(tx, {stored[p.id].id: consent | {"address": address_of(p).id} for p in people})


def list_step_times(
    begin: datetime, end: datetime, zone: ZoneInfo, hours: Sequence[int] = STEP_HOURS
) -> Iterator[datetime]:
    """Return the times between ``begin`` and ``end`` at which simulated customers do something."""
    day = begin.astimezone(zone)
    while day.date() <= end.astimezone(zone).date():
        for hour in hours:
            at = day.replace(hour=hour, minute=0, second=0, microsecond=0)
            if begin < at < end:
                yield at.astimezone(UTC)
        day += timedelta(days=1)


def take_events_until(upcoming: deque[Event], at: datetime) -> Iterator[Event]:
    """Take the events until ``at`` off the left of the queue."""
    while upcoming and upcoming[0].at <= at:
        yield upcoming.popleft()


def address_of(person: SimulatedCustomer) -> Address:
    return Address("telegram", str(FIRST_ID + person.number))
