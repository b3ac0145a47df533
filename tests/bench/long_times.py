"""Time at a stage on random logs of thousands, and how often the median's interval holds: for `docs/figures.md`."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from cjm.figures.walks.survival import stage_time
from tests.bench import check_ratio, note_figures
from tests.cjm.figures.walks.lives import is_within_a_hair, measure, random_log

LOGS = 600
SIZES = (1300, 2500, 6000)
DRAWS = 2000
HAIR = 0.002  # of the share: a curve that runs along a half for days misses it by one walk

pytestmark = pytest.mark.timeout(1800)


def test_times_are_those_of_an_exact_kaplan_meier(benchmark: BenchmarkFixture) -> None:
    """The ratio is that of times further off than 2.5 %, to one in a hundred, where all came within half an hour."""

    def measure_all() -> float:
        found: defaultdict[str, int] = defaultdict(int)
        missed: defaultdict[str, int] = defaultdict(int)
        for seed in range(50_000, 50_000 + LOGS):
            walks = random_log(seed, SIZES[seed % len(SIZES)])
            hours = (max(w.at for w in walks) - min(w.at for w in walks)).total_seconds() / 3600
            kind = "within half an hour" if hours < 0.5 else "in a longer time"
            time = measure(walks).time
            for share, seconds in ((0.5, time.median_s), (0.1, time.p90_s)):
                found[kind] += 1
                missed[kind] += not is_within_a_hair(seconds, walks, share, HAIR)
        lines = [f"| {kind} | {n} | {missed[kind]} |" for kind, n in found.items()]
        note_figures(benchmark, "| all came | times | further off than 2.5 % |", *lines)
        assert missed["in a longer time"] == 0
        return missed["within half an hour"] / found["within half an hour"] / 0.01

    check_ratio(benchmark, benchmark.pedantic(measure_all, rounds=1), below=2)  # type: ignore[no-untyped-call]  # pedantic has no types


def test_times_have_intervals_that_hold_the_median(benchmark: BenchmarkFixture) -> None:
    """People whose times are log-normal, cut evenly so that about this share still waits."""

    def measure_all() -> float:
        random, rates = np.random.default_rng(4242), []
        for longest, name in ((np.inf, "nobody waits"), (6000, "three in ten wait"), (2700, "half wait")):
            row = []
            for n in (10, 30, 100):
                hits = 0
                for _ in range(DRAWS):
                    took = np.exp(random.normal(7, 1.2, n))
                    cut = random.uniform(0, longest, n) if np.isfinite(longest) else np.full(n, np.inf)
                    time = stage_time(Counter(took[took <= cut].tolist()), Counter(cut[took > cut].tolist()))
                    is_low_enough = time.median_low_s is None or time.median_low_s <= np.exp(7)
                    hits += is_low_enough and (time.median_high_s is None or time.median_high_s >= np.exp(7))
                row.append(hits / DRAWS)
            note_figures(benchmark, f"| {name} | {' | '.join(f'{rate:.1%}' for rate in row)} |")
            rates += row
        return (1 - min(rates)) / 0.08

    check_ratio(benchmark, benchmark.pedantic(measure_all, rounds=1), below=1)  # type: ignore[no-untyped-call]  # as above
