"""Plan a change from a draft that is confirmed."""

from datetime import datetime

from bot.clock import Clock
from bot.db.audit.audit_actions import AuditAction
from bot.db.changes import changes
from bot.db.changes.changes import NewTeamChange
from bot.db.delivery import views
from bot.db.engine.database import Connection, Database
from bot.usecases.changes.change_access import record_change
from bot.usecases.changes.kept_draft import ChangeDraft, DraftStep, load_draft
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.cases.team_change import ChangeRefusal

MOST_PLANNED = 100
"""Planned changes of a journey: nobody could follow more."""


class PlanChange:
    """``await plan_change(viewer, draft)`` returns the change's id, or why it was not planned.

    A second tap returns the same change.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(self, viewer: MapViewer, view_id: int) -> int | ChangeRefusal:
        now = self._clock.now()

        def write(tx: Connection) -> int | ChangeRefusal:
            found = load_draft(tx, viewer, view_id, now, for_update=True)
            if found is None or found[0].step is not DraftStep.CONFIRM:
                return ChangeRefusal.GONE
            draft, data = found
            if draft.change_id is not None:
                return draft.change_id
            planned = _plan(tx, viewer, draft, now)
            if not isinstance(planned, ChangeRefusal):
                views.update_view(tx, view_id, data | {"change": planned}, now)
            return planned

        return await self._db.write(write)


def _plan(tx: Connection, viewer: MapViewer, draft: ChangeDraft, now: datetime) -> int | ChangeRefusal:
    if draft.journey is None or draft.place is None or draft.due is None:
        return ChangeRefusal.GONE
    journey = draft.journey.key
    if changes.count_planned(tx, journey) >= MOST_PLANNED:
        return ChangeRefusal.TOO_MANY
    new = NewTeamChange(
        journey=journey,
        subject=draft.place.part.key,
        question=draft.barrier.question if draft.barrier else None,
        option=draft.barrier.option if draft.barrier else None,
        title=draft.title,
        owner=draft.owner,
        due=draft.due,
        planned_at=now,
    )
    change_id = changes.insert_change(tx, new)
    record_change(tx, viewer, AuditAction.PLAN_CHANGE, change_id, journey, now)
    return change_id
