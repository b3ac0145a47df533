"""Plan the pulse: find whose day it is, and store a question for each of them. A tick calls it.

Invariants:

* Each call looks at one page of people and goes on where the last one ended, round and round: its work is the same
  however many people there are.
* A person's moment is planned once, also if a round sees it again; one that no round saw within `CATCH_UP` is left out.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.db.campaigns import participants
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.journeys.journeys import JourneyVersion
from bot.usecases.campaigns.visitless_questions import VisitlessQuestion, plan_questions
from cjm.asking.decision import AskingRules
from cjm.asking.pulse import find_pulse, is_pulsed
from cjm.journeys.survey import Survey

PAGE = 2_000  # people: some milliseconds of hashing, so that nothing else waits for it


@dataclass(frozen=True, slots=True)
class _DuePage:
    """Questions that are due among the people of a page; ``reached`` is the last one's id, 0 at the end of a round."""

    questions: Sequence[VisitlessQuestion]
    reached: int


class PlanPulses:
    """``await plan_pulses() -> number of questions planned``. Two processes at the same time plan nothing twice."""

    def __init__(self, db: Database, clock: Clock, rules: AskingRules) -> None:
        self._db, self._clock, self._rules = db, clock, rules
        self._reached = 0

    async def __call__(self) -> int:
        now = self._clock.now()
        page = await self._db.read(lambda tx: _find_due(tx, self._reached, now))
        self._reached = page.reached
        if not page.questions:
            return 0
        return len(await self._db.write(lambda tx: plan_questions(tx, page.questions, self._rules, now)))


def _find_due(tx: Connection, after: int, now: datetime) -> _DuePage:
    versions = journeys.list_asking_versions(tx)
    pulses = [(v, survey) for v in versions.values() for survey in v.journey.surveys if survey.on.every_days]
    people = participants.list_reachable_ids(tx, after, PAGE) if pulses else []
    due = [question for version, survey in pulses for question in _list_due(version, survey, people, now)]
    planned = participants.list_occasions(tx, [question.occasion for question in due])
    new = [question for question in due if question.occasion not in planned]
    return _DuePage(_leave_out_others(tx, new, now), people[-1] if len(people) == PAGE else 0)


def _list_due(
    version: JourneyVersion, survey: Survey, people: Sequence[int], now: datetime
) -> Sequence[VisitlessQuestion]:
    days, zone = survey.on.every_days or 0, version.journey.zone
    moments = ((person, find_pulse(version.key, survey.key, days, person, zone, now)) for person in people)
    return [VisitlessQuestion(person, version, survey, moment.occasion) for person, moment in moments if moment]


def _leave_out_others(tx: Connection, due: Sequence[VisitlessQuestion], now: datetime) -> list[VisitlessQuestion]:
    """Leave out people who are no customers of the journey, or not for long enough."""
    by_journey: defaultdict[str, list[VisitlessQuestion]] = defaultdict(list)
    for question in due:
        by_journey[question.version.key].append(question)
    return [
        question
        for key, here in by_journey.items()
        for question in _list_customers(
            here, participants.list_visit_spans(tx, key, [q.customer_id for q in here]), now
        )
    ]


def _list_customers(
    due: Sequence[VisitlessQuestion], spans: Mapping[int, participants.VisitSpan], now: datetime
) -> list[VisitlessQuestion]:
    return [
        question
        for question in due
        if (span := spans.get(question.customer_id)) and is_pulsed(*span, question.survey.on.every_days or 0, now)
    ]
