"""Audit log on both engines: who looked, who changed, and that it holds no words."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.clock import FrozenClock
from bot.config.settings import TeamSettings
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import HTTP, AuditAction
from bot.db.audit.audit_entries import AuditEntry, AuditFilter
from bot.db.audit.tables import audit_entry_table, audit_mention_table
from bot.db.cases.case_routing import CaseRouting
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.usecases.cases.answer_case import AnswerCase
from bot.usecases.cases.case_access import Actor
from bot.usecases.cases.close_case import CloseCase
from bot.usecases.cases.list_cases import ListOpenCases
from bot.usecases.cases.mute_writer import MuteWriter
from bot.usecases.cases.place_case import PlaceCase
from bot.usecases.cases.take_case import TakeCase
from bot.usecases.journeys.apply_configured_journeys import apply_if_new
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.maps.export_map import ExportMap
from bot.usecases.maps.make_map import MakeMap, MapRequest
from bot.usecases.maps.view_map import OpenedView, ViewMap
from bot.usecases.maps.views.load_view import ViewedMap
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.tables.export_rows import ExportRows
from bot.usecases.teams.become_manager import BecomeManager, FirstManagerLink
from bot.usecases.teams.bind_team import BindTeam, GroupChat
from bot.usecases.teams.invite_manager import InviteManager
from bot.usecases.teams.recognize_viewer import MapViewer
from bot.usecases.upkeep.prune_rows import PruneRows
from cjm.address import Address
from cjm.cases.case import CaseText
from cjm.figures.map_view import ViewContent
from cjm.journeys.journey_file import read_journey
from tests.journeys import SMALL
from tests.usecases.past import apply_shop, store_answers, store_case

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2026, 11, 21)
CLOCK = FrozenClock(NOON)
GROUP, PERSON, BEN = Address("telegram", "-1001"), Address("telegram", "7"), Address("telegram", "8")
ANNA = MapViewer(PERSON, PERSON, "Anna", "en")
MEMBER = Actor(GROUP, PERSON, "Anna")
CARE = TeamSettings.model_validate({"key": "care", "chat": str(GROUP)})
ROUTING = CaseRouting([CARE], [])
CANARY = "canary words"


async def list_all(db: Database) -> list[AuditEntry]:
    """Return the whole log, oldest first."""
    return (await db.read(lambda tx: audit_entries.list_entries(tx, AuditFilter(), 1000)))[::-1]


async def list_steps(db: Database) -> list[tuple[AuditAction, str | None, int | None]]:
    return [(entry.action, entry.subject, entry.people) for entry in await list_all(db)]


async def store_words(db: Database, people: int) -> None:
    """Store a score and words of so many people at one touchpoint, so that they may be quoted."""

    def write(tx: Connection) -> None:
        journey = apply_shop(tx, NOON)
        store_answers(tx, journey, "checkout", DAY, [4] * 12)
        store_answers(tx, journey, "checkout", DAY, [f"{CANARY} {n}" for n in range(people)], "why")

    await db.write(write)


async def look(db: Database, content: ViewContent, *, as_file: bool = False) -> ViewedMap:
    views = ViewMap(db, CLOCK, 5)
    opened = await views.open(ANNA, content, "shop")
    assert isinstance(opened, OpenedView)
    viewed = await views.load(ANNA, opened.id, as_file=as_file)
    assert isinstance(viewed, ViewedMap)
    return viewed


@pytest.mark.parametrize(
    ("content", "action"),
    [
        (ViewContent.VOICES, AuditAction.VIEW_VOICES),
        (ViewContent.MAP, AuditAction.VIEW_MAP),
        (ViewContent.DIGEST, AuditAction.VIEW_DIGEST),
    ],
)
async def test_who_looks_at_words_in_the_chat_is_recorded_with_the_people_who_wrote_them(
    db: Database, content: ViewContent, action: AuditAction
) -> None:
    await store_words(db, 3)
    viewed = await look(db, content)
    assert viewed.quote_writers
    (entry,) = await list_all(db)
    assert (entry.action, entry.actor, entry.actor_name, entry.journey) == (action, str(PERSON), "Anna", "shop")
    assert set(entry.persons) == {str(writer) for writer in viewed.quote_writers}
    assert entry.people == len(entry.persons)


@pytest.mark.parametrize("content", [ViewContent.STAGES, ViewContent.BARRIERS, ViewContent.CHANNELS])
async def test_views_without_words_leave_no_entry_but_their_file_does(db: Database, content: ViewContent) -> None:
    await store_words(db, 3)
    await look(db, content)
    assert await list_all(db) == []
    await look(db, content, as_file=True)
    assert [action for action, _, _ in await list_steps(db)] == [AuditAction.EXPORT_MAP]


async def test_map_without_any_words_leaves_no_entry(db: Database) -> None:
    await store_words(db, 0)
    await look(db, ViewContent.MAP)
    await ExportMap(db, CLOCK, MakeMap(db, CLOCK, 5), HTTP)(MapRequest("shop"))
    assert await list_all(db) == []


async def test_maps_and_rows_that_leave_the_chat_are_recorded(any_db: Database) -> None:
    await store_words(any_db, 3)
    made = await ExportMap(any_db, CLOCK, MakeMap(any_db, CLOCK, 5), HTTP)(MapRequest("shop"))
    quotes = sum(len(stage.voices) for stage in made.stages)
    async for _ in ExportRows(any_db, 5, CLOCK, HTTP)("shop", "answers"):
        assert (await list_steps(any_db))[-1] == (AuditAction.EXPORT_ROWS, "answers", 15), "before the first piece"
    assert quotes
    assert await list_steps(any_db) == [
        (AuditAction.EXPORT_MAP, None, quotes),
        (AuditAction.EXPORT_ROWS, "answers", 15),
    ]
    assert {entry.actor for entry in await list_all(any_db)} == {"http"}


async def test_each_step_on_a_case_is_recorded_once_and_refusals_are_not(any_db: Database) -> None:
    number = await any_db.write(lambda tx: store_case(tx, apply_shop(tx, NOON), "delivery", NOON))
    args = (any_db, CLOCK, ROUTING)
    close, mute = CloseCase(*args), MuteWriter(*args)
    for _ in range(2):  # a second tap changes nothing
        await TakeCase(*args)(MEMBER, number)
        await PlaceCase(*args)(MEMBER, number, "checkout")
        await close(MEMBER, number)
    await close.reopen(MEMBER, number)
    await mute(MEMBER, number)
    await mute.unmute(MEMBER, number)
    await AnswerCase(*args)(MEMBER, number, "5", CaseText("text", CANARY), "4")
    await ListOpenCases(*args).send_card(MEMBER, number)
    await TakeCase(*args)(Actor(BEN, BEN, "a stranger"), number)
    done = await list_all(any_db)
    assert [entry.action for entry in done] == [
        AuditAction.TAKE_CASE,
        AuditAction.MOVE_CASE,
        AuditAction.CLOSE_CASE,
        AuditAction.REOPEN_CASE,
        AuditAction.MUTE_WRITER,
        AuditAction.UNMUTE_WRITER,
        AuditAction.ANSWER_CASE,
        AuditAction.SEND_CARD,
    ]
    assert {(e.actor, e.actor_name, e.subject, e.people) for e in done} == {("telegram:7", "Anna", f"case {number}", 1)}


async def test_list_of_open_cases_names_those_who_are_on_the_page(db: Database) -> None:
    open_cases = ListOpenCases(db, CLOCK, ROUTING)
    await open_cases(MEMBER)
    assert await list_all(db) == [], "an empty list shows nobody's words"

    def store(tx: Connection) -> None:
        journey = apply_shop(tx, NOON)
        for ago in range(8):
            store_case(tx, journey, "delivery", NOON - timedelta(hours=ago))

    await db.write(store)
    await open_cases(MEMBER)
    await open_cases(MEMBER, 6)
    await open_cases(Actor(BEN, BEN, "a stranger"))
    assert [people for _, _, people in await list_steps(db)] == [6, 2]


async def test_changes_of_journeys_are_recorded_with_who_made_them(db: Database) -> None:
    small = read_journey(SMALL, "small.toml")
    for _ in range(2):  # a restart
        await db.write(lambda tx: apply_if_new(tx, small, SMALL, NOON))
    changed = SMALL.replace("title", "# another version\ntitle", 1)
    for source in (SMALL, changed, changed):
        await ApplyJourney(db, CLOCK).apply(source, "small.toml", actor=HTTP)
    assert [(e.actor, e.journey, e.subject) for e in await list_all(db)] == [
        ("tropa", "small", "version 1"),
        ("http", "small", "version 2"),
    ]


async def test_managers_and_chats_of_teams_are_recorded(any_db: Database) -> None:
    configured = (PERSON,)
    routing = CaseRouting((), configured)
    invite = InviteManager(any_db, CLOCK, configured, "")
    invitation = await invite.begin_invitation(ANNA)
    assert invitation is not None
    token = await invite.make_link(ANNA, invitation.view_id)
    assert token is not None
    await BecomeManager(any_db, CLOCK, routing, configured, "")(BEN, "Ben", "en", token, "1")
    managers = await invite.list_managers(ANNA)
    assert managers is not None
    for _ in range(2):
        await invite.remove_manager(ANNA, managers.managers[0].id)
    bind = BindTeam(any_db, CLOCK, routing, ())
    offer = await bind.offer(PERSON, "en", GroupChat(GROUP, None, "Care"), PERSON)
    assert offer is not None
    for _ in range(2):
        await bind.bind(PERSON, PERSON, "en", offer.view_id, 0)
    await bind.unbind(PERSON, PERSON, "en", offer.view_id)
    assert [(e.action, e.actor, e.subject, e.persons) for e in await list_all(any_db)] == [
        (AuditAction.INVITE_MANAGER, "telegram:7", "all journeys", ()),
        (AuditAction.ADD_MANAGER, "telegram:8", "all journeys", ("telegram:8",)),
        (AuditAction.REMOVE_MANAGER, "telegram:7", None, ("telegram:8",)),
        (AuditAction.BIND_TEAM, "telegram:7", "team team", ()),
        (AuditAction.UNBIND_TEAM, "telegram:7", "team team", ()),
    ]


async def test_chat_that_is_lost_leaves_an_entry_of_tropa_itself(db: Database) -> None:
    token = await FirstManagerLink(db, CLOCK, (), "")()
    assert token is not None
    routing = CaseRouting((), ())
    await BecomeManager(db, CLOCK, routing, (), "")(PERSON, "Anna", "en", token, "1")
    bind = BindTeam(db, CLOCK, routing, ())
    offer = await bind.offer(PERSON, "en", GroupChat(GROUP, None, "Care"), PERSON)
    assert offer is not None
    await bind.bind(PERSON, PERSON, "en", offer.view_id, 0)
    await bind.unbind_lost_group(GROUP)
    assert [(e.actor, e.action) for e in await list_all(db)][-1] == ("tropa", AuditAction.UNBIND_TEAM)


async def test_change_that_fails_leaves_no_entry(any_db: Database) -> None:
    number = await any_db.write(lambda tx: store_case(tx, apply_shop(tx, NOON), "delivery", NOON))

    async def take_and_fail() -> None:
        def write(tx: Connection) -> None:
            person = customers.find_by_id(tx, 1)
            assert person is not None
            audit_entries.record_entry(tx, NOON, HTTP, AuditAction.TAKE_CASE, persons=(person.id,))
            raise RuntimeError("the cause fails")

        await any_db.write(write)

    with pytest.raises(RuntimeError):
        await take_and_fail()
    assert number
    assert await list_all(any_db) == []


async def test_log_holds_no_words_and_forgetting_leaves_a_hash_in_it(any_db: Database) -> None:
    await store_words(any_db, 3)
    await look(any_db, ViewContent.VOICES)
    (before,) = await list_all(any_db)
    person = await any_db.read(lambda tx: customers.find_by_id(tx, int(before.persons[0])))
    assert person is not None
    assert person.external_id is not None
    forgotten = await ForgetCustomer(any_db, CLOCK, 5).by_external_id(person.external_id)
    assert forgotten.was_known
    seen, erased = await list_all(any_db)
    (hashed,) = set(seen.persons) - set(before.persons)
    assert str(person.id) not in seen.persons
    assert (erased.action, erased.actor, erased.persons) == (AuditAction.FORGET_PERSON, "http", (hashed,))
    assert seen.people == before.people, "how many people it was about stays true"
    cells = [str(cell) for row in await any_db.read(_read_cells) for cell in row]
    assert not [cell for cell in cells if CANARY in cell or person.external_id in cell]


def _read_cells(tx: Connection) -> list[Sequence[object]]:
    return [tuple(row) for table in (audit_entry_table, audit_mention_table) for row in tx.execute(select(table))]


async def test_manager_who_forgets_themself_is_a_hash_wherever_they_acted(any_db: Database) -> None:
    number = await any_db.write(lambda tx: store_case(tx, apply_shop(tx, NOON), "delivery", NOON))
    await TakeCase(any_db, CLOCK, ROUTING)(MEMBER, number)
    await any_db.write(lambda tx: customers.ensure_address(tx, PERSON, "en", NOON))
    await ForgetCustomer(any_db, CLOCK, 5).by_address(PERSON, "en")
    taken, erased = await list_all(any_db)
    assert len(taken.actor) == len(erased.persons[0]) == 64
    assert (taken.actor, taken.actor_name) == (erased.persons[0], None)
    assert erased.actor == "customer"


async def test_old_entries_and_those_beyond_the_limit_go(any_db: Database) -> None:
    def record(tx: Connection) -> None:
        for days in (400, 300, 200, 100):
            at = NOON - timedelta(days=days)
            audit_entries.record_entry(tx, at, HTTP, AuditAction.VIEW_MAP, subject=str(days), persons=(days,))

    await any_db.write(record)
    await PruneRows(any_db, CLOCK)()
    assert len(await list_all(any_db)) == 4, "0 days keep what is not too much"
    await PruneRows(any_db, CLOCK, timedelta(days=365))()
    assert [subject for _, subject, _ in await list_steps(any_db)] == ["300", "200", "100"]
    await any_db.write(lambda tx: audit_entries.delete_old(tx, None, most=2))
    assert [subject for _, subject, _ in await list_steps(any_db)] == ["200", "100"]
    mentions = await any_db.read(lambda tx: tx.execute(select(audit_mention_table)).all())
    assert {row.person for row in mentions} == {"200", "100"}
