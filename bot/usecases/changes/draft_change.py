"""Draft a change step by step: its place, the barrier it answers, what is changed, by whom and until when.

Invariants:

* A draft is a kept view: nothing is planned before it is confirmed (`PlanChange`).
* The next step is the first one that has no answer yet; a step without a choice (one journey, a stage without
  touchpoints, a place where no barrier can be named) is passed over.
* Each step checks again that the manager may change the journey, and that its place is still there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.clock import Clock
from bot.db.delivery import views
from bot.db.delivery.views import ViewKind
from bot.db.engine.database import Connection, Database
from bot.usecases.changes.awaited_parts import AwaitedPart, ChangePart, await_nothing, await_part, find_awaited_part
from bot.usecases.teams.recognize_viewer import MapViewer, visible_journeys
from cjm.cases.team_change import ChangeRefusal, check_due_day, fit_owner, fit_title
from cjm.figures.choices.place_barriers import PlaceBarrier, find_barrier, list_barriers
from cjm.figures.map_view import MapView
from cjm.journeys.journey import Journey, JourneyPlace, Touchpoint
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.tables.times.typed_day import read_day

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


_TYPED = {DraftStep.TITLE: ChangePart.TITLE, DraftStep.OWNER: ChangePart.OWNER, DraftStep.DUE: ChangePart.DUE}
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


class DraftChange:
    """Steps of a draft; each returns the draft after it, or why it was not taken."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def begin(self, viewer: MapViewer) -> ChangeDraft | ChangeRefusal:
        """Begin with the choice of a journey, or of a stage where there is one journey."""
        now = self._clock.now()
        return await self._db.write(lambda tx: _begin(tx, viewer, {}, now))

    async def begin_at(self, viewer: MapViewer, map_view: int, stage: str) -> ChangeDraft | ChangeRefusal:
        """Begin at a stage of a map that the chat shows."""
        now = self._clock.now()

        def write(tx: Connection) -> ChangeDraft | ChangeRefusal:
            stored = views.find(tx, map_view, viewer.chat, ViewKind.MAP)
            if stored is None:
                return ChangeRefusal.GONE
            return _begin(tx, viewer, {"journey": MapView.of(stored.data).journey, "stage": stage}, now)

        return await self._db.write(write)

    async def choose_journey(self, viewer: MapViewer, view_id: int, number: int) -> ChangeDraft | ChangeRefusal:
        """Choose a journey by its place in the list."""

        def choose(draft: ChangeDraft) -> DraftData | None:
            is_there = number < len(draft.journeys)
            return {"journey": draft.journeys[number].key} if is_there else None

        return await self._answer(viewer, view_id, choose)

    async def choose_place(self, viewer: MapViewer, view_id: int, key: str) -> ChangeDraft | ChangeRefusal:
        """Choose a stage, and then the whole stage or one of its touchpoints."""

        def choose(draft: ChangeDraft) -> DraftData | None:
            place = draft.journey.find_place(key) if draft.journey else None
            if place is None:
                return None
            is_stage = draft.step is DraftStep.STAGE and place.touchpoint is None
            return {"stage": place.stage.key} if is_stage else {"stage": place.stage.key, "place": place.part.key}

        return await self._answer(viewer, view_id, choose)

    async def choose_barrier(self, viewer: MapViewer, view_id: int, number: int) -> ChangeDraft | ChangeRefusal:
        """Choose a barrier by its place in the list, from 1; 0 is something else."""

        def choose(draft: ChangeDraft) -> DraftData | None:
            if number > len(draft.barriers):
                return None
            chosen = draft.barriers[number - 1] if number else None
            return {"barrier": [chosen.question, chosen.option] if chosen else NO_BARRIER}

        return await self._answer(viewer, view_id, choose)

    async def choose_owner(self, viewer: MapViewer, view_id: int, *, is_me: bool) -> ChangeDraft | ChangeRefusal:
        """Let the manager be the owner, or nobody yet."""
        owner = fit_owner(viewer.name) if is_me else ""
        return await self._answer(viewer, view_id, lambda _draft: {"owner": owner})

    async def choose_due(self, viewer: MapViewer, view_id: int, days: int) -> ChangeDraft | ChangeRefusal:
        """Let the change be due so many days from today."""
        ahead = timedelta(days=min(days, 10_000))  # a forged number must not leave the calendar

        def choose(draft: ChangeDraft) -> DraftData | None:
            day = draft.today + ahead
            return {"due": day.isoformat()} if check_due_day(day, draft.today) is None else None

        return await self._answer(viewer, view_id, choose)

    async def go_back(self, viewer: MapViewer, view_id: int) -> ChangeDraft | ChangeRefusal:
        """Take the last answer back."""
        return await self._answer(viewer, view_id, lambda _draft: {}, forget_last=True)

    async def cancel(self, viewer: MapViewer) -> None:
        """Await no text for a change any more; the draft itself is left to be pruned."""
        await self._db.write(lambda tx: await_nothing(tx, viewer.chat))

    async def take_text(self, viewer: MapViewer, text: str) -> ChangeDraft | ChangeRefusal:
        """Take a text for the part that is awaited; a day that cannot be taken is awaited on."""
        now = self._clock.now()

        def write(tx: Connection) -> ChangeDraft | ChangeRefusal:
            awaited = find_awaited_part(tx, viewer.chat, now)
            draft = _load(tx, viewer, awaited.ref, now) if awaited is not None else None
            if awaited is None or draft is None:
                return ChangeRefusal.GONE
            answer = _read_part(awaited.part, text, draft.today)
            if isinstance(answer, ChangeRefusal):
                return answer
            return _save(tx, viewer, awaited.ref, answer, now)

        return await self._db.write(write)

    async def _answer(
        self,
        viewer: MapViewer,
        view_id: int,
        choose: Callable[[ChangeDraft], DraftData | None],
        *,
        forget_last: bool = False,
    ) -> ChangeDraft | ChangeRefusal:
        now = self._clock.now()

        def write(tx: Connection) -> ChangeDraft | ChangeRefusal:
            draft = _load(tx, viewer, view_id, now)
            answer = choose(draft) if draft is not None and draft.change_id is None else None
            if answer is None:
                return ChangeRefusal.GONE
            return _save(tx, viewer, view_id, answer, now, forget_last=forget_last)

        return await self._db.write(write)


def _read_part(part: ChangePart, text: str, today: date) -> DraftData | ChangeRefusal:
    """Return the answer that a text gives for a part, or why it gives none."""
    if part is ChangePart.DUE:
        day = read_day(text, today, is_past=False)
        refusal = ChangeRefusal.NO_DAY if day is None else check_due_day(day, today)
        return refusal or {"due": day.isoformat() if day else None}
    typed = fit_title(text) if part is ChangePart.TITLE else fit_owner(text)
    return {part.value: typed} if typed else ChangeRefusal.NO_WORDS


def _begin(tx: Connection, viewer: MapViewer, data: DraftData, now: datetime) -> ChangeDraft | ChangeRefusal:
    if not viewer.is_manager:
        return ChangeRefusal.GONE
    keys = list(visible_journeys(tx, viewer))
    started = {"journeys": keys} | ({"journey": keys[0]} if len(keys) == 1 else {}) | data
    view_id = views.insert_view(tx, ViewKind.CHANGE, viewer.chat, started, now)
    return _save(tx, viewer, view_id, {}, now)


def _save(
    tx: Connection,
    viewer: MapViewer,
    view_id: int,
    answer: DraftData,
    now: datetime,
    *,
    forget_last: bool = False,
) -> ChangeDraft | ChangeRefusal:
    """Store an answer, await the next text if a text is next, and return the draft; ``forget_last`` takes one back."""
    stored = views.find(tx, view_id, viewer.chat, ViewKind.CHANGE, for_update=True)
    if stored is None:
        return ChangeRefusal.GONE
    data = dict(stored.data) | answer
    if forget_last:
        data = _forget_last(data)
    views.update_view(tx, view_id, data, now)
    draft = _load(tx, viewer, view_id, now)
    if draft is None:
        return ChangeRefusal.GONE
    if (part := _TYPED.get(draft.step)) is not None:
        await_part(tx, viewer.chat, AwaitedPart(part, view_id), now)
    else:
        await_nothing(tx, viewer.chat)
    return draft


def _forget_last(data: DraftData) -> DraftData:
    """Return a draft without its last answer. The only journey is no answer, so it stays."""
    given = [key for key in _ANSWERED if key in data and not (key == "journey" and len(data["journeys"]) == 1)]
    return {key: value for key, value in data.items() if key != given[-1]} if given else data


def load_draft(
    tx: Connection, viewer: MapViewer, view_id: int, now: datetime, *, for_update: bool = False
) -> tuple[ChangeDraft, DraftData] | None:
    """Return a draft of the viewer's chat with what is stored of it; None where it is gone, or its journey or place."""
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


def _load(tx: Connection, viewer: MapViewer, view_id: int, now: datetime) -> ChangeDraft | None:
    found = load_draft(tx, viewer, view_id, now)
    return None if found is None else found[0]


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
    return next((step for step in _TYPED if step.value not in data), DraftStep.CONFIRM)
