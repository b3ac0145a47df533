"""Journey files come into force: from the settings at start, from the command line, and from a manager's chat."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from bot.clock import FrozenClock
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.upkeep import counter_check
from bot.usecases.journeys.apply_configured_journeys import ApplyConfiguredJourneys
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.journeys.change_journey import ChangeJourney
from bot.usecases.journeys.change_outcomes import (
    JourneyApplied,
    JourneyChangedMeanwhile,
    JourneyNotAllowed,
    ProposalGone,
    RefusedJourneyFile,
    ShownProposal,
)
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.address import Address
from cjm.errors import JourneyError
from tests.journeys import SMALL
from tests.usecases.upkeep.random_past import store_random_past

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
RENAMED = SMALL.replace("A small journey", "A renamed journey")
OTHER_SCALE = SMALL.replace('kind = "csat"', 'kind = "ces"')
ANNA = Address("telegram", "7")
MANAGER = MapViewer(ANNA, ANNA, "Anna", "en")


async def versions_in_force(db: Database) -> Mapping[str, int]:
    def read(tx: Connection) -> Mapping[str, int]:
        return {key: version.version for key, version in journeys.list_versions_in_force(tx).items()}

    return await db.read(read)


async def test_a_restart_never_undoes_a_change(
    any_db: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock, file = FrozenClock(NOON), tmp_path / "small.toml"
    file.write_text(SMALL, "utf-8")
    await ApplyConfiguredJourneys(any_db, clock)([file])
    await ApplyJourney(any_db, clock).apply(RENAMED, "small.toml")
    with caplog.at_level(logging.WARNING, "bot.usecases.journeys"):
        await ApplyConfiguredJourneys(any_db, clock)([file])
    assert await versions_in_force(any_db) == {"small": 2}
    assert [record.getMessage() for record in caplog.records] == ["a journey file differs from what is in force"]


async def test_a_configured_file_that_cannot_be_read_is_named(any_db: Database, tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    with pytest.raises(JourneyError, match=r"missing\.toml: cannot be read"):
        await ApplyConfiguredJourneys(any_db, FrozenClock(NOON))([missing])


async def test_a_change_that_would_falsify_history_is_refused(any_db: Database) -> None:
    apply_journey = ApplyJourney(any_db, FrozenClock(NOON))
    await apply_journey.apply(SMALL, "small.toml")
    with pytest.raises(JourneyError, match="pay_csat"):
        await apply_journey.apply(OTHER_SCALE, "small.toml")
    refused = await ChangeJourney(any_db, FrozenClock(NOON)).propose(MANAGER, OTHER_SCALE.encode(), "small.toml")
    assert isinstance(refused, RefusedJourneyFile)
    assert await versions_in_force(any_db) == {"small": 1}


async def test_a_proposal_is_applied_once_however_often_it_is_tapped(any_db: Database) -> None:
    change_journey = ChangeJourney(any_db, FrozenClock(NOON))
    shown = await change_journey.propose(MANAGER, SMALL.encode(), "small.toml")
    assert isinstance(shown, ShownProposal)
    assert shown.view_id is not None
    first, second = [await change_journey.apply(MANAGER, shown.view_id) for _ in range(2)]
    assert first == JourneyApplied("A small journey", 1, view_id=shown.view_id)
    assert second == JourneyApplied("A small journey", 1, is_repeated=True, view_id=shown.view_id)


async def test_an_applied_proposal_cannot_be_discarded(any_db: Database) -> None:
    change_journey = ChangeJourney(any_db, FrozenClock(NOON))
    shown = await change_journey.propose(MANAGER, SMALL.encode(), "small.toml")
    assert isinstance(shown, ShownProposal)
    assert shown.view_id is not None
    await change_journey.apply(MANAGER, shown.view_id)
    assert await change_journey.discard(MANAGER, shown.view_id) is False
    assert await versions_in_force(any_db) == {"small": 1}


async def test_a_discarded_proposal_cannot_be_applied(any_db: Database) -> None:
    change_journey = ChangeJourney(any_db, FrozenClock(NOON))
    shown = await change_journey.propose(MANAGER, SMALL.encode(), "small.toml")
    assert isinstance(shown, ShownProposal)
    assert shown.view_id is not None
    assert [await change_journey.discard(MANAGER, shown.view_id) for _ in range(2)] == [True, True]
    assert isinstance(await change_journey.apply(MANAGER, shown.view_id), ProposalGone)
    assert await versions_in_force(any_db) == {}


async def test_a_proposal_that_was_overtaken_is_shown_again_before_it_is_applied(any_db: Database) -> None:
    clock = FrozenClock(NOON)
    change_journey, apply_journey = ChangeJourney(any_db, clock), ApplyJourney(any_db, clock)
    await apply_journey.apply(SMALL, "small.toml")
    shown = await change_journey.propose(MANAGER, RENAMED.encode(), "small.toml")
    assert isinstance(shown, ShownProposal)
    assert shown.view_id is not None
    await apply_journey.apply(SMALL.replace("A small journey", "Somebody else's"), "small.toml")
    assert isinstance(await change_journey.apply(MANAGER, shown.view_id), JourneyChangedMeanwhile)
    applied = await change_journey.apply(MANAGER, shown.view_id)
    assert applied == JourneyApplied("A renamed journey", 3, view_id=shown.view_id, before=2)


async def test_a_manager_changes_only_their_own_journeys(any_db: Database) -> None:
    other = MapViewer(ANNA, ANNA, "Anna", "en", journeys=frozenset({"shop"}))
    change_journey = ChangeJourney(any_db, FrozenClock(NOON))
    assert await change_journey.propose(other, SMALL.encode(), "small.toml") == JourneyNotAllowed("small")
    assert isinstance(await change_journey.apply(other, 1), ProposalGone)
    assert await versions_in_force(any_db) == {}


def rename_paying(key: str, *was: str) -> str:
    """Return the journey with another key of the touchpoint "pay", and its former keys."""
    renamed = SMALL.replace('key = "pay"', f'key = "{key}", was = {list(was)}').replace("'", '"')
    return renamed.replace('touchpoint = "pay"', f'touchpoint = "{key}"')


@pytest.mark.parametrize(
    "sources",
    [
        [SMALL.replace('key = "small"', 'key = "small"\nanonymous = true'), SMALL],
        [rename_paying("till", "pay"), rename_paying("till"), rename_paying("till", "pay"), rename_paying("x", "till")],
    ],
)
async def test_counters_agree_with_the_rows_after_a_change_of_what_belongs_to_one_place(
    any_db: Database, sources: list[str]
) -> None:
    """Switched to anonymous and back; renamed, told apart from its past, and joined with it again."""
    await store_random_past(any_db, Random(7), people=9, days=30)
    for source in sources:
        await ApplyJourney(any_db, FrozenClock(NOON)).apply(source, "small.toml")
        wrong = await any_db.read(lambda tx: counter_check.list_wrong_counters(tx, journeys.list_current(tx)["small"]))
        assert wrong == []
