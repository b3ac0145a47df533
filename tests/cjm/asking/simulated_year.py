"""Year of a person with a business, in memory: visits, wishes, moves and outages, and whom the pure rules ask when.

It holds the facts as the database would, gives them to `cjm.asking`, and does what that decides. What arrived is
returned for `tests.usecases.asking.sent_checker`. The same seed gives the same year.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from cjm.asking.decision import (
    Ask,
    AskingReason,
    AskingRules,
    AskingVisit,
    Decision,
    History,
    Hold,
    decide,
    decide_to_send,
)
from cjm.asking.priority import Importance, RivalQuestion
from cjm.asking.quiet_hours import QuietHours
from cjm.journeys.survey import Survey
from tests.usecases.asking.sent_checker import PersonFacts, Promises, SentQuestion, Switch

BEGIN, YEAR = datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=365)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = AskingRules(quiet_hours=QuietHours.parse("21:00-09:00"))
PROMISES = Promises(7 * DAY, 30 * DAY, 90 * DAY, 4, time(21), time(9))
ANSWERABLE, REMIND, LATER = 7 * DAY, 2 * DAY, DAY
ZONES = ("Europe/Warsaw", "America/New_York", "Asia/Kathmandu", "Pacific/Apia")


def make_survey(place: str, kind: str, **timing: object) -> Survey:
    question = {"key": "q", "kind": kind, "text": "How?"}
    return Survey.model_validate({"key": f"of-{place}", "on": {"touchpoint": place}, "questions": [question], **timing})


SURVEYS = (
    make_survey("page", "ces", share=0.5),
    make_survey("checkout", "csat", delay="1h"),
    make_survey("delivery", "emotion", greatest_age="3d"),
    make_survey("help", "csat", greatest_age="9d"),
    make_survey("order", "nps", delay="14d", greatest_age="18d"),
)
IMPORTANCE = {
    "delivery": Importance.MOMENT_OF_TRUTH,
    "help": Importance.MOMENT_OF_TRUTH,
    "order": Importance.RECOMMENDATION,
}
WANTED_SHARE = 0.9


@dataclass(eq=False)
class AskedVisit:
    """Visit with its survey, and what became of the question about it."""

    event: str
    at: datetime
    survey: Survey
    due_at: datetime = BEGIN
    is_on_its_way: bool = False
    sent_at: datetime | None = None
    ended_at: datetime | None = None
    withdrawn_at: datetime | None = None
    reminders: list[datetime] = field(default_factory=list)
    kept_promises: list[datetime] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.is_on_its_way or (self.sent_at is not None and self.ended_at is None)


class SimulatedYear:
    """Year of one person. Steps wait in a queue by their time; each may add later ones."""

    def __init__(self, seed: int, person: int) -> None:
        self.random, self.name = Random(f"{seed}:{person}"), str(person)
        self.life = PersonFacts()
        self.consents = self.stopped = False
        self.muted: set[str] = set()
        self.zone = self.random.choice(ZONES)
        self.life.zones.append((BEGIN, self.zone))
        self.visits: list[AskedVisit] = []
        self.reasons: Counter[AskingReason] = Counter()
        self._steps: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._order = count()
        self._plan()

    def live(self) -> list[SentQuestion]:
        """Return the questions that arrived within the year."""
        while self._steps:
            at, _, step = heappop(self._steps)
            step(at)
        return [self._describe(visit, visit.sent_at) for visit in self.visits if visit.sent_at is not None]

    def _describe(self, visit: AskedVisit, sent_at: datetime) -> SentQuestion:
        return SentQuestion(
            person=self.name,
            place=visit.survey.on.subject,
            visited_at=visit.at,
            greatest_age=visit.survey.greatest_age,
            sent_at=sent_at,
            recommends=visit.survey.has_nps,
            withdrawn_at=visit.withdrawn_at,
            ended_at=visit.ended_at,
            reminders=tuple(visit.reminders),
            kept_promises=tuple(visit.kept_promises),
        )

    # ---- what happens to the person ----------------------------------------------------------------------------------

    def _then(self, at: datetime, step: Callable[[datetime], None]) -> None:
        if at < BEGIN + YEAR:
            heappush(self._steps, (at, next(self._order), step))

    def _some_time(self) -> datetime:
        return BEGIN + timedelta(minutes=self.random.randrange(365 * 24 * 60))

    def _plan(self) -> None:
        self._then(BEGIN + timedelta(days=self.random.expovariate(1 / 20)), lambda at: self._consent(at, True))
        for _ in range(self.random.randint(2, 10)):
            order = self._some_time()
            for survey in SURVEYS:
                if self.random.random() < 0.7:
                    after = timedelta(minutes=self.random.randrange(5 * 24 * 60))
                    self._then(order + after, lambda at, survey=survey: self._visit(at, survey))  # type: ignore[misc]  # bound now
        rare: list[Callable[[datetime], None]] = [self._move, self._turn_stop, self._mute, self._refuse_and_agree]
        for step in rare:
            if self.random.random() < 0.3:
                self._then(self._some_time(), step)

    def _visit(self, at: datetime, survey: Survey) -> None:
        visit = AskedVisit(f"{self.name}-{len(self.visits)}", at, survey)
        self.visits.append(visit)
        self._plan_question(visit, at)
        if self.random.random() < 0.1:
            self._then(at + timedelta(hours=self.random.expovariate(1 / 40)), lambda then: self._withdraw(visit, then))

    def _withdraw(self, visit: AskedVisit, at: datetime) -> None:
        visit.withdrawn_at = at

    def _move(self, at: datetime) -> None:
        self.zone = self.random.choice(ZONES)
        self.life.zones.append((at, self.zone))

    def _mute(self, at: datetime) -> None:
        place = self.random.choice(SURVEYS).on.subject
        self.muted.add(place)
        self.life.mutes.setdefault(place, Switch()).turn(at, True)

    def _turn_stop(self, at: datetime) -> None:
        self.stopped = not self.stopped
        self.life.stop.turn(at, self.stopped)
        if self.stopped:
            self._then(at + timedelta(days=self.random.randint(1, 60)), self._turn_stop)

    def _consent(self, at: datetime, is_given: bool) -> None:
        self.consents = is_given
        self.life.consent.turn(at, is_given)
        for visit in self.visits:  # what waits for the consent is decided at once
            if is_given and visit.sent_at is None and not visit.is_on_its_way and visit.ended_at is None:
                self._plan_question(visit, at)

    def _refuse_and_agree(self, at: datetime) -> None:
        self._consent(at, False)
        self._then(at + timedelta(days=self.random.randint(1, 30)), lambda then: self._consent(then, True))

    # ---- what the rules decide ---------------------------------------------------------------------------------------

    def _decide(
        self, visit: AskedVisit, now: datetime, by: Callable[..., Decision], until: datetime | None = None
    ) -> Decision:
        others = [v for v in self.visits if v is not visit and (v.is_on_its_way or v.sent_at is not None)]
        if visit.sent_at is not None:
            others = [v for v in others if v.sent_at is not None and v.sent_at > visit.sent_at]
        times = [(v.sent_at or now, v) for v in others]
        place = visit.survey.on.subject
        history = History(
            zone=ZoneInfo(self.zone),
            has_consent=self.consents,
            stopped=self.stopped,
            last_asked=max((at for at, _ in times), default=None),
            last_asked_here=max((at for at, v in times if v.survey.on.subject == place), default=None),
            last_nps=max((at for at, v in times if v.survey.has_nps), default=None),
            asked_last_30_days=tuple(at for at, _ in times if now - at < 30 * DAY),
            has_open_survey=any(v.is_open for v in others),
            muted=place in self.muted,
            rivals=tuple(self._list_rivals(visit)) if by is decide else (),
        )
        importance = IMPORTANCE.get(place, Importance.ROUTINE)
        about = AskingVisit(
            visit.event,
            visit.at,
            visit.withdrawn_at is not None,
            until,
            importance,
            WANTED_SHARE,
            is_patient=importance is Importance.ROUTINE and until is None and not visit.is_on_its_way,
        )
        return by(about, visit.survey, history, RULES, now)

    def _list_rivals(self, visit: AskedVisit) -> list[RivalQuestion]:
        waiting = [v for v in self.visits if v is not visit and not (v.is_on_its_way or v.sent_at or v.ended_at)]
        return [
            RivalQuestion(
                IMPORTANCE.get(v.survey.on.subject, Importance.ROUTINE), v.due_at, v.at + v.survey.greatest_age
            )
            for v in waiting
        ]

    def _plan_question(self, visit: AskedVisit, now: datetime) -> None:
        """Decide about a visit, and again when a hold is over; post its letter, which leaves some time later."""
        if visit.is_on_its_way or visit.sent_at is not None or visit.ended_at is not None:
            return  # it was decided about by another way meanwhile
        decision = self._decide(visit, now, decide)
        if isinstance(decision, Hold):
            visit.due_at = max(decision.until, now + timedelta(seconds=1))
            self.reasons[decision.reason] += 1
            self._then(visit.due_at, lambda at: self._plan_question(visit, at))
        elif isinstance(decision, Ask):
            visit.is_on_its_way = True
            self._then(now + self._way(), lambda at: self._send_question(visit, at))
        else:
            visit.ended_at = now

    def _way(self) -> timedelta:
        """Return how long a letter waits: for the pace, or for the end of an outage."""
        return timedelta(seconds=30) if self.random.random() < 0.8 else timedelta(hours=self.random.expovariate(1 / 9))

    def _send_question(self, visit: AskedVisit, now: datetime) -> None:
        decision = self._decide(visit, now, decide_to_send)
        if isinstance(decision, Hold):
            self._then(decision.until, lambda at: self._send_question(visit, at))
            return
        visit.is_on_its_way = False
        if not isinstance(decision, Ask):
            visit.ended_at = now
            return
        visit.sent_at = now
        self._then(now + ANSWERABLE, lambda at: self._end(visit, at))
        chance = self.random.random()
        if chance < 0.4:
            self._then(now + timedelta(hours=self.random.expovariate(1 / 8)), lambda at: self._end(visit, at))
        elif chance < 0.6:
            self._then(now + LATER + self._way(), lambda at: self._remind(visit, at, visit.kept_promises))
        else:
            self._then(now + REMIND + self._way(), lambda at: self._remind(visit, at, visit.reminders))

    def _remind(self, visit: AskedVisit, now: datetime, reminders: list[datetime]) -> None:
        if visit.ended_at is not None or visit.sent_at is None:
            return
        decision = self._decide(visit, now, decide_to_send, visit.sent_at + ANSWERABLE)
        if isinstance(decision, Hold):
            self._then(decision.until, lambda at: self._remind(visit, at, reminders))
        elif isinstance(decision, Ask):
            reminders.append(now)

    def _end(self, visit: AskedVisit, at: datetime) -> None:
        visit.ended_at = visit.ended_at or at
