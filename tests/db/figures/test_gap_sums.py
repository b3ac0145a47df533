"""Gap counters summed over a window in SQL, against `cjm.figures.gaps.sum_window_gaps`."""

from dataclasses import astuple
from datetime import date, timedelta
from random import Random

import pytest

from bot.db.counters import tallies
from bot.db.engine.database import Connection, Database
from bot.db.figures.gap_sums import read_gaps
from bot.db.figures.map_sums import MapScope
from cjm.figures.gaps import GAP_CLASSES, GapKey, GapSums, sum_window_gaps
from cjm.journeys.journey_file import read_journey
from tests.journeys import SMALL

JOURNEY = read_journey(SMALL.replace('key = "buy"', 'key = "purchase"\nwas = ["buy"]'), "small.toml")
LAST = date(2026, 11, 20)
LENGTHS = (1, 2, 7, 28, 30, 100, 365, 366, 800)


def make_counters(random: Random) -> dict[GapKey, GapSums]:
    """Return counters of all classes, of a stage under both of its keys, and of another journey."""
    return {
        GapKey(journey, LAST - timedelta(days=random.randrange(500)), subject, "csat", gap): GapSums(
            random.randrange(9), random.randrange(90), random.random(), random.random()
        )
        for journey in ("small", "other")
        for subject in ("purchase", "buy", "pay")
        for gap in range(len(GAP_CLASSES))
        for _ in range(4)
    }


@pytest.mark.parametrize("days", LENGTHS)
async def test_sums_in_sql_are_those_of_the_rule(any_db: Database, days: int) -> None:
    counters = make_counters(Random(days))
    scope = MapScope(JOURNEY, LAST - timedelta(days=days + 9), LAST - timedelta(days=10))

    def read(tx: Connection) -> None:
        tallies.add_moves(tx, [], counters.items())
        found = read_gaps(tx, scope)
        for place, keys in (("purchase", {"purchase", "buy"}), ("pay", {"pay"})):
            rows = [
                (key.day, key.gap, sums)
                for key, sums in counters.items()
                if key.journey == "small" and key.subject in keys and scope.first <= key.day <= scope.last
            ]
            wanted = sum_window_gaps(rows, scope.first)
            assert astuple(found[place, "csat"]) == pytest.approx(astuple(wanted), abs=1e-6)

    await any_db.write(read)
