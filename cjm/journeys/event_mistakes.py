"""Check an event against its journey and the calendar: the mistakes that its values alone do not show.

Invariants:
* Every mistake is found, each at the event's key, so that a sender mends an event once. Only where the journey is
  unknown its touchpoints and stages cannot be checked, and where it is archived nothing else is said.
* No message repeats a value of the event: it may be a customer's. Declared keys are the team's and may be named.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from cjm.errors import Mistake
from cjm.journeys.journey import Journey
from cjm.journeys.visit import EARLIEST, MOST_AHEAD, Event
from cjm.mistake_wording import find_similar, join_names, list_journeys

ARCHIVED = Mistake(
    "journey", "is archived and takes no events; stop sending them, or bring it back: tropa journey unarchive"
)


def find_event_mistakes(
    event: Event,
    journeys: Mapping[str, Journey],
    now: datetime,
    retention: timedelta = timedelta(),
    archived: Container[str] = (),
) -> list[Mistake]:
    """Return every mistake of an event; an empty list means that it can be stored.

    ``journeys`` are those in force, by key; events of the ``archived`` ones are refused, however good they are.
    ``retention`` is how long visits are kept, zero for good.
    """
    if event.journey in archived:
        return [ARCHIVED]
    time = list(_time_mistakes(event.at, now, retention))
    if event.journey not in journeys:
        return [Mistake("journey", f"there is no journey with this key; {list_journeys(journeys)}"), *time]
    return [*_place_mistakes(event, journeys[event.journey]), *time]


def _place_mistakes(event: Event, journey: Journey) -> Iterator[Mistake]:
    point, stage = journey.touchpoints.get(event.touchpoint or ""), journey.stages_by_key.get(event.stage or "")
    if event.touchpoint is None and event.stage is None:
        yield Mistake("touchpoint", "is missing; name a touchpoint or a stage")
    if event.touchpoint is not None and point is None:
        yield Mistake("touchpoint", _unknown_key(journey, "touchpoint", event.touchpoint, journey.touchpoints))
    if event.stage is not None and stage is None:
        yield Mistake("stage", _unknown_key(journey, "stage", event.stage, journey.stages_by_key))
    if point is not None and stage is not None and point.stage != stage:
        yield Mistake("stage", f"the touchpoint belongs to the stage {point.stage.key}")


def _unknown_key(journey: Journey, noun: str, sent: str, declared: Iterable[str]) -> str:
    meant = find_similar(sent, declared)
    hint = f"did you mean {meant}?" if meant else f"its {noun}s are: {join_names(declared)}"
    return f"the journey {journey.key} has no {noun} with this key; {hint}"


def _time_mistakes(at: datetime, now: datetime, retention: timedelta) -> Iterator[Mistake]:
    if at < EARLIEST:
        yield Mistake("at", "is before the year 2000")
    elif retention and at < now - retention:
        # Retired rows are counted already, and without them a repeated event would count twice.
        yield Mistake("at", f"is older than the {retention.days} days that are kept")
    elif at > now + MOST_AHEAD:
        yield Mistake("at", "is more than a day ahead of now")
