"""Events, visits and passages: what a business reports, and the walks along a journey that follow from it.

Invariants:

* A visit is one customer at one touchpoint (or stage), once; its event's id makes it unique.
* Passages are computed from all visits of a customer, never updated step by step: after a late, repeated or withdrawn
  event the same functions give the right answer again.
* Visits have one order: by time, at the same time by stage as in the journey, then by the event's id. So the order in
  which events arrive changes nothing. A later stage at the very same time was reached after 0 seconds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from cjm.wall_clock import YEARS

EARLIEST = datetime(YEARS.start, 1, 1, tzinfo=UTC)
"""Events and answers from before this time are refused: they are wrong dates, such as an empty cell read as 1970."""

MOST_AHEAD = timedelta(days=1)
"""Events may be so far ahead of our clock: room for a sender's clock that runs fast, not for plans."""


@dataclass(frozen=True, slots=True)
class Event:
    """Event as a business reports it. ``id`` is the business's own; the same id means the same event.

    ``at`` is aware. Without a ``channel`` the touchpoint's own is meant. ``passage`` names the walk, such as an order
    number. ``withdrawn`` says that the event did not happen after all.
    """

    id: str
    customer: str
    journey: str
    at: datetime
    touchpoint: str | None = None
    stage: str | None = None
    channel: str | None = None
    passage: str | None = None
    attributes: Mapping[str, Any] | None = None
    measures: Mapping[str, float] | None = None
    amount: float | None = None
    lost_reason: str | None = None
    withdrawn: bool = False


class PassageStep(NamedTuple):
    """Visit as far as passages need it. ``order`` is the stage's place in the journey, from 0.

    A tuple, as `StageEntry` is: each event makes and compares those of all its customer's visits.
    """

    stage: str
    order: int
    at: datetime
    channel: str
    cohort_id: int
    passage: str | None = None
    event_id: str = ""
    amount: float | None = None

    @property
    def rank(self) -> tuple[datetime, int, str]:
        """Place of the visit among all visits of a customer."""
        return self.at, self.order, self.event_id


class StageEntry(NamedTuple):
    """First time that a passage entered a stage.

    ``next_at`` is the time of its first visit to any later stage after that, whether or not it had been in that stage
    before; None if there is none. ``channel`` and ``cohort_id`` are those of the visit that entered.
    ``started_at`` is the time of the passage's first visit, None if that is the one that entered. ``amount`` is the
    last one that the passage told before it went on, at this stage or before it; None if it told none until then.
    """

    passage: str
    stage: str
    at: datetime
    next_at: datetime | None
    channel: str
    cohort_id: int
    started_at: datetime | None = None
    amount: float | None = None


def split_into_passages(steps: Iterable[PassageStep], window: timedelta) -> list[tuple[str, list[PassageStep]]]:
    """Return one customer's passages along one journey: pairs of name and steps, each in the order of time.

    Steps that name a passage belong to it. Of the others, a new passage begins after a pause of more than ``window``,
    and when the customer goes back to an earlier stage.
    """
    named: dict[str, list[PassageStep]] = {}
    found: list[tuple[str, list[PassageStep]]] = []
    highest = -1
    for step in sorted(steps, key=lambda s: s.rank):
        if step.passage is not None:
            named.setdefault(step.passage, []).append(step)
        elif found and step.order >= highest and step.at - found[-1][1][-1].at <= window:
            found[-1][1].append(step)
            highest = step.order
        else:
            # Named by its first step, so the same visits give the same name.
            found.append((f"~{step.at.astimezone(UTC).isoformat()}", [step]))
            highest = step.order
    # A single ~ is kept for the names made here: an event may bring any name.
    return found + [(f"~{name}" if name.startswith("~") else name, walk) for name, walk in named.items()]


def find_stage_entries(steps: Sequence[PassageStep], window: timedelta) -> list[StageEntry]:
    """Return every stage that each passage entered, once, with the time at which it went on to a later stage."""
    entries = []
    for passage, walk in split_into_passages(steps, window):
        first: dict[str, int] = {}
        for place, step in enumerate(walk):
            first.setdefault(step.stage, place)
        entries += [_make_entry(passage, walk, place) for place in first.values()]
    return entries


def _make_entry(passage: str, walk: Sequence[PassageStep], place: int) -> StageEntry:
    step = walk[place]
    went_on = next((later for later in range(place + 1, len(walk)) if walk[later].order > step.order), None)
    return StageEntry(
        passage,
        step.stage,
        step.at,
        None if went_on is None else walk[went_on].at,
        step.channel,
        step.cohort_id,
        started_at=walk[0].at if place else None,
        amount=next((each.amount for each in reversed(walk[:went_on]) if each.amount is not None), None),
    )
