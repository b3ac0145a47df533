"""The weekly digest: posted once a period, whatever happens."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from bot.clock import FrozenClock
from bot.config.settings import TeamSettings
from bot.db.delivery import letters
from bot.db.engine.database import Connection, Database
from bot.db.figures import digest_runs
from bot.db.people import teams
from bot.usecases.maps.send_digests import SendDigests
from tests.usecases.maps.digest_team import GROUP, MONDAY, OTHER, make_team
from tests.usecases.past import apply_shop


async def posted_keys(db: Database) -> list[str]:
    """Return the keys of all digests that were posted, one for each journey and period."""

    def read(tx: Connection) -> list[str]:
        known = digest_runs.list_periods(tx)
        keys = [f"digest:{t}:{period}:shop" for t, periods in known.items() for period in sorted(periods)]
        return [key for key in keys if letters.find_by_key(tx, key) is not None]

    return await db.read(read)


async def claimed_periods(db: Database, key: str = "care") -> list[str]:
    return sorted((await db.read(digest_runs.list_periods)).get(key, ()))


async def begin_ticks(db: Database, clock: FrozenClock, *configured: TeamSettings) -> SendDigests:
    """Put the shop into force and run the first tick."""
    await db.write(lambda tx: apply_shop(tx, clock.now()))
    tick = SendDigests(db, clock, configured)
    await tick()
    return tick


async def test_a_digest_goes_once_however_often_it_ticks(any_db: Database) -> None:
    clock = FrozenClock(MONDAY - timedelta(days=2))
    await begin_ticks(any_db, clock, make_team())
    clock.set(MONDAY)
    ticks = [SendDigests(any_db, clock, [make_team()]) for _ in range(4)]
    assert sum(await asyncio.gather(*(tick() for tick in ticks))) == 1
    clock.advance(timedelta(hours=1))
    assert await SendDigests(any_db, clock, [make_team()])() == 0  # a restart
    assert await posted_keys(any_db) == ["digest:care:2026-11-23:shop"]


async def test_before_its_hour_nothing_goes(db: Database) -> None:
    clock = FrozenClock(MONDAY - timedelta(days=2))
    tick = await begin_ticks(db, clock, make_team())
    clock.set(MONDAY - timedelta(seconds=1))
    assert await tick() == 0
    assert await tick.next_due_at() == MONDAY


@pytest.mark.parametrize(("late", "sent"), [(23, 1), (24, 1), (25, 0), (100, 0)])
async def test_a_missed_digest_is_sent_for_a_day_and_then_only_recorded(db: Database, late: int, sent: int) -> None:
    clock = FrozenClock(MONDAY - timedelta(days=2))
    tick = await begin_ticks(db, clock, make_team())
    clock.set(MONDAY + timedelta(hours=late))
    assert await tick() == sent
    assert "2026-11-23" in await claimed_periods(db)
    assert await tick() == 0


async def test_a_configured_chat_gets_nothing_for_the_time_before_the_first_tick(db: Database) -> None:
    clock = FrozenClock(MONDAY + timedelta(minutes=1))
    await begin_ticks(db, clock, make_team())
    assert await posted_keys(db) == []
    clock.advance(timedelta(days=7))
    assert await SendDigests(db, clock, [make_team()])() == 1


async def test_a_chat_bound_after_the_hour_waits_for_the_next_period(db: Database) -> None:
    clock = FrozenClock(MONDAY + timedelta(hours=2))
    await db.write(lambda tx: apply_shop(tx, clock.now()))
    await db.write(lambda tx: teams.bind(tx, "team", GROUP, 5, "Care", "telegram:7", clock.now(), timezone="UTC"))
    tick = SendDigests(db, clock, [])
    assert await tick() == 0
    clock.set(datetime(2026, 11, 30, 9, tzinfo=UTC))
    assert await tick() == 1
    letter = await db.read(lambda tx: letters.find_by_key(tx, "digest:team:2026-11-30:shop"))
    assert letter is not None
    assert (letter.to, letter.thread, letter.kind) == (GROUP, 5, "digest")


async def test_a_chat_bound_just_before_the_hour_gets_its_digest_even_when_we_were_away(db: Database) -> None:
    await db.write(lambda tx: apply_shop(tx, MONDAY))
    bound_at = MONDAY - timedelta(minutes=1)
    await db.write(lambda tx: teams.bind(tx, "care", GROUP, None, "Care", "telegram:7", bound_at))
    assert await SendDigests(db, FrozenClock(MONDAY + timedelta(hours=5)), [make_team(chat=None)])() == 1


@pytest.mark.parametrize(
    ("zone", "first"),
    [("Europe/Warsaw", datetime(2026, 10, 12, tzinfo=UTC)), ("Europe/Warsaw", datetime(2026, 3, 16, tzinfo=UTC))],
)
@pytest.mark.parametrize("at", ["sun 02:30", "mon 09:00", "sun 03:00"])
async def test_clock_changes_neither_double_nor_drop_a_digest(
    db: Database, zone: str, first: datetime, at: str
) -> None:
    """Tick every half hour for four weeks, in which clocks go forward or back."""
    clock = FrozenClock(first)
    care = make_team(zone=zone, digest=at)
    tick = await begin_ticks(db, clock, care)
    for _ in range(4 * 7 * 48):
        clock.advance(timedelta(minutes=30))
        await tick()
    found = await posted_keys(db)
    assert len(found) == 4
    days = [date.fromisoformat(key.split(":")[2]) for key in found]
    assert [b - a for a, b in pairwise(days)] == [timedelta(days=7)] * 3


async def test_two_teams_each_at_their_own_hour(db: Database) -> None:
    clock = FrozenClock(MONDAY - timedelta(days=2))
    both = make_team(), make_team("tokyo", OTHER, "Asia/Tokyo", language="ru")
    tick = await begin_ticks(db, clock, *both)
    clock.set(datetime(2026, 11, 23, 0, tzinfo=UTC))  # 09:00 in Tokyo
    assert await tick() == 1
    assert await posted_keys(db) == ["digest:tokyo:2026-11-23:shop"]
    clock.set(MONDAY)
    assert await tick() == 1
    assert sorted(await posted_keys(db)) == ["digest:care:2026-11-23:shop", "digest:tokyo:2026-11-23:shop"]


async def test_a_team_without_the_journey_or_without_a_digest_gets_none(db: Database) -> None:
    clock = FrozenClock(MONDAY - timedelta(days=2))
    quiet = make_team("quiet", digest=""), make_team("other", OTHER, journeys=["airline"])
    tick = await begin_ticks(db, clock, *quiet)
    clock.set(MONDAY)
    assert await tick() == 0
