"""Take visits of imports back: their counters, presence and passages, and their rows where nothing hangs on them.

It runs in its caller's transaction, after the people were locked.

Invariants:

* A visit that somebody was asked about stays as a withdrawn one, with what was asked and answered. It gives its event's
  id back: the event may come again, by itself or by an import, which then restores the visit (`removed_id`).
* A visit that was withdrawn before stays withdrawn, and its event cannot come back: that was somebody else's word.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.db.asking import visit_corrections
from bot.db.asking.recounting import recount
from bot.db.engine.database import Connection
from bot.db.journeys import visits
from bot.db.journeys.visits import Visit
from bot.usecases.asking.visit_changes import drop_unsent_invitations
from cjm.journeys.journey import Journey

_MOST_ID = 128


@dataclass(frozen=True, slots=True)
class RemovedVisits:
    """Counts of visits that were taken back, and of answers in the chat that stay although their visit is gone."""

    visits: int = 0
    chat_answers_kept: int = 0


def removed_id(event_id: str) -> str:
    """Return the id under which a visit is kept that was asked about and then taken back."""
    whole = f"removed:{event_id}"
    return whole if len(whole) <= _MOST_ID else f"removed:#{hashlib.sha256(event_id.encode()).hexdigest()}"


def remove_visits(tx: Connection, journey: Journey, taken: Sequence[Visit]) -> RemovedVisits:
    """Take back visits to a journey, as it is in force, that rows of imports told."""
    visits.release_from_imports(tx, [visit.id for visit in taken if visit.withdrawn])
    going = [visit for visit in taken if not visit.withdrawn]
    if not going:
        return RemovedVisits()
    ids = [visit.id for visit in going]
    asked = visit_corrections.find_asked(tx, ids)
    drop_unsent_invitations(tx, ids)
    with recount(tx, journey, going):
        visit_corrections.save_corrected(tx, _list_kept(tx, [visit for visit in going if visit.id in asked]))
        visits.delete_uncounted(tx, [number for number in ids if number not in asked])
    return RemovedVisits(len(going), visit_corrections.count_chat_answers(tx, sorted(asked)))


def _list_kept(tx: Connection, kept: Sequence[Visit]) -> list[Visit]:
    """Return visits as they are kept, withdrawn and without their event's id."""
    taken_ids = visits.list_by_event_ids(tx, [removed_id(visit.event_id) for visit in kept])
    return [
        replace(
            visit,
            # The id may be taken by an earlier visit that was kept and belongs to somebody else.
            event_id=wanted if (wanted := removed_id(visit.event_id)) not in taken_ids else f"removed:#{visit.id}",
            withdrawn=True,
            import_row_id=None,
        )
        for visit in kept
    ]
