"""Put the file of an earlier version into force again.

Invariants:
* It becomes a new version with the same file: no version is ever changed or taken out of the history.
* The rules of a change hold for it as for a file: what would falsify history is refused.
* No answer is lost. Where the earlier version lacks a stage or a touchpoint that has answers by now, these stay stored
  and leave the map, until a version has the place again. The proposal names such places.
"""

from dataclasses import dataclass

from bot.clock import Clock
from bot.db.asking import answers
from bot.db.audit.audit_actions import AuditActor
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.usecases.journeys.apply_journey import JourneyProposal, make_proposal, put_into_force, refuse_overtaken
from cjm.journeys.journey import Journey
from cjm.journeys.versions.difference import ChangedPart, ChangeWarning, JourneyChange


@dataclass(frozen=True, slots=True)
class RollBack:
    """Earlier version that can be put into force again.

    ``hidden`` are the stages and touchpoints with answers that the version does not have.
    """

    version: int
    source: str
    proposal: JourneyProposal
    hidden: tuple[JourneyChange, ...]


class RollBackJourney:
    """``propose`` compares an earlier version with the one in force, ``apply`` puts it into force again.

    Both raise JourneyError for a forbidden change.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def propose(self, key: str, version: int | None) -> RollBack | None:
        """Return what would change; ``version`` None is the one before. None: there is no such version."""
        return await self._db.read(lambda tx: make_roll_back(tx, key, version))

    async def apply(self, key: str, roll_back: RollBack, actor: AuditActor) -> int:
        """Return the new version. Raises JourneyOvertaken when the journey was changed since the proposal."""
        now = self._clock.now()

        def write(tx: Connection) -> int:
            journeys.lock(tx, key)
            latest = make_roll_back(tx, key, roll_back.version)
            assert latest is not None  # versions stay for good
            refuse_overtaken(latest.proposal, roll_back.proposal.version)
            journey, restores = latest.proposal.journey, latest.version
            return put_into_force(tx, journey, latest.source, now=now, actor=actor, restores=restores)

        return await self._db.write(write)


def make_roll_back(tx: Connection, key: str, version: int | None) -> RollBack | None:
    """Compare an earlier version, or the one before, with the one in force. None: there is no such version.

    Raises JourneyError for a forbidden change, and for a journey that is archived.
    """
    in_force = journeys.list_versions_in_force(tx).get(key)
    wanted = version if version is not None or in_force is None else in_force.version - 1
    then = journeys.find_stored(tx, key, wanted) if wanted is not None else None
    if in_force is None or then is None or then.version == in_force.version:
        return None
    proposal = make_proposal(tx, then.journey, f"{key} (version {then.version})")
    return RollBack(then.version, then.source, proposal, _find_hidden(tx, in_force.journey, proposal))


def _find_hidden(tx: Connection, present: Journey, proposal: JourneyProposal) -> tuple[JourneyChange, ...]:
    leaving = [(each, _list_keys(present, each)) for each in proposal.difference.entries if _leaves_the_map(each)]
    # What was counted under a former key stays on the map where the earlier version knows that key.
    hidden = {key for _, keys in leaving for key in keys if proposal.journey.find_place(key) is None}
    answered = answers.find_answered_subjects(tx, present.key, hidden)
    return tuple(each for each, keys in leaving if answered.intersection(keys))


def _leaves_the_map(entry: JourneyChange) -> bool:
    is_place = entry.part in (ChangedPart.STAGE, ChangedPart.TOUCHPOINT)
    return is_place and entry.warning is ChangeWarning.LEAVES_THE_MAP


def _list_keys(journey: Journey, entry: JourneyChange) -> tuple[str, ...]:
    """Return the present and former keys of a place; its present one is the end of the entry's path."""
    place = journey.find_place(entry.path.rpartition(".")[2])
    return (place.part.key, *place.part.was) if place is not None else ()
