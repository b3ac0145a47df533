"""Compare a journey file with the version in force, and put it into force.

Invariants:
* A file with any mistake changes nothing.
* A change that would falsify history, such as another scale of a question, is refused.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import TROPA, AuditAction, AuditActor
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.upkeep import counter_check
from cjm.drawing.lettering.undrawable_texts import UndrawableText, find_undrawable_texts
from cjm.errors import JourneyError
from cjm.journeys.comparison import compare_journeys, has_other_pairs
from cjm.journeys.difference import JourneyDifference
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey


@dataclass(frozen=True, slots=True)
class JourneyProposal:
    """Journey that can be applied, and what would change. ``version`` is the one it was compared with, 0 for none.

    ``undrawable`` are texts with letters that no font has: advice, which keeps nobody from applying the file.
    """

    journey: Journey
    difference: JourneyDifference
    version: int
    undrawable: tuple[UndrawableText, ...] = ()


class ApplyJourney:
    """``propose`` compares a file with the version in force, and ``apply`` puts it into force.

    Both raise JourneyError with every mistake of the file or, if it has none, every forbidden change.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def propose(self, text: str, file_name: str) -> JourneyProposal:
        journey = read_journey(text, file_name)
        return await self._db.read(lambda tx: make_proposal(tx, journey, file_name))

    async def apply(self, text: str, file_name: str, applied_by: str | None = None, actor: AuditActor = TROPA) -> int:
        """Put the file into force and return its version; the same file again changes nothing.

        ``applied_by`` says in which way, and is stored with the version; ``actor`` did it, for the audit log.
        """
        journey, now = read_journey(text, file_name), self._clock.now()

        def write(tx: Connection) -> int:
            make_proposal(tx, journey, file_name)  # raises for a forbidden change
            return put_into_force(tx, journey, text, now=now, applied_by=applied_by, actor=actor)

        return await self._db.write(write)


def put_into_force(
    tx: Connection, journey: Journey, source: str, *, now: datetime, applied_by: str | None, actor: AuditActor
) -> int:
    """Put a file into force and return its version; a new version leaves an entry in the audit log.

    Where it changes which days are of one person at one place, the counters are counted again from the rows: else
    somebody who came on many days could pass for many people.
    """
    in_force = journeys.list_versions_in_force(tx).get(journey.key)
    before = in_force.journey if in_force is not None else None
    version = journeys.apply(tx, journey, source, now=now, applied_by=applied_by)
    if in_force is None or in_force.version != version:
        record_version(tx, journey.key, version, actor, now)
    if before is not None and has_other_pairs(before, journey):
        counter_check.rebuild_counters(tx, journey)
    return version


def record_version(tx: Connection, key: str, version: int, actor: AuditActor, now: datetime) -> None:
    """Record in the audit log who put a version of a journey into force."""
    action = AuditAction.APPLY_JOURNEY
    audit_entries.record_entry(tx, now, actor, action, journey=key, subject=f"version {version}")


def make_proposal(tx: Connection, journey: Journey, file_name: str) -> JourneyProposal:
    """Return the difference from the version in force. Raises JourneyError for forbidden changes."""
    current = journeys.list_versions_in_force(tx).get(journey.key)
    difference = compare_journeys(current.journey if current else None, journey)
    if difference.refusals:
        raise JourneyError(file_name, difference.refusals)
    undrawable = tuple(find_undrawable_texts(journey))
    return JourneyProposal(journey, difference, current.version if current else 0, undrawable)
