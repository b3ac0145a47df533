"""Every storm of the table, one by one, in one company: the promises hold after each, and each is told once."""

import pytest

from tests.depth import choose_depth
from tests.storms.company import StormCompany, open_company
from tests.storms.promises import check_promises
from tests.storms.table import STORMS, Storm, StormKind

pytestmark = pytest.mark.timeout(600)
MANY = 1_000_000  # calls: until the sandbox is told to stop
MOST_WARNINGS = 12  # lines in which a storm over two people is told
STEP = choose_depth(4, 1)  # each so many-th storm is played on PostgreSQL; quickly, SQLite has the others


def choose_storms(database_url: str) -> list[Storm]:
    """Return the storms for this engine: all of them with DEEP=1, else each storm is played on one of the two."""
    is_sqlite = database_url.startswith("sqlite")
    return [storm for place, storm in enumerate(STORMS) if STEP == 1 or (place % STEP != 0) is is_sqlite]


async def live_through(company: StormCompany, storm: Storm, asked: str, busy: str) -> None:
    """Let one be asked, and one tap and complain while it storms, until the trouble is told; then it ends."""
    since = len(company.log.records)
    with company.hurry_calls(storm.has_timeout):
        company.sandbox.plan_fault(storm.fault, storm.method, times=MANY)
        await company.post_event(asked)
        await company.tap(busy)
        await company.complain(busy)
        await company.wait_for_trouble(storm.lines, storm.checks, since)
        company.sandbox.faults.clear()
    await company.calm()
    warnings = company.log.count_warnings(since)
    assert {line: warnings[line] for line in storm.lines} == dict.fromkeys(storm.lines, 1), "told once"
    assert warnings.total() <= MOST_WARNINGS, warnings


async def test_law_holds_after_every_storm_of_the_messenger_and_each_is_told_once(database_url: str) -> None:
    storms = choose_storms(database_url)
    async with open_company(database_url, 2 * len(storms)) as company:
        ids = list(company.customers)
        busy = ids[len(storms) :]
        for customer in busy:
            await company.post_event(customer)
        await company.calm()
        unknown = 0
        for storm, *people in zip(storms, ids, busy, strict=False):
            try:
                await live_through(company, storm, *people)
                counts = await check_promises(company, with_counters=storm is storms[-1])
            except Exception as error:
                error.add_note(f"in the storm {storm.name!r}")
                raise
            if storm.kind is StormKind.REFUSED:
                assert counts.unknown == unknown, f"{storm.name}: refused calls leave no doubt"
            unknown = counts.unknown
