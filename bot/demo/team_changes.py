"""Changes that the demo's team has planned and made: one with a verdict, one planned, one overdue.

The verdict is not written here: it comes from the simulated answers, as deliveries slowed down after the change.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from bot.db.changes import changes
from bot.db.changes.changes import NewTeamChange
from bot.db.engine.database import Connection
from bot.demo.shoppers.walks import SLUMP
from bot.texts import words_in
from cjm.journeys.journey import Journey

_DAY = timedelta(days=1)


class _DemoChange(NamedTuple):
    """Change of the demo; times count from the beginning of the demo. ``made`` is None for a planned one."""

    name: str
    subject: str
    question: str | None
    option: str | None
    planned: timedelta
    due: timedelta
    made: timedelta | None = None


_CHANGES = (
    _DemoChange("courier", "delivery", None, None, -SLUMP - 12 * _DAY, -SLUMP, -SLUMP - _DAY),
    _DemoChange("call", "delivery", "delivery_barrier", "silence", -4 * _DAY, 12 * _DAY),
    _DemoChange("sizes", "product_page", "choosing_barrier", "sizes", -20 * _DAY, -3 * _DAY),
)


def add_team_changes(tx: Connection, journey: Journey, language: str, begin: datetime, now: datetime) -> None:
    """Store the changes of a past from ``begin`` until ``now``; those made before it are left out."""
    words = words_in(language)
    for each in _CHANGES:
        planned_at, made = now + each.planned, None if each.made is None else now + each.made
        if made is not None and made <= begin:
            continue
        new = NewTeamChange(
            journey=journey.key,
            subject=each.subject,
            question=each.question,
            option=each.option,
            title=words(f"demo.change.{each.name}"),
            owner=words(f"demo.change.{each.name}.owner"),
            due=(now + each.due).astimezone(journey.zone).date(),
            planned_at=max(begin, planned_at),
            made_on=made.astimezone(journey.zone).date() if made else None,
        )
        changes.insert_change(tx, new)
