"""Mark a change as made on a day, or as not made after all."""

from collections.abc import Callable
from datetime import date

from bot.clock import Clock
from bot.db.audit.audit_actions import AuditAction
from bot.db.changes import changes
from bot.db.engine.database import Connection, Database
from bot.usecases.changes.change_access import take_change_step
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.cases.team_change import ChangeRefusal, TeamChange, check_made_day
from cjm.tables.times.typed_day import read_day

FindMadeDay = Callable[[date], date | None]
"""Find the day that is meant, from today."""


class MarkChangeMade:
    """``await mark_change_made(viewer, change, ago) -> ChangeRefusal | None``; ``ago`` counts days back from today."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(self, viewer: MapViewer, change_id: int, ago: int = 0) -> ChangeRefusal | None:
        return await self._mark(viewer, change_id, lambda today: date.fromordinal(max(1, today.toordinal() - ago)))

    async def on_typed_day(self, viewer: MapViewer, change_id: int, text: str) -> ChangeRefusal | None:
        """Mark a change as made on the day that a text names."""
        return await self._mark(viewer, change_id, lambda today: read_day(text, today, is_past=True))

    async def _mark(self, viewer: MapViewer, change_id: int, find_day: FindMadeDay) -> ChangeRefusal | None:
        now = self._clock.now()

        def write(tx: Connection) -> ChangeRefusal | None:
            def mark(change: TeamChange, today: date) -> ChangeRefusal | None:
                day = find_day(today)
                if day is None:
                    return ChangeRefusal.NO_DAY
                refusal = check_made_day(change, day, today)
                if refusal is None:
                    changes.save_made(tx, change.id, day)
                return refusal

            return take_change_step(tx, viewer, change_id, AuditAction.MAKE_CHANGE, now, mark)

        return await self._db.write(write)

    async def take_back(self, viewer: MapViewer, change_id: int) -> ChangeRefusal | None:
        """Make a change a planned one again."""
        now = self._clock.now()

        def write(tx: Connection) -> ChangeRefusal | None:
            def take_back(change: TeamChange, _today: date) -> ChangeRefusal | None:
                if change.dropped_at is not None:  # restored it must be what it was
                    return ChangeRefusal.DROPPED
                changes.save_made(tx, change.id, None)
                return None

            return take_change_step(tx, viewer, change_id, AuditAction.PLAN_CHANGE, now, take_back)

        return await self._db.write(write)
