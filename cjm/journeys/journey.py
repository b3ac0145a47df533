"""Journey > Stage > Touchpoint, Persona, Segment: the map before anybody has answered, read from a TOML file.

A journey that exists is whole: every key it names is there. :func:`read_journey` reports all mistakes at once.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache, cached_property
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field

from cjm.file_model import FileModel, Flag, Key, Number, Reference, Whole
from cjm.journeys.survey import Survey
from cjm.mistake_wording import find_similar, quote_name
from cjm.scales import DEFAULT_SCALE, Scale
from cjm.text import MOST_IN_A_LABEL, Label, Title, Words, is_language, visible_line

CHANNELS = (
    "site", "app", "store", "email", "chat", "messenger", "phone", "courier", "ad", "search", "social", "mail",
    "kiosk", "event", "document", "person", "other",
)  # fmt: skip
MOST_ATTRIBUTES = 4
_SOME_ZONE = 'is not a time zone; they are called such as "Europe/Warsaw" or "UTC"'

Cohort = Mapping[str, str]
"""The values of a journey's declared attributes; an attribute that is not known is ""."""


class TouchpointStatus(StrEnum):
    LIVE = "live"
    PLANNED = "planned"  # shown on a future map, not asked about yet
    REMOVED = "removed"  # keeps its history, is not asked about any more


def _channel(value: str) -> str:
    if value not in CHANNELS:
        meant = find_similar(value, CHANNELS)
        hint = f"did you mean {meant}?" if meant else f"there are {', '.join(CHANNELS)}"
        raise ValueError(f"is not a channel; {hint}")
    return value


def _language(value: str) -> str:
    if not is_language(value):
        raise ValueError("must be two small letters, such as en")
    return value


def _day(value: Any) -> Any:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError("must be a date without quotes, such as 2027-01-31")
    return value


@cache
def zone_names() -> frozenset[str]:
    """Every time zone there is; they are read from the disk once."""
    return frozenset(available_timezones())


def _timezone(value: str) -> str:
    if value not in zone_names():
        meant = find_similar(value, zone_names())
        raise ValueError(f"is not a time zone; did you mean {quote_name(meant)}?" if meant else _SOME_ZONE)
    return value


Channel = Annotated[str, AfterValidator(_channel)]
Language = Annotated[str, AfterValidator(_language)]
Day = Annotated[date, BeforeValidator(_day)]
Former = Annotated[tuple[Key, ...], Field(max_length=20)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
Rule = dict[Reference, Annotated[tuple[Label, ...], Field(min_length=1, max_length=50)]]


class Attribute(FileModel):
    """What customers are told apart by on the map. Values come with events; others than ``values`` become "other"."""

    key: Key
    title: Title
    values: Annotated[tuple[Label, ...], Field(max_length=50)] = ()


class Segment(FileModel):
    """A rule over cohorts: every attribute named must have one of the values."""

    key: Key
    title: Title
    where: Annotated[Rule, Field(min_length=1)]

    def includes(self, cohort: Cohort) -> bool:
        return all(cohort.get(attribute, "") in values for attribute, values in self.where.items())


class Persona(FileModel):
    key: Key
    title: Title
    who: Words | None = None
    motives: Words | None = None
    day: Words | None = None
    goals: Words | None = None
    pains: Words | None = None
    channel: Channel | None = None
    where: Rule = Field(default_factory=dict)


class Touchpoint(FileModel):
    """Where customer and business meet. What is typed here about thinking and feeling is *assumed*, never measured."""

    key: Key
    title: Title
    channel: Channel = "other"
    support: Flag = False
    owner: Title | None = None
    moment_of_truth: Flag = False
    action: Words | None = None
    thinks: Words | None = None
    feels: Annotated[Whole, Field(ge=-2, le=2)] | None = None
    frontstage: Words | None = None
    backstage: Words | None = None
    systems: Words | None = None
    responsible: Title | None = None
    status: TouchpointStatus = TouchpointStatus.LIVE
    was: Former = ()


class Stage(FileModel):
    key: Key
    title: Title
    goal: Words | None = None
    touchpoints: Annotated[tuple[Touchpoint, ...], Field(min_length=1, max_length=15)]
    was: Former = ()


class Target(FileModel):
    """What a headline figure should reach: for the whole journey, or for one stage."""

    scale: Scale
    at_least: Number
    stage: Reference | None = None


class Journey(FileModel):
    """A whole journey. The first of ``languages`` is the one its customers speak when nothing else is known."""

    key: Key
    title: Title
    purpose: Words | None = None
    scenario: Words | None = None
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=10)] = ("en",)
    timezone: TimeZone = "UTC"
    window_days: Annotated[Whole, Field(ge=1, le=365)] = 14
    anonymous: Flag = False
    judge_from: Annotated[Whole, Field(ge=1, le=1000)] = 10
    review_on: Day | None = None
    scale: Scale = DEFAULT_SCALE
    attributes: Annotated[tuple[Attribute, ...], Field(max_length=MOST_ATTRIBUTES)] = ()
    segments: Annotated[tuple[Segment, ...], Field(max_length=100)] = ()
    personas: Annotated[tuple[Persona, ...], Field(max_length=12)] = ()
    stages: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=12)]
    surveys: Annotated[tuple[Survey, ...], Field(max_length=100)] = ()
    targets: Annotated[tuple[Target, ...], Field(max_length=100)] = ()

    @property
    def language(self) -> str:
        return self.languages[0]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def window(self) -> timedelta:
        return timedelta(days=self.window_days)

    @cached_property
    def touchpoints(self) -> Mapping[str, tuple[Stage, Touchpoint]]:
        """Touchpoints by key, with their stage; a former key (``was``) leads to the touchpoint of today."""
        found = {old: (stage, point) for stage, point in self._placed_touchpoints() for old in point.was}
        return found | {point.key: (stage, point) for stage, point in self._placed_touchpoints()}

    @cached_property
    def stages_by_key(self) -> Mapping[str, Stage]:
        found = {old: stage for stage in self.stages for old in stage.was}
        return found | {stage.key: stage for stage in self.stages}

    def _placed_touchpoints(self) -> Iterator[tuple[Stage, Touchpoint]]:
        return ((stage, point) for stage in self.stages for point in stage.touchpoints)

    def place(self, key: str) -> tuple[Stage, Touchpoint | None] | None:
        """The stage, and the touchpoint if ``key`` is one's, that a key means; None if it means nothing."""
        if key in self.touchpoints:
            return self.touchpoints[key]
        return (self.stages_by_key[key], None) if key in self.stages_by_key else None

    def stage_index(self, stage: str) -> int:
        """The place of a stage in the journey, from 0."""
        return self.stages.index(self.stages_by_key[stage])

    def survey(self, key: str) -> Survey | None:
        return next((s for s in self.surveys if s.key == key), None)

    def segment(self, key: str) -> Segment | None:
        return next((s for s in self.segments if s.key == key), None)

    def cohort(self, attributes: Mapping[str, object]) -> dict[str, str]:
        """The declared attributes of a customer, as they are counted."""
        found = {}
        for attribute in self.attributes:
            value = visible_line(str(attributes.get(attribute.key, "")), MOST_IN_A_LABEL)
            known = not value or not attribute.values or value in attribute.values
            found[attribute.key] = value if known else "other"
        return found

    def target(self, stage: str, scale: Scale) -> float | None:
        """The stage's own target, else the journey's."""
        fitting = [t for t in self.targets if t.scale is scale and t.stage in (stage, None)]
        return next((t.at_least for t in sorted(fitting, key=lambda t: t.stage is None)), None)
