"""Posts that come at the same time share transactions, and nothing else: each has its own results and its own fault."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import FrozenClock
from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseError
from bot.db.upkeep import counter_check
from bot.http.shared_recording import SharedRecording
from bot.http.sources.source import BATCH
from bot.usecases.asking.event_checks import EventResult, EventStatus
from bot.usecases.asking.record_visits import RecordVisits
from cjm import templates
from cjm.asking.decision import AskingRules
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.http.conftest import NOW

VISIT = Event("order", "77", "shop", NOW - timedelta(hours=1), touchpoint="delivery")


def make_posts(count: int, events: int = 1) -> list[list[Event]]:
    return [[replace(VISIT, id=f"order {post} {n}") for n in range(events)] for post in range(count)]


async def record_all(recording: SharedRecording, posts: Sequence[Sequence[Event]]) -> list[object]:
    """Post all at the same time; return the statuses of each, or its exception."""
    answers = await asyncio.gather(*(recording.record(post) for post in posts), return_exceptions=True)
    return [answer if isinstance(answer, BaseException) else [each.status for each in answer] for answer in answers]


class CountedRecording(RecordVisits):
    """Recording that keeps how many events each transaction had."""

    def __init__(self, db: Database) -> None:
        super().__init__(db, FrozenClock(NOW), AskingRules())
        self.sizes: list[int] = []

    async def __call__(self, events: Sequence[Event]) -> list[EventResult]:
        self.sizes.append(len(events))
        return await super().__call__(events)


@pytest.fixture
def record_visits(shop: Database) -> CountedRecording:
    return CountedRecording(shop)


@pytest.fixture
def recording(record_visits: CountedRecording) -> SharedRecording:
    return SharedRecording(record_visits, _do_nothing)


def _do_nothing() -> None:
    """Wake nobody."""


async def test_posts_at_once_are_one_transaction_and_counters_equal_rows(
    shop: Database, recording: SharedRecording, record_visits: CountedRecording
) -> None:
    assert await record_all(recording, make_posts(20)) == [[EventStatus.ACCEPTED]] * 20
    assert record_visits.sizes == [20]
    journey = read_journey(templates.text("shop"), "shop.toml")
    assert await shop.read(lambda tx: counter_check.list_wrong_counters(tx, journey)) == []


async def test_a_post_is_never_divided_and_a_transaction_has_no_more_events_than_a_batch(
    recording: SharedRecording, record_visits: CountedRecording
) -> None:
    events = BATCH * 2 // 5
    assert await record_all(recording, make_posts(6, events)) == [[EventStatus.ACCEPTED] * events] * 6
    assert record_visits.sizes == [events * 2] * 3


async def test_of_the_same_event_in_many_posts_one_is_accepted(recording: SharedRecording) -> None:
    statuses = await record_all(recording, [[VISIT]] * 10)
    assert statuses == [[EventStatus.ACCEPTED], *[[EventStatus.REPEATED]] * 9]


async def test_a_fault_of_one_post_fails_no_other(recording: SharedRecording) -> None:
    posts = make_posts(6)
    faulty = 3
    posts[faulty] = [replace(VISIT, id="faulty", at=VISIT.at.replace(tzinfo=None))]  # no time to compare with others
    statuses = await record_all(recording, posts)
    assert isinstance(statuses.pop(faulty), TypeError)
    assert statuses == [[EventStatus.ACCEPTED]] * 5


async def test_while_the_database_is_away_every_post_fails_and_none_is_tried_again(tmp_path: Path) -> None:
    record_visits = CountedRecording(Database(f"sqlite:///{tmp_path}/missing.db"))
    statuses = await record_all(SharedRecording(record_visits, _do_nothing), make_posts(6))
    assert all(isinstance(each, DatabaseError) for each in statuses)
    assert record_visits.sizes == [6]


async def test_each_transaction_with_accepted_events_wakes_who_asks_once(record_visits: CountedRecording) -> None:
    woken: list[int] = []
    recording = SharedRecording(record_visits, lambda: woken.append(1))
    await record_all(recording, make_posts(9))
    assert len(woken) == len(record_visits.sizes) == 1
    await record_all(recording, make_posts(9))  # all known by now
    assert (len(woken), len(record_visits.sizes)) == (1, 2)
