"""A process that has lived some days holds no more after each further day."""

import pytest

from tests.stories.memory.simulated_days import HeldMemory, open_company, start_distant_stage

pytestmark = pytest.mark.timeout(600)
PEOPLE = 3
WARMING, DAYS = 2, 2  # no more: a digest would load what it needs; `tests.bench -k week_under_load` lives through some
MOST_DAYS = 4  # what stays stays every day; what is loaded once, at a moment that depends on the machine, does not
MOST_BLOCKS_AN_UPDATE = 60.0  # an update that stays in memory has some hundred of them


def grown_blocks(before: HeldMemory, after: HeldMemory, updates: int) -> float:
    """Return the blocks of memory that stay for each update."""
    return (after.blocks - before.blocks) / updates


async def test_days_of_work_leave_nothing_in_memory(sqlite_url: str) -> None:
    async with start_distant_stage(sqlite_url) as stage:
        company = await open_company(stage, PEOPLE)
        for _ in range(WARMING):
            await company.live_one_day()
        held, growths = await stage.distant.measure(), list[float]()
        while len(growths) < DAYS or (min(growths) >= MOST_BLOCKS_AN_UPDATE and len(growths) < MOST_DAYS):
            before, updates = held, company.updates
            await company.live_one_day()
            held = await stage.distant.measure()
            growths.append(grown_blocks(before, held, company.updates - updates))
        assert min(growths) < MOST_BLOCKS_AN_UPDATE, growths
