"""Difference between two versions of a journey: shown before a file is applied, refused where it falsifies history.

Entries are facts, not words: the type of the change, the part, its key path, and short values before and after.
`cjm.journeys.versions.comparison` computes them.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cjm.errors import Mistake
from cjm.text import LocalizedText


class ChangeType(StrEnum):
    """Type of a change to one part."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"  # another key, the same thing: its history goes with it
    REWORDED = "reworded"  # a text in some language
    MOVED = "moved"  # another place in the order, or another stage
    CHANGED = "changed"  # any other setting


class ChangedPart(StrEnum):
    """Kind of the part of a journey that changed."""

    JOURNEY = "journey"
    STAGE = "stage"
    TOUCHPOINT = "touchpoint"
    PERSONA = "persona"
    ATTRIBUTE = "attribute"
    SEGMENT = "segment"
    MEASURE = "measure"
    SURVEY = "survey"
    QUESTION = "question"
    OPTION = "option"
    TARGET = "target"
    DIARY = "diary"


class ChangeWarning(StrEnum):
    """Reason why a change deserves a second look before it is applied."""

    LEAVES_THE_MAP = "leaves_the_map"  # its answers stay but leave the map; to rename, use `was`; to retire, `removed`
    HISTORY_UNLINKED = "history_unlinked"  # a former key is dropped: what was counted under it leaves the map
    DAYS_SHIFT = "days_shift"  # another time zone: what is counted already keeps its day
    OTHER_SUBJECT = "other_subject"  # a question is about something else: answers so far stay where they are
    COHORTS_CHANGE = "cohorts_change"  # from now on customers are counted by other attributes
    BECOMES_ANONYMOUS = "becomes_anonymous"  # answers so far are separated from their people for good
    BECOMES_NAMED = "becomes_named"  # customers agreed to anonymous questions, and the next ones are not


@dataclass(frozen=True, slots=True)
class JourneyChange:
    """One change.

    ``path`` is the key path in the new file (in the old one for a removal), ``title`` the part's title or a
    question's text, None for the journey, surveys and targets. ``field`` is the setting that changed: "key" of a
    renamed part, "stage" of a touchpoint in another stage, "at_least" or "at_most" of a target, and "" when a part was
    added, removed or moved in its list. ``before`` and ``after`` are short texts.
    """

    type: ChangeType
    part: ChangedPart
    path: str
    title: LocalizedText | None = None
    field: str = ""
    before: str = ""
    after: str = ""
    warning: ChangeWarning | None = None


@dataclass(frozen=True, slots=True)
class JourneyDifference:
    """All changes from one version to another; ``refusals`` are those that are never allowed."""

    is_new: bool
    entries: tuple[JourneyChange, ...]
    refusals: tuple[Mistake, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.is_new or self.entries or self.refusals)

    @property
    def warnings(self) -> tuple[JourneyChange, ...]:
        return tuple(e for e in self.entries if e.warning)

    @property
    def counts(self) -> Mapping[ChangeType, int]:
        """Number of entries of each type; types that do not occur are absent."""
        return Counter(e.type for e in self.entries)
