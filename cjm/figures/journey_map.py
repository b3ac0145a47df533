"""JourneyMap: everything a picture of a journey says, as one value.

A drawing and a JSON answer are made from the same value, so they cannot disagree. A digest adds comparisons of its own:
its changes are those of a week.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from cjm.figures.asking.reach import HeardReport
from cjm.figures.day.day_figures import DayFigures
from cjm.figures.map_parts.changes import StageChange
from cjm.figures.map_parts.contrast import Contrast, MeaningBreak
from cjm.figures.map_parts.hand_overs import HandOver
from cjm.figures.map_parts.persona_figures import PersonaFigures
from cjm.figures.map_parts.stage_facts import ChannelUse, MeasureFigures, StageAmount, StartTime
from cjm.figures.map_parts.targets import TargetFigure
from cjm.figures.map_parts.typed_texts import TypedTexts
from cjm.figures.map_parts.voice import Voice
from cjm.figures.people import CountBasis
from cjm.figures.score import Score
from cjm.scales import Scale


class MapKind(StrEnum):
    """Kind of map."""

    CURRENT = "current"  # measured
    FUTURE = "future"  # targets, planned and removed touchpoints, the gap to the current figures
    DIFFERENCE = "difference"  # of two periods or two segments
    BLUEPRINT = "blueprint"  # the current map with what happens behind it
    PERSONAS = "personas"  # curves of up to four personas
    PERSONA = "persona"  # a card a persona, one a page
    CHANNELS = "channels"  # figures by channel
    DAY = "day"  # a day in the life: figures by the part of the day of the visits


ABOUT_PERSONAS = (MapKind.PERSONAS, MapKind.PERSONA)
"""Kinds that show personas."""
OF_STAGES = (MapKind.CURRENT, MapKind.FUTURE, MapKind.DIFFERENCE, MapKind.BLUEPRINT)
"""Kinds that show the stages side by side, in lanes; the others have no lanes to choose."""


class ChangeDirection(StrEnum):
    """Direction of a figure since the period before."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"  # no change beyond noise
    MIX = "mix"  # other customers answered; no group of them changed
    UNKNOWN = "unknown"  # too few answers on either side


class MixSubject(StrEnum):
    """Kind of parts whose shares moved."""

    TOUCHPOINTS = "touchpoints"
    SEGMENTS = "segments"
    DELAYS = "delays"  # late answers, given over an hour after the question: the newest days miss many of them yet


@dataclass(frozen=True, slots=True)
class MixShift:
    """Shares of the answers (0 … 1) of the part that gained or lost most, before and now.

    ``is_lower`` says that the part's figure lies below that of the others. ``title`` is in the map's language, and
    empty for late answers.
    """

    subject: MixSubject
    title: str
    share_before: float
    share_now: float
    is_lower: bool


@dataclass(frozen=True, slots=True)
class FigureChange:
    """Difference to the days before, within touchpoints, in the unit of the headline figure, with its 95 % interval.

    ``mix`` is set when other touchpoints or segments were answered about than before, so that the plain figures of
    both periods differ by something else than ``points``. ``is_small`` says that a side has fewer than 100 people:
    words give the range first, since a change that small samples prove is measured too large.
    """

    direction: ChangeDirection
    points: float | None = None
    low: float | None = None
    high: float | None = None
    mix: MixShift | None = None
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    """Period of whole days in the journey's zone, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """Days that all marks and words about change of one message compare: ``now`` against ``before``."""

    now: Period
    before: Period

    @property
    def mixes_weekdays(self) -> bool:
        """True if weekdays weigh differently on the two sides."""
        return self.now.days % 7 != 0 or self.before.days % 7 != 0


@dataclass(frozen=True, slots=True)
class Barrier:
    """Reason that customers chose, and how often. ``theme`` is its text in the map's language.

    ``options`` are the questions and options, by key, that have this text.
    """

    theme: str
    n: int
    options: tuple[tuple[str, str], ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class LostReason:
    """Reason for not going on from a stage: ``n`` chose it when they were asked, and events told it of ``events``
    people. ``title`` is in the map's language, or the event's own text.
    """

    key: str
    title: str
    n: int
    events: int = 0


@dataclass(frozen=True, slots=True)
class RecalledOption:
    """Option of a choice about an earlier place, and how often it was chosen."""

    key: str
    title: str
    n: int


@dataclass(frozen=True, slots=True)
class RecalledChoice:
    """Choice that people made from memory about a stage. ``title`` is the question, in the map's language."""

    key: str
    title: str
    options: tuple[RecalledOption, ...]


@dataclass(frozen=True, slots=True)
class StageTime:
    """Seconds from entering a stage to entering a later one (Kaplan–Meier: those who still wait are counted).

    A quantile that the data do not reach is ``None``: over half, or over a tenth, are still there. ``n`` counts walks.
    ``median_low_s`` and ``median_high_s`` are the 95 % interval of the median; an end that is not reached is ``None``.
    """

    median_s: float | None
    p90_s: float | None
    n: int = 0
    median_low_s: float | None = None
    median_high_s: float | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """Questions that were delivered about a stage and its touchpoints, and what became of them.

    ``expired`` were left until their time was over. What is neither is open, or was skipped. Of a few questions of an
    anonymous journey only ``delivered`` is told; the rest is None.
    """

    delivered: int
    answered: int | None
    declined: int | None
    expired: int | None


@dataclass(frozen=True, slots=True)
class TouchpointFigures:
    """Figures of a touchpoint in the period."""

    key: str
    title: str
    channel: str  # cjm.journeys.journey.CHANNELS
    moment_of_truth: bool
    visits: int
    complaints: int
    scores: Mapping[Scale, Score]


@dataclass(frozen=True, slots=True)
class StageFigures:
    """Figures of a stage in the period; ``before`` holds the same scores in the period before."""

    key: str
    title: str
    goal: str
    customers: int  # different people who visited the stage
    conversion: Score | None  # % of those who entered that went on; None at the last stage or without data
    on_the_way: int  # entered, and their time to go on is not over yet
    time: StageTime | None
    scores: Mapping[Scale, Score]
    before: Mapping[Scale, Score]
    change: FigureChange  # of the map's headline scale
    target: float | None  # for the headline scale, in its unit
    visits: int
    complaints: int
    support: int  # support contacts: visits to touchpoints marked as support, and complaints
    barriers: tuple[Barrier, ...] = ()
    voices: tuple[Voice, ...] = ()
    touchpoints: tuple[TouchpointFigures, ...] = ()
    walks: int = 0  # passages that entered the stage: a customer may have several
    customers_is: CountBasis = CountBasis.EXACT
    lost_reasons: tuple[LostReason, ...] = ()  # the most frequent first
    recalled: tuple[RecalledChoice, ...] = ()
    silence: Silence = Silence(0, 0, 0, 0)
    targets: tuple[TargetFigure, ...] = ()  # all of the stage, that of the headline scale first
    channels: tuple[ChannelUse, ...] = ()  # those of its touchpoints and visits, the most used first
    measures: tuple[MeasureFigures, ...] = ()
    amount: StageAmount | None = None  # None where no event told an amount
    start_time: StartTime | None = None  # None with too few walks, and at the first stage
    typed: tuple[TypedTexts, ...] = ()  # of all touchpoints, also planned and removed ones
    changes: tuple[StageChange, ...] = ()

    @property
    def support_per_100(self) -> float | None:
        """Support contacts per 100 customers of the stage; None without customers."""
        return 100 * self.support / self.customers if self.customers else None


@dataclass(frozen=True, slots=True)
class MapTotals:
    """Counts of the whole journey in the period.

    ``response_rate`` (0 … 1) is over the invitations whose time is over; None without any, and over a few of an
    anonymous journey. ``still_open`` are the delivered invitations that are younger and not answered yet.
    """

    customers: int
    visits: int
    invitations: int
    answers: int
    response_rate: float | None
    complaints: int
    still_open: int = 0
    support: int = 0
    customers_is: CountBasis = CountBasis.EXACT

    @property
    def invitations_over(self) -> int:
        """Invitations that were answered, or whose time is over: the base of the response rate."""
        return self.invitations - self.still_open


@dataclass(frozen=True, slots=True)
class JourneyMap:
    """Journey over one period, for one segment and channel, in one language."""

    journey: str
    title: str
    purpose: str
    kind: MapKind
    period: Period
    before: Period
    as_of: datetime  # aware, in the journey's zone
    segment: str | None  # its key; None is everyone
    segment_title: str | None
    channel: str | None  # its key; None is all
    language: str
    scale: Scale  # the headline scale: curve and verdicts are about it
    judge_from: int  # fewer people than this: grey
    minimum: int  # fewer than this: withheld
    totals: MapTotals
    stages: tuple[StageFigures, ...]
    notes: tuple[str, ...] = field(default=())  # what to do next, while figures are missing; in the map's language
    comparison: Comparison | None = None  # the days that ``change`` of every stage compares
    weakest: str | None = None  # key of the stage whose headline figure is below each other's, beyond noise
    best: str | None = None  # key of the stage whose headline figure is above each other's, beyond noise
    counts_people: bool = True  # False in an anonymous journey: n is response-days, called "answers"
    contrast: Contrast | None = None  # of a difference map
    breaks: tuple[MeaningBreak, ...] = ()  # of meaning, within its days and those that they are compared with
    hand_overs: tuple[HandOver, ...] = ()  # where others are responsible for the next touchpoint
    personas: tuple[PersonaFigures, ...] = ()  # of a map about personas, as the journey lists them
    day: DayFigures | None = None  # of a day map
    heard: HeardReport | None = None  # who of the visitors was heard; None where it was not asked for
    scenario: str = ""  # who walks the journey, and when, as the team typed it
