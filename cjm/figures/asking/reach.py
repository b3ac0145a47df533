"""Values of who was heard: visitors of a period by group. Importing it is cheap: pictures need it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Reach(StrEnum):
    """Group of a visitor: heard, or the reason why not. The values are keys of the map's JSON and of texts."""

    HEARD = "heard"  # answered something
    SILENT = "silent"  # was asked, and has not answered
    ASKED = "asked"  # was asked; whether they answered is not told: few did, or the journey is anonymous
    NO_CHAT = "no_chat"
    NO_CONSENT = "no_consent"
    LEFT = "left"  # has stopped or muted questions, or cannot be reached any more
    COOLDOWN = "cooldown"  # nothing but limits was in the way
    NOT_SAMPLED = "not_sampled"  # nothing but the sampling share was in the way
    NO_SURVEY = "no_survey"  # no survey is about where they were
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SegmentReach:
    """Visitors of a segment by group; None where they are fewer than the minimum."""

    key: str
    title: str
    visitors: int
    groups: Mapping[Reach, int] | None


@dataclass(frozen=True, slots=True)
class UnlikeShare:
    """Segment whose share (0 … 1) of the visitors differs from its share of those who answered.

    ``of_heard`` is None where fewer people than the minimum answered in the segment, or outside of it.
    """

    key: str
    title: str
    of_visitors: float
    of_heard: float | None
    is_more: bool  # they are a greater part of those who answered than of the visitors


@dataclass(frozen=True, slots=True)
class HeardReport:
    """Visitors of a period by group, of the whole and of each segment.

    ``is_sample``: the people were drawn from many, so shares are about right and numbers are those of the sample.
    ``unlike`` are the segments that the figures speak too much or too little of, the farthest first.
    """

    groups: Mapping[Reach, int] = field(default_factory=dict)
    segments: tuple[SegmentReach, ...] = ()
    unlike: tuple[UnlikeShare, ...] = ()
    is_sample: bool = False

    @property
    def visitors(self) -> int:
        return sum(self.groups.values())

    def share(self, reach: Reach) -> float:
        """Return the share (0 … 1) of a group; 0 without visitors."""
        return self.groups.get(reach, 0) / self.visitors if self.visitors else 0.0
