"""What a map says, before it is decided where: what is judged, grey or withheld, and which stage is weakest.

Both layouts read the map here, so they cannot disagree. A presentation never holds a figure that must not be shown.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from cjm.drawing.gauge import GAUGES, Gauge
from cjm.drawing.typeset import clean_text, is_readable
from cjm.figures.journey_map import Barrier, JourneyMap, StageFigures, TouchpointFigures, Voice
from cjm.figures.score import Score, Verdict
from cjm.scales import Scale

BEST_MOOD = 4
UNCERTAIN_STEPS = 2  # steps between both ends of an interval from which on a face is not sure


class FigureStatus(StrEnum):
    """How much may be said of a figure."""

    NONE = "none"  # nobody answered
    WITHHELD = "withheld"  # too few people: nobody is to be identifiable
    GREY = "grey"  # shown with its interval, not judged
    JUDGED = "judged"


@dataclass(frozen=True, slots=True)
class FigurePresentation:
    """A score as it may be shown: ``value``, ``low`` and ``high`` are zero unless it is grey or judged."""

    status: FigureStatus
    n: int = 0
    answers: int = 0
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0

    @property
    def is_judged(self) -> bool:
        return self.status is FigureStatus.JUDGED

    @property
    def is_visible(self) -> bool:
        return self.status in (FigureStatus.GREY, FigureStatus.JUDGED)

    def mood(self, gauge: Gauge) -> int | None:
        """The face it may wear."""
        return gauge.mood_of(self.value) if self.is_judged else None

    def is_certain(self, gauge: Gauge) -> bool:
        """Whether the interval reaches over less than three moods."""
        return gauge.mood_of(self.high) - gauge.mood_of(self.low) < UNCERTAIN_STEPS


UNKNOWN = FigurePresentation(FigureStatus.NONE)


def present_score(score: Score | None) -> FigurePresentation:
    if score is None or not score.n:
        return UNKNOWN
    if score.verdict is Verdict.WITHHELD or score.value is None or score.low is None or score.high is None:
        return FigurePresentation(FigureStatus.WITHHELD, score.n, score.answers)
    knowledge = FigureStatus.JUDGED if score.verdict is Verdict.OK else FigureStatus.GREY
    return FigurePresentation(knowledge, score.n, score.answers, score.value, score.low, score.high)


class TargetOutcome(StrEnum):
    """Whether a stage's target is met; ``OPEN`` while its interval lies on both sides."""

    MET = "met"
    MISSED = "missed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class StagePresentation:
    """A stage as it may be shown."""

    figures: StageFigures
    headline: FigurePresentation
    before: float | None
    is_weakest: bool
    touchpoints: tuple["TouchpointPresentation", ...]
    other_scales: tuple[tuple[Scale, FigurePresentation], ...]
    barriers: tuple[Barrier, ...]
    voices: tuple[Voice, ...]

    @property
    def target_outcome(self) -> TargetOutcome | None:
        if self.figures.target is None:
            return None
        if self.headline.is_judged and self.headline.low >= self.figures.target:
            return TargetOutcome.MET
        if self.headline.is_judged and self.headline.high < self.figures.target:
            return TargetOutcome.MISSED
        return TargetOutcome.OPEN

    @property
    def judged_touchpoints(self) -> tuple["TouchpointPresentation", ...]:
        """The touchpoints whose figure is judged, the lowest first."""
        return tuple(sorted((t for t in self.touchpoints if t.headline.is_judged), key=lambda t: t.headline.value))


@dataclass(frozen=True, slots=True)
class TouchpointPresentation:
    """A touchpoint with its figure on the map's headline scale."""

    figures: TouchpointFigures
    headline: FigurePresentation


@dataclass(frozen=True, slots=True)
class MapPresentation:
    """A map as it may be shown; all its texts are clean."""

    journey_map: JourneyMap
    gauge: Gauge
    stages: tuple[StagePresentation, ...]

    @property
    def target(self) -> float | None:
        """The target that all the stages with one share."""
        found = {stage.figures.target for stage in self.stages if stage.figures.target is not None}
        return found.pop() if len(found) == 1 else None

    @property
    def is_empty(self) -> bool:
        """Nobody answered anything."""
        return not any(stage.headline.n or stage.other_scales for stage in self.stages)

    @property
    def has_visible_figure(self) -> bool:
        """Whether any stage has a place on the path."""
        return any(stage.headline.is_visible for stage in self.stages)

    def axis_range(self) -> tuple[float, float]:
        """The range of the path: everything that is drawn on it lies inside."""
        values = []
        for stage in self.stages:
            values += (
                [stage.headline.low, stage.headline.value, stage.headline.high] if stage.headline.is_visible else []
            )
            values += [v for v in (stage.before, stage.figures.target) if v is not None]
        return self.gauge.axis_range(values)

    def judged_runs(self) -> list[list[int]]:
        """Neighbouring stages that are judged: the curve goes through these and stops between them."""
        found: list[list[int]] = []
        for i, stage in enumerate(self.stages):
            if not stage.headline.is_judged:
                continue
            if found and found[-1][-1] == i - 1:
                found[-1].append(i)
            else:
                found.append([i])
        return found


def present_map(journey_map: JourneyMap) -> MapPresentation:
    """The map as it may be shown."""
    tidy = _clean_map(journey_map)
    figures = [present_score(stage.scores.get(tidy.scale)) for stage in tidy.stages]
    gauge = GAUGES[tidy.scale]
    weakest = _weakest_stage(figures, gauge)
    stages = tuple(
        _present_stage(stage, tidy.scale, found, i == weakest)
        for i, (stage, found) in enumerate(zip(tidy.stages, figures, strict=True))
    )
    return MapPresentation(tidy, gauge, stages)


def _present_stage(figures: StageFigures, scale: Scale, found: FigurePresentation, weakest: bool) -> StagePresentation:
    # What single people said would tell how they voted where only a few did.
    open_ = found.status is not FigureStatus.WITHHELD
    earlier = present_score(figures.before.get(scale))
    return StagePresentation(
        figures=figures,
        headline=found,
        before=earlier.value if earlier.is_visible else None,
        is_weakest=weakest,
        touchpoints=tuple(TouchpointPresentation(t, present_score(t.scores.get(scale))) for t in figures.touchpoints),
        other_scales=tuple(
            (other, known)
            for other in Scale
            if other is not scale and (known := present_score(figures.scores.get(other))).is_visible
        ),
        barriers=tuple(b for b in figures.barriers if b.n > 0) if open_ else (),
        voices=_settable_voices(figures.voices) if open_ else (),
    )


def _settable_voices(voices: tuple[Voice, ...]) -> tuple[Voice, ...]:
    """Those in letters we can set; where there is none, the others, with a box for each letter."""
    found = tuple(voice for voice in voices if voice.text)
    return tuple(voice for voice in found if is_readable(voice.text)) or found


def _weakest_stage(figures: list[FigurePresentation], gauge: Gauge) -> int | None:
    """The judged stage with the lowest figure, as printed; none when there is no other, a tie, or nothing to mend."""
    judged = sorted((round(f.value, gauge.spec.decimals), i) for i, f in enumerate(figures) if f.is_judged)
    if len(judged) < 2 or judged[0][0] == judged[1][0] or gauge.mood_of(judged[0][0]) == BEST_MOOD:
        return None
    return judged[0][1]


def _clean_map(journey_map: JourneyMap) -> JourneyMap:
    """The map with every text made clean, so nothing after this has to think of it; HTML stays as it was typed."""
    return replace(
        journey_map,
        title=clean_text(journey_map.title) or journey_map.journey,
        purpose=clean_text(journey_map.purpose),
        segment_title=clean_text(journey_map.segment_title or journey_map.segment or "") or None,
        channel=clean_text(journey_map.channel or "") or None,
        notes=tuple(note for note in map(clean_text, journey_map.notes) if note),
        stages=tuple(_clean_stage(stage) for stage in journey_map.stages),
    )


def _clean_stage(stage: StageFigures) -> StageFigures:
    return replace(
        stage,
        title=clean_text(stage.title) or stage.key,
        goal=clean_text(stage.goal),
        barriers=tuple(Barrier(clean_text(b.theme), b.n) for b in stage.barriers),
        voices=tuple(Voice(clean_text(v.text), v.mood) for v in stage.voices),
        touchpoints=tuple(replace(t, title=clean_text(t.title) or t.key) for t in stage.touchpoints),
    )
