"""Changes that the demo's team has planned and made, by the plan of its template: one made, one planned, one overdue.

The verdict is not written here: it comes from the simulated answers, as the trouble began after the change.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.db.changes import changes
from bot.db.changes.changes import NewTeamChange
from bot.db.engine.database import Connection
from bot.demo.simulated.walk_plan import SimulatedChange
from cjm.journeys.journey import Journey

_DAY = timedelta(days=1)


def add_team_changes(
    tx: Connection,
    journey: Journey,
    planned: Sequence[SimulatedChange],
    language: str,
    begin: datetime,
    now: datetime,
) -> None:
    """Store the changes of a past from ``begin`` until ``now``; those made before it are left out."""
    for each in planned:
        made = None if each.made_days is None else now + each.made_days * _DAY
        if made is not None and made <= begin:
            continue
        new = NewTeamChange(
            journey=journey.key,
            subject=each.subject,
            question=each.question,
            option=each.option,
            title=each.title.in_language(language),
            owner=each.owner.in_language(language),
            due=(now + each.due_days * _DAY).astimezone(journey.zone).date(),
            planned_at=max(begin, now + each.planned_days * _DAY),
            made_on=made.astimezone(journey.zone).date() if made else None,
        )
        changes.insert_change(tx, new)
