"""Drop a change, and take that back."""

from datetime import date, datetime

from bot.clock import Clock
from bot.db.audit.audit_actions import AuditAction
from bot.db.changes import changes
from bot.db.engine.database import Connection, Database
from bot.usecases.changes.change_access import take_change_step
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.cases.team_change import ChangeRefusal, TeamChange


class DropChange:
    """``await drop_change(viewer, change) -> ChangeRefusal | None``; ``restore`` takes it back."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(self, viewer: MapViewer, change_id: int) -> ChangeRefusal | None:
        now = self._clock.now()
        return await self._save(viewer, change_id, now, AuditAction.DROP_CHANGE, dropped_at=now)

    async def restore(self, viewer: MapViewer, change_id: int) -> ChangeRefusal | None:
        """Make a dropped change what it was before."""
        return await self._save(viewer, change_id, self._clock.now(), AuditAction.RESTORE_CHANGE, dropped_at=None)

    async def _save(
        self, viewer: MapViewer, change_id: int, now: datetime, action: AuditAction, *, dropped_at: datetime | None
    ) -> ChangeRefusal | None:
        def write(tx: Connection) -> ChangeRefusal | None:
            def save(change: TeamChange, _today: date) -> None:
                if (change.dropped_at is None) is not (dropped_at is None):  # a second tap moves nothing
                    changes.save_dropped(tx, change.id, dropped_at)

            return take_change_step(tx, viewer, change_id, action, now, save)

        return await self._db.write(write)
