"""Put the journey files that the settings name into force, at start.

Invariant: a file is applied only if its journey has no version yet. So a restart never undoes a change that was made
since, in the chat or on the command line, nor a roll-back, and wakes no journey that is archived; a file that differs
from the version in force is reported in the log.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from bot.clock import Clock
from bot.db.audit.audit_actions import TROPA
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.usecases.journeys.apply_journey import record_version
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey, read_journey_text

SETTINGS = "settings"
"""Who applied a version that came from the files of the settings."""

log = logging.getLogger(__name__)


class ApplyConfiguredJourneys:
    """``await apply_configured_journeys(files)``. Raises JourneyError with every mistake of the first wrong file.

    What was applied before it stays: each file is applied in a transaction of its own.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(self, files: Iterable[Path]) -> None:
        for file in files:
            text = read_journey_text(file)
            journey, now = read_journey(text, str(file)), self._clock.now()
            if not await self._db.write(lambda tx: apply_if_new(tx, journey, text, now)):  # noqa: B023 - the lambda runs before the loop goes on
                log.warning("a journey file differs from what is in force", extra={"journey": journey.key})


def apply_if_new(tx: Connection, journey: Journey, text: str, now: datetime) -> bool:
    """Apply the file if the journey has no version yet. Return False if a different file is in force."""
    journeys.lock(tx, journey.key)
    in_force = journeys.list_versions_in_force(tx).get(journey.key)
    if in_force is None:
        version = journeys.apply(tx, journey, text, now=now, applied_by=SETTINGS)
        record_version(tx, journey.key, version, TROPA, now)
    return in_force is None or in_force.source == text
