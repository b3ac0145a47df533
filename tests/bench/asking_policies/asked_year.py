"""Year of all customers of a shop under one policy: who is asked about what, reminded, and answers."""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from heapq import heappop, heappush
from itertools import count
from zoneinfo import ZoneInfo

from cjm.asking.adaptive_sampling import PERIOD, SurveyAttention, find_target_people, find_wanted_share
from cjm.asking.decision import MONTH, Ask, AskingReason, AskingVisit, Decision, History, Hold, is_drawn
from cjm.asking.priority import Importance, RivalQuestion, find_importance, may_meet_moment_of_truth
from cjm.journeys.journey import Journey
from cjm.journeys.survey import Survey
from tests.bench.asking_policies.customers import SimulatedVisit
from tests.bench.asking_policies.policies import AskingPolicy

ZONE = ZoneInfo("UTC")
ANSWERABLE, REMIND = timedelta(days=7), timedelta(days=2)


@dataclass(eq=False, slots=True)
class SimulatedQuestion:
    """Question about a visit: waiting, asked, answered."""

    visit: SimulatedVisit
    due_at: datetime
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    is_reminded: bool = False
    is_over: bool = False


@dataclass(slots=True)
class RecentCount:
    """Number of what happened in the last `PERIOD`."""

    times: deque[datetime] = field(default_factory=deque)

    def count(self, now: datetime) -> int:
        while self.times and self.times[0] <= now - PERIOD:
            self.times.popleft()
        return len(self.times)


class AskedYear:
    """Year under one policy. Steps wait in a queue by their time, as in `tests.cjm.asking.simulated_year`."""

    def __init__(self, journey: Journey, visits: Sequence[SimulatedVisit], policy: AskingPolicy) -> None:
        self._journey, self._policy = journey, policy
        self._people: defaultdict[int, list[SimulatedQuestion]] = defaultdict(list)
        self._recent: defaultdict[tuple[str, str], RecentCount] = defaultdict(RecentCount)
        self._steps: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._order = count()
        self.refusals: defaultdict[tuple[str, AskingReason], int] = defaultdict(int)
        for visit in visits:
            self._then(visit.at, lambda at, visit=visit: self._happen(visit, at))  # type: ignore[misc]  # bound now

    def live(self) -> list[SimulatedQuestion]:
        """Return the questions that were asked."""
        while self._steps:
            at, _, step = heappop(self._steps)
            step(at)
        return [q for theirs in self._people.values() for q in theirs if q.asked_at is not None]

    def _then(self, at: datetime, step: Callable[[datetime], None]) -> None:
        heappush(self._steps, (at, next(self._order), step))

    @cached_property
    def _importance(self) -> dict[str, Importance]:
        return {survey.key: find_importance(self._journey, survey) for survey in self._journey.surveys}

    @cached_property
    def _meets_truth(self) -> dict[str, bool]:
        return {survey.key: may_meet_moment_of_truth(self._journey, survey) for survey in self._journey.surveys}

    @cached_property
    def _targets(self) -> dict[str, int]:
        return {survey.key: find_target_people(self._journey, survey) for survey in self._journey.surveys}

    def _happen(self, visit: SimulatedVisit, now: datetime) -> None:
        question, survey = SimulatedQuestion(visit, now), visit.survey
        share = self._find_share(survey, now) if self._policy.rules.is_adaptive else 1.0
        if self._policy.rules.is_adaptive:
            self._recent["visits", survey.key].times.append(now)
            if is_drawn(visit.event, survey, share):
                self._recent["drawn", survey.key].times.append(now)
        self._people[visit.person].append(question)
        self._decide(question, now, share)

    def _find_share(self, survey: Survey, now: datetime) -> float:
        found = (self._recent[name, survey.key].count(now) for name in ("visits", "drawn", "answered"))
        return find_wanted_share(SurveyAttention(*found), self._targets[survey.key])

    def _decide(self, question: SimulatedQuestion, now: datetime, share: float = 1.0) -> None:
        visit = question.visit
        decision = self._policy.decide(
            self._describe(visit, now, share), visit.survey, self._recall(question, now), self._policy.rules, now
        )
        self._act(question, decision, now)

    def _act(self, question: SimulatedQuestion, decision: Decision, now: datetime) -> None:
        if isinstance(decision, Hold):
            question.due_at = max(decision.until, now + timedelta(seconds=1))
            self._then(question.due_at, lambda at: self._decide(question, at))
        elif isinstance(decision, Ask):
            question.asked_at = now
            self._await_answer(question, now)
        else:
            question.is_over = True
            self.refusals[question.visit.survey.key, decision.reason] += 1

    def _describe(self, visit: SimulatedVisit, now: datetime, share: float) -> AskingVisit:
        if not self._policy.has_order:
            return AskingVisit(visit.event, visit.at)
        key = visit.survey.key
        is_judged = self._recent["answered", key].count(now) >= self._journey.judge_from
        importance = self._importance[key]
        is_patient = importance is Importance.ROUTINE and self._meets_truth[key] and is_judged
        return AskingVisit(visit.event, visit.at, importance=importance, wanted_share=share, is_patient=is_patient)

    def _recall(self, question: SimulatedQuestion, now: datetime) -> History:
        theirs = self._people[question.visit.person]
        survey = question.visit.survey
        asked = [(q.asked_at, q) for q in theirs if q.asked_at is not None]
        return History(
            zone=ZONE,
            last_asked=max((at for at, _ in asked), default=None),
            last_asked_here=max(
                (at for at, q in asked if q.visit.survey.on.subject == survey.on.subject), default=None
            ),
            last_nps=max((at for at, q in asked if q.visit.survey.has_nps), default=None),
            asked_last_30_days=tuple(at for at, _ in asked if now - at < MONTH),
            has_open_survey=any(not q.is_over for _, q in asked),
            rivals=tuple(self._list_rivals(question, theirs)) if self._policy.has_order else (),
        )

    def _list_rivals(self, question: SimulatedQuestion, theirs: list[SimulatedQuestion]) -> list[RivalQuestion]:
        return [
            RivalQuestion(self._importance[q.visit.survey.key], q.due_at, q.visit.at + q.visit.survey.greatest_age)
            for q in theirs
            if q is not question and q.asked_at is None and not q.is_over
        ]

    def _await_answer(self, question: SimulatedQuestion, now: datetime) -> None:
        visit = question.visit
        if visit.answers_after is not None and visit.answers_after < REMIND:
            self._then(now + visit.answers_after, lambda at: self._answer(question, at))
        else:
            self._then(now + REMIND, lambda at: self._remind(question, at))

    def _remind(self, question: SimulatedQuestion, now: datetime) -> None:
        question.is_reminded = True
        if (after := question.visit.answers_reminder) is not None:
            self._then(now + after, lambda at: self._answer(question, at))
        else:
            self._then(now + ANSWERABLE - REMIND, lambda at: self._end(question, at))

    def _answer(self, question: SimulatedQuestion, now: datetime) -> None:
        question.answered_at, question.is_over = now, True
        self._recent["answered", question.visit.survey.key].times.append(now)

    def _end(self, question: SimulatedQuestion, now: datetime) -> None:
        question.is_over = True
