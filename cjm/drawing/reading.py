"""What a map says, before it is decided where: what is judged, grey or withheld, and which stage is weakest.

Both layouts read the map here, so they cannot disagree. A reading never holds a figure that must not be shown.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from cjm.drawing.mood import GAUGES, Gauge
from cjm.drawing.typeset import clean, readable
from cjm.figures.journey_map import Barrier, JourneyMap, StageFigures, TouchpointFigures, Voice
from cjm.figures.score import Score, Verdict
from cjm.scales import Scale

BEST = 4
WIDE = 2  # steps between both ends of an interval from which on a face is not sure


class Knowledge(StrEnum):
    """How much may be said of a figure."""

    NONE = "none"  # nobody answered
    WITHHELD = "withheld"  # too few people: nobody is to be identifiable
    GREY = "grey"  # shown with its interval, not judged
    JUDGED = "judged"


@dataclass(frozen=True, slots=True)
class FigureReading:
    """A score as it may be shown: ``value``, ``low`` and ``high`` are zero unless it is grey or judged."""

    knowledge: Knowledge
    n: int = 0
    answers: int = 0
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0

    @property
    def judged(self) -> bool:
        return self.knowledge is Knowledge.JUDGED

    @property
    def shown(self) -> bool:
        return self.knowledge in (Knowledge.GREY, Knowledge.JUDGED)

    def mood(self, gauge: Gauge) -> int | None:
        """The face it may wear."""
        return gauge.step(self.value) if self.judged else None

    def sure(self, gauge: Gauge) -> bool:
        """Whether the interval reaches over less than three moods."""
        return gauge.step(self.high) - gauge.step(self.low) < WIDE


UNKNOWN = FigureReading(Knowledge.NONE)


def figure(score: Score | None) -> FigureReading:
    if score is None or not score.n:
        return UNKNOWN
    if score.verdict is Verdict.WITHHELD or score.value is None or score.low is None or score.high is None:
        return FigureReading(Knowledge.WITHHELD, score.n, score.answers)
    knowledge = Knowledge.JUDGED if score.verdict is Verdict.OK else Knowledge.GREY
    return FigureReading(knowledge, score.n, score.answers, score.value, score.low, score.high)


class TargetOutcome(StrEnum):
    """Whether a stage's target is met; ``OPEN`` while its interval lies on both sides."""

    MET = "met"
    MISSED = "missed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class StageReading:
    """A stage as it may be shown."""

    look: StageFigures
    figure: FigureReading
    before: float | None
    weakest: bool
    touchpoints: tuple["TouchpointReading", ...]
    others: tuple[tuple[Scale, FigureReading], ...]
    barriers: tuple[Barrier, ...]
    voices: tuple[Voice, ...]

    @property
    def goal(self) -> TargetOutcome | None:
        if self.look.target is None:
            return None
        if self.figure.judged and self.figure.low >= self.look.target:
            return TargetOutcome.MET
        if self.figure.judged and self.figure.high < self.look.target:
            return TargetOutcome.MISSED
        return TargetOutcome.OPEN

    @property
    def telling(self) -> tuple["TouchpointReading", ...]:
        """The touchpoints whose figure is judged, the lowest first."""
        return tuple(sorted((t for t in self.touchpoints if t.figure.judged), key=lambda t: t.figure.value))


@dataclass(frozen=True, slots=True)
class TouchpointReading:
    """A touchpoint with its figure on the map's headline scale."""

    look: TouchpointFigures
    figure: FigureReading


@dataclass(frozen=True, slots=True)
class MapReading:
    """A map as it may be shown; all its texts are clean."""

    look: JourneyMap
    gauge: Gauge
    stages: tuple[StageReading, ...]

    @property
    def target(self) -> float | None:
        """The target that all the stages with one share."""
        found = {stage.look.target for stage in self.stages if stage.look.target is not None}
        return found.pop() if len(found) == 1 else None

    @property
    def empty(self) -> bool:
        """Nobody answered anything."""
        return not any(stage.figure.n or stage.others for stage in self.stages)

    @property
    def charted(self) -> bool:
        """Whether any stage has a place on the path."""
        return any(stage.figure.shown for stage in self.stages)

    def axis(self) -> tuple[float, float]:
        """The range of the path: everything that is drawn on it lies inside."""
        values = []
        for stage in self.stages:
            values += [stage.figure.low, stage.figure.value, stage.figure.high] if stage.figure.shown else []
            values += [v for v in (stage.before, stage.look.target) if v is not None]
        return self.gauge.axis(values)

    def runs(self) -> list[list[int]]:
        """Neighbouring stages that are judged: the curve goes through these and stops between them."""
        found: list[list[int]] = []
        for i, stage in enumerate(self.stages):
            if not stage.figure.judged:
                continue
            if found and found[-1][-1] == i - 1:
                found[-1].append(i)
            else:
                found.append([i])
        return found


def read(journey_map: JourneyMap) -> MapReading:
    """The map as it may be shown."""
    tidy = _tidied(journey_map)
    figures = [figure(stage.scores.get(tidy.scale)) for stage in tidy.stages]
    gauge = GAUGES[tidy.scale]
    weakest = _weakest(figures, gauge)
    stages = tuple(
        _stage(stage, tidy.scale, found, i == weakest)
        for i, (stage, found) in enumerate(zip(tidy.stages, figures, strict=True))
    )
    return MapReading(tidy, gauge, stages)


def _stage(look: StageFigures, scale: Scale, found: FigureReading, weakest: bool) -> StageReading:
    # What single people said would tell how they voted where only a few did.
    open_ = found.knowledge is not Knowledge.WITHHELD
    earlier = figure(look.before.get(scale))
    return StageReading(
        look=look,
        figure=found,
        before=earlier.value if earlier.shown else None,
        weakest=weakest,
        touchpoints=tuple(TouchpointReading(t, figure(t.scores.get(scale))) for t in look.touchpoints),
        others=tuple(
            (other, known) for other in Scale if other is not scale and (known := figure(look.scores.get(other))).shown
        ),
        barriers=tuple(b for b in look.barriers if b.n > 0) if open_ else (),
        voices=_voices(look.voices) if open_ else (),
    )


def _voices(voices: tuple[Voice, ...]) -> tuple[Voice, ...]:
    """Those in letters we can set; where there is none, the others, with a box for each letter."""
    found = tuple(voice for voice in voices if voice.text)
    return tuple(voice for voice in found if readable(voice.text)) or found


def _weakest(figures: list[FigureReading], gauge: Gauge) -> int | None:
    """The judged stage with the lowest figure, as printed; none when there is no other, a tie, or nothing to mend."""
    judged = sorted((round(f.value, gauge.spec.decimals), i) for i, f in enumerate(figures) if f.judged)
    if len(judged) < 2 or judged[0][0] == judged[1][0] or gauge.step(judged[0][0]) == BEST:
        return None
    return judged[0][1]


def _tidied(journey_map: JourneyMap) -> JourneyMap:
    """The map with every text made clean, so nothing after this has to think of it; HTML stays as it was typed."""
    return replace(
        journey_map,
        title=clean(journey_map.title) or journey_map.journey,
        purpose=clean(journey_map.purpose),
        segment_title=clean(journey_map.segment_title or journey_map.segment or "") or None,
        channel=clean(journey_map.channel or "") or None,
        notes=tuple(note for note in map(clean, journey_map.notes) if note),
        stages=tuple(_tidied_stage(stage) for stage in journey_map.stages),
    )


def _tidied_stage(stage: StageFigures) -> StageFigures:
    return replace(
        stage,
        title=clean(stage.title) or stage.key,
        goal=clean(stage.goal),
        barriers=tuple(Barrier(clean(b.theme), b.n) for b in stage.barriers),
        voices=tuple(Voice(clean(v.text), v.mood) for v in stage.voices),
        touchpoints=tuple(replace(t, title=clean(t.title) or t.key) for t in stage.touchpoints),
    )
