"""Examples for the help of managers and teams: a journey and a customer that exist."""

from dataclasses import dataclass

from bot.db.asking import decisions
from bot.db.engine.database import Connection, Database
from bot.usecases.teams.recognize_viewer import MapViewer, visible_journeys


@dataclass(frozen=True, slots=True)
class CommandExamples:
    """Key of a journey and the business's id of a customer, of those that the viewer may see.

    The customer is the one about whom Tropa decided last. Nobody of an anonymous journey is an example. The defaults
    stand where there is no journey or customer yet.
    """

    journey: str = "shop"
    customer: str = "77"


class FindCommandExamples:
    """``await find_examples(viewer) -> CommandExamples``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def __call__(self, viewer: MapViewer) -> CommandExamples:
        return await self._db.read(lambda tx: find_command_examples(tx, viewer))


def find_command_examples(tx: Connection, viewer: MapViewer) -> CommandExamples:
    seen = visible_journeys(tx, viewer)
    named = [key for key, journey in seen.items() if not journey.anonymous]
    usual = CommandExamples()
    customer = decisions.find_latest_customer(tx, named) if named else None
    return CommandExamples(next(iter(seen), usual.journey), customer or usual.customer)
