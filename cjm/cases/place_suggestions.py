"""Suggest the touchpoints that a customer's words are most likely about, as buttons to tap."""

from collections.abc import Iterable, Sequence

from cjm.journeys.journey import Journey
from cjm.journeys.parts.touchpoint_status import TouchpointStatus

MOST_SUGGESTED = 5


def suggest_places(journey: Journey, recent: Iterable[str | None]) -> list[str]:
    """Return touchpoint keys: those of ``recent`` visits (latest first), then all live ones in the journey's order.

    Former keys are replaced by today's. Stages are left out. A planned or removed touchpoint is suggested only
    to a customer who visited it.
    """
    visited = [journey.touchpoints[key].touchpoint.key for key in recent if key and key in journey.touchpoints]
    live = [
        point.key for stage in journey.stages for point in stage.touchpoints if point.status is TouchpointStatus.LIVE
    ]
    return list(dict.fromkeys([*visited, *live]))


def split_likely(places: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return the suggestions to show first, and the rest. A rest of one is shown at once: it saves a second screen."""
    first = MOST_SUGGESTED + 1 if len(places) == MOST_SUGGESTED + 1 else MOST_SUGGESTED
    return places[:first], places[first:]
