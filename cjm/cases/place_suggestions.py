"""Which places of a journey a customer most likely means, so that a tap says it."""

from collections.abc import Iterable, Sequence

from cjm.journeys.journey import Journey, TouchpointStatus

MOST_SUGGESTED = 5


def suggest_places(journey: Journey, recent: Iterable[str | None]) -> list[str]:
    """Every touchpoint's key: those of ``recent`` (the latest first; a stage is nobody's button), then by the journey.

    A former key is offered as what it is called today; what is only planned is not offered at all, and what was
    removed only to those who were there.
    """
    met = [journey.touchpoints[key][1].key for key in recent if key and key in journey.touchpoints]
    live = [
        point.key for stage in journey.stages for point in stage.touchpoints if point.status is TouchpointStatus.LIVE
    ]
    return list(dict.fromkeys([*met, *live]))


def split_likely(places: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The few to show first, and the rest; one more than the few is no reason for a second screen."""
    few = MOST_SUGGESTED + 1 if len(places) == MOST_SUGGESTED + 1 else MOST_SUGGESTED
    return places[:few], places[few:]
