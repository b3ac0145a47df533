"""Record that somebody looks at customers' words, before they are shown."""

from collections.abc import Iterable
from datetime import datetime

from bot.clock import Clock
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import AuditAction, AuditActor
from bot.db.engine.database import Connection, Database
from cjm.figures.journey_map import JourneyMap


class RecordLook:
    """``await record_look(actor, action, "shop", writers)``. A view without anybody's words leaves no entry.

    ``writers`` has the id of the customer for each quote, None where a quote names nobody. On SQLite it shares a commit
    with other writes. Raises DatabaseError when it cannot be stored: then nothing may be shown.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(
        self,
        actor: AuditActor,
        action: AuditAction,
        journey: str | None,
        writers: Iterable[int | None],
        subject: str | None = None,
    ) -> None:
        listed, now = tuple(writers), self._clock.now()
        if listed:
            await self._db.write(lambda tx: record_look(tx, now, actor, action, journey, listed, subject))


def record_look(
    tx: Connection,
    now: datetime,
    actor: AuditActor,
    action: AuditAction,
    journey: str | None,
    writers: Iterable[int | None],
    subject: str | None = None,
) -> None:
    """Record a look in this transaction; each quote without a known writer counts for one person."""
    listed = tuple(writers)
    persons = {writer for writer in listed if writer is not None}
    audit_entries.record_entry(
        tx,
        now,
        actor,
        action,
        journey=journey,
        subject=subject,
        persons=persons,
        people=len(persons) + listed.count(None),
    )


def list_map_writers(journey_map: JourneyMap) -> list[int | None]:
    """Return the writer of each quote of a map."""
    of_personas = [persona.voice.writer for persona in journey_map.personas if persona.voice is not None]
    of_day = [voice.writer for voice in journey_map.day.voices] if journey_map.day is not None else []
    return [voice.writer for stage in journey_map.stages for voice in stage.voices] + of_personas + of_day
