"""Changes from plan to verdict, on both engines: on the map, in the digest, in the JSON and in the audit log."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.cli.map_description import describe_map
from bot.clock import FrozenClock
from bot.db.audit import audit_entries
from bot.db.audit.audit_entries import AuditFilter
from bot.db.changes import changes
from bot.db.changes.changes import NewTeamChange
from bot.db.engine.database import Connection, Database
from bot.outbox.letters.digest_words import digest_text
from bot.screens.manager.change_screens import change_page
from bot.texts import words_in
from bot.usecases.changes.drop_change import DropChange
from bot.usecases.changes.list_changes import ListChanges
from bot.usecases.changes.mark_change_made import MarkChangeMade
from bot.usecases.changes.move_change import MoveChange
from bot.usecases.maps.make_digest import make_digest
from bot.usecases.maps.make_map import MapRequest, find_map_choice, make_map
from bot.usecases.maps.read_map import read_period
from bot.usecases.tables.export_rows import ExportRows
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.address import Address
from cjm.cases.team_change import ChangeRefusal, TeamChange, TeamChangeState
from cjm.figures.journey_map import Period
from cjm.figures.map_json import map_as_json
from cjm.figures.map_parts.changes import ChangeVerdict
from cjm.figures.tally import PEOPLE, RETURNED
from cjm.scales import Scale
from tests.usecases.past import apply_shop, store_answers

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = NOW.date()
MADE = TODAY - timedelta(days=29)  # the last look was this morning
ANNA = Address("telegram", "7")
MANAGER = MapViewer(ANNA, ANNA, "Anna", "en")
TEAM = MapViewer(Address("telegram", "-1"), ANNA, "Anna", "en", team="care")
RENTING = MapViewer(ANNA, ANNA, "Anna", "en", journeys=frozenset({"renting"}))


def plan(tx: Connection, title: str, subject: str, due: date, made_on: date | None = None) -> int:
    return changes.insert_change(
        tx,
        NewTeamChange(
            journey="shop",
            subject=subject,
            question=None,
            option=None,
            title=title,
            owner="Irina",
            due=due,
            planned_at=NOW - timedelta(days=80),
            made_on=made_on,
        ),
    )


async def store_past(db: Database, after: int = 16) -> dict[str, int]:
    """Store deliveries that were worse before a change, ``after`` answers since, and changes of each kind."""

    def write(tx: Connection) -> dict[str, int]:
        journey = apply_shop(tx, NOW)
        for ago in (3, 12, 20, 28):
            store_answers(tx, journey, "delivery", TODAY - timedelta(days=ago), [5, 4, 5, 4] * (after // 4))
        for ago in (31, 38, 45, 54):
            store_answers(tx, journey, "delivery", TODAY - timedelta(days=ago), [1, 2, 3, 4] * 4)
        # Neither the day itself nor a fifth week belongs to a side.
        store_answers(tx, journey, "delivery", MADE, [1] * 60)
        store_answers(tx, journey, "delivery", MADE - timedelta(days=29), [5] * 60)
        return {
            "made": plan(tx, "Call before arrival", "delivery", MADE, MADE),
            "late": plan(tx, "Bigger boxes", "delivery", TODAY - timedelta(days=1)),
            "planned": plan(tx, "Sizes by height", "consideration", TODAY),
        }

    return await db.write(write)


async def test_a_change_gets_its_verdict_on_the_map_in_words_in_json_and_in_the_digest(any_db: Database) -> None:
    await store_past(any_db)
    made = await any_db.read(lambda tx: make_map(tx, MapRequest("shop"), 5, NOW))
    stages = {stage.key: stage for stage in made.stages}
    late, better = stages["after_purchase"].changes
    assert (late.title, late.verdict) == ("Bigger boxes", ChangeVerdict.OVERDUE)
    assert (better.title, better.verdict, better.made_on) == ("Call before arrival", ChangeVerdict.BETTER, MADE)
    assert better.points == pytest.approx(75)  # from 25 % of four weeks to 100 %
    assert better.low is not None
    assert better.low > 0
    assert [each.verdict for each in stages["consideration"].changes] == [ChangeVerdict.PLANNED]
    assert "What we change: Call before arrival, Irina, made on 25 Oct, better since, 62–84 points" in "\n".join(
        describe_map(made)
    )
    told = map_as_json(made)["stages"][3]["changes"][1]
    assert (told["verdict"], told["made_on"], told["place"]) == ("better", MADE.isoformat(), "delivery")
    narrowed = await any_db.read(lambda tx: make_map(tx, MapRequest("shop", segment="new"), 5, NOW))
    assert narrowed.stages[3].changes[1].verdict is ChangeVerdict.TOO_FEW, "nobody of this segment answered"
    first_look = await read_digest(any_db, MADE + timedelta(days=8))
    assert "“Call before arrival” (Delivery, made on 25 Oct): Since then better: between 5" in first_look
    assert "26 Oct–1 Nov: 100% satisfied (16 people); 27 Sept–24 Oct: 25% (64)." in first_look
    assert "overdue" not in first_look
    later = await read_digest(any_db, TODAY)
    assert "Call before arrival" not in later, "its verdict was news three weeks ago"
    assert "1 change is overdue: “Bigger boxes” (Irina, until 22 Nov)" in later


async def test_changes_are_exported_with_their_verdicts_and_harmless_in_a_spreadsheet(db: Database) -> None:
    known = await store_past(db)
    clock = FrozenClock(NOW)
    await db.write(lambda tx: plan(tx, "=2+2", "queue", MADE, MADE))  # at a place that the journey does not have
    assert await DropChange(db, clock)(MANAGER, known["planned"]) is None
    lines, table = [
        b"".join([piece async for piece in ExportRows(db, 5, clock)("shop", "changes", form)]).decode()
        for form in ("ndjson", "csv")
    ]
    better, late, dropped, gone = (json.loads(line) for line in lines.splitlines())
    assert (better["state"], better["verdict"], better["points"]) == ("made", "better", 75)
    assert (better["stage"], better["touchpoint"]) == ("after_purchase", "delivery")
    assert better["low"] < better["points"] < better["high"]
    assert (better["from"], better["to"]) == (
        (MADE + timedelta(days=1)).isoformat(),
        (MADE + timedelta(days=28)).isoformat(),
    )
    assert (late["state"], late["verdict"], late["due"]) == ("planned", None, (TODAY - timedelta(days=1)).isoformat())
    assert (dropped["state"], dropped["stage"], dropped["touchpoint"]) == ("dropped", "consideration", None)
    assert (gone["stage"], gone["touchpoint"], gone["verdict"]) == (None, "queue", None)
    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"), newline="")))
    assert [row["title"] for row in rows] == ["Call before arrival", "Bigger boxes", "Sizes by height", "'=2+2"]
    assert {*rows[0]} == {*better, "exact"}
    [entry] = await db.read(lambda tx: audit_entries.list_entries(tx, AuditFilter(), 1))
    assert (entry.action, entry.subject) == ("export-rows", "changes")


async def test_a_change_whose_place_is_gone_has_no_verdict_and_is_no_news(db: Database) -> None:
    await store_past(db)
    gone = await db.write(lambda tx: plan(tx, "Shorter queue", "queue", MADE, MADE))
    assert "Shorter queue" not in await read_digest(db, TODAY)
    listed = await ListChanges(db, FrozenClock(NOW), 5).find(MANAGER, gone)
    assert not isinstance(listed, ChangeRefusal)
    title, place, plan_line = str(change_page(listed, words_in("en")).text).split("\n")
    assert (title, place) == ("Shorter queue", "its place is no longer in the journey")
    assert plan_line.startswith("Irina, made on 25")


async def read_digest(db: Database, today: date) -> str:
    now = datetime.combine(today, NOW.timetz())
    report = await db.read(lambda tx: make_digest(tx, MapRequest("shop"), 5, now))
    return str(digest_text(report)).replace("\u00a0", " ").replace("\u2009", "").replace(" – ", "–")


async def test_the_measures_of_a_verdict_are_read_as_all_measures_would_be(any_db: Database) -> None:
    await store_past(any_db)
    days, scale = Period(MADE + timedelta(days=1), TODAY - timedelta(days=1)), Scale.CSAT

    def read(tx: Connection) -> None:
        choice = find_map_choice(tx, MapRequest("shop"), NOW)
        whole = read_period(tx, choice, days, 5).figures
        some = read_period(tx, choice, days, 5, (scale, scale + PEOPLE, RETURNED + scale)).figures
        assert some.find_people("delivery", scale) == whole.find_people("delivery", scale)
        assert some.find_people("delivery", scale).sums.n == 64
        assert some.counts["delivery", scale] == whole.counts["delivery", scale]

    await any_db.read(read)


async def test_too_few_answers_and_overlaps_are_said(db: Database) -> None:
    known = await store_past(db, after=0)
    listing = ListChanges(db, FrozenClock(NOW), 5)
    few = await listing.find(MANAGER, known["made"])
    assert not isinstance(few, ChangeRefusal)
    assert (few.judged.verdict, few.judged.has_overlap) == (ChangeVerdict.TOO_FEW, False)
    await MarkChangeMade(db, FrozenClock(NOW))(MANAGER, known["late"], ago=5)
    both = await listing.find(MANAGER, known["made"])
    assert not isinstance(both, ChangeRefusal)
    assert both.judged.has_overlap


async def test_steps_are_taken_by_managers_of_the_journey_recorded_and_taken_back(any_db: Database) -> None:
    known = await store_past(any_db)
    clock, number = FrozenClock(NOW), known["planned"]
    made, move, drop = MarkChangeMade(any_db, clock), MoveChange(any_db, clock), DropChange(any_db, clock)
    for viewer in (TEAM, RENTING):
        refused = (await made(viewer, number), await move(viewer, number, 3), await drop(viewer, number))
        assert set(refused) == {ChangeRefusal.GONE}
    assert await move(MANAGER, number, 10) is None
    assert (await find(any_db, number)).due == TODAY + timedelta(days=10)
    assert await move.to_typed_day(MANAGER, number, "1.1.1999") is ChangeRefusal.DUE_PAST
    for _ in range(2):  # the second tap, or that of another manager, does not move it to and fro
        assert await move.take_back(MANAGER, number, TODAY.toordinal()) is None
        assert (await find(any_db, number)).due == TODAY
    assert await made.on_typed_day(MANAGER, number, "20 Nov") is None
    assert (await find(any_db, number)).made_on == date(2026, 11, 20)
    assert await move(MANAGER, number, 10) is ChangeRefusal.NOT_PLANNED
    assert await made.take_back(MANAGER, number) is None
    assert await drop(MANAGER, number) is None
    assert await made(MANAGER, number) is ChangeRefusal.DROPPED
    assert await made.take_back(MANAGER, number) is ChangeRefusal.DROPPED
    listed = await ListChanges(any_db, clock, 5)(MANAGER)
    assert [each.change.state for each in listed.changes][1:] == [TeamChangeState.MADE, TeamChangeState.DROPPED]
    assert listed.dropped == 1
    a_month_later = FrozenClock(NOW + timedelta(days=31))
    assert (await ListChanges(any_db, a_month_later, 5)(MANAGER)).dropped == 0
    assert await drop.restore(MANAGER, number) is None
    assert (await find(any_db, number)).state is TeamChangeState.PLANNED
    entries = await any_db.read(lambda tx: audit_entries.list_entries(tx, AuditFilter(), 20))
    assert [(each.action, each.subject) for each in reversed(entries)] == [
        (action, f"change {number}")
        for action in ("move-change", "move-change", "make-change", "plan-change", "drop-change", "restore-change")
    ]
    page = await ListChanges(any_db, clock, 5)(TEAM)
    assert [each.may_change for each in page.changes] == [False] * 3
    assert (page.overdue, page.planned, page.made) == (1, 1, 1)
    assert (await ListChanges(any_db, clock, 5)(RENTING)).changes == []


async def find(db: Database, number: int) -> TeamChange:
    found = await db.read(lambda tx: changes.find_by_id(tx, number))
    assert found is not None
    return found
