"""What a policy brings for the attention that it takes: one row of the table of policies."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

from cjm.asking.adaptive_sampling import PERIOD
from cjm.asking.priority import Importance, find_importance
from cjm.figures.intervals import wilson_interval
from cjm.journeys.journey import Journey
from tests.bench.asking_policies.asked_year import AskedYear, SimulatedQuestion
from tests.bench.asking_policies.customers import BEGIN, CONTENT, SURVEYS, YEAR, SimulatedVisit
from tests.bench.asking_policies.policies import AskingPolicy

HEAD = "per customer and year  questions reminders  answers  truth    NPS   worst  median"
NOBODY = 50.0  # half-width of a share of which nothing is known, in points


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """Numbers per customer and year, and half-widths of 28 days' shares of content people, in points."""

    name: str
    questions: float
    reminders: float
    answers: float
    at_moments_of_truth: float
    nps: float
    worst: float
    median: float

    def __str__(self) -> str:
        counts = f"{self.questions:>10.2f}{self.reminders:>10.2f}{self.answers:>9.2f}"
        kinds = f"{self.at_moments_of_truth:>7.2f}{self.nps:>7.2f}"
        return f"{self.name:<22}{counts}{kinds}{self.worst:>7.1f} {self.median:>7.1f} "


def measure_policy(journey: Journey, visits: Sequence[SimulatedVisit], people: int, policy: AskingPolicy) -> PolicyRow:
    """Let the customers live a year under a policy, and return what it brought."""
    asked = AskedYear(journey, visits, policy).live()
    answered = [question for question in asked if question.answered_at is not None]
    important = {survey.key: find_importance(journey, survey) for survey in journey.surveys}
    truth = sum(important[q.visit.survey.key] is Importance.MOMENT_OF_TRUTH for q in answered)
    widths = list(_list_widths(answered).values())
    return PolicyRow(
        policy.name,
        len(asked) / people,
        sum(question.is_reminded for question in asked) / people,
        len(answered) / people,
        truth / people,
        sum(question.visit.survey.has_nps for question in answered) / people,
        max(widths),
        median(widths),
    )


def _list_widths(answered: Sequence[SimulatedQuestion]) -> dict[str, float]:
    """Return the mean half-width of each place's figure, over whole periods after the first one."""
    people = Counter((q.visit.survey.key, (q.visit.at - BEGIN) // PERIOD) for q in answered)
    widths: defaultdict[str, list[float]] = defaultdict(list)
    for place in SURVEYS:
        for period in range(1, YEAR // PERIOD):
            widths[place].append(_find_half_width(people[place, period]))
    return {place: mean(found) for place, found in widths.items()}


def _find_half_width(people: int) -> float:
    if not people:
        return NOBODY
    low, high = wilson_interval(CONTENT, people)
    return (high - low) / 2 * 100
