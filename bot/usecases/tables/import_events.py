"""Record a batch of past events as if they had been posted. With ``rules`` None nobody is asked about them."""

from collections.abc import Sequence
from datetime import datetime

from bot.db.engine.database import Connection
from bot.usecases.asking.record_visits import EventStatus, record_events
from cjm.asking.decision import AskingRules
from cjm.errors import Mistake
from cjm.tables.event_rows import EventRow
from cjm.tables.table_file import BadRow


def import_events(
    tx: Connection, rows: Sequence[EventRow], rules: AskingRules | None, now: datetime
) -> tuple[int, int, list[BadRow]]:
    """Return how many events are new, how many were known already, and the bad rows with all their mistakes.

    A wide row holds several events: the good ones are recorded, and the row is reported for the others.
    """
    lines = [row.line for row in rows for _ in row.events]
    results = record_events(tx, [event for row in rows for event in row.events], rules, now)
    mistakes: dict[int, list[Mistake]] = {}
    for line, result in zip(lines, results, strict=True):
        if result.mistakes:
            mistakes.setdefault(line, []).extend(result.mistakes)
    new, known = (sum(r.status is status for r in results) for status in (EventStatus.ACCEPTED, EventStatus.REPEATED))
    return new, known, [BadRow(line, tuple(dict.fromkeys(found))) for line, found in mistakes.items()]
