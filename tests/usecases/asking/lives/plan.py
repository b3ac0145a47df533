"""Plan of some months of a shop, pure and from a seed: what its customers do and wish, and what goes wrong.

Each person and each kind of trouble has a random stream of its own, so one more of either leaves the others as they
are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random

from tests.usecases.asking.lives.shop import FILES

BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class LifeChange(StrEnum):
    """Change in a person's life, or in what they or the business wish for them."""

    OPEN_LINK = "open link"
    AGREE = "agree"
    REFUSE = "refuse"
    STOP = "stop"
    BEGIN_AGAIN = "begin again"
    MOVE = "move"
    REST = "rest"  # at other hours
    ALLOW_ALL = "allow all"  # what they did not want to be asked about
    BLOCK = "block"
    COME_BACK = "come back"
    CHANGE_ACCOUNT = "change account"
    BECOME_STAFF = "become staff"
    LEAVE_STAFF = "leave staff"


PAIRS = (
    (LifeChange.STOP, LifeChange.BEGIN_AGAIN),
    (LifeChange.REFUSE, LifeChange.AGREE),
    (LifeChange.BLOCK, LifeChange.COME_BACK),
    (LifeChange.BECOME_STAFF, LifeChange.LEAVE_STAFF),
    (LifeChange.MOVE, LifeChange.MOVE),
    (LifeChange.REST, LifeChange.ALLOW_ALL),
)
"""Changes of which one follows the other after some days."""


@dataclass(frozen=True)
class PlannedVisit:
    """Visit to a touchpoint, by its first name: when it is reported, and when it is withdrawn, if ever."""

    event: str
    person: str
    touchpoint: str
    at: datetime
    told_at: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class PersonPlan:
    """Life of one person: their visits, and the changes with their times."""

    name: str
    is_gold: bool
    visits: tuple[PlannedVisit, ...]
    changes: tuple[tuple[datetime, LifeChange], ...]


@dataclass(frozen=True)
class LifePlan:
    """Plan of everything: people; outages of the messenger; restarts; deaths in the middle of calls; journey files."""

    people: tuple[PersonPlan, ...]
    ticks: tuple[datetime, ...]
    outages: tuple[tuple[datetime, datetime], ...] = ()
    restarts: tuple[datetime, ...] = ()
    deaths: tuple[datetime, ...] = ()
    files: tuple[tuple[datetime, str], ...] = ()
    campaigns: tuple[datetime, ...] = ()


def make_plan(seed: int, people: int, days: int, pace: timedelta) -> LifePlan:
    """Return the plan of this seed: the same each time. ``pace`` is the mean time between two ticks."""
    trouble, end = Random(f"{seed}:trouble"), BEGIN + days * DAY
    outages = [(at, at + timedelta(hours=trouble.uniform(1, 15))) for at in _list_times(trouble, end, 5 * DAY)]
    return LifePlan(
        people=tuple(plan_person(seed, number, days) for number in range(people)),
        ticks=tuple(_list_times(Random(f"{seed}:ticks"), end, pace)),
        outages=tuple(outages),
        restarts=tuple(_list_times(trouble, end, 4 * DAY)),
        deaths=tuple(_list_times(trouble, end, 2 * DAY)),
        files=tuple((BEGIN + part * days * DAY, file) for part, file in zip((0.4, 0.7), FILES[1:], strict=True)),
        campaigns=(BEGIN + 0.6 * days * DAY,),
    )


def _list_times(random: Random, end: datetime, mean: timedelta) -> Iterator[datetime]:
    """Yield times whose distances are up to twice the mean."""
    at = BEGIN
    while (at := at + random.uniform(0.05, 1.95) * mean) < end:
        yield at


def plan_person(seed: int, number: int, days: int) -> PersonPlan:
    random, name = Random(f"{seed}:{number}"), f"p{number}"
    return PersonPlan(
        name, random.random() < 0.3, tuple(_plan_visits(random, name, days)), tuple(_plan_changes(random, days))
    )


def _plan_visits(random: Random, name: str, days: int) -> Iterator[PlannedVisit]:
    count = 0
    for walk_begin in _list_times(random, BEGIN + days * DAY, 11 * DAY):
        for touchpoint, at in _plan_walk(random, walk_begin):
            told_at = at + timedelta(hours=random.choice([0, 0, 1, random.uniform(0, 30)]))
            is_withdrawn = random.random() < 0.1
            withdrawn_at = told_at + timedelta(hours=random.expovariate(1 / 40)) if is_withdrawn else None
            yield PlannedVisit(f"{name}-{count}", name, touchpoint, at, told_at, withdrawn_at)
            count += 1


def _plan_walk(random: Random, at: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield the visits of one walk; many end at the page."""
    yield "page", at
    if random.random() < 0.3:
        return
    for touchpoint, longest, chance in (
        ("checkout", 4 * DAY, 0.95),
        ("delivery", 3 * DAY, 0.95),
        ("box", 2 * HOUR, 0.7),
        ("order", 4 * HOUR, 0.9),
        ("help", 5 * DAY, 0.3),
    ):
        at += random.random() * longest
        if random.random() < chance:
            yield touchpoint, at


def _plan_changes(random: Random, days: int) -> Iterator[tuple[datetime, LifeChange]]:
    opens_at = BEGIN + timedelta(days=random.expovariate(1 / 2))
    yield opens_at, LifeChange.OPEN_LINK
    yield opens_at + timedelta(hours=random.expovariate(1 / 8)), LifeChange.AGREE
    for change, following in PAIRS:
        if random.random() < 0.3:
            at = BEGIN + random.random() * days * DAY
            yield at, change
            after = LifeChange.CHANGE_ACCOUNT if change is LifeChange.BLOCK and random.random() < 0.5 else following
            then = at + timedelta(days=random.uniform(0.1, 20))
            yield then, after
            if after is LifeChange.CHANGE_ACCOUNT:
                yield then + timedelta(hours=random.expovariate(1 / 8)), LifeChange.AGREE
