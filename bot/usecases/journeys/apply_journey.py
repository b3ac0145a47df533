"""Compare a journey file with the version in force, and put it into force.

Invariants:
* A file with any mistake changes nothing.
* A change that would falsify history, such as another scale of a question, is refused.
"""

from dataclasses import dataclass

from bot.clock import Clock
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from cjm.errors import JourneyError
from cjm.journeys.comparison import compare_journeys
from cjm.journeys.difference import JourneyDifference
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey


@dataclass(frozen=True, slots=True)
class JourneyProposal:
    """File that can be applied, and what would change. ``version`` is the one that it was compared with, 0 for none."""

    journey: Journey
    source: str
    difference: JourneyDifference
    version: int


class ApplyJourney:
    """``propose`` compares and ``apply`` puts into force. Both raise JourneyError with every mistake of the file."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def propose(self, source: str, file: str) -> JourneyProposal:
        journey = read_journey(source, file)
        return await self._db.read(lambda tx: propose_journey(tx, journey, source, file))

    async def apply(self, source: str, file: str, by: str | None = None) -> int:
        """Put the file into force and return its version; ``by`` is who did it, and is stored with it."""
        journey, now = read_journey(source, file), self._clock.now()

        def write(tx: Connection) -> int:
            propose_journey(tx, journey, source, file)  # raises for what may never change
            return journeys.apply(tx, journey, source, now=now, by=by)

        return await self._db.write(write)


def propose_journey(tx: Connection, journey: Journey, source: str, file: str) -> JourneyProposal:
    """Compare a journey with the version in force. Raises JourneyError for what may never change."""
    current = journeys.list_versions(tx).get(journey.key)
    difference = compare_journeys(current.journey if current else None, journey)
    if difference.refusals:
        raise JourneyError(file, difference.refusals)
    return JourneyProposal(journey, source, difference, current.version if current else 0)
