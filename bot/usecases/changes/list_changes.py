"""List the changes of a viewer's journeys, with their verdicts: overdue, planned, made and dropped ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.db.changes import changes
from bot.db.engine.database import Connection, Database
from bot.usecases.changes.change_access import ListedChange, list_judged, load_change
from bot.usecases.teams.recognize_viewer import MapViewer, visible_journeys
from cjm.cases.team_change import ChangeRefusal, TeamChange, TeamChangeState, sort_changes

PAGE = 6
"""Changes on one page."""
DROPPED_PERIOD = timedelta(days=30)
"""How long a dropped change is listed, so that it can be restored."""


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Page of the changes of a viewer's journeys; ``skip`` of them come before it.

    ``planned``, ``overdue``, ``made`` and ``dropped`` count all of them.
    ``has_journeys`` is False where there is nothing to change.
    """

    changes: Sequence[ListedChange]
    skip: int
    has_more: bool
    planned: int
    overdue: int
    made: int
    dropped: int
    has_journeys: bool
    names_journeys: bool
    may_plan: bool


class ListChanges:
    """``await list_changes(viewer, skip) -> ChangePage``."""

    def __init__(self, db: Database, clock: Clock, minimum: int) -> None:
        self._db, self._clock, self._minimum = db, clock, minimum

    async def __call__(self, viewer: MapViewer, skip: int = 0) -> ChangePage:
        now = self._clock.now()

        def read(tx: Connection) -> ChangePage:
            journeys = visible_journeys(tx, viewer)
            kept = changes.list_by_journeys(tx, list(journeys))
            found = [*sort_changes(kept), *changes.list_dropped(tx, list(journeys), now - DROPPED_PERIOD)]
            first = skip if skip < len(found) else 0  # a page beyond the last would say that there are no changes
            page = found[first : first + PAGE]
            overdue = sum(each.is_overdue(now.astimezone(journeys[each.journey].zone).date()) for each in found)
            planned = _count(found, TeamChangeState.PLANNED)
            return ChangePage(
                list_judged(tx, viewer, page, journeys, kept, self._minimum, now),
                first,
                has_more=len(found) > first + PAGE,
                planned=planned - overdue,
                overdue=overdue,
                made=_count(found, TeamChangeState.MADE),
                dropped=_count(found, TeamChangeState.DROPPED),
                has_journeys=bool(journeys),
                names_journeys=len({each.journey for each in found}) > 1,
                may_plan=viewer.is_manager and bool(journeys),
            )

        return await self._db.read(read)

    async def find(self, viewer: MapViewer, change_id: int) -> ListedChange | ChangeRefusal:
        """Return one change as a manager of its journey sees it."""
        now = self._clock.now()
        return await self._db.read(lambda tx: load_change(tx, viewer, change_id, self._minimum, now))


def _count(found: Sequence[TeamChange], state: TeamChangeState) -> int:
    return sum(each.state is state for each in found)
