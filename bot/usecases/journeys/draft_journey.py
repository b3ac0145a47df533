"""Keep a journey file as a draft: checked and compared, and not in force until it is applied.

Invariants:
* A journey has one draft at most; another one replaces it. Its author is named before.
* A draft never asks, counts or shows anything to customers; it ends when it is applied or discarded.
"""

from datetime import datetime

from bot.clock import Clock
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import AuditAction, AuditActor
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journey_drafts, journeys
from bot.db.journeys.journey_drafts import JourneyDraft
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey


class DraftJourney:
    """``keep`` stores a file as the draft of its journey, ``discard`` drops it; the command line uses both."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def keep(self, text: str, file_name: str, actor: AuditActor) -> None:
        """Keep a file, in the place of an earlier draft. Raises JourneyError with every mistake."""
        journey, now = read_journey(text, file_name), self._clock.now()
        await self._db.write(lambda tx: keep_draft(tx, journey, text, actor, now))

    async def discard(self, key: str, actor: AuditActor) -> bool:
        """Drop the draft of a journey; return False if there is none."""
        now = self._clock.now()
        return await self._db.write(lambda tx: discard_draft(tx, key, actor, now)) is not None


def keep_draft(tx: Connection, journey: Journey, source: str, actor: AuditActor, now: datetime) -> JourneyDraft | None:
    """Keep a file as the draft of its journey; return the other draft that it replaced, if any."""
    journeys.lock(tx, journey.key)
    before = journey_drafts.find_by_key(tx, journey.key)
    if before is not None and before.source == source:
        return None
    journey_drafts.save(tx, JourneyDraft(journey.key, source, actor.account, now))
    audit_entries.record_entry(tx, now, actor, AuditAction.DRAFT_JOURNEY, journey=journey.key)
    return before


def discard_draft(tx: Connection, key: str, actor: AuditActor, now: datetime) -> JourneyDraft | None:
    """Drop the draft of a journey and return it; None if there is none."""
    journeys.lock(tx, key)
    draft = journey_drafts.find_by_key(tx, key)
    if draft is not None:
        journey_drafts.delete_draft(tx, key)
        audit_entries.record_entry(tx, now, actor, AuditAction.DISCARD_DRAFT, journey=key)
    return draft
