"""Life of a shop and its customers through the database: the plan of a seed is lived, and what was sent is returned.

Customers do what they see in their chats: they tap buttons of messages that arrived, or write. The bot runs its ticks,
and is killed and started again. Nothing here decides whether a question may come: that is read afterwards, from what
was sent and what was true (`tests.usecases.asking.sent_checker`). The same seed gives the same life.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

from bot.db.asking import invitations
from bot.db.asking.invitations import Invitation
from bot.db.engine.database import Connection, Database
from bot.db.journeys import visits
from cjm.address import Address
from cjm.journeys.visit import Event
from tests.usecases.asking.lives.asked import AskedQuestion, LivingPerson
from tests.usecases.asking.lives.chat import ChatMessage
from tests.usecases.asking.lives.life_changes import LifeChanges
from tests.usecases.asking.lives.plan import BEGIN, LifePlan, PersonPlan, PlannedVisit, make_plan
from tests.usecases.asking.lives.reactions import Reactions
from tests.usecases.asking.lives.scene import LifeScene
from tests.usecases.asking.lives.shop import DELIVERY_NAMES, FIRST_FILE, PROMISES, find_place
from tests.usecases.asking.sent_checker import Fault, PersonFacts, SentQuestion, find_faults


class SimulatedLife(LifeScene):
    """Life of a plan."""

    def __init__(self, db: Database, seed: int, people: int, days: int, pace: timedelta) -> None:
        self.plan = make_plan(seed, people, days, pace)
        super().__init__(db, seed, self.plan.ticks[-1])
        self.people = {one.name: _meet(one) for one in self.plan.people}
        self.visits = {visit.event: visit for person in self.plan.people for visit in person.visits}
        self.told: list[Event] = []  # since the last tick
        self.ticks = self.file = 0
        self._reactions, self._change = Reactions(self, self._read_chats), LifeChanges(self)

    async def live(self) -> list[SentQuestion]:
        """Live the plan, and return the questions that were sent."""
        await self.restart()
        await self.process.apply_journey.apply(FIRST_FILE, "shop.toml")
        self._plan_steps(self.plan)
        await self.play()
        return [self._describe(question) for question in self.asked.values()]

    def find_faults(
        self, sent: Sequence[SentQuestion], change: Callable[[PersonFacts], PersonFacts] | None = None
    ) -> list[tuple[Fault, SentQuestion]]:
        """Return what is wrong with these questions; ``change`` plants facts that were not so."""
        facts = {name: change(one.facts) if change else one.facts for name, one in self.people.items()}
        return list(find_faults(sent, facts, PROMISES))

    def list_sent(self) -> list[tuple[datetime, str, str]]:
        """Return all that left, in order of time: when, into which chat, and its words."""
        every = self.messenger.messages.values()
        return sorted((one.sent_at, f"{one.chat}:{one.number:>4}", str(one.message.text)) for one in every)

    def _describe(self, question: AskedQuestion) -> SentQuestion:
        reported = [v for v in question.person.plan.visits if v.told_at <= self.now]
        return question.describe(reported, self.now)

    # ---- steps -------------------------------------------------------------------------------------------------------

    def _plan_steps(self, plan: LifePlan) -> None:
        for at in plan.ticks:
            self.then(at, self._tick)
        for at, until in plan.outages:
            self.then(at, lambda: self._set_away(True))
            self.then(until, lambda: self._set_away(False))
        for at in plan.restarts:
            self.then(at, self.restart)
        for at in plan.deaths:
            self.then(at, self._die_sending)
        for at, source in plan.files:
            self.then(at, lambda source=source: self._apply(source))  # type: ignore[misc]  # bound now
        for at in plan.campaigns:
            self.then(at, self._begin_campaign)
        for person in self.people.values():
            self._plan_person(person)

    def _plan_person(self, person: LivingPerson) -> None:
        for at, change in person.plan.changes:
            self.then(at, lambda change=change: self._change(person, change))  # type: ignore[misc]  # bound now
        for visit in person.plan.visits:
            self.then(visit.told_at, lambda visit=visit: self._tell(visit))  # type: ignore[misc]  # as above
            if visit.withdrawn_at is not None:
                self.then(visit.withdrawn_at, lambda visit=visit: self._withdraw(visit))  # type: ignore[misc]  # as above

    async def _tick(self) -> None:
        self.ticks += 1
        await self._report()
        await self.process.run_ticks(is_rare=self.ticks % 3 == 0)
        await self._read_chats()

    async def _set_away(self, is_away: bool) -> None:
        self.messenger.is_away = is_away

    async def _die_sending(self) -> None:
        """Kill the process while it sends what is due."""
        self.messenger.is_deadly = True
        await self._tick()
        self.messenger.is_deadly = False
        await self.restart()

    async def _begin_campaign(self) -> None:
        await self.process.begin_campaign()

    async def _apply(self, source: str) -> None:
        await self._report()
        self.file += 1
        await self.process.apply_journey.apply(source, "shop.toml")

    # ---- visits ------------------------------------------------------------------------------------------------------

    async def _tell(self, visit: PlannedVisit) -> None:
        """Report a visit at the next tick; some systems of the shop go on to use former names for a while."""
        is_late = Random(f"{self.seed}:{visit.event}").random() < 0.3
        name = DELIVERY_NAMES[max(0, self.file - is_late)] if visit.touchpoint == "delivery" else visit.touchpoint
        person = self.people[visit.person].plan
        attributes = {"class": "gold" if person.is_gold else "silver"}
        self.told.append(Event(visit.event, visit.person, "shop", visit.at, touchpoint=name, attributes=attributes))

    async def _report(self) -> None:
        told, self.told = self.told, []
        await self.process.record_events(told)

    async def _withdraw(self, visit: PlannedVisit) -> None:
        """Withdraw a visit, at once."""
        await self._report()
        place = DELIVERY_NAMES[self.file] if visit.touchpoint == "delivery" else visit.touchpoint
        event = Event(visit.event, visit.person, "shop", visit.at, touchpoint=place, withdrawn=True)
        await self.process.record_events([event])

    # ---- chats -------------------------------------------------------------------------------------------------------

    async def _read_chats(self) -> None:
        """Let people see what was sent to them since the last time, and think about new questions."""
        for message in self.messenger.read_new():
            if message.invitation is None:
                continue
            is_new = message.invitation not in self.asked
            if is_new:
                self.asked[message.invitation] = await self._find_question(message)
            question = self.asked[message.invitation]
            question.arrive(message)
            if not message.is_lost:
                self._reactions.plan_reaction(question)

    async def _find_question(self, message: ChatMessage) -> AskedQuestion:
        number = message.invitation
        assert number is not None

        def read(tx: Connection) -> tuple[Invitation, str | None]:
            found = invitations.find_by_id(tx, number)
            assert found is not None
            about = visits.list_by_ids(tx, [found.visit_id]) if found.visit_id is not None else []
            return found, about[0].event_id if about else None

        found, event = await self.db.read(read)
        person = next(one for one in self.people.values() if one.address == message.chat)
        key = f"{person.plan.name}:{found.survey}:{event or found.occasion}"
        visit = self.visits[event] if event is not None else None
        return AskedQuestion(number, key, person, found.survey, find_place(found.subject), found.nps, visit)


def _meet(plan: PersonPlan) -> LivingPerson:
    facts = PersonFacts(zones=[(BEGIN, "Europe/Warsaw")])
    return LivingPerson(plan, Address("telegram", f"1{plan.name[1:]}"), facts)
