"""A simulated past, exported and imported into an empty database: every figure of every map is the same."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import FrozenClock
from bot.db.asking import invitations
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.upkeep.counter_check import list_wrong_counters
from bot.demo.folder import DemoFolder
from bot.demo.journey import read_demo_source
from bot.demo.past import SimulatedPast
from bot.usecases.asking.record_visits import RecordVisits
from bot.usecases.maps.make_map import MapRequest, make_map
from bot.usecases.tables.export_rows import ExportRows
from bot.usecases.tables.restoring.own_source import OWN_NAME, open_own_export
from bot.usecases.tables.restoring.restore_export import RestoreExport, RestoreReport
from bot.usecases.tables.undo_import import UndoImport
from cjm.asking.decision import AskingRules
from cjm.asking.invitation_state import InvitationState
from cjm.figures.journey_map import MapKind
from cjm.figures.map_json import map_as_json
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from cjm.tables.own.columns import ExportKind
from cjm.tables.row_outcome import RowOutcome
from tests.depth import choose_depth
from tests.shared_files import make_once

ORPHANS = (
    "its visit and its question are not here: import the exports of visits and of invitations first; answers to a "
    "volunteer diary cannot be imported"
)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CLOCK = FrozenClock(NOW)
WEEKS = choose_depth(1, 3)
ORDER = (
    ExportKind.VISITS, ExportKind.INVITATIONS, ExportKind.DECISIONS, ExportKind.ANSWERS, ExportKind.CASES,
    ExportKind.CHANGES,
)  # fmt: skip


EVENTS = [
    Event(f"e-{number}", f"buyer-{number % 4}", "shop", NOW - timedelta(days=number, microseconds=17), **told)
    for number, told in enumerate[dict[str, Any]](
        [
            {"touchpoint": "delivery", "amount": 0.1 + 0.2, "measures": {"days": 2.5}, "passage": "order 1"},
            {"stage": "consideration", "lost_reason": '=too dear, "really"', "attributes": {"region": "capital"}},
            {"touchpoint": "delivery", "channel": "store", "amount": 1234.567, "measures": {"days": 1 / 3}},
            {"touchpoint": "delivery", "attributes": {"region": "Narnia"}},
            {"touchpoint": "delivery"},
        ]
    )
]


@pytest.fixture(scope="session")
def past_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Database with the simulated past of the shop: walks, questions, answers, cases, changes, several attributes."""

    async def simulate(path: Path) -> None:
        shutil.copy(sqlite_template, path)
        db = Database(f"sqlite:///{path}")
        source = read_demo_source("shop", "en")
        journey = read_journey(source, "shop.toml")
        await db.write(lambda tx: journeys.apply(tx, journey, source, now=NOW))
        settings = DemoFolder(path.parent).make_settings_of_the_past(journey, "en")
        past = SimulatedPast(db=db, template="shop", settings=settings, language="en", weeks=WEEKS, now=NOW)
        await past.simulate(lambda _share: None)
        record = RecordVisits(db, CLOCK, AskingRules())
        await record(EVENTS)
        await record([replace(EVENTS[4], withdrawn=True)])
        await db.close()

    return make_once(tmp_path_factory, "past.db", lambda path: asyncio.run(simulate(path)))


@pytest.fixture
async def past(past_file: Path, tmp_path: Path) -> AsyncIterator[Database]:
    shutil.copy(past_file, tmp_path / "past.db")
    db = Database(f"sqlite:///{tmp_path / 'past.db'}")
    yield db
    await db.close()


async def find_journey(db: Database) -> Journey:
    return (await db.read(journeys.list_current))["shop"]


async def write_exports(db: Database, folder: Path, file_format: str) -> dict[ExportKind, Path]:
    files = {kind: folder / f"{kind}.{file_format}" for kind in ORDER}
    for kind, path in files.items():
        export = ExportRows(db, 5, CLOCK)
        path.write_bytes(b"".join([piece async for piece in export("shop", kind, file_format)]))
    return files


async def restore(db: Database, path: Path) -> RestoreReport:
    source = open_own_export(path, await find_journey(db))
    assert source is not None
    return await RestoreExport(db, CLOCK)(source)


async def open_empty_shop(db: Database) -> None:
    source = read_demo_source("shop", "en")
    await db.write(lambda tx: journeys.apply(tx, read_journey(source, "shop.toml"), source, now=NOW))


def list_requests(journey: Journey) -> list[MapRequest]:
    last = NOW.date()
    first = last - timedelta(days=7 * WEEKS)
    parts = choose_depth(1, 100)  # a map takes a quarter of a second
    segments: Sequence[str | None] = (None, *[segment.key for segment in journey.segments][:parts])
    channels: Sequence[str | None] = (
        None,
        *sorted({p.touchpoint.channel for p in journey.touchpoints.values()})[:parts],
    )
    periods = [(first, last), (last - timedelta(days=3), last)]
    narrow = [
        MapRequest("shop", *period, segment=segment, channel=channel, with_heard=True, with_channels=True)
        for period in periods[: choose_depth(1, 2)]
        for segment in segments
        for channel in channels
        if segment is None or channel is None
    ]
    kinds = [MapKind.DAY, MapKind.FUTURE, MapKind.BLUEPRINT, MapKind.PERSONAS, MapKind.CHANNELS][: choose_depth(1, 5)]
    whole = [MapRequest("shop", *periods[1], kind=kind) for kind in kinds]
    return [*narrow, *whole, MapRequest("shop", *periods[1], compare="before")]


def read_maps(tx: Connection, journey: Journey) -> list[Any]:
    made = [make_map(tx, request, 5, NOW) for request in list_requests(journey)]
    return [_without_diary(json.loads(json.dumps(map_as_json(each), default=str))) for each in made]


def _without_diary(figures: Any) -> Any:
    """Leave out the words of volunteer diaries, which no export has."""
    if figures.get("parts_of_day"):
        for part in figures["parts_of_day"]["parts"]:
            del part["diary"], part["diary_people"]
    return figures


@pytest.mark.parametrize("file_format", ["xlsx", "csv", "ndjson"][: choose_depth(1, 3)])
async def test_every_figure_of_every_map_is_the_same_after_export_and_import(
    past: Database, any_db: Database, tmp_path: Path, file_format: str
) -> None:
    journey = await find_journey(past)
    files = await write_exports(past, tmp_path, file_format)
    await open_empty_shop(any_db)
    for kind in ORDER:
        report = await restore(any_db, files[kind])
        reasons = [reason.mistake.message for reason in report.refusals.reasons]
        assert set(reasons) <= ({ORPHANS} if kind is ExportKind.ANSWERS else set()), kind
        assert report.rows[RowOutcome.NEW] > 0 or kind in (ExportKind.CASES, ExportKind.CHANGES)
    before, after = [await db.read(lambda tx: read_maps(tx, journey)) for db in (past, any_db)]
    for request, was, is_now in zip(list_requests(journey), before, after, strict=True):
        assert was == is_now, request
    assert await any_db.read(lambda tx: list_wrong_counters(tx, journey)) == []
    again = [await restore(any_db, files[kind]) for kind in ORDER]
    assert {outcome for report in again for outcome in report.rows} <= {RowOutcome.KNOWN, RowOutcome.REFUSED}
    taken_back = await UndoImport(any_db)("shop", OWN_NAME)
    assert taken_back.removed.rows > 0
    assert await any_db.read(lambda tx: list_wrong_counters(tx, journey)) == []
    assert (await any_db.read(lambda tx: make_map(tx, MapRequest("shop"), 5, NOW))).totals.visits == 0


async def test_an_export_that_is_imported_where_it_was_made_changes_nothing(past: Database, tmp_path: Path) -> None:
    files = await write_exports(past, tmp_path, "csv")
    reports = [await restore(past, files[kind]) for kind in ORDER]
    assert {outcome for report in reports for outcome in report.rows} <= {RowOutcome.KNOWN, RowOutcome.REFUSED}
    assert await past.read(lambda tx: list_wrong_counters(tx, read_journey(read_demo_source("shop", "en"), "s"))) == []


async def test_a_later_export_corrects_what_an_earlier_one_brought(
    past: Database, db: Database, tmp_path: Path
) -> None:
    """After the first export a visit was withdrawn, and two customers went on answering."""
    journey = await find_journey(past)
    await open_empty_shop(db)
    for path in (await write_exports(past, tmp_path, "csv")).values():
        await restore(db, path)
    await RecordVisits(past, CLOCK, AskingRules())([replace(EVENTS[0], withdrawn=True)])
    await past.write(_let_answers_go_on)
    reports = [await restore(db, path) for path in (await write_exports(past, tmp_path, "csv")).values()]
    assert reports[0].rows[RowOutcome.CORRECTED] == 1
    assert reports[1].rows[RowOutcome.CORRECTED] == 2
    before, after = [await each.read(lambda tx: read_maps(tx, journey)[:2]) for each in (past, db)]
    assert before == after
    assert await db.read(lambda tx: list_wrong_counters(tx, journey)) == []


def _let_answers_go_on(tx: Connection) -> None:
    """Open two finished conversations again, as by a tap on "change"."""
    done = {each.customer_id: each for each in invitations.list_by_states(tx, [InvitationState.DONE])}
    for each in list(done.values())[:2]:
        invitations.set_state(tx, each.id, InvitationState.ANSWERING)
