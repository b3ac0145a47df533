"""Moods and answers of simulated customers. A mood of 0 is neutral; 1 more is one face better."""

from datetime import datetime
from random import Random

from bot.demo.simulated.walk_plan import WalkPlan, find_trouble
from bot.demo.simulated.walks import SimulatedCustomer
from cjm.journeys.survey import Question, QuestionKind
from cjm.scales import Scale

_SPREAD = 0.85  # standard deviation of moods around their mean
# The answer of a customer in a neutral mood, and how far a mood better by one moves it.
_ANSWERS = {
    Scale.EMOTION: (0.0, 1.0),
    Scale.CSAT: (3.0, 1.0),
    Scale.CES: (4.3, 1.4),
    Scale.NPS: (7.0, 1.9),
    Scale.SUCCESS: (1.2, 1.0),
    Scale.EXPECTATION: (-0.3, 0.8),
}


def draw_mood(
    plan: WalkPlan, person: SimulatedCustomer, subject: str, at: datetime, begin: datetime, random: Random
) -> float:
    """Draw how a customer feels about a touchpoint or stage at that time; ``begin`` is when the demo begins."""
    return random.gauss(plan.find_mood(subject, find_trouble(at, begin)) + person.patience, _SPREAD)


def choose_answer(plan: WalkPlan, question: Question, mood: float, random: Random) -> int | str | None:
    """Choose the answer to tap; None for a question that is answered in words."""
    if question.kind is QuestionKind.TEXT:
        return None
    if question.kind is QuestionKind.CHOICE:
        keys = [option.key for option in question.options]
        usual = plan.usual.get(question.key)
        return random.choices(keys, [3.0 if key == usual else 1.0 / (1 + place) for place, key in enumerate(keys)])[0]
    scale = _scale(question.kind)
    allowed, (neutral, slope) = scale.spec.values, _ANSWERS[scale]
    raw = round(random.gauss(neutral + slope * mood, 0.35))
    return max(allowed[0], min(allowed[-1], raw))


def _scale(kind: QuestionKind) -> Scale:
    scale = kind.scale
    assert scale is not None  # choice and text questions returned before
    return scale
