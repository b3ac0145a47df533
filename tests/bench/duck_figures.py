"""The figures of a map, computed by DuckDB from raw rows as one would write it for speed.

Answers, visits and complaints stand in tables of DuckDB's own, in the order in which they came, with small types. What
a map tells of them is computed by three statements: values of answers with people and the sums that make intervals, in
the window and in the one before; visits, complaints and the people who were there; and the walks, with conversions,
times of those who went on and of those who still wait, and the time since the start.

DuckDB is spared the quotes, and which figures of a segment must be hidden because beside others they would tell those
of a few people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from cjm.figures.journey_map import JourneyMap, StageTime
from cjm.figures.people import PeopleSums, PersonClusters, PersonDaySums
from cjm.figures.score import Score, score_of_people
from cjm.scales import Scale
from tests.bench.large_past import CHANNELS, COHORTS, POINTS, POINTS_A_STAGE, STAGES, LargePast

WINDOW = timedelta(days=14)  # the usual window of a journey

_VALUES = ", ".join(f"count(*) FILTER (value = {value}) AS n{value}" for value in range(1, 6))

VALUES_AND_PEOPLE = f"""
SELECT subject, kind, day >= $first AS is_now, {_VALUES}, count(DISTINCT customer) AS people
FROM answer
WHERE day BETWEEN $before AND $last AND kind = 'csat' {{condition}}
GROUP BY subject, kind, is_now
"""
"""Less than a map tells: how often each value was given at each touchpoint, and by how many people."""

_SCORES = f"""
WITH chosen AS (
    SELECT customer, day, subject, stage, value, day >= $first AS is_now FROM answer
    WHERE day BETWEEN $before AND $last AND kind = 'csat' {{condition}}
), place_answer AS (
    SELECT subject AS place, customer, day, value, is_now FROM chosen
    UNION ALL SELECT stage, customer, day, value, is_now FROM chosen
), person_day AS (
    SELECT is_now, place, customer, day, avg(CAST(value >= 4 AS INTEGER)) AS x, avg(value) AS raw, {_VALUES}
    FROM place_answer GROUP BY is_now, place, customer, day
), person AS (
    SELECT is_now, place, customer, count(*) AS k, sum(x) AS s, sum(x * x) AS squares, sum(raw) AS raw,
        {", ".join(f"sum(n{value}) AS n{value}" for value in range(1, 6))}
    FROM person_day GROUP BY is_now, place, customer
)
SELECT is_now, CAST(place AS VARCHAR) AS place, count(*) AS people, sum(k) AS person_days, sum(s) AS total,
    sum(squares) AS squares, sum(raw) AS raw, sum(s * s) AS total_squares, sum(s * k) AS total_days,
    sum(k * k) AS days_squares, {", ".join(f"sum(n{value}) AS n{value}" for value in range(1, 6))}
FROM person GROUP BY is_now, place
"""

_VISITS = """
WITH here AS (SELECT customer, stage, subject FROM visit WHERE day BETWEEN $first AND $last {condition}),
came AS (
    SELECT customer FROM here UNION ALL
    SELECT customer FROM answer WHERE day BETWEEN $first AND $last {condition}
)
SELECT 'visits' AS measure, CAST(subject AS VARCHAR) AS place, count(*) AS n FROM here GROUP BY subject
UNION ALL SELECT 'complaints', CAST(subject AS VARCHAR), count(*) FROM complaint
    WHERE day BETWEEN $first AND $last {condition} GROUP BY subject
UNION ALL SELECT 'customers', CAST(stage AS VARCHAR), count(DISTINCT customer) FROM here GROUP BY stage
UNION ALL SELECT 'customers', '', count(DISTINCT customer) FROM came
"""

_WALKS = """
WITH met AS (SELECT DISTINCT walk FROM visit WHERE day BETWEEN $first AND $last {condition}),
entry AS (
    SELECT walk, stage, min(came_at) AS came_at, min(day) AS day FROM visit
    WHERE walk IN (SELECT walk FROM met) GROUP BY walk, stage
), step AS (  -- walks pass the stages in order, so the next entry is one to a later stage
    SELECT stage, day, came_at, lead(came_at) OVER walk_order AS next_at,
        first_value(came_at) OVER walk_order AS started_at
    FROM entry WINDOW walk_order AS (PARTITION BY walk ORDER BY came_at)
), waited AS (
    SELECT stage, came_at, next_at IS NOT NULL AS has_gone, epoch(coalesce(next_at, $now) - came_at) AS seconds,
        CASE WHEN started_at < came_at THEN epoch(came_at - started_at) END AS since_start
    FROM step WHERE day BETWEEN $first AND $last
), moment AS (
    SELECT stage, seconds, count(*) FILTER (has_gone) AS gone, count(*) AS n FROM waited GROUP BY stage, seconds
), risk AS (
    SELECT stage, seconds, gone, sum(n) OVER (PARTITION BY stage ORDER BY seconds DESC) AS at_risk FROM moment
), curve AS (  -- Kaplan and Meier's, with Greenwood's sum
    SELECT stage, seconds, exp(sum(ln(greatest(1 - gone / at_risk, 1e-300))) OVER until_then) AS staying,
        sum(gone / (at_risk * greatest(at_risk - gone, 1e-9))) OVER until_then AS variance
    FROM risk WHERE gone > 0 WINDOW until_then AS (PARTITION BY stage ORDER BY seconds)
), limits AS (
    SELECT *, exp(1.959964 * sqrt(variance) / greatest(-ln(staying), 1e-12)) AS factor FROM curve
), times AS (
    SELECT stage, min(seconds) FILTER (staying <= 0.5) AS median_s, min(seconds) FILTER (staying <= 0.1) AS p90_s,
        min(seconds) FILTER (staying ** factor <= 0.5) AS median_low_s,
        min(seconds) FILTER (staying ** (1 / factor) <= 0.5) AS median_high_s
    FROM limits GROUP BY stage
), counts AS (
    SELECT stage, count(*) AS walks, count(*) FILTER (came_at < $now - $window) AS over,
        count(*) FILTER (came_at < $now - $window AND has_gone AND seconds <= epoch($window)) AS went_on,
        count(*) FILTER (came_at >= $now - $window AND NOT has_gone) AS on_the_way,
        quantile_disc(since_start, 0.5) AS start_s
    FROM waited GROUP BY stage
)
SELECT CAST(counts.stage AS VARCHAR) AS place, * EXCLUDE (stage) FROM counts LEFT JOIN times USING (stage)
"""

PEOPLE_TOLERANCE = 0.08
"""Share by which about so many people of counters may differ from those of rows.

It is below 2 % but for the first year of a past, of whose people nobody can have come before: there it is 5 %. A
segment takes over everyone's.
"""


class DuckWindow(NamedTuple):
    """Days of a map and time of reading; DuckDB reads as many days before them too."""

    first: date
    last: date
    now: datetime
    segment: str | None

    @property
    def params(self) -> dict[str, Any]:
        before = self.first - (self.last - self.first) - timedelta(days=1)
        return {"first": self.first, "last": self.last, "before": before, "now": self.now, "window": WINDOW}


@dataclass(frozen=True, slots=True)
class DuckFigures:
    """Rows of the statements by place; those of answers by (place, whether in the window or before it)."""

    scores: Mapping[tuple[str, bool], Mapping[str, Any]]
    counts: Mapping[tuple[str, str], int]
    walks: Mapping[str, Mapping[str, Any]]


def store_raw_rows(duck: Any, past: LargePast) -> None:
    """Store the answers and visits of a past in tables of DuckDB, and a table of no complaints: the past has none."""
    places = [f"t{point}" for point in range(POINTS)] + [f"s{stage}" for stage in range(STAGES)]
    for name, values in (("place", places), ("channel", CHANNELS), ("cohort", COHORTS), ("kind", ("csat",))):
        duck.execute(f"CREATE TYPE {name} AS ENUM ({', '.join(repr(value) for value in values)})")
    kinds = "customer INTEGER, day DATE, subject place, stage place, channel channel, cohort cohort"
    duck.execute(f"CREATE TABLE answer ({kinds}, kind kind, value TINYINT)")
    duck.execute(f"CREATE TABLE visit ({kinds}, walk INTEGER, came_at TIMESTAMP)")
    duck.execute(f"CREATE TABLE complaint ({kinds})")
    visits, first = past.visits, {"first": past.day_of(0), "channels": list(CHANNELS), "cohorts": list(COHORTS)}
    common = (
        "SELECT customer, CAST($first AS DATE) + CAST(day AS INTEGER), 't' || point,"
        f" 's' || (point // {POINTS_A_STAGE}), $channels[channel + 1], $cohorts[customer % {len(COHORTS)} + 1]"
    )
    answers = {  # noqa: F841 - DuckDB reads it by its name
        "customer": past.person, "day": past.day, "point": past.point, "channel": past.channel, "value": past.value,
    }  # fmt: skip
    duck.execute(f"INSERT INTO answer {common}, 'csat', value FROM answers", first)
    came = {  # noqa: F841 - as above
        "customer": visits.person, "day": visits.day, "point": visits.point, "channel": visits.channel,
        "walk": visits.walk, "seconds": visits.at,
    }  # fmt: skip
    at = "CAST($first AS TIMESTAMP) + to_seconds(seconds)"
    duck.execute(f"INSERT INTO visit {common}, walk, {at} FROM came", first)


def read_duck_figures(duck: Any, window: DuckWindow) -> DuckFigures:
    """Compute the figures of a map of a window."""
    scores = _read(duck, _SCORES, window, ("first", "last", "before"))
    counts = _read(duck, _VISITS, window, ("first", "last"))
    walks = _read(duck, _WALKS, window, ("first", "last", "now", "window"))
    return DuckFigures(
        {(row["place"], row["is_now"]): row for row in scores},
        {(row["measure"], row["place"]): row["n"] for row in counts},
        {row["place"]: row for row in walks},
    )


def count_values_and_people(duck: Any, window: DuckWindow) -> list[dict[str, Any]]:
    """Count values and people of touchpoints alone."""
    return _read(duck, VALUES_AND_PEOPLE, window, ("first", "last", "before"))


def _read(duck: Any, query: str, window: DuckWindow, names: tuple[str, ...]) -> list[dict[str, Any]]:
    condition = "" if window.segment is None else f"AND cohort = '{window.segment}'"
    found = duck.execute(query.format(condition=condition), {name: window.params[name] for name in names})
    columns = [each[0] for each in found.description]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


# ---- the same figures ------------------------------------------------------------------------------------------------


def check_same_figures(figures: DuckFigures, made: JourneyMap) -> None:
    """Fail unless a map tells what DuckDB found: counts exactly, people and times as near as counters know them."""
    assert _is_near(made.totals.customers, figures.counts["customers", ""], PEOPLE_TOLERANCE)
    for stage in made.stages:
        assert _is_near(stage.customers, figures.counts["customers", stage.key], PEOPLE_TOLERANCE)
        _check_score(stage.scores[Scale.CSAT], figures.scores[stage.key, True])
        _check_score(stage.before[Scale.CSAT], figures.scores[stage.key, False])
        for point in stage.touchpoints:
            assert point.visits == figures.counts["visits", point.key]
            assert point.complaints == figures.counts.get(("complaints", point.key), 0)
            _check_score(point.scores[Scale.CSAT], figures.scores[point.key, True])
        _check_walks(stage.walks, stage.on_the_way, stage.conversion, stage.time, figures.walks[stage.key])
        if stage.start_time is not None:
            assert _is_near(stage.start_time.median_s, figures.walks[stage.key]["start_s"], 0.03)


def _check_score(score: Score, row: Mapping[str, Any]) -> None:
    values = {value: row[f"n{value}"] for value in range(1, 6)}
    answers = sum(values.values())
    total, squares, raw = row["total"], row["squares"], row["raw"]
    sums = PersonDaySums(row["person_days"], total, squares, raw, total)  # u is 0 or 1, so its square is itself
    clusters = PersonClusters(
        row["people"], row["people"], row["total_squares"], row["total_days"], row["days_squares"]
    )
    wanted = score_of_people(Scale.CSAT, PeopleSums(sums, clusters), answers, values)
    assert score.answers == answers
    assert score.counts == wanted.counts
    assert _is_near(score.value, wanted.value, 1e-6)
    assert _is_near(score.n, wanted.n, PEOPLE_TOLERANCE)
    width, wanted_width = (
        each.high - each.low for each in (score, wanted) if each.high is not None and each.low is not None
    )
    assert _is_near(width, wanted_width, PEOPLE_TOLERANCE)


def _check_walks(
    walks: int, on_the_way: int, conversion: Score | None, time: StageTime | None, row: Mapping[str, Any]
) -> None:
    assert walks == row["walks"]
    if conversion is None or time is None:  # nobody leaves the last stage
        return
    # The hour in which the window began is divided in proportion.
    assert abs(conversion.answers - row["over"]) <= 5 + 0.001 * row["over"]
    assert abs(on_the_way - row["on_the_way"]) <= 5 + 0.001 * row["over"]
    assert abs((conversion.value or 0) - 100 * row["went_on"] / row["over"]) < 0.5
    for ours, theirs in (
        (time.median_s, row["median_s"]),
        (time.p90_s, row["p90_s"]),
        (time.median_low_s, row["median_low_s"]),
    ):
        assert (ours is None) == (theirs is None)
        assert ours is None or _is_near(ours, theirs, 0.03)


def _is_near(one: float | None, other: float | None, share: float) -> bool:
    assert one is not None
    assert other is not None
    return abs(one - other) <= 1 + share * abs(other) if share > 1e-3 else abs(one - other) <= share * (1 + abs(other))
