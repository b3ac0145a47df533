"""After the past other customers live on: they visit, answer and complain, and leave no deadline of theirs."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.config.settings import Settings
from bot.db.asking import invitation_deadlines, responses
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.demo.folder import DemoState
from bot.demo.life import MOST_CASES_A_WEEK, LifeCounts, SimulatedLife
from bot.outbox.kinds import LetterName
from cjm import templates
from cjm.journeys.journey_file import read_journey

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Warsaw")


@pytest.fixture
async def shop(db: Database) -> Database:
    source = templates.text("shop")
    await db.write(lambda tx: journeys.apply(tx, read_journey(source, "shop.toml"), source, now=NOW))
    return db


def _make_life(db: Database, now: datetime = NOW) -> SimulatedLife:
    state = DemoState(now=now, lived_until=now, begin=NOW, weeks=1, language="en")
    return SimulatedLife(db, Settings.model_validate({}), state, ZONE)


async def _live(life: SimulatedLife, until: datetime) -> LifeCounts:
    total = LifeCounts()
    while (step := life.find_next_step(until)) is not None:
        counts, _ = await life.live_until(step)
        total = total + counts
    return total


async def test_some_days_bring_visits_and_answers_and_leave_nothing_to_do_to_these_people(shop: Database) -> None:
    end = NOW + timedelta(days=4)
    counts = await _live(_make_life(shop), end)
    assert counts.visits > 50
    assert counts.answers > 5
    assert counts.complaints <= MOST_CASES_A_WEEK

    def read(tx: Connection) -> tuple[list[responses.Response], int]:
        shown = responses.list_not_shown(tx, end, LetterName.STEP)
        return shown, len(invitation_deadlines.list_ids_to_remind(tx, end, end))

    assert await shop.read(read) == ([], 0)


async def test_deadlines_of_other_customers_stop_no_jump(shop: Database) -> None:
    await _live(_make_life(shop), NOW + timedelta(days=2))

    def find(tx: Connection, customer_ids: list[int] | None) -> datetime | None:
        return invitation_deadlines.find_next_deadline(tx, NOW, timedelta(days=1), customer_ids)

    assert await shop.read(lambda tx: find(tx, None)) is not None  # questions that come some days after a visit
    assert await shop.read(lambda tx: find(tx, [])) is None


async def test_a_demo_that_is_continued_goes_on_with_the_visits_that_were_to_come(shop: Database) -> None:
    stopped_at, end = NOW + timedelta(days=1), NOW + timedelta(days=2)
    first = _make_life(shop)
    await first.live_until(stopped_at)
    counts, _ = await _make_life(shop, stopped_at).live_until(end)
    again, _ = await first.live_until(end)
    assert counts.visits == again.visits > 0
