"""A journey file comes into force: read, compared with what is in force, shown, applied."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from cjm.errors import JourneyError
from cjm.journeys.difference import JourneyDifference, compare_journeys
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey


@dataclass(frozen=True, slots=True)
class JourneyProposal:
    """A file that can be applied, and what would change. ``version`` is the one it was compared with (0: none)."""

    journey: Journey
    source: str
    difference: JourneyDifference
    version: int


class ApplyJourney:
    """``propose`` compares, ``apply`` puts into force. Both raise JourneyError with every mistake of the file."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def propose(self, source: str, file: str) -> JourneyProposal:
        journey = read_journey(source, file)
        return await self._db.read(lambda tx: propose_journey(tx, journey, source, file))

    async def apply(self, source: str, file: str, by: str | None = None) -> int:
        """Returns the version in force now."""
        journey, now = read_journey(source, file), self._clock.now()

        def write(tx: Connection) -> int:
            propose_journey(tx, journey, source, file)
            return journeys.apply(tx, journey, source, now=now, by=by)

        return await self._db.write(write)


def propose_journey(tx: Connection, journey: Journey, source: str, file: str) -> JourneyProposal:
    """Compare with what is in force. Raises JourneyError for what may never change."""
    before = journeys.list_versions(tx).get(journey.key)
    found = compare_journeys(before.journey if before else None, journey)
    if found.refusals:
        raise JourneyError(file, found.refusals)
    return JourneyProposal(journey, source, found, before.version if before else 0)
