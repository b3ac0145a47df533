"""Triggers that no event pulls: somebody stands on a stage for long, or their walk ended there.

Invariants:

* Such a trigger belongs to the visit that entered the stage, and has a time of its own: that of standing long enough,
  or that of the walk's end.
* Who has visited a later stage since, in any walk, pulls neither: a shop often names the order and not the looking
  around before it.
* A walk that is over is no dwell any more. An exit is one only for who has not come back at all.
* What shows that somebody does not stay behind after all *overtakes* the question: it is not asked, or is closed.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from cjm.journeys.survey import TriggerKind
from cjm.journeys.visit import PassageStep, split_into_passages


class StayingBehind(NamedTuple):
    """Walk of somebody who does not go on from a stage.

    ``event_id`` is that of the visit that entered it, ``at`` the time of the trigger. ``events`` are all visits of the
    walk to this stage: one that was asked about before is not asked about again, whichever of them entered then.
    """

    event_id: str
    at: datetime
    events: frozenset[str]


def find_dwells(
    steps: Sequence[PassageStep], stage: str, window: timedelta, longest: timedelta, now: datetime
) -> list[StayingBehind]:
    """Return the walks of ONE customer, of all these ``steps``, that have stood on a stage for ``longest`` by now."""
    found = []
    for walk, entry in _list_stopped(steps, stage, window):
        at = entry.at + longest
        if at <= now < walk[-1].at + window:
            found.append(_stay_behind(walk, entry, at))
    return found


def find_exits(steps: Sequence[PassageStep], stage: str, window: timedelta, now: datetime) -> list[StayingBehind]:
    """Return the walks of ONE customer that ended by now with a stage as their furthest: at most their last one."""
    latest = max((step.rank for step in steps), default=None)
    found = []
    for walk, entry in _list_stopped(steps, stage, window):
        at = walk[-1].at + window
        is_furthest = entry.order == max(step.order for step in walk)
        if at <= now and walk[-1].rank == latest and is_furthest:
            found.append(_stay_behind(walk, entry, at))
    return found


class AskedTrigger(NamedTuple):
    """Trigger that somebody is asked about: ``order`` is the place of its stage in the journey, from 0."""

    kind: TriggerKind
    order: int
    entered_at: datetime
    at: datetime


def is_overtaken(asked: AskedTrigger, order: int, visited_at: datetime, window: timedelta) -> bool:
    """Return whether a visit, which became known later, shows that its customer did not stay behind after all.

    ``order`` is the place of the stage that was visited.
    """
    if asked.kind is TriggerKind.EXIT:
        return visited_at > asked.at - window  # after the last visit of the walk that had ended
    return order > asked.order and visited_at >= asked.entered_at


def _list_stopped(
    steps: Sequence[PassageStep], stage: str, window: timedelta
) -> Iterator[tuple[list[PassageStep], PassageStep]]:
    """Yield each walk that entered the stage, with its first visit there, unless its customer has gone on since."""
    for _, walk in split_into_passages(steps, window):
        entry = next((step for step in walk if step.stage == stage), None)
        if entry is not None and not any(s.order > entry.order and s.rank > entry.rank for s in steps):
            yield walk, entry


def _stay_behind(walk: Sequence[PassageStep], entry: PassageStep, at: datetime) -> StayingBehind:
    return StayingBehind(entry.event_id, at, frozenset(step.event_id for step in walk if step.stage == entry.stage))
