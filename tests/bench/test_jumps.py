"""CPU time of a week that passes in the demo, against settlements of the same demo in which nothing is due.

A settlement runs every tick twice, so a jump that stops more often, or edits or asks more than it should, is seen.
"""

import asyncio
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time

from pytest_benchmark.fixture import BenchmarkFixture

from bot.demo.startup import Demo, DemoOptions, start_demo
from tests.bench import check_ratio, note_figures

SETTLEMENTS = 5
LIMIT = 120.0  # in settlements; it takes 55, more where ticks run beside it because the machine is busy


def test_week_in_the_demo_takes_120_settlements_at_most(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    async def measure() -> float:
        """Return the CPU time of a week with a digest as a multiple of that of a settlement."""
        async with start_demo(DemoOptions(open_browser=False, weeks=1), tmp_path, lambda _share: None) as demo:
            await demo.tropa.settle()  # what the beginning has left to do
            start = process_time()
            for _ in range(SETTLEMENTS):
                await demo.tropa.settle()
            settlement = (process_time() - start) / SETTLEMENTS
            for name, span in (("an hour", timedelta(hours=1)), ("a day", timedelta(days=1))):
                await note_jump(demo, name, span)
            return await note_jump(demo, "a week", timedelta(weeks=1)) / settlement

    async def note_jump(demo: Demo, name: str, span: timedelta) -> float:
        """Let time pass, and return the seconds of CPU time that it took."""
        start, began = process_time(), perf_counter()
        await demo.backstage.travel(span)
        taken = process_time() - start
        note_figures(benchmark, f"{name} took {perf_counter() - began:.1f} s, {taken:.1f} s of them CPU")
        return taken

    ratio: float = benchmark.pedantic(lambda: asyncio.run(measure()), rounds=1)  # type: ignore[no-untyped-call]  # pedantic has no types
    check_ratio(benchmark, ratio, below=LIMIT)
