"""Moods and answers of simulated customers. A mood of 0 is neutral; 1 more is one face better."""

import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from random import Random

from bot.demo.shoppers.walks import SimulatedCustomer, delivery_delay
from cjm.journeys.survey import Question, QuestionKind
from cjm.scales import Scale

# The mean mood by touchpoint or stage that a survey is about; 0.6 for any other. Help and returns are low points.
_MOOD = {
    "first_visit": 1.5, "product_page": 1.4, "advice": 1.6, "checkout": 1.6, "delivery": 1.7, "after_purchase": 1.1,
    "help": 0.6, "returns": 0.5, "purchase": 0.9, "repeat_order": 1.7,
}  # fmt: skip
_LATE = {"delivery": 2.8, "help": 0.5, "purchase": 0.5}  # how far late deliveries lower a mood at most
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
_USUAL = {  # the reason chosen most often, so that the map has a clear top barrier
    "delivery_barrier": "late",
    "choosing_barrier": "sizes",
    "checkout_barrier": "cost",
    "product_barrier": "size",
}


def draw_mood(person: SimulatedCustomer, subject: str, at: datetime, now: datetime, random: Random) -> float:
    """Draw how a customer feels about a touchpoint or stage at that time."""
    mean = _MOOD.get(subject, 0.6) - _LATE.get(subject, 0.0) * delivery_delay(at, now)
    return random.gauss(mean + person.patience, _SPREAD)


def choose_answer(question: Question, mood: float, random: Random) -> int | str | None:
    """Choose the answer to tap; None for a question that is answered in words."""
    if question.kind is QuestionKind.TEXT:
        return None
    if question.kind is QuestionKind.CHOICE:
        keys = [option.key for option in question.options]
        usual = _USUAL.get(question.key)
        return random.choices(keys, [3.0 if key == usual else 1.0 / (1 + place) for place, key in enumerate(keys)])[0]
    scale = _scale(question.kind)
    allowed, (neutral, slope) = scale.spec.values, _ANSWERS[scale]
    raw = round(random.gauss(neutral + slope * mood, 0.35))
    return max(allowed[0], min(allowed[-1], raw))


def _scale(kind: QuestionKind) -> Scale:
    scale = kind.scale
    assert scale is not None  # choice and text questions returned before
    return scale


def choose_words(about: str, tone: str, language: str, said: Counter[str], random: Random) -> str | None:
    """Choose something that a customer writes; None where ``words.toml`` has nothing.

    ``about``: key of a touchpoint or stage. ``tone``: key of the reason that they chose, or "good" or "bad".

    ``said`` counts what was chosen before: nothing is repeated before everything was said, as two equal quotes side by
    side on a map would look like a mistake.
    """
    choices = _read_words(language).get(about, {}).get(tone, [])
    if not choices:
        return None
    least = min(said[text] for text in choices)
    text = random.choice([text for text in choices if said[text] == least])
    said[text] += 1
    return text


@cache
def _read_words(language: str) -> Mapping[str, Mapping[str, list[str]]]:
    text = (files("bot.demo.shoppers") / "words.toml").read_text(encoding="utf-8")
    words: Mapping[str, Mapping[str, list[str]]] = tomllib.loads(text)[language]
    return words
