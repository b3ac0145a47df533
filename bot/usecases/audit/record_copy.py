"""Record that the database was copied, or replaced by a copy."""

from bot.clock import Clock
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import AuditAction, AuditActor
from bot.db.engine.database import Connection, Database


class RecordCopy:
    """``await record_copy(actor, AuditAction.BACK_UP_DATABASE, "tropa.backup")``; the name of the file is kept.

    A database of an earlier version has no audit log yet, and is copied all the same: people make a backup before they
    upgrade.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(self, actor: AuditActor, action: AuditAction, file: str) -> None:
        now = self._clock.now()

        def write(tx: Connection) -> None:
            if audit_entries.is_kept(tx):
                audit_entries.record_entry(tx, now, actor, action, subject=file)

        await self._db.write(write)
