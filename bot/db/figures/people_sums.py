"""People behind the figures of a scope: exact where figures are small, about where they are large.

Of each place and measure, in this order:

1. Nobody came back in the window, as the gap counters of everyone say: each person-day is a person. No row is read.
2. At most `MOST_ROWS` rows stand behind the figure, over all channels: they are read and grouped by person, those of
   the smallest figures first, as long as all of them together are not more than `MOST_ROWS_IN_ALL`.
3. More: the gap counters tell how many people there are. They are everyone's; a large segment or channel takes over
   their people per person-day, and how alike the days of a person are.

A person-day whose rows are gone counts as a person, and the figure then says "at most". In an anonymous journey each
person-day does: nothing tells who came back.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import accumulate

from bot.db.engine.database import Connection
from bot.db.figures.gap_sums import read_gaps
from bot.db.figures.map_sums import ScopeCounters
from bot.db.figures.person_rows import MOST_ROWS, MOST_ROWS_IN_ALL, PeopleKey, count_some_people, group_people
from cjm.figures.facts.presence import WHOLE_JOURNEY
from cjm.figures.gaps import LONGEST_KNOWN_GAP, WindowGaps
from cjm.figures.people import (
    PeopleSums,
    PersonDaySums,
    add_settled,
    clusters_from_gaps,
    scale_clusters,
    single_days,
)
from cjm.figures.period_figures import NOBODY, CountTable, PeopleTable
from cjm.figures.tally import CUSTOMERS, PEOPLE, RETURNED, VISITS
from cjm.scales import SCALES

FEW = 20
"""People from which on a figure is neither withheld nor grey, unless its journey judges later."""

_ROWS_TO_FIND_ONE = 10
"""Rows that are looked at for each of the people that are to be found."""


def read_people(tx: Connection, counters: ScopeCounters) -> PeopleTable:
    """Return the people behind all figures of a scope."""
    if counters.scope.journey.anonymous:
        return {key: single_days(sums) for key, sums in list_person_days(counters.table).items()}
    found = _find_people(tx, counters)
    for key, sums in list_person_days(counters.settled).items():
        returned = sum(each.n for each in counters.settled.get((key.subject, RETURNED + key.measure), {}).values())
        found[key] = add_settled(found.get(key, NOBODY), sums, returned)
    return found


def list_person_days(table: CountTable) -> dict[PeopleKey, PersonDaySums]:
    """Return the person-days of a table of counters."""
    days = {}
    for (subject, measure), buckets in table.items():
        sums = buckets.get("")
        if sums is None or sums.n <= 0:
            continue
        if measure == CUSTOMERS:  # being present is always 1
            days[PeopleKey(subject, measure)] = PersonDaySums(sums.n, sums.n, sums.n, sums.n, sums.n)
        elif measure.endswith(PEOPLE):
            key = PeopleKey(subject, measure.removesuffix(PEOPLE))
            days[key] = PersonDaySums(sums.n, sums.total, sums.squares, sums.raw, sums.mean_squares)
    return days


def _find_people(tx: Connection, counters: ScopeCounters) -> dict[tuple[str, str], PeopleSums]:
    live, gaps = list_person_days(counters.live), read_gaps(tx, counters.scope)
    returning = [key for key, sums in live.items() if sums.n > 1 and _may_return(counters, gaps.get(key))]
    row_counts = count_rows(counters)
    groups = group_people(tx, counters, choose_small_figures(returning, row_counts))
    found: dict[tuple[str, str], PeopleSums] = {key: single_days(sums) for key, sums in live.items()}
    large = []
    for key in returning:
        group = groups.get(key)
        # Rows that were cut off, or that belong to no counter, tell too little: then the counters do.
        if group is not None and group.person_days == live[key].n:
            found[key] = PeopleSums(live[key], group.clusters)
        else:
            large.append(key)
    everyone = list_person_days(counters.everyone)
    for key in large:
        found[key] = _estimate(counters, live[key], everyone.get(key, live[key]), gaps.get(key, WindowGaps()))
    found.update(raise_least(tx, counters, {key: found[key] for key in large}))
    return found


def choose_small_figures(keys: Iterable[PeopleKey], row_counts: Mapping[PeopleKey, int]) -> list[PeopleKey]:
    """Return the figures whose rows are read: those with the fewest, `MOST_ROWS_IN_ALL` rows together at most."""
    by_size = sorted((row_counts[key], key) for key in keys if row_counts[key] <= MOST_ROWS)
    totals = accumulate(n for n, _ in by_size)
    return [key for (_, key), total in zip(by_size, totals, strict=True) if total <= MOST_ROWS_IN_ALL]


def _may_return(counters: ScopeCounters, window_gaps: WindowGaps | None) -> bool:
    """True unless it is known that nobody came back; in a longer window somebody may have, after more than a year."""
    if counters.scope.days > LONGEST_KNOWN_GAP + 1:
        return True
    return window_gaps is not None and window_gaps.previous_whole > 0


def _estimate(
    counters: ScopeCounters, sums: PersonDaySums, everyone: PersonDaySums, window_gaps: WindowGaps
) -> PeopleSums:
    days = counters.scope.days
    of_everyone = clusters_from_gaps(everyone, window_gaps, days)
    return scale_clusters(of_everyone, sums, days) if counters.scope.is_narrow else of_everyone


def raise_least(
    tx: Connection, counters: ScopeCounters, found: Mapping[PeopleKey, PeopleSums]
) -> dict[tuple[str, str], PeopleSums]:
    """Return the figures that seem to be of few people with what a bounded look at their rows adds to that number."""
    enough = max(FEW, counters.scope.journey.judge_from)
    few = [key for key, people in found.items() if people.clusters.at_least < enough]
    raised: dict[tuple[str, str], PeopleSums] = {}
    for key, n in count_some_people(tx, counters, few, _ROWS_TO_FIND_ONE * enough).items():
        clusters = found[key].clusters
        at_least = max(n, clusters.at_least)
        more = replace(clusters, at_least=at_least, people=max(clusters.people, at_least))
        raised[key] = replace(found[key], clusters=more)
    return raised


def count_rows(counters: ScopeCounters) -> Mapping[PeopleKey, int]:
    """Return how many rows stand behind the people of a scope over all channels, as far as counters tell it.

    An answer at a touchpoint that the journey lost may belong to any stage: it is counted with each.
    """
    journey = counters.scope.journey
    counts: defaultdict[PeopleKey, int] = defaultdict(int)
    lost: defaultdict[str, int] = defaultdict(int)
    for (subject, counted), buckets in counters.across.items():
        measure = CUSTOMERS if counted == VISITS else counted
        if counted != VISITS and counted not in SCALES:
            continue
        n, place = sum(sums.n for sums in buckets.values()), journey.find_place(subject)
        counts[PeopleKey(WHOLE_JOURNEY, measure)] += n
        if place is None:
            lost[measure] += n
            continue
        for key in {PeopleKey(place.part.key, measure), PeopleKey(place.stage.key, measure)}:
            counts[key] += n
    for stage in journey.stages:
        for measure, n in lost.items():
            counts[PeopleKey(stage.key, measure)] += n
    for key, days in list_person_days(counters.across).items():  # each person-day has a row at least
        counts[key] = max(counts[key], days.n)
    return counts
