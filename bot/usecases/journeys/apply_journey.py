"""Compare a journey file with the version in force, and put it into force.

Invariants:
* A file with any mistake changes nothing.
* A change that would falsify history, such as another scale of a question, is refused, also where an older version had
  the question last.
* A journey that is archived takes no file until it is brought back.
* Of two people who apply at the same moment the second is told, and nothing of theirs is applied.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from bot.clock import Clock
from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import TROPA, AuditAction, AuditActor
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journey_drafts, journeys
from bot.db.upkeep import counter_check
from cjm.drawing.lettering.undrawable_texts import UndrawableText, find_undrawable_texts
from cjm.errors import JourneyError, Mistake, TropaError
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey
from cjm.journeys.versions.comparison import compare_journeys, has_other_pairs
from cjm.journeys.versions.difference import JourneyDifference


@dataclass(frozen=True, slots=True)
class JourneyProposal:
    """Journey that can be applied, and what would change. ``version`` is the one it was compared with, 0 for none.

    ``undrawable`` are texts with letters that no font has: advice, which keeps nobody from applying the file.
    """

    journey: Journey
    difference: JourneyDifference
    version: int
    undrawable: tuple[UndrawableText, ...] = ()


class JourneyOvertaken(TropaError):  # noqa: N818 - an outcome, as its parent's other children are named
    """Somebody put another version into force between the look at a difference and the yes to it."""

    def __init__(self, key: str, version: int) -> None:
        super().__init__(f"{key}: version {version} came into force meanwhile; look at the difference again")


class ApplyJourney:
    """``propose`` compares a file with the version in force, and ``apply`` puts it into force.

    Both raise JourneyError with every mistake of the file or, if it has none, every forbidden change.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def propose(self, text: str, file_name: str) -> JourneyProposal:
        journey = read_journey(text, file_name)
        return await self._db.read(lambda tx: make_proposal(tx, journey, file_name))

    async def apply(self, text: str, file_name: str, actor: AuditActor = TROPA, seen: int | None = None) -> int:
        """Put the file into force and return its version; the same file again changes nothing.

        ``seen`` is the version that its difference was shown against, if it was. Raises JourneyOvertaken when another
        one is in force by now.
        """
        journey, now = read_journey(text, file_name), self._clock.now()

        def write(tx: Connection) -> int:
            journeys.lock(tx, journey.key)
            proposal = make_proposal(tx, journey, file_name)  # raises for a forbidden change
            refuse_overtaken(proposal, seen)
            return put_into_force(tx, journey, text, now=now, actor=actor)

        return await self._db.write(write)


def refuse_overtaken(proposal: JourneyProposal, seen: int | None) -> None:
    """Raise JourneyOvertaken unless the version in force is still the one that was seen; None: nothing was shown."""
    if seen is not None and proposal.version != seen:
        raise JourneyOvertaken(proposal.journey.key, proposal.version)


def put_into_force(
    tx: Connection,
    journey: Journey,
    source: str,
    *,
    now: datetime,
    actor: AuditActor,
    restores: int | None = None,
) -> int:
    """Put a file into force and return its version; a new version leaves an entry in the audit log.

    ``restores`` is the earlier version whose file it is. A draft that holds just this file is a draft no more.
    Where the version changes which days are of one person at one place, the counters are counted again from the rows:
    else somebody who came on many days could pass for many people.
    """
    in_force = journeys.list_versions_in_force(tx).get(journey.key)
    before = in_force.journey if in_force is not None else None
    version = journeys.apply(tx, journey, source, now=now, applied_by=actor.account, restores=restores)
    if in_force is None or in_force.version != version:
        record_version(tx, journey.key, version, actor, now, restores)
    draft = journey_drafts.find_by_key(tx, journey.key)
    if draft is not None and draft.source == source:
        journey_drafts.delete_draft(tx, journey.key)
    if before is not None and has_other_pairs(before, journey):
        counter_check.rebuild_counters(tx, journey)
    return version


def record_version(
    tx: Connection, key: str, version: int, actor: AuditActor, now: datetime, restores: int | None = None
) -> None:
    """Record in the audit log who put a version of a journey into force; ``restores``: a file of before."""
    action = AuditAction.APPLY_JOURNEY if restores is None else AuditAction.ROLL_BACK_JOURNEY
    subject = f"version {version}" + (f", as version {restores}" if restores is not None else "")
    audit_entries.record_entry(tx, now, actor, action, journey=key, subject=subject)


def make_proposal(tx: Connection, journey: Journey, file_name: str) -> JourneyProposal:
    """Return the difference from the version in force.

    Raises JourneyError for forbidden changes, and for a journey that is archived.
    """
    current = journeys.list_versions_in_force(tx).get(journey.key)
    if current is not None and current.archived_at is not None:
        since = f"{current.archived_at:%Y-%m-%d}"
        advice = f"the journey is archived since {since}, and changes only once it is brought back from there"
        raise JourneyError(file_name, [Mistake("", advice)])
    difference = compare_journeys(current.journey if current else None, journey, _list_earlier(tx, journey.key))
    if difference.refusals:
        raise JourneyError(file_name, difference.refusals)
    undrawable = tuple(find_undrawable_texts(journey))
    return JourneyProposal(journey, difference, current.version if current else 0, undrawable)


def _list_earlier(tx: Connection, key: str) -> Iterator[Journey]:
    """Yield the versions before the one in force, the newest first; each is read when it is looked at."""
    return islice(journeys.list_newest_first(tx, key), 1, None)
