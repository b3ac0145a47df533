"""Put a journey to rest, and bring it back.

Invariants:
* An archived journey asks nobody anything new: its events are refused with one sentence, what waits to be asked is
  dropped when it is due, its campaigns and diaries end, and no digest of it is posted.
* Nothing that is stored changes: maps, words, cases and exports stay readable, and a question that is open already can
  be answered.
* Bringing it back is all that is needed to go on; what was dropped meanwhile is not asked again.
"""

from datetime import datetime

from bot.clock import Clock
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import AuditAction, AuditActor
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.journeys.journeys import JourneyVersion


class ArchiveJourney:
    """``await archive_journey(key, True, actor)`` puts a journey to rest; False brings it back."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(self, key: str, is_archived: bool, actor: AuditActor) -> bool:
        """Return whether this changed anything: not if it was so already, or no journey has the key."""
        now = self._clock.now()
        return await self._db.write(lambda tx: set_archived(tx, key, is_archived, actor, now)) is not None


def set_archived(
    tx: Connection, key: str, is_archived: bool, actor: AuditActor, now: datetime
) -> JourneyVersion | None:
    """Archive a journey or bring it back; return its version, None where nothing changed."""
    journeys.lock(tx, key)
    version = journeys.list_versions_in_force(tx).get(key)
    if version is None or (version.archived_at is not None) == is_archived:
        return None
    journeys.save_archived(tx, version, now if is_archived else None, actor.account if is_archived else None)
    action = AuditAction.ARCHIVE_JOURNEY if is_archived else AuditAction.UNARCHIVE_JOURNEY
    audit_entries.record_entry(tx, now, actor, action, journey=key)
    return version
