"""People who used touchpoints that are to be removed."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.db.engine.database import Connection, Database
from bot.db.figures.map_parts import removed_visitors
from bot.db.figures.map_parts.removed_visitors import count_removed_visitors
from bot.db.figures.map_sums import MapScope, read_counters
from bot.db.journeys import journeys
from bot.usecases.asking.record_visits import record_events
from cjm.asking.decision import AskingRules
from cjm.figures.people import CountBasis
from cjm.figures.plan.stage_texts import VisitorCount
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.journeys import SMALL

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOURCE = SMALL.replace('channel = "phone", support = true', 'channel = "phone", status = "removed"')


async def test_who_came_twice_is_one_person_and_above_the_limit_each_visit_is_at_most_one(
    any_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(tx: Connection) -> dict[str, VisitorCount]:
        journey = read_journey(SOURCE, "small.toml")
        journeys.apply(tx, journey, SOURCE, now=NOW)
        visits = [("ann", "call"), ("ann", "call"), ("bob", "call"), ("eve", "pay")]
        events = [
            Event(id=f"e{n}", customer=who, journey="small", at=NOW - timedelta(hours=n), touchpoint=point)
            for n, (who, point) in enumerate(visits)
        ]
        record_events(tx, events, AskingRules(), NOW)
        day = NOW.date()
        return dict(count_removed_visitors(tx, read_counters(tx, MapScope(journey, day, day))))

    assert await any_db.write(read) == {"call": VisitorCount(2, CountBasis.EXACT)}
    monkeypatch.setattr(removed_visitors, "MOST_VISITS", 2)
    assert await any_db.write(read) == {"call": VisitorCount(3, CountBasis.AT_MOST)}
