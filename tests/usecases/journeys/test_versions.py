"""Versions of a journey: going back, drafts, history, and two people who change one journey at the same moment."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import FrozenClock
from bot.db.asking.answers import find_answered_subjects
from bot.db.audit.audit_actions import AuditAction, AuditActor
from bot.db.audit.audit_entries import AuditFilter, list_entries
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journey_drafts, journeys
from bot.db.upkeep import counter_check
from bot.usecases.journeys.apply_configured_journeys import ApplyConfiguredJourneys
from bot.usecases.journeys.apply_journey import ApplyJourney, JourneyOvertaken
from bot.usecases.journeys.change_journey import ChangeJourney
from bot.usecases.journeys.change_outcomes import (
    JourneyApplied,
    JourneyChangedMeanwhile,
    JourneyDraftDiscarded,
    JourneyDraftKept,
    ProposalGone,
    RefusedJourneyFile,
    ShownProposal,
)
from bot.usecases.journeys.manage_journeys import JourneyPage, ManageJourneys
from bot.usecases.journeys.read_history import HistoryPage, read_history
from bot.usecases.journeys.roll_back_journey import RollBackJourney
from bot.usecases.journeys.version_authors import AuthorKind, VersionAuthor
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.address import Address
from cjm.errors import JourneyError
from cjm.journeys.journey_file import read_journey
from cjm.journeys.versions.difference import ChangeType
from tests.journeys import SMALL
from tests.usecases.past import store_answers

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CLOCK = FrozenClock(NOON)
ANNA, BEN = Address("telegram", "7"), Address("telegram", "8")
MANAGER, COLLEAGUE = MapViewer(ANNA, ANNA, "Anna", "en"), MapViewer(BEN, BEN, "Ben", "en")
RENAMED = SMALL.replace("A small journey", "A renamed journey")
OTHER = SMALL.replace("A small journey", "Another name")
WITH_LOCKER = SMALL.replace(
    '{ key = "call", title', '{ key = "locker", title = "Locker", channel = "store" },\n  { key = "call", title'
)
WITHOUT_EASE = SMALL[: SMALL.index('[[surveys]]\nkey = "left"')]


async def propose(db: Database, source: str, viewer: MapViewer = MANAGER) -> int:
    """Let a manager send a file; return the id of what is shown."""
    shown = await ChangeJourney(db, CLOCK).propose(viewer, source.encode(), "small.toml")
    assert isinstance(shown, ShownProposal)
    assert shown.view_id is not None
    return shown.view_id


async def apply_in_chat(db: Database, source: str, viewer: MapViewer = MANAGER) -> JourneyApplied:
    applied = await ChangeJourney(db, CLOCK).apply(viewer, await propose(db, source, viewer))
    assert isinstance(applied, JourneyApplied)
    return applied


async def apply_all(db: Database, *sources: str) -> None:
    for source in sources:
        await ApplyJourney(db, CLOCK).apply(source, "small.toml")


async def stored(db: Database) -> list[tuple[int, str, int | None]]:
    """Return number, file and restored version of all versions, the oldest first."""
    found = await db.read(lambda tx: journeys.list_history(tx, "small", skip=0, limit=99))
    return [(each.version, each.source, each.restores) for each in reversed(found)]


async def list_actions(db: Database) -> list[tuple[str, str, str | None]]:
    """Return who did what to the journey, the oldest first."""
    entries = await db.read(lambda tx: list_entries(tx, AuditFilter(journey="small"), 99))
    return [(each.actor, each.action, each.subject) for each in reversed(entries)]


async def find_page(db: Database, viewer: MapViewer = MANAGER) -> JourneyPage:
    manage = ManageJourneys(db, CLOCK)
    page = await manage.find_page(viewer, (await manage.list_all(viewer)).view_id, 0)
    assert page is not None
    return page


# ---- going back ------------------------------------------------------------------------------------------------------


async def test_one_tap_after_applying_brings_the_version_before_back_as_a_new_one(any_db: Database) -> None:
    await apply_all(any_db, SMALL)
    change, applied = ChangeJourney(any_db, CLOCK), await apply_in_chat(any_db, RENAMED)
    assert applied.before == 1
    assert applied.view_id is not None
    first, second = [await change.roll_back(MANAGER, applied.view_id) for _ in range(2)]
    assert isinstance(first, JourneyApplied)
    assert (first.title, first.version, first.restores, first.before) == ("A small journey", 3, 1, 2)
    assert isinstance(second, JourneyApplied)
    assert (second.version, second.is_repeated) == (3, True)
    assert await stored(any_db) == [(1, SMALL, None), (2, RENAMED, None), (3, SMALL, 1)]
    assert first.view_id is not None
    forth = await change.roll_back(MANAGER, first.view_id)
    assert isinstance(forth, JourneyApplied)
    assert (forth.version, forth.restores) == (4, 2)
    assert (await list_actions(any_db))[-2:] == [
        (str(ANNA), AuditAction.ROLL_BACK_JOURNEY, "version 3, as version 1"),
        (str(ANNA), AuditAction.ROLL_BACK_JOURNEY, "version 4, as version 2"),
    ]


async def test_it_asks_first_where_somebody_changed_the_journey_since(any_db: Database) -> None:
    await apply_all(any_db, SMALL)
    applied = await apply_in_chat(any_db, RENAMED)
    await apply_in_chat(any_db, OTHER, COLLEAGUE)
    change = ChangeJourney(any_db, CLOCK)
    shown = await change.roll_back(MANAGER, applied.view_id or 0)
    assert isinstance(shown, ShownProposal)
    assert (shown.restores, shown.proposal.version) == (1, 3)
    assert len(await stored(any_db)) == 3
    done = await change.apply(MANAGER, shown.view_id or 0)
    assert isinstance(done, JourneyApplied)
    assert (done.version, done.restores) == (4, 1)


async def test_the_button_of_another_chat_or_of_a_first_version_goes_nowhere(any_db: Database) -> None:
    applied = await apply_in_chat(any_db, SMALL)
    change = ChangeJourney(any_db, CLOCK)
    assert isinstance(await change.roll_back(MANAGER, applied.view_id or 0), ProposalGone)
    assert isinstance(await change.roll_back(COLLEAGUE, applied.view_id or 0), ProposalGone)
    limited = MapViewer(ANNA, ANNA, "Anna", "en", journeys=frozenset({"shop"}))
    applied = await apply_in_chat(any_db, RENAMED)
    assert isinstance(await change.roll_back(limited, applied.view_id or 0), ProposalGone)
    assert len(await stored(any_db)) == 2


async def test_answers_about_a_place_that_the_earlier_version_lacks_are_kept_and_come_back_with_it(
    any_db: Database,
) -> None:
    await apply_all(any_db, SMALL)
    applied = await apply_in_chat(any_db, WITH_LOCKER)
    day = NOON.date() - timedelta(days=1)
    journey = read_journey(WITH_LOCKER, "small.toml")
    await any_db.write(lambda tx: store_answers(tx, journey, "locker", day, [5, 4]))
    change = ChangeJourney(any_db, CLOCK)
    shown = await change.roll_back(MANAGER, applied.view_id or 0)
    assert isinstance(shown, ShownProposal)
    assert [(each.type, each.path) for each in shown.hidden] == [(ChangeType.REMOVED, "stages.buy.locker")]
    back = await change.apply(MANAGER, shown.view_id or 0)
    assert isinstance(back, JourneyApplied)
    forth = await change.roll_back(MANAGER, back.view_id or 0)
    assert isinstance(forth, JourneyApplied), "nothing leaves the map on the way forth: it needs no question"

    def count(tx: Connection) -> tuple[set[str], list[object]]:
        found = journeys.list_current(tx)["small"]
        return find_answered_subjects(tx, "small", ["locker"]), [*counter_check.list_wrong_counters(tx, found)]

    assert await any_db.read(count) == ({"locker"}, [])


async def test_what_nobody_answered_about_is_not_named_as_hidden(any_db: Database) -> None:
    await apply_all(any_db, SMALL, WITH_LOCKER)
    found = await RollBackJourney(any_db, CLOCK).propose("small", None)
    assert found is not None
    assert (found.version, found.hidden) == (1, ())
    assert found.proposal.difference.warnings, "the touchpoint leaves the map all the same"


async def test_a_question_that_was_gone_for_a_while_keeps_its_kind(any_db: Database) -> None:
    """To go back takes a question out; a later file must not bring its key back for another kind."""
    await apply_all(any_db, WITHOUT_EASE, SMALL, WITHOUT_EASE)
    other_kind = SMALL.replace('key = "find_ces"\nkind = "ces"', 'key = "find_ces"\nkind = "csat"')
    assert other_kind != SMALL
    with pytest.raises(JourneyError, match=r"find_ces\.kind: must stay ces"):
        await ApplyJourney(any_db, CLOCK).apply(other_kind, "small.toml")
    assert await ApplyJourney(any_db, CLOCK).apply(SMALL, "small.toml") == 4


async def test_there_is_no_version_before_the_first_or_of_another_number(any_db: Database) -> None:
    await apply_all(any_db, SMALL)
    roll_back = RollBackJourney(any_db, CLOCK)
    for key, version in (("small", None), ("small", 1), ("small", 7), ("other", None)):
        assert await roll_back.propose(key, version) is None


async def test_a_restart_undoes_no_roll_back_and_wakes_no_archived_journey(any_db: Database, tmp_path: Path) -> None:
    file = tmp_path / "small.toml"
    file.write_text(RENAMED, "utf-8")
    await apply_all(any_db, SMALL)
    applied = await apply_in_chat(any_db, RENAMED)
    await ChangeJourney(any_db, CLOCK).roll_back(MANAGER, applied.view_id or 0)
    page = await find_page(any_db)
    await ManageJourneys(any_db, CLOCK).archive(MANAGER, page.view_id, page.place, True)
    await ApplyConfiguredJourneys(any_db, CLOCK)([file])
    assert (await stored(any_db))[-1] == (3, SMALL, 1)
    assert (await find_page(any_db)).archived is not None


# ---- at the same moment ----------------------------------------------------------------------------------------------


async def test_of_two_managers_who_apply_at_the_same_moment_the_second_is_told(any_db: Database) -> None:
    change = ChangeJourney(any_db, CLOCK)
    mine, theirs = await propose(any_db, SMALL), await propose(any_db, RENAMED, COLLEAGUE)
    outcomes = await asyncio.gather(change.apply(MANAGER, mine), change.apply(COLLEAGUE, theirs))
    assert {type(each) for each in outcomes} == {JourneyApplied, JourneyChangedMeanwhile}
    assert len(await stored(any_db)) == 1
    mine, theirs = await propose(any_db, OTHER), await propose(any_db, OTHER + "\n# theirs", COLLEAGUE)
    outcomes = await asyncio.gather(change.apply(MANAGER, mine), change.apply(COLLEAGUE, theirs))
    assert {type(each) for each in outcomes} == {JourneyApplied, JourneyChangedMeanwhile}
    assert len(await stored(any_db)) == 2


async def test_what_was_seen_on_the_command_line_is_applied_or_nothing(any_db: Database) -> None:
    apply_journey, roll_back = ApplyJourney(any_db, CLOCK), RollBackJourney(any_db, CLOCK)
    await apply_all(any_db, SMALL, RENAMED)
    seen = await apply_journey.propose(OTHER, "small.toml")
    found = await roll_back.propose("small", 1)
    assert found is not None
    await apply_in_chat(any_db, SMALL.replace("A small journey", "Meanwhile"))
    with pytest.raises(JourneyOvertaken, match="small: version 3 came into force meanwhile"):
        await apply_journey.apply(OTHER, "small.toml", seen=seen.version)
    with pytest.raises(JourneyOvertaken):
        await roll_back.apply("small", found, AuditActor("command line: anna"))
    assert len(await stored(any_db)) == 3


# ---- drafts ----------------------------------------------------------------------------------------------------------


async def test_a_draft_is_kept_and_changes_nothing_until_it_is_applied(any_db: Database) -> None:
    await apply_all(any_db, SMALL)
    change = ChangeJourney(any_db, CLOCK)
    kept = await change.keep(MANAGER, await propose(any_db, RENAMED))
    assert isinstance(kept, JourneyDraftKept)
    assert len(await stored(any_db)) == 1
    page = await find_page(any_db, COLLEAGUE)
    assert page.draft is not None
    assert page.draft.author == VersionAuthor(AuthorKind.PERSON, "Anna")
    shown = await ManageJourneys(any_db, CLOCK).show_draft(COLLEAGUE, page.view_id, page.place)
    assert isinstance(shown, ShownProposal)
    assert shown.draft is not None
    assert shown.draft.is_this
    applied = await change.apply(COLLEAGUE, shown.view_id or 0)
    assert isinstance(applied, JourneyApplied)
    assert (await find_page(any_db)).draft is None
    assert [each[:2] for each in await list_actions(any_db)][1:] == [
        (str(ANNA), AuditAction.DRAFT_JOURNEY),
        (str(BEN), AuditAction.APPLY_JOURNEY),
    ]


async def test_a_draft_replaces_another_only_if_that_was_shown_and_both_can_be_kept_again(any_db: Database) -> None:
    change = ChangeJourney(any_db, CLOCK)
    await apply_all(any_db, SMALL)
    mine, theirs = await propose(any_db, RENAMED), await propose(any_db, OTHER, COLLEAGUE)
    assert isinstance(await change.keep(MANAGER, mine), JourneyDraftKept)
    warned = await change.keep(COLLEAGUE, theirs)
    assert isinstance(warned, JourneyChangedMeanwhile)
    assert warned.latest.draft is not None
    assert not warned.latest.draft.is_this
    replaced = await change.keep(COLLEAGUE, theirs)
    assert isinstance(replaced, JourneyDraftKept)
    assert isinstance(await change.discard_draft(MANAGER, mine), ProposalGone), "it is not the draft any more"
    assert isinstance(await change.keep(COLLEAGUE, replaced.replaced or 0), JourneyDraftKept)
    drafts = await any_db.read(journey_drafts.list_all)
    assert [draft.source for draft in drafts.values()] == [RENAMED]
    discarded = await change.discard_draft(MANAGER, mine)
    assert discarded == JourneyDraftDiscarded("A renamed journey", mine)
    assert await any_db.read(journey_drafts.list_all) == {}
    assert isinstance(await change.keep(MANAGER, discarded.view_id), JourneyDraftKept)


async def test_a_draft_of_a_journey_that_is_not_in_force_is_listed(any_db: Database) -> None:
    change, manage = ChangeJourney(any_db, CLOCK), ManageJourneys(any_db, CLOCK)
    await change.keep(MANAGER, await propose(any_db, SMALL))
    (listed,) = (await manage.list_all(MANAGER)).journeys
    assert (listed.key, listed.version, listed.has_draft) == ("small", 0, True)
    limited = MapViewer(BEN, BEN, "Ben", "en", journeys=frozenset({"shop"}))
    assert (await manage.list_all(limited)).journeys == ()


# ---- history ---------------------------------------------------------------------------------------------------------


async def test_the_history_says_who_when_and_what_page_by_page(any_db: Database) -> None:
    await any_db.write(lambda tx: journeys.apply(tx, read_journey(SMALL, "f"), SMALL, now=NOON, applied_by="settings"))
    await ApplyJourney(any_db, FrozenClock(NOON + timedelta(days=1))).apply(
        RENAMED, "small.toml", AuditActor("command line: igor")
    )
    await apply_in_chat(any_db, SMALL + "\n# only a comment")

    async def read(skip: int, page: int) -> HistoryPage:
        return await any_db.read(lambda tx: read_history(tx, "small", skip, page))

    whole = await read(0, 9)
    assert [(each.version, each.author) for each in whole.entries] == [
        (3, VersionAuthor(AuthorKind.PERSON, "Anna")),
        (2, VersionAuthor(AuthorKind.COMMAND, "igor")),
        (1, VersionAuthor(AuthorKind.SETTINGS)),
    ]
    assert [each.applied_at - NOON for each in whole.entries] == [timedelta(), timedelta(days=1), timedelta()]
    assert whole.entries[2].difference.is_new
    assert [each.type for each in whole.entries[1].difference.entries] == [ChangeType.REWORDED]
    pages = [await read(skip, 2) for skip in (0, 2, 4)]
    assert [each.has_more for each in pages] == [True, False, False]
    assert (*pages[0].entries, *pages[1].entries) == whole.entries
    assert pages[2].entries == ()


async def test_a_file_for_an_archived_journey_is_refused_until_it_is_brought_back(any_db: Database) -> None:
    await apply_all(any_db, SMALL, RENAMED)
    change, manage, page = ChangeJourney(any_db, CLOCK), ManageJourneys(any_db, CLOCK), await find_page(any_db)
    waiting = await propose(any_db, OTHER)
    archived = await manage.archive(MANAGER, page.view_id, page.place, True)
    assert archived is not None
    assert archived.archived is not None
    assert archived.archived.author.name == "Anna"
    for refused in (
        await change.propose(MANAGER, OTHER.encode(), "small.toml"),
        await change.apply(MANAGER, waiting),
        await change.keep(MANAGER, waiting),
        await manage.show_roll_back(MANAGER, page.view_id, page.place, 1),
    ):
        assert isinstance(refused, RefusedJourneyFile)
        assert "archived since 2026-11-22" in refused.mistakes[0].message
    back = await manage.archive(MANAGER, page.view_id, page.place, False)
    assert back is not None
    assert back.archived is None
    assert isinstance(await change.apply(MANAGER, waiting), JourneyApplied)
    assert [each[1] for each in await list_actions(any_db)][-3:-1] == [
        AuditAction.ARCHIVE_JOURNEY,
        AuditAction.UNARCHIVE_JOURNEY,
    ]
