"""False verdicts on changes of a team, by simulation: the table of `docs/figures.md`. It takes some minutes."""

import os

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench import check_ratio, note_figures
from tests.cjm.figures.findings.change_lives import rates_with_effects, share_with_false_verdict

JOURNEYS = 2000
SEED = int(os.environ.get("TROPA_BENCH_SEED", "20261128"))
EFFECTS = (0.15, 0.15, 0.0, 0.0, 0.0)

pytestmark = pytest.mark.timeout(3600)


@pytest.mark.parametrize(
    ("name", "days", "below"),
    [
        ("one change", (0,), 1.3),
        ("five on one day", (0,) * 5, 1.3),
        (
            "five, one in ten days",
            tuple(range(0, 50, 10)),
            2.2,
        ),  # the first ones are told before the last ones are made
    ],
)
def test_false_verdicts(benchmark: BenchmarkFixture, name: str, days: tuple[int, ...], below: float) -> None:
    """TROPA_BENCH_SEED draws other answers."""
    together = benchmark.pedantic(  # type: ignore[no-untyped-call]  # pedantic has no types
        lambda: share_with_false_verdict(JOURNEYS, days, SEED), rounds=1
    )
    alone = share_with_false_verdict(JOURNEYS, days, SEED, is_alone=True)
    note_figures(benchmark, f"| {name} | {alone:.1%} | {together:.1%} |")
    check_ratio(benchmark, together / 0.05, below=below)


def test_false_verdicts_beside_effects(benchmark: BenchmarkFixture) -> None:
    false, found = benchmark.pedantic(  # type: ignore[no-untyped-call]  # pedantic has no types
        lambda: rates_with_effects(JOURNEYS, EFFECTS, SEED, is_alone=False), rounds=1
    )
    alone = rates_with_effects(JOURNEYS, EFFECTS, SEED, is_alone=True)
    note_figures(benchmark, f"| two of five with an effect of 15 points, found | {alone[1]:.1%} | {found:.1%} |")
    note_figures(benchmark, f"| the same, false among the told | {alone[0]:.1%} | {false:.1%} |")
    check_ratio(benchmark, false / 0.05, below=1)
