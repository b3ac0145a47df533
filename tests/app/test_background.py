"""A vital part that fails is started again and told as failing; all end together."""

import asyncio

import pytest

from bot.app.life.background import BackgroundTasks, VitalParts


class Part:
    """Part that fails as often as it is told to, and then runs."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.starts = 0
        self.runs = asyncio.Event()
        self.is_cancelled = False

    async def run(self) -> None:
        self.starts += 1
        if self.starts <= self.failures:
            raise ValueError("what a customer said")
        self.runs.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.is_cancelled = True


async def test_part_that_fails_is_logged_without_words_and_started_again(caplog: pytest.LogCaptureFixture) -> None:
    parts, bad, good = VitalParts(pauses=(0.0,)), Part(failures=3), Part(failures=0)
    parts.start("bad", bad.run)
    parts.start("good", good.run)
    async with asyncio.timeout(60):
        await bad.runs.wait()
    assert (bad.starts, good.starts) == (4, 1)
    assert parts.list_failing() == ["bad"]
    assert [record.message for record in caplog.records] == ["a vital part failed and is started again"] * 3
    assert "what a customer said" not in caplog.text
    await parts.cancel_all()
    assert bad.is_cancelled
    assert good.is_cancelled
    assert parts.list_failing() == []


async def test_part_that_ends_by_itself_is_started_again() -> None:
    ends, begun = 0, asyncio.Event()

    async def end_once() -> None:
        nonlocal ends
        ends += 1
        if ends > 1:
            begun.set()
            await asyncio.Event().wait()

    parts = VitalParts(pauses=(0.0,))
    parts.start("part", end_once)
    async with asyncio.timeout(60):
        await begun.wait()
    await parts.cancel_all()


@pytest.mark.parametrize(("steady_seconds", "failing"), [(0.0, []), (3600.0, ["part"])])
async def test_part_counts_as_mended_when_it_has_run_for_a_while(steady_seconds: float, failing: list[str]) -> None:
    parts, part = VitalParts(pauses=(0.0,), steady_seconds=steady_seconds), Part(failures=1)
    parts.start("part", part.run)
    async with asyncio.timeout(60):
        await part.runs.wait()
    assert parts.list_failing() == failing
    await parts.cancel_all()


async def test_what_a_task_starts_while_it_ends_is_cancelled_too() -> None:
    tasks, is_cancelled = BackgroundTasks(), asyncio.Event()

    async def wait_until_cancelled() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            is_cancelled.set()

    async def start_another() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            tasks.start(wait_until_cancelled())
            await asyncio.sleep(0)

    tasks.start(start_another())
    await asyncio.sleep(0)
    async with asyncio.timeout(60):
        await tasks.cancel_all()
    assert is_cancelled.is_set()


async def test_task_that_fails_is_logged_without_words(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise ValueError("what a customer said")

    tasks = BackgroundTasks()
    tasks.start(fail())
    await asyncio.sleep(0)
    await tasks.cancel_all()
    assert [record.message for record in caplog.records] == ["a background task failed"]
    assert "what a customer said" not in caplog.text
