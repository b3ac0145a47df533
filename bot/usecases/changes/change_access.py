"""Access of managers to changes, and changes as they are listed: helpers for the use cases of this room.

Invariants:

* A change is planned and taken further by managers of its journey, in their private chats. A team's chat only sees it.
* A step locks the change first, and stands in the audit log with the transaction that takes it. A step that moves
  nothing, as that of a second tap, stands in no log.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import AuditAction
from bot.db.changes import changes
from bot.db.engine.database import Connection
from bot.usecases.maps.read_changes import ChangeJudge
from bot.usecases.maps.read_map import MapChoice
from bot.usecases.teams.recognize_viewer import MapViewer, visible_journeys
from cjm.cases.team_change import ChangeRefusal, TeamChange
from cjm.figures.findings.change_news import JudgedChange
from cjm.figures.journey_map import Period
from cjm.journeys.journey import Journey

TakeChangeStep = Callable[[TeamChange, date], ChangeRefusal | None]


@dataclass(frozen=True, slots=True)
class ListedChange:
    """Change with its verdict today and its journey. ``may_change``: the viewer may take steps with it."""

    judged: JudgedChange
    journey: Journey
    today: date
    may_change: bool

    @property
    def change(self) -> TeamChange:
        return self.judged.change

    @property
    def counts_people(self) -> bool:
        return not self.journey.anonymous


def take_change_step(
    tx: Connection, viewer: MapViewer, change_id: int, action: AuditAction, now: datetime, step: TakeChangeStep
) -> ChangeRefusal | None:
    """Take a step with a change that the viewer may change; return why it was not taken.

    ``step`` gets the change and the day in its journey's zone, and stores what becomes of it.
    """
    found = find_change(tx, viewer, change_id, for_update=True)
    if found is None:
        return ChangeRefusal.GONE
    change, journey = found
    refusal = step(change, now.astimezone(journey.zone).date())
    if refusal is None and changes.find_by_id(tx, change_id) != change:
        record_change(tx, viewer, action, change.id, journey.key, now)
    return refusal


def find_change(
    tx: Connection, viewer: MapViewer, change_id: int, *, for_update: bool = False
) -> tuple[TeamChange, Journey] | None:
    """Return a change and its journey, if the viewer is a manager who may change it."""
    change = changes.find_by_id(tx, change_id, for_update=for_update) if viewer.is_manager else None
    journey = visible_journeys(tx, viewer).get(change.journey) if change is not None else None
    return None if change is None or journey is None else (change, journey)


def record_change(
    tx: Connection, viewer: MapViewer, action: AuditAction, change_id: int, journey: str, now: datetime
) -> None:
    """Record who did what with a change, by its number: the log holds no words."""
    audit_entries.record_entry(tx, now, viewer.in_audit, action, journey=journey, subject=f"change {change_id}")


def load_change(
    tx: Connection, viewer: MapViewer, change_id: int, minimum: int, now: datetime
) -> ListedChange | ChangeRefusal:
    """Return a change as a manager of its journey sees it."""
    found = find_change(tx, viewer, change_id)
    if found is None:
        return ChangeRefusal.GONE
    change, journey = found
    others = changes.list_by_journeys(tx, [journey.key])
    return list_judged(tx, viewer, [change], {journey.key: journey}, others, minimum, now)[0]


def list_judged(
    tx: Connection,
    viewer: MapViewer,
    wanted: Sequence[TeamChange],
    journeys: dict[str, Journey],
    others: Sequence[TeamChange],
    minimum: int,
    now: datetime,
) -> list[ListedChange]:
    """Return changes with their verdicts today; ``others`` are all changes of these journeys."""
    judges = {
        key: ChangeJudge(
            tx, _whole_journey(journey, viewer, now), minimum, [each for each in others if each.journey == key]
        )
        for key, journey in journeys.items()
    }
    listed = []
    for change in wanted:
        journey = journeys[change.journey]
        today = now.astimezone(journey.zone).date()
        listed.append(
            ListedChange(judges[journey.key].judge(change, today), journey, today, may_change=viewer.is_manager)
        )
    return listed


def _whole_journey(journey: Journey, viewer: MapViewer, now: datetime) -> MapChoice:
    today = now.astimezone(journey.zone).date()
    return MapChoice(journey, Period(today, today), None, None, viewer.language)
