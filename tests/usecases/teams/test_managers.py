"""Managers, their views and the rows read for them, on both engines."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.clock import FrozenClock
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import views
from bot.db.delivery.views import ViewKind
from bot.db.engine.database import Connection, Database
from bot.db.figures import case_counts, voices
from bot.db.figures.map_sums import MapScope
from bot.db.figures.voices import VoiceFilter
from bot.db.people import managers, teams
from bot.usecases.maps.view_map import NothingToView, OpenedView, ViewMap
from bot.usecases.teams.become_manager import BecomeManager, FirstManagerLink
from bot.usecases.teams.bind_team import BindTeam, GroupChat
from bot.usecases.teams.recognize_viewer import RecognizeViewer
from cjm.address import Address
from cjm.cases.case import CaseKind
from cjm.figures.map_view import ViewContent
from cjm.figures.views.view_steps import ViewStep
from tests.usecases.past import apply_shop, store_answers, store_case

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
ANNA, BEN, GROUP, MOVED = (Address("telegram", number) for number in ("7", "8", "-1001", "-1002"))


async def test_of_two_people_who_open_the_first_link_at_once_one_becomes_manager(any_db: Database) -> None:
    clock = FrozenClock(NOON)
    token = await FirstManagerLink(any_db, clock, (), "")()
    assert token is not None
    become = BecomeManager(any_db, clock, CaseRouting((), ()), (), "")
    opened = await asyncio.gather(*(become(person, "N", "en", token, "1") for person in (ANNA, BEN)))
    assert sum(welcome is not None for welcome in opened) == 1
    assert len(await any_db.read(managers.list_all)) == 1


async def test_first_link_works_for_a_day_and_a_newer_one_voids_it(any_db: Database) -> None:
    clock = FrozenClock(NOON)
    issue, become = (
        FirstManagerLink(any_db, clock, (), ""),
        BecomeManager(any_db, clock, CaseRouting((), ()), (), ""),
    )
    older, newer = await issue(), await issue()
    assert older
    assert newer
    assert await become(ANNA, "Anna", "en", older, "1") is None
    clock.advance(timedelta(days=1))
    assert await become(ANNA, "Anna", "en", newer, "2") is None
    newest = await issue()
    assert newest
    clock.advance(timedelta(hours=23))
    assert await become(BEN, "Ben", "en", newest, "3") is not None


async def test_a_view_belongs_to_its_chat_and_follows_it(any_db: Database) -> None:
    await any_db.write(lambda tx: apply_shop(tx, NOON))
    clock, routing = FrozenClock(NOON), CaseRouting((), (ANNA,))
    await BindTeam(any_db, clock, routing, ()).offer(ANNA, "en", GroupChat(GROUP, 3, "Care"), GROUP)
    await any_db.write(lambda tx: teams.bind(tx, "team", GROUP, 3, "Care", "telegram:7", NOON, language="pl"))
    recognize, look = RecognizeViewer(any_db, routing), ViewMap(any_db, clock, 5)
    member, manager = await recognize(GROUP, BEN, "Ben", "en"), await recognize(ANNA, ANNA, "Anna", "en")
    assert member is not None
    assert manager is not None
    assert (member.language, member.is_manager) == ("pl", False)
    assert await recognize(BEN, BEN, "Ben", "en") is None
    opened = await look.open(member, ViewContent.MAP, None)
    assert isinstance(opened, OpenedView)
    view = opened.id
    assert await look.move(manager, view, ViewStep.EARLIER) is NothingToView.GONE
    await any_db.write(lambda tx: views.readdress(tx, GROUP, MOVED))
    assert await any_db.read(lambda tx: views.find(tx, view, GROUP, ViewKind.MAP)) is None
    assert await any_db.read(lambda tx: views.find(tx, view, MOVED, ViewKind.MAP)) is not None


async def test_old_untouched_views_are_deleted(any_db: Database) -> None:
    old = await any_db.write(lambda tx: views.insert_view(tx, ViewKind.MAP, ANNA, {}, NOON - timedelta(days=400)))
    new = await any_db.write(lambda tx: views.insert_view(tx, ViewKind.MAP, ANNA, {}, NOON))
    await any_db.write(lambda tx: views.delete_before(tx, NOON - timedelta(days=365)))
    assert await any_db.read(lambda tx: views.find(tx, old, ANNA, ViewKind.MAP)) is None
    assert await any_db.read(lambda tx: views.find(tx, new, ANNA, ViewKind.MAP)) is not None


async def test_voices_and_cases_are_the_same_on_both_engines(any_db: Database) -> None:
    def write(tx: Connection) -> None:
        journey = apply_shop(tx, NOON)
        store_answers(tx, journey, "delivery", TODAY, ["Late", "In time"])
        store_answers(tx, journey, "checkout", TODAY - timedelta(days=1), ["Too many fields"])
        store_case(tx, journey, "delivery", NOON - timedelta(days=3))
        store_case(tx, journey, "delivery", NOON - timedelta(days=9), CaseKind.QUESTION)
        store_case(tx, journey, "delivery", NOON - timedelta(days=2), CaseKind.PRAISE)

    await any_db.write(write)

    def read(tx: Connection) -> None:
        journey = apply_shop(tx, NOON)
        scope = MapScope(journey, TODAY - timedelta(days=6), TODAY)
        every = VoiceFilter(frozenset({"purchase", "after_purchase"}))
        assert [h.text for h in voices.list_latest(tx, scope, every, 9)] == ["In time", "Late", "Too many fields"]
        of_purchase = replace(every, place="purchase")
        assert [h.subject for h in voices.list_latest(tx, scope, of_purchase, 9)] == ["checkout"]
        assert voices.list_latest(tx, scope, VoiceFilter(frozenset({"purchase"}), "delivery"), 9) == []
        found = case_counts.count_cases(tx, "shop", NOON - timedelta(days=7), NOON)
        assert (found.opened, found.closed, found.waiting) == (1, 0, 2)
        assert found.since == NOON - timedelta(days=9)
        assert case_counts.count_cases(tx, "airline", NOON - timedelta(days=7), NOON).waiting == 0

    await any_db.read(read)
