"""Move a planned change to another due day, and back."""

from collections.abc import Callable
from datetime import date, timedelta

from bot.clock import Clock
from bot.db.audit.audit_actions import AuditAction
from bot.db.changes import changes
from bot.db.engine.database import Connection, Database
from bot.usecases.changes.change_access import take_change_step
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.cases.team_change import ChangeRefusal, TeamChange, TeamChangeState, check_due_day
from cjm.tables.times.typed_day import read_day

FindDueDay = Callable[[TeamChange, date], date | None]


class MoveChange:
    """``await move_change(viewer, change, days) -> ChangeRefusal | None``; the days count from today."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(self, viewer: MapViewer, change_id: int, days: int) -> ChangeRefusal | None:
        ahead = timedelta(days=min(days, 10_000))  # a forged number must not leave the calendar
        return await self._move(viewer, change_id, lambda _change, today: today + ahead)

    async def to_typed_day(self, viewer: MapViewer, change_id: int, text: str) -> ChangeRefusal | None:
        """Move a change to the day that a text names."""
        return await self._move(viewer, change_id, lambda _change, today: read_day(text, today, is_past=False))

    async def take_back(self, viewer: MapViewer, change_id: int, day_number: int) -> ChangeRefusal | None:
        """Give a change its former due day again, also one that has passed by now.

        ``day_number`` is that day's ordinal: a button that was tapped already, by whomever, moves nothing.
        """
        return await self._move(viewer, change_id, lambda change, _today: _find_former(change, day_number))

    async def _move(self, viewer: MapViewer, change_id: int, find_day: FindDueDay) -> ChangeRefusal | None:
        now = self._clock.now()

        def write(tx: Connection) -> ChangeRefusal | None:
            def move(change: TeamChange, today: date) -> ChangeRefusal | None:
                if change.state is not TeamChangeState.PLANNED:
                    return ChangeRefusal.NOT_PLANNED
                day = find_day(change, today)
                if day is None:
                    return ChangeRefusal.NO_DAY
                refusal = None if day == change.former_due else check_due_day(day, today)
                if refusal is None and day != change.due:
                    changes.save_due(tx, change.id, day, former=change.due)
                return refusal

            return take_change_step(tx, viewer, change_id, AuditAction.MOVE_CHANGE, now, move)

        return await self._db.write(write)


def _find_former(change: TeamChange, day_number: int) -> date:
    former = change.former_due
    return former if former is not None and former.toordinal() == day_number else change.due
