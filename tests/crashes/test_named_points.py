"""The process is killed at every named point under a mixed load, and everything is accounted for.

What each engine does in its own way is cut off on both, every other point on one: a start takes most of a second.
`python -m tests.crashes` kills at all of them on both, and at random moments.
"""

from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.crashes.points import OF_EACH_ENGINE, CrashPoint
from tests.crashes.run import CrashRun
from tests.crashes.scenario import go_on, pass_named_points

SEED = 13
OTHERS = [point for point in CrashPoint if point not in OF_EACH_ENGINE]
OF_SQLITE, OF_POSTGRESQL = OF_EACH_ENGINE.union(OTHERS[1::2]), OF_EACH_ENGINE.union(OTHERS[::2])


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("database_url", "points"),
    [
        pytest.param("sqlite", OF_SQLITE, id="sqlite"),
        pytest.param("postgresql", OF_POSTGRESQL, id="postgresql", marks=pytest.mark.postgresql),
    ],
    indirect=["database_url"],
)
async def test_kill_at_every_named_point_loses_and_doubles_nothing(
    database_url: str, points: frozenset[CrashPoint], tmp_path: Path
) -> None:
    async with ClientSession() as session, CrashRun(database_url, tmp_path, SEED, session) as run:
        await pass_named_points(run, database_url, customers=4, points=points)
        await go_on(run)
        faults, counts = await run.account()
    assert [f"{fault.kind}: {fault.what}" for fault in faults] == []
    assert points <= {kill.point for kill in run.ledger.kills}
    assert min(counts.events, counts.taps, counts.texts, counts.letters, counts.in_flight) > 0, counts


def test_there_are_at_least_twelve_points_and_the_sample_has_all() -> None:
    assert len(CrashPoint) >= 12
    assert set(CrashPoint) == OF_SQLITE | OF_POSTGRESQL
