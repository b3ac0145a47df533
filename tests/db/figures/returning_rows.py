"""Random people who come back, stored by the product's own writers, and their people counted again from plain rows."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from statistics import fmean
from typing import NamedTuple

from bot.db.asking import answers, presence
from bot.db.asking.answers import NewAnswer
from bot.db.engine.database import Connection
from bot.db.journeys import cohorts, journeys, visits
from bot.db.journeys.cohorts import canonical_form
from bot.db.journeys.visits import NewVisit
from bot.db.people import customers
from cjm.figures.facts.presence import PresenceSign
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey
from cjm.scales import Scale, contribution
from tests.journeys import SMALL

START = date(2026, 1, 1)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RENAMED = SMALL.replace('key = "pay", title = "Pay",', 'key = "pay", was = ["till"], title = "Pay",').replace(
    'key = "buy"\n', 'key = "buy"\nwas = ["checkout"]\n'
)
PLACES = (("search", "find"), ("pay", "buy"), ("till", "checkout"), ("call", "buy"), ("buy", "buy"), ("open", "use"))


class Fact(NamedTuple):
    """Visit, and the answer to it."""

    person: int
    day: date
    subject: str
    stage: str
    scale: Scale
    value: int
    cohort: int
    channel: str
    choice: str | None = None
    is_imported: bool = False  # then there is no visit


ALL_SCALES = (Scale.CSAT, Scale.CSAT, Scale.NPS, Scale.EMOTION)


def random_facts(
    people: int,
    days: int,
    each: int,
    seed: int,
    *,
    places: Sequence[tuple[str, str]] = PLACES,
    scales: Sequence[Scale] = ALL_SCALES,
) -> list[Fact]:
    """Return facts of people, up to ``each`` of one person, on days, cohorts and channels that often meet."""
    rng, facts = random.Random(seed), []
    for person in range(people):
        for _ in range(rng.randint(1, each)):
            subject, stage = rng.choice(places)
            scale = rng.choice(scales)
            facts.append(
                Fact(
                    person,
                    START + timedelta(days=rng.randrange(days)),
                    subject,
                    stage,
                    scale,
                    rng.choice(scale.spec.values),
                    rng.choice([0, 0, 0, 0, 1]) if person % 10 else 1,
                    rng.choice(["site", "site", "site", "app"]),
                    rng.choice([None, "slow", "dear"]),
                    rng.random() < 0.3,
                )
            )
    return facts


def apply_journey(tx: Connection, text: str = RENAMED) -> Journey:
    journey = read_journey(text, "small.toml")
    journeys.apply(tx, journey, text, now=NOW)
    return journey


def store_facts(tx: Connection, journey: Journey, facts: list[Fact]) -> dict[int, int]:
    """Store facts as visits with answers, or as imported answers; return the ids of the cohorts."""
    names = ("basic", "gold", "rare")
    met = cohorts.ensure_cohorts(tx, journey.key, [{"class": name} for name in names])
    ids = {number: met[canonical_form({"class": name})] for number, name in enumerate(names)}
    known = customers.ensure_external_ids(tx, sorted({f"p{fact.person}" for fact in facts}), NOW)
    people = {fact.person: known[f"p{fact.person}"].id for fact in facts}
    new = [_visit(journey, f"e{n}", f, people[f.person], ids) for n, f in enumerate(facts) if not f.is_imported]
    signs: defaultdict[int, list[PresenceSign]] = defaultdict(list)
    for visit in new:
        signs[visit.customer_id].append(PresenceSign(visit.day, visit.stage, visit.cohort_id, visit.channel))
    presence.move_presence(tx, journey, added=signs)
    stored = {visit.event_id: visit.id for visit in visits.insert_visits(tx, new)}
    rows = [
        answer
        for number, fact in enumerate(facts)
        for answer in _answers(journey, number, fact, people[fact.person], ids, stored.get(f"e{number}"))
    ]
    answers.insert_new_answers(tx, journey, rows)
    return ids


def _at(fact: Fact) -> datetime:
    return datetime.combine(fact.day, time(12), UTC)


def _visit(journey: Journey, event_id: str, fact: Fact, customer_id: int, ids: dict[int, int]) -> NewVisit:
    return NewVisit(
        event_id=event_id,
        customer_id=customer_id,
        journey=journey.key,
        stage=fact.stage,
        touchpoint=None if fact.subject == fact.stage else fact.subject,
        at=_at(fact),
        day=fact.day,
        channel=fact.channel,
        cohort_id=ids[fact.cohort],
        received_at=_at(fact),
    )


def _answers(
    journey: Journey, number: int, fact: Fact, customer_id: int, ids: dict[int, int], visit: int | None
) -> Iterable[NewAnswer]:
    def answer(kind: str, value: int | None, choice: str | None, *, not_applicable: bool = False) -> NewAnswer:
        return NewAnswer(
            customer_id=customer_id,
            journey=journey.key,
            version=1,
            question=f"{fact.subject}_{kind}",
            kind=kind,
            subject=fact.subject,
            stage=fact.stage,
            day=fact.day,
            channel=fact.channel,
            cohort_id=ids[fact.cohort],
            at=_at(fact),
            value=value,
            choice=choice,
            not_applicable=not_applicable,
            visit_id=visit,
        )

    yield answer(fact.scale, fact.value, None)
    if fact.choice:
        yield answer("choice", None, fact.choice)
    if fact.person % 3 == 0:  # "does not apply" to other questions, which no figure counts
        yield answer(fact.scale, None, None, not_applicable=True)
        yield answer("choice", None, None, not_applicable=True)


class Counted(NamedTuple):
    """People counted from facts: person-days, people, Σ S², Σ S·k and Σ k²."""

    person_days: int
    people: int
    total_squares: float
    total_days: float
    days_squares: float


def count_people(facts: Iterable[Fact], of: Callable[[Fact], str | None]) -> Counted:
    """Return the people of the facts to which ``of`` gives a stored key, each day's x being the mean of its answers."""
    days: defaultdict[tuple[int, date, int, str], list[float]] = defaultdict(list)
    for fact in facts:
        if (stored := of(fact)) is not None:
            days[fact.person, fact.day, fact.cohort, stored].append(contribution(fact.scale, fact.value))
    people: defaultdict[int, list[float]] = defaultdict(list)
    for (person, *_), values in days.items():
        people[person].append(fmean(values))
    k, s = [len(each) for each in people.values()], [sum(each) for each in people.values()]
    return Counted(
        len(days),
        len(people),
        sum(each**2 for each in s),
        sum(a * b for a, b in zip(k, s, strict=True)),
        sum(each**2 for each in k),
    )
