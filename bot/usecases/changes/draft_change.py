"""Draft a change step by step: its place, the barrier it answers, what is changed, by whom and until when.

Nothing is planned before it is confirmed (`PlanChange`).
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from bot.clock import Clock
from bot.db.delivery import views
from bot.db.delivery.views import ViewKind
from bot.db.engine.database import Connection, Database
from bot.usecases.changes.awaited_parts import AwaitedPart, ChangePart, await_nothing, await_part, find_awaited_part
from bot.usecases.changes.kept_draft import (
    NO_BARRIER,
    TYPED_PARTS,
    ChangeDraft,
    DraftData,
    DraftStep,
    find_draft,
    forget_last_answer,
)
from bot.usecases.teams.recognize_viewer import MapViewer, visible_journeys
from cjm.cases.team_change import ChangeRefusal, check_due_day, fit_owner, fit_title
from cjm.figures.map_view import MapView
from cjm.tables.times.typed_day import read_day


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

    async def find_awaiting(self, viewer: MapViewer) -> ChangeDraft | None:
        """Return the draft for which the chat awaits a text."""
        now = self._clock.now()

        def read(tx: Connection) -> ChangeDraft | None:
            awaited = find_awaited_part(tx, viewer.chat, now)
            return find_draft(tx, viewer, awaited.ref, now) if awaited is not None else None

        return await self._db.read(read)

    async def take_text(self, viewer: MapViewer, text: str) -> ChangeDraft | ChangeRefusal:
        """Take a text for the part that is awaited; a day that cannot be taken is awaited on."""
        now = self._clock.now()

        def write(tx: Connection) -> ChangeDraft | ChangeRefusal:
            awaited = find_awaited_part(tx, viewer.chat, now)
            draft = find_draft(tx, viewer, awaited.ref, now) if awaited is not None else None
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
            draft = find_draft(tx, viewer, view_id, now)
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
        data = forget_last_answer(data)
    views.update_view(tx, view_id, data, now)
    draft = find_draft(tx, viewer, view_id, now)
    if draft is None:
        return ChangeRefusal.GONE
    if (part := TYPED_PARTS.get(draft.step)) is not None:
        await_part(tx, viewer.chat, AwaitedPart(part, view_id), now)
    else:
        await_nothing(tx, viewer.chat)
    return draft
