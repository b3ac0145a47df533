"""Figures of segments and channels are hidden where, beside each other, they would tell those of a few people."""

from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from bot.db.engine.database import Connection, Database
from bot.db.figures.map_sums import MapScope, find_cohorts, read_counters
from bot.db.figures.part_people import find_hidden, read_parts
from bot.usecases.maps.make_map import MapRequest, make_map
from cjm.figures.part_disclosure import SEVERAL_CHANNELS, Atom
from cjm.figures.score import Verdict
from cjm.journeys.journey import Journey
from cjm.scales import Scale
from tests.db.figures.returning_rows import NOW, PLACES, RENAMED, START, Fact, apply_journey, random_facts, store_facts
from tests.statements import listen_to_statements

THREE_SEGMENTS = RENAMED.replace(
    "segments = [",
    'segments = [{ key = "basic", title = "Basic", where = { class = ["basic"] } }, '
    '{ key = "rare", title = "Rare", where = { class = ["rare"] } }, ',
)
NAMES = ("basic", "gold", "rare")


def make_facts(people: int, first: int, cohort: int, channel: str, days: int = 1) -> list[Fact]:
    return [
        Fact(person, START + timedelta(days=day), "pay", "buy", Scale.CSAT, 5, cohort, channel)
        for person in range(first, first + people)
        for day in range(days)
    ]


async def list_hidden(db: Database, journey: Journey, segment: str | None, channel: str | None) -> set[str]:
    """Return the places whose satisfaction is hidden."""

    def read(tx: Connection) -> set[str]:
        found = journey.find_segment(segment) if segment else None
        scope = MapScope(journey, START, START + timedelta(days=27), find_cohorts(tx, journey, found), channel)
        return {place for place, _ in find_hidden(tx, read_counters(tx, scope), found, 5)}

    return await db.read(read)


@pytest.mark.parametrize("many", [40, 1100])
async def test_segments_that_would_tell_a_small_one_are_hidden(db: Database, many: int) -> None:
    """Few people stay few also beside very many, and on however many days they come."""
    facts = [*make_facts(many, 0, 0, "site"), *make_facts(20, 2000, 1, "site"), *make_facts(3, 3000, 2, "site", days=9)]
    journey, _ = await db.write(
        lambda tx: (journey := apply_journey(tx, THREE_SEGMENTS), store_facts(tx, journey, facts))
    )
    assert await list_hidden(db, journey, "rare", None) == {"pay", "buy"}
    # Everyone without the other two are those three people: so the smaller of the two is hidden as well.
    assert await list_hidden(db, journey, "gold", None) == {"pay", "buy"}
    assert await list_hidden(db, journey, "basic", None) == set()
    assert await list_hidden(db, journey, None, None) == set()


async def test_no_row_is_read_of_segments_that_counters_show_to_be_large(db: Database) -> None:
    """Two at another channel are so few that the counters know that as well."""
    facts = [*make_facts(400, 0, 0, "site"), *make_facts(200, 1000, 1, "site"), *make_facts(2, 1000, 1, "app")]
    journey, _ = await db.write(
        lambda tx: (journey := apply_journey(tx, THREE_SEGMENTS), store_facts(tx, journey, facts))
    )
    with listen_to_statements() as statements:
        assert await list_hidden(db, journey, "gold", None) == set()
    assert not any("FROM answer" in each.text for each in statements)


async def test_channels_that_would_tell_a_small_one_are_hidden(any_db: Database) -> None:
    facts = [*make_facts(40, 0, 0, "site"), *make_facts(20, 100, 0, "store"), *make_facts(2, 200, 0, "app", days=6)]
    journey, _ = await any_db.write(
        lambda tx: (journey := apply_journey(tx, THREE_SEGMENTS), store_facts(tx, journey, facts))
    )
    hidden = [await list_hidden(any_db, journey, None, channel) for channel in ("site", "store", "app")]
    assert hidden == [set(), {"pay", "buy"}, {"pay", "buy"}]


@pytest.mark.parametrize(("at_both", "hidden"), [(4, {"pay", "buy"}), (5, set())])
async def test_a_few_who_answered_at_several_channels_on_one_day_are_not_told(
    db: Database, at_both: int, hidden: set[str]
) -> None:
    """The channels together count them twice, and everyone once: the rest would be these people alone."""
    facts = [*make_facts(40, 0, 0, "site"), *make_facts(20, 40 - at_both, 0, "app")]
    journey, _ = await db.write(
        lambda tx: (journey := apply_journey(tx, THREE_SEGMENTS), store_facts(tx, journey, facts))
    )
    assert await list_hidden(db, journey, None, "site") == set()
    assert await list_hidden(db, journey, None, "app") == hidden


async def test_a_channel_that_all_came_by_is_hidden_where_a_few_came_by_another_one_too(db: Database) -> None:
    """It has as many people as its stage, and what the stage's figure has beside it is of these few."""
    facts = [*make_facts(40, 0, 0, "site"), *make_facts(4, 0, 0, "app")]
    journey, _ = await db.write(
        lambda tx: (journey := apply_journey(tx, THREE_SEGMENTS), store_facts(tx, journey, facts))
    )
    request = MapRequest(journey.key, last=START + timedelta(days=27), days=28, with_channels=True)
    made = await db.read(lambda tx: make_map(tx, request, 5, NOW, remind_after=timedelta(hours=48)))
    buy = next(stage for stage in made.stages if stage.key == "buy")
    scores = {use.channel: use.score for use in buy.channels if use.score is not None}
    assert buy.scores[Scale.CSAT].verdict is not Verdict.WITHHELD
    assert {channel: score.verdict for channel, score in scores.items()} == dict.fromkeys(
        ("site", "app"), Verdict.WITHHELD
    )


async def test_people_of_parts_are_those_of_the_rows(any_db: Database) -> None:
    made = random_facts(people=60, days=14, each=9, seed=5, places=PLACES[1:3], scales=[Scale.CSAT])
    facts = [fact._replace(is_imported=True) for fact in made]
    journey, ids = await any_db.write(
        lambda tx: (journey := apply_journey(tx, THREE_SEGMENTS), store_facts(tx, journey, facts))
    )
    scope = MapScope(journey, START, START + timedelta(days=27), (ids[1],))
    parts = await any_db.read(lambda tx: read_parts(tx, read_counters(tx, scope), 5))
    atoms: defaultdict[int, set[Atom]] = defaultdict(set)
    channels: defaultdict[tuple[int, int, str, date], set[str]] = defaultdict(set)
    for fact in facts:
        atoms[fact.person].add(Atom(frozenset([NAMES[fact.cohort]]), fact.channel))
        channels[fact.person, fact.cohort, fact.subject, fact.day].add(fact.channel)
    several = [(person, cohort) for (person, cohort, *_), of_day in channels.items() if len(of_day) > 1]
    for person, cohort in several:
        atoms[person].add(Atom(frozenset([NAMES[cohort]]), SEVERAL_CHANNELS))
    found = parts["pay", Scale.CSAT]  # type: ignore[index]  # a named tuple is a tuple
    assert several
    assert found.people == Counter(frozenset(each) for each in atoms.values())
    assert sum(n for atom, n in found.person_days.items() if atom.channel == SEVERAL_CHANNELS) == len(several)
