"""Counters of a large past, computed with numpy from its columns: those that the product would have moved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from cjm.figures.gaps import GAP_CLASSES
from cjm.figures.people import PeopleSums, PersonClusters, PersonDaySums
from cjm.figures.tally import value_bucket
from cjm.figures.walks.durations import find_duration_place
from tests.bench.large_past import A_DAY, CHANNELS, COHORTS, POINTS, POINTS_A_STAGE, STAGES, LargePast, Rows

WINDOW = 14 * A_DAY  # the usual window of a journey
_SUMS = 5


@dataclass(frozen=True, slots=True)
class _Signs:
    """Facts of one place, by which people are counted there; without ``u`` and ``value`` they tell presence alone."""

    person: np.ndarray
    day: np.ndarray
    channel: np.ndarray
    value: np.ndarray | None = None

    def of_channel(self, number: int) -> "_Signs":
        is_meant = self.channel == number
        value = None if self.value is None else self.value[is_meant]
        return _Signs(self.person[is_meant], self.day[is_meant], self.channel[is_meant], value)

    def of_days(self, first: int, last: int) -> "_Signs":
        is_meant = (self.day >= first) & (self.day <= last)
        value = None if self.value is None else self.value[is_meant]
        return _Signs(self.person[is_meant], self.day[is_meant], self.channel[is_meant], value)


@dataclass(frozen=True, slots=True)
class _PersonDays:
    """Person-days by person and day: the means of x, of the raw value and of u²."""

    person: np.ndarray
    day: np.ndarray
    x: np.ndarray
    raw: np.ndarray
    x_squares: np.ndarray


class PastCounters:
    """Counters of all answers and visits of a past."""

    def __init__(self, past: LargePast) -> None:
        self._past, self._days = past, past.plan.days

    def day_of(self, number: int) -> date:
        return self._past.day_of(number)

    def list_counters(self, cohort_ids: Sequence[int]) -> Rows:
        """Yield the rows of the counters."""

        def row(day: int, subject: str, measure: str, bucket: str, cohort: int, channel: str, sums: Sequence[float]):  # type: ignore[no-untyped-def]  # a tuple of the columns
            start = (days[day], subject, measure, bucket, cohort_ids[cohort], channel, False)
            return ("large", *start, int(sums[0]), *map(float, sums[1:]))

        days = [self._past.day_of(number).isoformat() for number in range(self._days)]
        past, visits = self._past, self._past.visits
        key = (past.day, past.point, past.value, past.delay, past.person % len(COHORTS), past.channel)
        for (day, point, value, delay, cohort, channel), n in _count_equal(*key):
            answered = value_bucket(value, delay)
            yield row(day, f"t{point}", "csat", answered, cohort, CHANNELS[channel], [n, 0, 0, 0, 0])
        for place, measure, signs in self._list_places():
            for (day, cohort, channel_key), sums in self._sum_person_days(signs).items():
                yield row(day, place, measure, "", cohort, channel_key, sums)
        of_each_visit = (visits.day, visits.point, visits.person % len(COHORTS), visits.channel)
        for (day, point, cohort, channel), n in _count_equal(*of_each_visit):
            yield row(day, f"t{point}", "visits", "", cohort, CHANNELS[channel], [n, 0, 0, 0, 0])
        for measure, (day, stage, cohort, channel, bucket), sums in self._list_flow():
            name = "" if measure == "went_on" else str(bucket)
            yield row(day, f"s{stage}", measure, name, cohort, CHANNELS[channel], sums)

    def _list_places(self) -> Iterator[tuple[str, str, _Signs]]:
        """Yield each place and measure of people, with the facts that count there."""
        past, visits = self._past, self._past.visits
        for place, is_there in self._list_answer_places():
            signs = (past.person[is_there], past.day[is_there], past.channel[is_there])
            yield place, "csat.people", _Signs(*signs, past.value[is_there])
        for stage in range(STAGES):
            is_there = visits.stage == stage
            yield (
                f"s{stage}",
                "customers",
                _Signs(visits.person[is_there], visits.day[is_there], visits.channel[is_there]),
            )
        both = ((past.person, visits.person), (past.day, visits.day), (past.channel, visits.channel))
        yield "", "customers", _Signs(*(np.concatenate(each) for each in both))

    def _list_answer_places(self) -> Iterator[tuple[str, np.ndarray]]:
        for point in range(POINTS):
            yield f"t{point}", self._past.point == point
        for stage in range(STAGES):
            yield f"s{stage}", self._past.point // POINTS_A_STAGE == stage

    def _sum_person_days(self, signs: _Signs) -> Mapping[tuple[int, int, str], Sequence[float]]:
        """Return the sums over person-days by day, cohort and channel, "" being the correction."""
        sums: dict[tuple[int, int, str], np.ndarray] = {}
        for name, part in [("", signs), *((name, signs.of_channel(number)) for number, name in enumerate(CHANNELS))]:
            days = self._group_days(part)
            ones = np.ones(len(days.day))
            columns = [ones] if signs.value is None else [ones, days.x, days.x**2, days.raw, days.x_squares]
            keys, numbers = _number_equal(days.day, days.person % len(COHORTS))
            added = np.zeros((len(keys), _SUMS))
            for place, column in enumerate(columns):
                added[:, place] = np.bincount(numbers, column, len(keys))
            for (day, cohort), row in zip(keys, added, strict=True):
                sums[day, cohort, name] = row
        for (day, cohort, name), row in list(sums.items()):
            if name:
                sums[day, cohort, ""] = sums[day, cohort, ""] - row
        return {key: row.tolist() for key, row in sums.items() if np.abs(row).sum() > 1e-9}

    def _group_days(self, signs: _Signs) -> _PersonDays:
        codes, numbers = np.unique(signs.person.astype(np.int64) * self._days + signs.day, return_inverse=True)
        person, day = codes // self._days, codes % self._days
        if signs.value is None:
            ones = np.ones(len(codes))
            return _PersonDays(person, day, ones, ones, ones)
        n = np.bincount(numbers)
        u = (signs.value >= 4).astype(float)
        x, raw = (np.bincount(numbers, column) / n for column in (u, signs.value))
        return _PersonDays(person, day, x, raw, x)

    def count_people(self, place: str, first: int, last: int) -> PeopleSums:
        """Return the person-days of a place from day ``first`` to day ``last``, with every person counted."""
        signs = next(each for name, measure, each in self._list_places() if (name, measure) == (place, "csat.people"))
        days = self._group_days(signs.of_days(first, last))
        _, numbers = np.unique(days.person, return_inverse=True)
        k, s = np.bincount(numbers), np.bincount(numbers, days.x)
        columns = (days.x, days.x**2, days.raw, days.x_squares)
        sums = PersonDaySums(len(days.x), *(float(column.sum()) for column in columns))
        clusters = PersonClusters(len(k), len(k), float((s * s).sum()), float((s * k).sum()), float((k * k).sum()))
        return PeopleSums(sums, clusters)

    def list_gaps(self) -> Rows:
        """Yield the rows of the gap counters."""
        longest = GAP_CLASSES[-1][-1]
        class_of = np.repeat(np.arange(len(GAP_CLASSES)), [len(gaps) for gaps in GAP_CLASSES])
        for place, measure, signs in self._list_places():
            days = self._group_days(signs)  # by person, then by day
            table = np.zeros((4, self._days * len(GAP_CLASSES)))
            for back in range(1, len(days.x)):
                gap = days.day[back:] - days.day[:-back]
                is_pair = np.flatnonzero((days.person[back:] == days.person[:-back]) & (gap <= longest))
                if not len(is_pair):
                    break
                later, earlier = days.x[back:][is_pair], days.x[:-back][is_pair]
                at = days.day[back:][is_pair] * len(GAP_CLASSES) + class_of[gap[is_pair]]
                added = (np.full(len(at), float(back == 1)), np.ones(len(at)), later + earlier, later * earlier)
                table += np.stack([np.bincount(at, values, table.shape[1]) for values in added])
            for at in np.flatnonzero(table[1]).tolist():
                day, gap_class = divmod(at, len(GAP_CLASSES))
                previous, pairs, total, products = table[:, at].tolist()
                name = measure.removesuffix(".people")
                key = ("large", self._past.day_of(day).isoformat(), place, name, gap_class)
                yield (*key, int(previous), int(pairs), total, products)

    def _list_flow(self) -> Iterator[tuple[str, tuple[int, ...], Sequence[float]]]:
        """Yield measure, key and sums of the flow of visits: day, stage, cohort, channel and bucket."""
        visits = self._past.visits
        key = (visits.day, visits.stage, visits.person % len(COHORTS), visits.channel)
        waits = visits.took < 0
        seconds = np.where(waits, visits.at % 3600, 0)
        hours = visits.at % A_DAY // 3600
        for each, sums in _sum_equal((*key, hours), waits, seconds, seconds * seconds):
            yield "entered", each, (*sums, 0)
        has_gone = ~waits
        in_time = has_gone & (visits.took <= WINDOW)
        for each, n in _count_equal(*(column[in_time] for column in key), np.zeros(int(in_time.sum()), int)):
            yield "went_on", each, (n, 0, 0, 0, 0)
        since = visits.at - visits.began
        for measure, is_meant, durations in (
            ("took", has_gone, visits.took),
            ("since_start", visits.stage > 0, since),
        ):
            of_key = [column[is_meant] for column in key]
            position, bucket = _place_durations(durations[is_meant])
            for each, sums in _sum_equal((*of_key, bucket), position, position * position):
                yield measure, each, (*sums, 0, 0)


def _place_durations(seconds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the position of each duration in its bucket, and the bucket."""
    found, numbers = np.unique(seconds, return_inverse=True)
    places = np.array([find_duration_place(each) for each in found.tolist()]).reshape(-1, 2)[numbers]
    return places[:, 1], places[:, 0].astype(int)


def _sum_equal(key: Sequence[np.ndarray], *columns: np.ndarray) -> Iterator[tuple[tuple[int, ...], list[float]]]:
    """Yield each different key with its number of rows and the sums of the columns."""
    keys, numbers = _number_equal(*key)
    sums = [
        np.bincount(numbers, column.astype(float), len(keys)).tolist() for column in (np.ones(len(numbers)), *columns)
    ]
    yield from zip(keys, map(list, zip(*sums, strict=True)), strict=True)


def _count_equal(*columns: np.ndarray) -> Iterator[tuple[tuple[int, ...], int]]:
    keys, numbers = _number_equal(*columns)
    yield from zip(keys, np.bincount(numbers, minlength=len(keys)).tolist(), strict=True)


def _number_equal(*columns: np.ndarray) -> tuple[list[tuple[int, ...]], np.ndarray]:
    """Return the different rows of some columns, sorted, and for each row its number among them."""
    if not len(columns[0]):
        return [], np.zeros(0, int)
    sizes = [int(column.max()) + 1 for column in columns]
    codes = np.ravel_multi_index(tuple(column.astype(np.int64) for column in columns), sizes)
    found, numbers = np.unique(codes, return_inverse=True)
    return list(zip(*(part.tolist() for part in np.unravel_index(found, sizes)), strict=True)), numbers
