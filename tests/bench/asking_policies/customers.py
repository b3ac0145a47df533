"""Customers of a shop for a year: their visits, and how they would answer whatever they are asked.

Nothing here depends on a policy: the same seed gives the same customers, visits and answers, whoever asks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from cjm.journeys.journey import Journey
from cjm.journeys.survey import Survey

BEGIN, YEAR, DAY = datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=365), timedelta(days=1)
ANSWERS, ANSWERS_A_REMINDER = 0.35, 0.12
CONTENT = 0.7
"""Share of visits that somebody is content with, at every place alike."""

PLACES: Mapping[str, tuple[tuple[str, bool], ...]] = {
    "look": (("first_visit", False), ("page", False), ("advice", False)),
    "buy": (("checkout", False), ("payment", False)),
    "receive": (("delivery", True), ("refused", True)),
    "use": (("product", False), ("help", True), ("returned", False), ("order", False)),
}
"""Touchpoints by stage, each with whether it is a moment of truth."""

SURVEYS: Mapping[str, tuple[str, str, str, float]] = {
    "first_visit": ("emotion", "1h", "5d", 1.0),
    "page": ("ces", "2h", "5d", 0.5),
    "advice": ("csat", "30m", "5d", 1.0),
    "checkout": ("ces", "15m", "5d", 1.0),
    "delivery": ("csat", "0m", "3d", 1.0),
    "refused": ("csat", "0m", "3d", 1.0),
    "product": ("csat", "7d", "14d", 1.0),
    "help": ("csat", "1h", "3d", 1.0),
    "returned": ("ces", "1d", "4d", 1.0),
    "order": ("nps", "14d", "18d", 1.0),
}
"""Kind of the question, delay, greatest age and share of the survey of each touchpoint that has one."""


def make_shop(target_people: int) -> Journey:
    """Return the journey of the shop."""
    stages = [
        {"key": stage, "title": stage, "touchpoints": [_make_touchpoint(*place) for place in places]}
        for stage, places in PLACES.items()
    ]
    surveys = [_make_survey(place, *survey) for place, survey in SURVEYS.items()]
    whole = {"key": "shop", "title": "Shop", "target_people": target_people, "stages": stages, "surveys": surveys}
    return Journey.model_validate(whole)


def _make_touchpoint(key: str, is_moment_of_truth: bool) -> dict[str, object]:
    return {"key": key, "title": key, "moment_of_truth": is_moment_of_truth}


def _make_survey(place: str, kind: str, delay: str, greatest_age: str, share: float) -> dict[str, object]:
    question = {"key": f"q-{place}", "kind": kind, "text": "How was it?"}
    timing = {"delay": delay, "greatest_age": greatest_age, "share": share}
    return {"key": place, "on": {"touchpoint": place}, "questions": [question], **timing}


@dataclass(frozen=True, slots=True)
class SimulatedVisit:
    """Visit to a place with a survey, and what its customer answers if they are asked about it.

    ``answers_after`` is None for somebody who does not answer the question, ``answers_reminder`` for a reminder.
    """

    person: int
    event: str
    at: datetime
    survey: Survey
    is_content: bool
    answers_after: timedelta | None
    answers_reminder: timedelta | None


def list_visits(
    journey: Journey, seed: int, people: int, contents: Mapping[str, float] | None = None
) -> list[SimulatedVisit]:
    """Return the visits of all customers in order of time. ``contents``: shares of content visits by place."""
    found = [visit for person in range(people) for visit in _live(journey, seed, person, contents or {})]
    return sorted(found, key=lambda visit: (visit.at, visit.event))


def _live(journey: Journey, seed: int, person: int, contents: Mapping[str, float]) -> Iterator[SimulatedVisit]:
    random, numbers = Random(f"{seed}:{person}"), count()
    surveys = {survey.on.subject: survey for survey in journey.surveys}
    for at, place in _walk_a_year(random):
        yield SimulatedVisit(
            person,
            f"{seed}-{person}-{next(numbers)}",
            at,
            surveys[place],
            random.random() < contents.get(place, CONTENT),
            timedelta(hours=random.expovariate(1 / 5)) if random.random() < ANSWERS else None,
            timedelta(hours=random.expovariate(1 / 5)) if random.random() < ANSWERS_A_REMINDER else None,
        )


def _walk_a_year(random: Random) -> Iterator[tuple[datetime, str]]:
    for walk in range(random.choice((1, 3, 5, 8, 13))):
        begin = BEGIN + random.random() * YEAR
        walked = _walk(random, begin.replace(hour=random.randint(8, 22)), is_first=walk == 0)
        yield from ((at, place) for at, place in walked if at < BEGIN + YEAR)


def _walk(random: Random, at: datetime, is_first: bool) -> Iterator[tuple[datetime, str]]:
    """Yield one walk: looking around, perhaps an order, its delivery, and what comes after it."""
    if random.random() < (0.9 if is_first else 0.3):
        yield at, "first_visit"
    for _ in range(random.randint(1, 2)):
        at += timedelta(hours=random.expovariate(1 / 10))
        yield at, "page"
    if random.random() < 0.1:
        yield at + timedelta(minutes=30), "advice"
    if random.random() > 0.5:
        return
    at += timedelta(hours=random.expovariate(1 / 20))
    yield at, "checkout"
    at += timedelta(days=random.uniform(1.5, 5))
    yield at, "refused" if random.random() < 0.06 else "delivery"
    yield at, "product"
    yield at, "order"
    if random.random() < 0.12:
        yield at + timedelta(days=random.expovariate(1 / 4)), "help"
    if random.random() < 0.08:
        yield at + timedelta(days=random.uniform(2, 14)), "returned"
