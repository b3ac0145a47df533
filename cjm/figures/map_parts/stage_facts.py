"""Facts about a stage that are no answers: channels, operational measures, amounts, time since the start of a walk."""

from dataclasses import dataclass

from cjm.figures.score import Score


@dataclass(frozen=True, slots=True)
class ChannelUse:
    """Channel of a stage in the period; one that nobody used has no visits.

    ``score`` is on the map's headline scale, ``conversion`` the share of the walks that went on from here; None where
    nobody answered or entered.
    """

    channel: str  # cjm.journeys.journey.CHANNELS
    visits: int
    complaints: int
    score: Score | None = None
    conversion: Score | None = None

    @property
    def is_used(self) -> bool:
        """True if customers came by it: visits tell it, or imported answers that have no visit."""
        return self.visits > 0 or self.score is not None


@dataclass(frozen=True, slots=True)
class MeasureFigures:
    """Operational measure of a stage, such as minutes of waiting: ``n`` events told it.

    ``median`` and ``p90`` are exact to 1 % of their value. ``title`` and ``unit`` are in the map's language. With fewer
    events than the minimum, or fewer customers at the stage, there are no figures of a measure.
    """

    key: str
    title: str
    unit: str
    n: int
    median: float
    p90: float
    low: float | None = None  # the 95 % interval of the median
    high: float | None = None


@dataclass(frozen=True, slots=True)
class StageAmount:
    """Worth of the walks that entered a stage, as events told it: ``n`` of them told an amount.

    ``lost`` is the sum over the ``lost_n`` of them whose time to go on is over, and who did not. It is None where
    these, or all others, are some but fewer than the minimum: it would tell the amounts of a few. ``unit`` is such as
    "€", in the map's language. With fewer walks than the minimum there is no `StageAmount`.
    """

    n: int
    total: float
    lost_n: int
    lost: float | None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class StartTime:
    """Median time from the start of a walk to its entry into a stage, in seconds, over ``n`` walks.

    Walks that began at this stage are not among them. It is exact to 2.5 %.
    """

    median_s: float
    n: int
