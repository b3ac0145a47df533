"""Worth of walks in segments and channels: no map tells, together with others, what a few walks are worth."""

from datetime import UTC, datetime, timedelta

from bot.db.engine.database import Connection, Database
from bot.db.figures.flow_reads import read_flow
from bot.db.figures.map_parts.amount_parts import withhold_amounts
from bot.db.figures.map_sums import MapScope, find_cohorts
from bot.db.journeys import journeys
from bot.usecases.asking.record_visits import record_events
from cjm.asking.decision import AskingRules
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.journeys import SMALL

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WALKS = {("gold", "search"): 9, ("blue", "search"): 20, ("gold", "ad"): 2, ("blue", "ad"): 12, ("blue", "store"): 3}
PARTS = [(None, None), ("gold", None), (None, "search"), (None, "ad"), (None, "store"), ("gold", "search")]


def list_events() -> list[Event]:
    kinds = [kind for kind, n in WALKS.items() for _ in range(n)]
    at = NOW - timedelta(days=1)
    return [
        Event(f"e{n}", f"c{n}", "small", at, "search", channel=channel, amount=n, attributes={"class": customer_class})
        for n, (customer_class, channel) in enumerate(kinds)
    ]


async def test_parts_that_would_tell_the_worth_of_a_few_walks_together_are_withheld(any_db: Database) -> None:
    def read(tx: Connection) -> dict[tuple[str | None, str | None], int]:
        journey = read_journey(SMALL, "small.toml")
        journeys.apply(tx, journey, SMALL, now=NOW)
        record_events(tx, list_events(), AskingRules(), NOW)
        shown = {}
        for segment, channel in PARTS:
            found = journey.find_segment(segment) if segment else None
            day = NOW.date()
            scope = MapScope(journey, day - timedelta(days=6), day, find_cohorts(tx, journey, found), channel)
            flow = withhold_amounts(tx, scope, found, read_flow(tx, scope, NOW, 5), 5)
            if "find" in flow and flow["find"].amount:
                shown[segment, channel] = flow["find"].amount.n
        return shown

    # "ad" with "search" would tell the three in the store; gold beside gold at "search" its two walks by the advert.
    assert await any_db.write(read) == {(None, None): 46, (None, "search"): 29, ("gold", None): 11}
