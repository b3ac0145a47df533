"""How often the product's comparisons are right, by simulation: the same figures for a quick test and a long table."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from cjm.figures.findings.comparisons import Findings, find_changes
from cjm.figures.journey_map import ChangeDirection
from cjm.scales import Scale
from tests.cjm.figures.findings.business import Answers, Business, Days, simulate
from tests.cjm.figures.findings.periods import MOST_ROWS, Period, compare, segment_parts

VOLUMES = (30, 100, 400, 2000)  # answers a week
WEEK_BEGINS = 8  # weeks of history before the first message
TITLES = {"new": "New customers", "regular": "Regular customers"}


class Rate(NamedTuple):
    """Share of messages, and its standard error over the simulated years: weeks of one year are not independent."""

    share: float
    error: float

    def __str__(self) -> str:
        return f"{100 * self.share:.1f} % ± {100 * self.error:.1f}"


def rate_of(years: list[float]) -> Rate:
    error = float(np.std(years, ddof=1) / np.sqrt(len(years))) if len(years) > 1 else 1.0
    return Rate(float(np.mean(years)), error)


def windows(end: int, now: int, before: int) -> tuple[Days, Days]:
    """Return the last ``now`` days up to ``end`` and the ``before`` days ahead of them."""
    return (end - now + 1, end), (end - now - before + 1, end - now)


def find_in(
    answers: Answers,
    end: int,
    now: int,
    before: int,
    *,
    everything: bool,
    by_delay: bool = True,
    most_rows: int = MOST_ROWS,
) -> Findings:
    sides = [Period.cut(answers, days, end + 1, most_rows) for days in windows(end, now, before)]
    return find_changes(compare(*sides, everything=everything, by_delay=by_delay))


def false_marks(
    business: Business, weeks: int, years: int, *, most_rows: int = MOST_ROWS, seed: int = 20261126
) -> tuple[Rate, Rate, float]:
    """Return how many maps and digests mark a change where none is, and how many figures a digest tests."""
    business = replace(business, days=(WEEK_BEGINS + weeks) * 7)
    maps, digests, tested = [], [], []
    for year in range(years):
        answers = simulate(business, np.random.default_rng([seed, business.volume, year]))
        ends = [7 * (WEEK_BEGINS + week + 1) - 1 for week in range(weeks)]
        on_maps = [find_in(answers, end, 28, 28, everything=False, most_rows=most_rows) for end in ends]
        in_digests = [find_in(answers, end, 7, 28, everything=True, most_rows=most_rows) for end in ends]
        maps.append(float(np.mean([bool(each.changes) for each in on_maps])))
        digests.append(float(np.mean([bool(each.changes) for each in in_digests])))
        tested += [each.number_tested for each in in_digests]
    return rate_of(maps), rate_of(digests), float(np.mean(tested))


def segment_marks(business: Business, draws: int, *, shared: bool = False) -> float:
    """Return how many difference maps of two segments mark a stage although both segments are alike.

    Each side has two thirds of the customers where some are ``shared``, else every customer belongs to one side.
    """
    marked = 0
    for draw in range(draws):
        answers = simulate(replace(business, days=35), np.random.default_rng([20261126, business.volume, draw]))
        third = answers.person % 3
        masks = (third != 0, third != 2) if shared else (answers.person % 2 == 0, answers.person % 2 == 1)
        sides = [Period.cut(answers.where(mask), (7, 34)) for mask in masks]
        marked += bool(find_changes(compare(*sides, everything=False)).changes)
    return marked / draws


def power(people: int, drop: float, draws: int) -> tuple[float, float, float]:
    """Return how often a map finds a drop of one stage, how often a digest does, and what it is then measured as.

    ``people`` answer at that stage in the window now: the map has as many before, the digest four times as many.
    """
    on_map = in_digest = 0
    sizes = []
    for draw in range(draws):
        random = np.random.default_rng([draw, people, int(drop)])
        map_volume = people * 5 / 4
        business = Business(int(map_volume), days=56, pool=8, since=28, drop=drop)
        found = find_in(simulate(business, random), 55, 28, 28, everything=False).mark_stages(Scale.CSAT)["s0"]
        if found.direction is ChangeDirection.WORSE:
            on_map += 1
            sizes.append(-(found.points or 0.0))
        weekly = Business(people * 5, days=35, pool=4, since=28, drop=drop)
        digest = find_in(simulate(weekly, random), 34, 7, 28, everything=True)
        in_digest += any(each.subject in ("s0", "p0", "p1", "p2") for each in digest.changes)
    return on_map / draws, in_digest / draws, float(np.mean(sizes)) if sizes else float("nan")


def mix_directions(business: Business, draws: int) -> Counter[ChangeDirection]:
    """Count what a map says about each stage when the shares of new customers moved, or the figures, or both."""
    counts: Counter[ChangeDirection] = Counter()
    for draw in range(draws):
        answers = simulate(replace(business, days=56, since=28), np.random.default_rng([draw, business.volume]))
        now, before = (Period.cut(answers, days) for days in windows(55, 28, 28))
        found = find_changes(compare(now, before, everything=False))
        parts = {(each.subject, each.scale): segment_parts(now, before, each) for each in found.list_found()}
        marks = found.explain_by_segments(parts, TITLES).mark_stages(Scale.CSAT)
        counts.update(mark.direction for mark in marks.values())
    return counts


def weekday_marks(now: int, before: int, weekend: float, draws: int) -> Rate:
    """Return how many maps mark a change when weekends are worse and nothing else happens."""
    marked: list[float] = []
    for draw in range(draws):
        business = Business(2000, days=84, weekend=weekend)
        answers = simulate(business, np.random.default_rng([draw, now, before]))
        ends = range(77, 84)  # each day of the week
        found = [find_in(answers, end, now, before, everything=False) for end in ends]
        marked.append(float(np.mean([bool(each.changes) for each in found])))
    return rate_of(marked)


LATE = Business(1000, unhappy_hours=72.0, happy_hours=4.0)


def directions_of_late_answers(draws: int, *, by_delay: bool) -> Iterator[ChangeDirection]:
    """Yield the directions that a digest reports on a day when unhappy answers of the newest days are still missing."""
    for draw in range(draws):
        answers = simulate(replace(LATE, days=35), np.random.default_rng([draw, 48]))
        found = find_in(answers, 34, 7, 28, everything=True, by_delay=by_delay)
        yield from {each.change.direction for each in found.changes}
