"""Put the journey files that the settings name into force, at start.

Invariant: a file is applied only where no version is in force. A change made since, in the chat or on the command line,
is never undone by a restart; a file that differs is reported in the log.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from bot.clock import Clock
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey_file
from cjm.toml_file import read_toml_text

log = logging.getLogger(__name__)


class TakeUpJourneys:
    """``await take_up_journeys(files)``. Raises JourneyError for a file that cannot be applied, with every mistake."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(self, files: Iterable[Path]) -> None:
        for file in files:
            journey, source, now = read_journey_file(file), read_toml_text(file), self._clock.now()
            if not await self._db.write(lambda tx: take_up_journey(tx, journey, source, now)):  # noqa: B023 - the lambda runs before the loop goes on
                log.warning("a journey file differs from what is in force", extra={"journey": journey.key})


def take_up_journey(tx: Connection, journey: Journey, source: str, now: datetime) -> bool:
    """Put a file into force where nothing is; return False when another file is in force."""
    known = journeys.list_versions(tx).get(journey.key)
    if known is None:
        journeys.apply(tx, journey, source, now=now, by="settings")
    return known is None or known.source == source
