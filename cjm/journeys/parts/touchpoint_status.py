"""Status of a touchpoint, apart from the models of a journey: no picture should wait for pydantic."""

from enum import StrEnum


class TouchpointStatus(StrEnum):
    """Status of a touchpoint; only a live one is asked about."""

    LIVE = "live"
    PLANNED = "planned"  # shown on the map, not asked about yet
    REMOVED = "removed"  # counts in its stage only, is not asked about any more
