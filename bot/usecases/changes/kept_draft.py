"""A change while it is being planned: what is stored of it, and which question comes next.

Invariants:

* A draft is a kept view of a chat. Each time it is loaded, its journey must still be one that the manager may change,
  and its place must still be there.
* The next step is the first one that has no answer yet; a step without a choice (one journey, a stage without
  touchpoints, a place where no barrier can be named) is passed over.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from bot.db.delivery import views
from bot.db.delivery.views import ViewKind
from bot.db.engine.database import Connection
from bot.usecases.changes.awaited_parts import ChangePart
from bot.usecases.teams.recognize_viewer import MapViewer, visible_journeys
from cjm.figures.choices.place_barriers import PlaceBarrier, find_barrier, list_barriers
from cjm.journeys.journey import Journey, JourneyPlace, Touchpoint
from cjm.journeys.parts.touchpoint_status import TouchpointStatus

DraftData = dict[str, Any]


class DraftStep(StrEnum):
    """Next question about a change that is being planned, in their order."""

    JOURNEY = "journey"
    STAGE = "stage"
    PLACE = "place"  # the whole stage, or one of its touchpoints
    BARRIER = "barrier"
    TITLE = "title"
    OWNER = "owner"
    DUE = "due"
    CONFIRM = "confirm"


TYPED_PARTS = {DraftStep.TITLE: ChangePart.TITLE, DraftStep.OWNER: ChangePart.OWNER, DraftStep.DUE: ChangePart.DUE}
_ANSWERED = tuple(step.value for step in DraftStep if step is not DraftStep.CONFIRM)
NO_BARRIER: list[str] = []


@dataclass(frozen=True, slots=True)
class ChangeDraft:
    """Change while it is being planned: the next ``step``, what it can be answered with, and the answers so far."""

    view_id: int
    step: DraftStep
    today: date
    journeys: tuple[Journey, ...] = ()
    journey: Journey | None = None
    place: JourneyPlace | None = None
    touchpoints: tuple[Touchpoint, ...] = ()
    barriers: tuple[PlaceBarrier, ...] = ()
    barrier: PlaceBarrier | None = None
    title: str = ""
    owner: str = ""
    due: date | None = None
    change_id: int | None = None  # once it is planned

    @property
    def awaits_text(self) -> bool:
        """True while the answer to the step can be typed."""
        return self.step in TYPED_PARTS


def load_draft(
    tx: Connection, viewer: MapViewer, view_id: int, now: datetime, *, for_update: bool = False
) -> tuple[ChangeDraft, DraftData] | None:
    """Return a draft as `find_draft` does, with what is stored of it."""
    stored = views.find(tx, view_id, viewer.chat, ViewKind.CHANGE, for_update=for_update)
    if stored is None or not viewer.is_manager:
        return None
    data, visible = dict(stored.data), visible_journeys(tx, viewer)
    journeys = tuple(visible[key] for key in data["journeys"] if key in visible)
    if "journey" not in data:
        return ChangeDraft(view_id, DraftStep.JOURNEY, now.date(), journeys), data
    journey = visible.get(data["journey"])
    if journey is None:
        return None
    draft = _fill_draft(view_id, data, journeys, journey, now)
    return None if draft is None else (draft, data)


def find_draft(tx: Connection, viewer: MapViewer, view_id: int, now: datetime) -> ChangeDraft | None:
    """Return a draft of the viewer's chat; None where it is gone, or its journey or place."""
    found = load_draft(tx, viewer, view_id, now)
    return None if found is None else found[0]


def forget_last_answer(data: DraftData) -> DraftData:
    """Return a draft without its last answer. The only journey is no answer, so it stays."""
    given = [key for key in _ANSWERED if key in data and not (key == "journey" and len(data["journeys"]) == 1)]
    return {key: value for key, value in data.items() if key != given[-1]} if given else data


def _fill_draft(
    view_id: int, data: DraftData, journeys: tuple[Journey, ...], journey: Journey, now: datetime
) -> ChangeDraft | None:
    today = now.astimezone(journey.zone).date()
    if "stage" not in data:
        return ChangeDraft(view_id, DraftStep.STAGE, today, journeys, journey)
    stage = journey.find_place(data["stage"])
    if stage is None:
        return None
    points = tuple(point for point in stage.stage.touchpoints if point.status is not TouchpointStatus.REMOVED)
    place = journey.find_place(data["place"]) if "place" in data else stage
    if place is None:
        return None
    barriers = tuple(list_barriers(journey, place))
    chosen = data.get("barrier") or [None, None]
    step = _find_step(data, has_points=bool(points), has_barriers=bool(barriers))
    return ChangeDraft(
        view_id,
        step,
        today,
        journeys,
        journey,
        place,
        points,
        barriers,
        find_barrier(journey, place, *chosen),
        data.get("title", ""),
        data.get("owner", ""),
        date.fromisoformat(data["due"]) if "due" in data else None,
        data.get("change"),
    )


def _find_step(data: DraftData, *, has_points: bool, has_barriers: bool) -> DraftStep:
    if has_points and "place" not in data:
        return DraftStep.PLACE
    if has_barriers and "barrier" not in data:
        return DraftStep.BARRIER
    return next((step for step in TYPED_PARTS if step.value not in data), DraftStep.CONFIRM)
