"""Real input: passengers × 14 touchpoints, and every figure of the map computed a second time.

The second computation knows the file, statsmodels and the definitions of the figures, and none of our code. One import
serves all tests, so they stay on one worker. DEEP=1 takes all 20,000 passengers, which is two minutes more.
"""

import asyncio
import csv
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from bot.clock import FrozenClock
from bot.db.engine.database import Database
from bot.db.upkeep import counter_check
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.maps.make_map import MakeMap, MapRequest
from bot.usecases.tables.import_report import ImportReport
from bot.usecases.tables.import_source import open_table
from bot.usecases.tables.import_table import ImportTable
from cjm.asking.decision import AskingRules
from cjm.figures.map_json import map_as_json
from cjm.journeys.journey_file import read_journey
from cjm.tables.row_outcome import RowOutcome
from tests.depth import choose_depth
from tests.usecases.tables.cafe import answer_counts

pytestmark = [pytest.mark.xdist_group("airline"), pytest.mark.timeout(300)]

Ratings = NDArray[np.int64]
DATA = Path(__file__).parent.parent.parent / "data"
DAY = date(2026, 10, 1)
PASSENGERS = choose_depth(5_000, 20_000)

STAGES = {
    "book": ("Departure/Arrival time convenient", "Ease of Online booking"),
    "gate": ("Checkin service", "Online boarding", "Gate location"),
    "fly": (
        "Seat comfort", "Leg room service", "Cleanliness", "Food and drink", "Inflight wifi service",
        "Inflight entertainment", "Inflight service", "On-board service",
    ),
    "arrive": ("Baggage handling",),
}  # fmt: skip
ATTRIBUTES = {
    "Class": {"Business": "business", "Eco": "eco", "Eco Plus": "eco_plus"},
    "Type of Travel": {"Business travel": "business_travel", "Personal Travel": "personal_travel"},
    "Customer Type": {"Loyal Customer": "loyal", "disloyal Customer": "disloyal"},
}


@dataclass(frozen=True)
class Flown:
    """The data twice: as the file has them, and as the product's maps (by segment; None is everyone)."""

    passengers: list[dict[str, str]]
    ratings: Mapping[str, Ratings]  # by column, in the order of the passengers
    maps: Mapping[str | None, Any]
    first: ImportReport
    second: ImportReport
    wrong_counters: int


def key_of(column: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in column.lower())


def segments() -> dict[str | None, Callable[[dict[str, str]], bool]]:
    """Every value, pair and triple of values, as the journey file calls them."""
    found: dict[str | None, Callable[[dict[str, str]], bool]] = {None: lambda _: True}
    for chosen in product(*([None, *values] for values in ATTRIBUTES.values())):
        wanted = {column: value for column, value in zip(ATTRIBUTES, chosen, strict=True) if value is not None}
        if wanted:
            key = "-".join(ATTRIBUTES[column][value] for column, value in wanted.items())
            found[key] = lambda row, wanted=wanted: all(row[c] == v for c, v in wanted.items())  # type: ignore[misc]  # the default binds it
    return found


@pytest.fixture(scope="module")
def flown(airline_csv: Path, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Flown:
    folder = tmp_path_factory.mktemp("airline")
    path, table = folder / "tropa.db", folder / "passengers.csv"
    shutil.copy(sqlite_template, path)
    with airline_csv.open(newline="", encoding="utf-8") as file:
        table.write_text("".join(islice(file, PASSENGERS + 1)), "utf-8")
    with table.open(newline="", encoding="utf-8") as file:
        passengers = list(csv.DictReader(file))

    async def fly() -> Flown:
        db, clock = Database(f"sqlite:///{path}"), FrozenClock(datetime(2026, 11, 22, tzinfo=UTC))
        source = (DATA / "airline-journey.toml").read_text("utf-8")
        await ApplyJourney(db, clock).apply(source, "airline-journey.toml")
        journey = read_journey(source, "airline-journey.toml")
        mapping = (DATA / "airline-mapping.toml").read_text("utf-8")
        take, make = ImportTable(db, clock, AskingRules()), MakeMap(db, clock, 5)
        first = await take(open_table(table, journey, mapping, "airline-mapping.toml"))
        second = await take(open_table(table, journey, mapping, "airline-mapping.toml"))
        wanted = [MapRequest("airline", DAY, DAY, segment=segment) for segment in segments()]
        maps = {w.segment: map_as_json(await make(w)) for w in wanted}
        # Half a minute, and every map is compared with the file below: random imports check all counters each time.
        wrong = choose_depth(0, 1) and len(await db.read(lambda tx: counter_check.list_wrong_counters(tx, journey)))
        await db.close()
        ratings = {c: np.array([int(row[c]) for row in passengers]) for columns in STAGES.values() for c in columns}
        return Flown(passengers, ratings, maps, first, second, wrong)

    return asyncio.run(fly())


def test_every_answer_is_taken_once(flown: Flown) -> None:
    columns = [c for columns in STAGES.values() for c in columns]
    given = sum(row[c] != "0" for row in flown.passengers for c in columns)
    assert (flown.first.rows, answer_counts(flown.first)) == ({RowOutcome.NEW: PASSENGERS}, {"new": given})
    assert (flown.first.left_out, flown.first.people) == (PASSENGERS * 14 - given, PASSENGERS)
    assert (flown.second.rows, answer_counts(flown.second)) == ({RowOutcome.KNOWN: PASSENGERS}, {"known": given})
    assert (flown.first.missing, flown.second.missing) == (0, 0)
    assert flown.maps[None]["totals"]["answers"] == given
    assert flown.wrong_counters == 0


TOTALS = {
    5_000: {
        "inflight_wifi_service": (4_836, 2.83416, 32.03060),
        "ease_of_online_booking": (4_773, 2.89839, 34.94657),
        "baggage_handling": (5_000, 3.62320, 61.82),
        "book": (4_908, 42.29829),
        "gate": (5_000, 45.55),
        "fly": (5_000, 49.91110),
        "arrive": (5_000, 61.82),
    },
    20_000: {
        "inflight_wifi_service": (19_397, 2.81523, 31.25226),
        "ease_of_online_booking": (19_156, 2.87826, 33.74400),
        "baggage_handling": (20_000, 3.63035, 62.265),
        "book": (19_659, 41.69337),
        "gate": (20_000, 45.1175),
        "fly": (20_000, 50.15358),
        "arrive": (20_000, 62.265),
    },
}
"""People, mean and share of a touchpoint, and people and share of a stage, by a few lines of plain Python."""


def test_totals_that_were_computed_once_stay(flown: Flown) -> None:
    stages = flown.maps[None]["stages"]
    points = {p["key"]: p["scores"]["csat"] for s in stages for p in s["touchpoints"]}
    found = {key: (score["n"], score["mean"], score["value"]) for key, score in points.items()}
    found |= {s["key"]: (s["scores"]["csat"]["n"], s["scores"]["csat"]["value"]) for s in stages}
    for key, figures_once in TOTALS[PASSENGERS].items():
        assert found[key] == pytest.approx(figures_once, abs=0.00001), key


def test_without_dates_there_is_no_flow(flown: Flown) -> None:
    for stage in flown.maps[None]["stages"]:
        assert (stage["visits"], stage["customers"], stage["conversion"], stage["time"]) == (0, 0, None, None)


HIDDEN = {
    f"{seat}-{purpose}_travel-{loyalty}"
    for seat, purpose, loyalty in product(("business", "eco"), ("business", "personal"), ("loyal", "disloyal"))
}
"""Crossings of three attributes beside the one that holds three people: with either of them shown, sums of the others
would tell the answers of these three."""


@pytest.mark.parametrize("segment", segments(), ids=str)
def test_every_figure_of_the_map_equals_the_second_computation(flown: Flown, segment: str | None) -> None:
    holds = segments()[segment]
    here = np.array([holds(row) for row in flown.passengers])
    shown = flown.maps[segment]
    assert shown["segment"] == segment
    assert [s["key"] for s in shown["stages"]] == list(STAGES)
    for stage in shown["stages"]:
        columns = STAGES[stage["key"]]
        ratings = np.array([flown.ratings[c][here] for c in columns]).T
        equal(stage["scores"].get("csat"), stage_figures(ratings), is_hidden=segment in HIDDEN)
        assert [p["key"] for p in stage["touchpoints"]] == [key_of(c) for c in columns]
        for place, point in enumerate(stage["touchpoints"]):
            equal(point["scores"].get("csat"), touchpoint_figures(ratings[:, place]), is_hidden=segment in HIDDEN)


def test_segments_and_their_crossings_are_all_there(flown: Flown) -> None:
    assert len(segments()) == 1 + (3 + 2 + 2) + (6 + 6 + 4) + 12
    every = segments()
    assert set(flown.maps) == set(every)
    sizes = Counter(segment for row in flown.passengers for segment, holds in every.items() if holds(row))
    assert {s: m["totals"]["customers"] for s, m in flown.maps.items()} == {s: sizes[s] for s in flown.maps}


# ---- the second computation


def touchpoint_figures(ratings: Ratings) -> dict[str, Any]:
    """Return a touchpoint's figures: the share of 4 and 5 among the answers, Wilson's interval. 0 is no answer."""
    given = ratings[ratings > 0]
    n, good = given.size, int((given >= 4).sum())
    low, high = proportion_confint(good, n, method="wilson") if n else (0, 1)
    return figures(n, given, good / max(n, 1), low, high, given.mean() if n else 0)


def stage_figures(ratings: Ratings) -> dict[str, Any]:
    """Return a stage's figures: each passenger once, by their mean; Wilson's interval with the effective n."""
    ratings = ratings[(ratings > 0).any(axis=1)]
    given = ratings > 0
    each = given.sum(axis=1)
    shares = (ratings >= 4).sum(axis=1) / each
    n, p = len(shares), float(shares.mean()) if len(shares) else 0.0
    variance = float(np.var(shares, ddof=1)) / n if n > 1 else 0.0
    effective = min(given.sum(), max(1.0, p * (1 - p) / variance)) if variance > 1e-12 else float(n)
    if given.sum() == n:  # one answer of each
        effective = float(n)
    elif n > 1:
        effective *= (stats.norm.ppf(0.975) / stats.t.ppf(0.975, n - 1)) ** 2
    low, high = proportion_confint(p * effective, effective, method="wilson") if n else (0, 1)
    return figures(n, ratings[given], p, low, high, (ratings.sum(axis=1) / each).mean() if n else 0)


def figures(n: int, given: Ratings, share: float, low: float, high: float, mean: float) -> dict[str, Any]:
    counts = {str(value): int((given == value).sum()) for value in range(1, 6)}
    shown = {"value": 100 * share, "low": 100 * low, "high": 100 * high, "mean": float(mean)}
    return {"n": n, "answers": given.size, "counts": counts, **shown}


def equal(shown: dict[str, Any] | None, computed: dict[str, Any], *, is_hidden: bool) -> None:
    if not computed["n"]:
        assert shown is None
        return
    assert shown is not None
    assert (shown["n"], shown["answers"]) == (computed["n"], computed["answers"])
    withheld = computed["n"] < 5 or is_hidden
    assert shown["verdict"] == ("withheld" if withheld else "grey" if computed["n"] < 10 else "ok")
    for name in ("value", "low", "high", "mean"):
        assert shown[name] == (None if withheld else pytest.approx(computed[name], rel=1e-6, abs=1e-6)), name
    assert shown["counts"] == (None if withheld else computed["counts"])
