"""Tell once when the database cannot be used, and once when it can be again.

Everything that waits for the database tries again by itself, many times a second in all; the log has two lines. What
is wrong from the beginning is no outage: it ends a command or a start with its sentence, or is told by the start.
"""

import logging
from typing import Literal

from bot.clock import monotonic

log = logging.getLogger(__name__)
QUIET_SECONDS = 60.0  # an outage that follows another so soon is told with it: a database that comes and goes


class OutageLog:
    """Outages of one way to use the database; ``problem`` is the sentence of the one that lasts, or None."""

    def __init__(self, way: Literal["reading", "writing"]) -> None:
        self.problem: str | None = None
        self._way = way
        self._has_worked = False
        self._is_told = False
        self._told_at: float | None = None

    def record_failure(self, problem: str) -> None:
        """Log the problem if it begins an outage."""
        is_new = self.problem is None and self._has_worked
        if is_new and (self._told_at is None or monotonic() - self._told_at > QUIET_SECONDS):
            log.error("the database is away", extra={"way": self._way, "error": problem})
            self._is_told, self._told_at = True, monotonic()
        self.problem = problem

    def record_success(self) -> None:
        """Log the end of an outage whose beginning was logged."""
        if self.problem is not None and self._is_told:
            log.info("the database answers again", extra={"way": self._way})
        self.problem, self._is_told, self._has_worked = None, False, True
