"""Journey, its stages and touchpoints, personas, segments and targets: the map before anybody has answered.

These are plain models; each checks its own fields. `cjm.journeys.journey_file` reads them from TOML and applies the
rules between parts, so a `Journey` that came from there is whole: every key that it names exists.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

from cjm.file_model import FileModel, Flag, Key, Reference, Whole
from cjm.journeys.diary.diary_plan import DiaryPlan, make_diary_survey
from cjm.journeys.parts.diary_question import DIARY_SURVEY
from cjm.journeys.parts.target import Target, choose_targets
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.journeys.survey import AskingLimits, Question, Survey, TriggerKind
from cjm.mistake_wording import find_similar
from cjm.scales import DEFAULT_SCALE, Scale
from cjm.text import MOST_IN_A_LABEL, Label, LocalizedText, Paragraphs, Title, is_language, limit_length, visible_line
from cjm.time_zones import TimeZone

CHANNELS = (
    "site", "app", "store", "email", "chat", "messenger", "phone", "courier", "ad", "search", "social", "mail",
    "kiosk", "event", "document", "person", "poster", "other",
)  # fmt: skip
POSTER_CHANNEL = "poster"
"""Channel of visits by the code of a poster, whatever the touchpoint's own channel is."""

MOST_ATTRIBUTES = 4  # their values multiply into cohorts, each with counters of its own
MOST_MEASURES = 20
MOST_IN_A_MEASURE_KEY = 64  # characters, as in events

Cohort = Mapping[str, str]
"""Values of a journey's declared attributes, by key; an attribute that is not known is ""."""


def _check_channel(value: str) -> str:
    if value not in CHANNELS:
        meant = find_similar(value, CHANNELS)
        hint = f"did you mean {meant}?" if meant else f"channels are {', '.join(CHANNELS)}"
        raise ValueError(f"is not a channel; {hint}")
    return value


def _check_language(value: str) -> str:
    if not is_language(value):
        raise ValueError("must be two small letters, such as en")
    return value


def _check_measure_key(value: str) -> str:
    if not 1 <= len(value) <= MOST_IN_A_MEASURE_KEY or not value.isprintable():
        raise ValueError(f"must be 1 to {MOST_IN_A_MEASURE_KEY} characters on one line, as events write it")
    return value


def _check_day(value: Any) -> Any:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError("must be a date without quotes, such as 2027-01-31")
    return value


Channel = Annotated[str, AfterValidator(_check_channel)]
Language = Annotated[str, AfterValidator(_check_language)]
Day = Annotated[date, BeforeValidator(_check_day)]
MeasureKey = Annotated[str, AfterValidator(_check_measure_key)]
Unit = Annotated[LocalizedText, limit_length(12)]
Former = Annotated[tuple[Key, ...], Field(max_length=20)]
TargetPeople = Annotated[Whole, Field(ge=1, le=1_000_000)]
Rule = dict[Reference, Annotated[tuple[Label, ...], Field(min_length=1, max_length=50)]]


class Attribute(FileModel):
    """Property that customers differ by on the map, such as their tariff.

    Its values come with events. If ``values`` are declared, any other value is counted as "other".
    """

    key: Key
    title: Title
    values: Annotated[tuple[Label, ...], Field(max_length=50)] = ()


class Measure(FileModel):
    """Operational measure, such as minutes of waiting, that events tell in ``measures`` under this key.

    Only declared measures are on maps. All that events tell are counted, so one that is declared later has its past.
    """

    key: MeasureKey
    title: Title
    unit: Unit | None = None


class Segment(FileModel):
    """Rule over cohorts: every attribute that is named must have one of its values.

    ``limits`` say how often its customers are asked, instead of the settings.
    """

    key: Key
    title: Title
    where: Annotated[Rule, Field(min_length=1)]
    limits: AskingLimits | None = None

    def includes(self, cohort: Cohort) -> bool:
        return all(cohort.get(attribute, "") in values for attribute, values in self.where.items())


class Persona(FileModel):
    """Described person who walks this journey.

    ``where`` says which customers belong to it, as in a segment. Without it nobody is known to, and there are no
    figures.
    """

    key: Key
    title: Title
    who: Paragraphs | None = None
    motives: Paragraphs | None = None
    day: Paragraphs | None = None
    goals: Paragraphs | None = None
    pains: Paragraphs | None = None
    channel: Channel | None = None
    where: Rule = Field(default_factory=dict)

    def includes(self, cohort: Cohort) -> bool:
        """Return whether customers of a cohort belong to the persona; nobody does without a rule."""
        return bool(self.where) and all(cohort.get(name, "") in values for name, values in self.where.items())


class Touchpoint(FileModel):
    """Place where customer and business meet. What is typed here about thinking and feeling is *assumed*, not measured.

    ``feels`` is from -2 to 2. ``was`` lists former keys: what was counted under them comes along. ``target_people``: as
    in `Journey`.
    """

    key: Key
    title: Title
    channel: Channel = "other"
    support: Flag = False
    owner: Title | None = None
    moment_of_truth: Flag = False
    action: Paragraphs | None = None
    thinks: Paragraphs | None = None
    feels: Annotated[Whole, Field(ge=-2, le=2)] | None = None
    frontstage: Paragraphs | None = None
    backstage: Paragraphs | None = None
    systems: Paragraphs | None = None
    responsible: Title | None = None
    status: TouchpointStatus = TouchpointStatus.LIVE
    target_people: TargetPeople | None = None
    was: Former = ()


class Stage(FileModel):
    """Part of a journey with one goal of the customer. ``target_people``: as in `Journey`, for all its touchpoints."""

    key: Key
    title: Title
    goal: Paragraphs | None = None
    target_people: TargetPeople | None = None
    touchpoints: Annotated[tuple[Touchpoint, ...], Field(min_length=1, max_length=15)]
    was: Former = ()


class PlacedTouchpoint(NamedTuple):
    """Touchpoint with its stage."""

    stage: Stage
    touchpoint: Touchpoint


class JourneyPlace(NamedTuple):
    """Stage, or touchpoint with its stage: what a subject's key stands for."""

    stage: Stage
    touchpoint: Touchpoint | None = None

    @property
    def part(self) -> Stage | Touchpoint:
        """The touchpoint, else the stage."""
        return self.touchpoint or self.stage


class Journey(FileModel):
    """Whole journey with its surveys.

    The first of ``languages`` is used for a customer whose language is not known. ``window_days`` is the longest pause
    within a passage that events do not name. From ``judge_from`` people on, a figure gets a verdict. ``target_people``
    is how many people in 28 days are to answer each survey (`cjm.asking.adaptive_sampling`). ``staff`` are names of
    people who work there: where others read customers' words, these names are blurred. ``amount_unit`` is that of
    events' ``amount``. ``diary`` is what volunteers are asked over some days.
    """

    key: Key
    title: Title
    purpose: Paragraphs | None = None
    scenario: Paragraphs | None = None
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=10)] = ("en",)
    timezone: TimeZone = "UTC"
    window_days: Annotated[Whole, Field(ge=1, le=365)] = 14
    anonymous: Flag = False
    judge_from: Annotated[Whole, Field(ge=1, le=1000)] = 10
    target_people: TargetPeople | None = None
    review_on: Day | None = None
    scale: Scale = DEFAULT_SCALE
    staff: Annotated[tuple[Label, ...], Field(max_length=200)] = ()
    amount_unit: Unit | None = None
    attributes: Annotated[tuple[Attribute, ...], Field(max_length=MOST_ATTRIBUTES)] = ()
    segments: Annotated[tuple[Segment, ...], Field(max_length=100)] = ()
    measures: Annotated[tuple[Measure, ...], Field(max_length=MOST_MEASURES)] = ()
    personas: Annotated[tuple[Persona, ...], Field(max_length=12)] = ()
    stages: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=12)]
    surveys: Annotated[tuple[Survey, ...], Field(max_length=100)] = ()
    targets: Annotated[tuple[Target, ...], Field(max_length=100)] = ()
    diary: DiaryPlan | None = None

    @property
    def language(self) -> str:
        """Language for customers whose own is not known."""
        return self.languages[0]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def window(self) -> timedelta:
        return timedelta(days=self.window_days)

    @cached_property
    def touchpoints(self) -> Mapping[str, PlacedTouchpoint]:
        """Touchpoints by key, with their stage; a former key (``was``) leads to today's touchpoint."""
        placed = [PlacedTouchpoint(stage, point) for stage in self.stages for point in stage.touchpoints]
        former = {old: place for place in placed for old in place.touchpoint.was}
        return former | {place.touchpoint.key: place for place in placed}

    @cached_property
    def stages_by_key(self) -> Mapping[str, Stage]:
        """Stages by key; a former key leads to today's stage."""
        former = {old: stage for stage in self.stages for old in stage.was}
        return former | {stage.key: stage for stage in self.stages}

    def find_place(self, key: str) -> JourneyPlace | None:
        """Return the stage or touchpoint that a key, or a former key, stands for; None for an unknown key."""
        if key in self.touchpoints:
            return JourneyPlace(*self.touchpoints[key])
        return JourneyPlace(self.stages_by_key[key]) if key in self.stages_by_key else None

    def find_latest_place(self, keys: Sequence[str]) -> JourneyPlace | None:
        """Return the place that the last of these keys stands for which the journey knows; None if it knows none."""
        return next((place for key in reversed(keys) if (place := self.find_place(key)) is not None), None)

    @cached_property
    def current_keys(self) -> Mapping[str, str]:
        """Present keys of all stages and touchpoints, by each key that they have or had."""
        keys = {old: stage.key for old, stage in self.stages_by_key.items()}
        return keys | {old: place.touchpoint.key for old, place in self.touchpoints.items()}

    @cached_property
    def surveys_by_trigger(self) -> Mapping[tuple[TriggerKind, str], Sequence[Survey]]:
        """Surveys in their order, by the kind of their trigger and the present key of its touchpoint or stage."""
        found: dict[tuple[TriggerKind, str], list[Survey]] = {}
        for survey in self.surveys:
            found.setdefault((survey.on.kind, self.current_key(survey.on.subject)), []).append(survey)
        return found

    def current_key(self, key: str) -> str:
        """Return the present key of a stage or touchpoint; a key that the journey does not know stays as it is."""
        return self.current_keys.get(key, key)

    def stage_index(self, stage: str) -> int:
        """Return the place of a stage in the journey, from 0. Raises KeyError for an unknown key."""
        return self.stages.index(self.stages_by_key[stage])

    @cached_property
    def recalled_questions(self) -> frozenset[str]:
        """Keys of the questions that are answered from memory."""
        return frozenset(q.key for s in self.surveys for q in s.questions if q.recalled)

    @cached_property
    def diary_survey(self) -> Survey | None:
        """Survey that each message of a volunteer diary is; None where the journey invites nobody to keep one."""
        if self.diary is None:
            return None
        after = next((s for s in self.surveys if s.key == self.diary.invite_after), None)
        return make_diary_survey(self.diary, after.on.subject if after is not None else self.diary.invite_after)

    def invites_after(self, survey: Survey) -> bool:
        """Return whether people are invited to keep a diary at the end of this survey."""
        if self.diary is None or survey.is_diary:
            return False
        after = self.diary.invite_after
        return after == survey.key or self.current_key(after) == self.current_key(survey.on.subject)

    def find_survey(self, key: str) -> Survey | None:
        """Return a survey of the file, or that of its diary, by its key."""
        if key == DIARY_SURVEY:
            return self.diary_survey
        return next((s for s in self.surveys if s.key == key), None)

    def find_question(self, key: str) -> Question | None:
        """Return a question of any survey, also of the diary's, by its key."""
        own = [self.diary_survey] if self.diary_survey is not None else []
        return next((q for s in (*self.surveys, *own) if (q := s.find_question(key)) is not None), None)

    def find_segment(self, key: str) -> Segment | None:
        return next((s for s in self.segments if s.key == key), None)

    def cohort(self, attributes: Mapping[str, object]) -> dict[str, str]:
        """Return the cohort of a customer with these attributes: the declared ones, as they are counted."""
        found = {}
        for attribute in self.attributes:
            # Cleaned like the declared values, so that a stray space from an event makes no cohort of its own.
            value = visible_line(str(attributes.get(attribute.key, "")), MOST_IN_A_LABEL)
            is_declared = not value or not attribute.values or value in attribute.values
            found[attribute.key] = value if is_declared else "other"
        return found

    def find_target(self, stage: str, scale: Scale) -> float | None:
        """Return the target of a stage on a scale, else the journey's; None without one."""
        return next((each.value for each in choose_targets(self.targets, stage) if each.scale is scale), None)
