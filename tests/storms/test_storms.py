"""Every storm of the table, one after the other, in one town: the law holds after each, and each is told once."""

import pytest

from tests.depth import choose_depth
from tests.storms.law import hold_to_law
from tests.storms.table import STORMS, Storm, StormKind
from tests.storms.town import Town, build_town

pytestmark = pytest.mark.timeout(600)
MANY = 1_000_000  # calls: until the sandbox is told to stop
MOST_WARNINGS = 12  # lines in which a storm over two people is told
STEPS = {"sqlite": 1, "postgresql": choose_depth(4, 1)}  # of the storms, each so many-th is played


async def live_through(town: Town, storm: Storm, asked: str, busy: str) -> None:
    """Let one be asked, and one tap and complain while it storms, until the trouble is told; then it ends."""
    since = len(town.log.records)
    with town.hurry_calls(storm.has_timeout):
        town.sandbox.plan_fault(storm.fault, storm.method, times=MANY)
        await town.post_event(asked)
        await town.tap(busy)
        await town.complain(busy)
        await town.wait_for_trouble(storm.lines, storm.checks, since)
        town.sandbox.faults.clear()
    await town.calm()
    warnings = town.log.count_warnings(since)
    assert {line: warnings[line] for line in storm.lines} == dict.fromkeys(storm.lines, 1), "told once"
    assert warnings.total() <= MOST_WARNINGS, warnings


async def test_law_holds_after_every_storm_of_the_messenger_and_each_is_told_once(database_url: str) -> None:
    storms = STORMS[:: STEPS[database_url.partition(":")[0]]]
    async with build_town(database_url, 2 * len(storms)) as town:
        ids = list(town.customers)
        busy = ids[len(storms) :]
        for customer in busy:
            await town.post_event(customer)
        await town.calm()
        unknown = 0
        for storm, *people in zip(storms, ids, busy, strict=False):
            try:
                await live_through(town, storm, *people)
                counts = await hold_to_law(town, with_counters=storm is storms[-1])
            except Exception as error:
                error.add_note(f"in the storm {storm.name!r}")
                raise
            if storm.kind is StormKind.REFUSED:
                assert counts.unknown == unknown, f"{storm.name}: refused calls leave no doubt"
            unknown = counts.unknown
