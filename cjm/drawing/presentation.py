"""Presentation of a map: what may be shown, before any layout decides where.

* Both layouts read the map through this module, so they cannot disagree.
* The fields of a presentation hold only figures, quotes and barriers that may be shown. Its ``figures`` hold the rest
  too: layouts read only names, goals, counts, times, targets and changes from there, and the conversion by
  `present_score`.
* All its texts can be drawn: there are no control characters and line breaks, and "…" for letters that no font has.
* No words of a customer stand on a map twice, and none that the fonts lack letters for.
"""

from dataclasses import dataclass
from enum import StrEnum

from cjm.drawing.clean_map import clean_map
from cjm.drawing.gauge import GAUGES, Gauge
from cjm.drawing.lettering.drawable_text import has_letters
from cjm.figures.journey_map import (
    Barrier,
    Comparison,
    JourneyMap,
    StageFigures,
    TouchpointFigures,
)
from cjm.figures.map_parts.targets import TargetFigure, TargetOutcome, TargetSubject, judge_target
from cjm.figures.map_parts.voice import Voice
from cjm.figures.people import CountBasis
from cjm.figures.score import RecallShare, Score, Verdict
from cjm.scales import Scale
from cjm.wording.change_words import compared_days, has_contradiction, shown_comparison
from cjm.wording.kinds.contrast_words import is_clear

UNCERTAIN_STEPS = 2  # moods between both ends of an interval, from which on a face is uncertain


class FigureStatus(StrEnum):
    """Permission to show and to judge a figure; beside the verdicts of a score, that nobody answered."""

    NONE = "none"  # nobody answered
    WITHHELD = "withheld"  # too few people: somebody could be recognised
    GREY = "grey"  # shown with its interval, not judged
    JUDGED = "judged"


@dataclass(frozen=True, slots=True)
class FigurePresentation:
    """Score as it may be shown: ``value``, ``low`` and ``high`` are zero unless it is grey or judged."""

    status: FigureStatus
    n: int = 0
    answers: int = 0
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0
    n_is: CountBasis = CountBasis.EXACT
    recalled: RecallShare = RecallShare.NONE

    @property
    def is_judged(self) -> bool:
        return self.status is FigureStatus.JUDGED

    @property
    def is_visible(self) -> bool:
        return self.status in (FigureStatus.GREY, FigureStatus.JUDGED)

    def mood(self, gauge: Gauge) -> int | None:
        """Return the mood of its face; None unless it is judged."""
        return gauge.mood_of(self.value) if self.is_judged else None

    def is_certain(self, gauge: Gauge) -> bool:
        """Return whether the interval reaches over less than three moods."""
        return gauge.mood_of(self.high) - gauge.mood_of(self.low) < UNCERTAIN_STEPS


UNKNOWN = FigurePresentation(FigureStatus.NONE)


def present_score(score: Score | None) -> FigurePresentation:
    """Return a score as it may be shown; ``None`` means that nobody answered."""
    if score is None or not score.n:
        return UNKNOWN
    if score.verdict is Verdict.WITHHELD or score.value is None or score.low is None or score.high is None:
        return FigurePresentation(FigureStatus.WITHHELD, score.n, score.answers, n_is=score.n_is)
    status = FigureStatus.JUDGED if score.verdict is Verdict.OK else FigureStatus.GREY
    values = (score.value, score.low, score.high)
    return FigurePresentation(status, score.n, score.answers, *values, score.n_is, score.recalled)


@dataclass(frozen=True, slots=True)
class StagePresentation:
    """Stage as it may be shown; ``headline`` is its figure on the map's headline scale.

    ``before`` is the figure of the days before, None where it would contradict the change that is marked.
    ``is_within_touchpoints`` says that the change is one at the same touchpoints, and the plain figures tell another.
    ``other`` is the figure of the other side of a difference map, which has no figure before; None on other maps.
    """

    figures: StageFigures
    headline: FigurePresentation
    before: float | None
    is_within_touchpoints: bool
    is_weakest: bool
    touchpoints: tuple["TouchpointPresentation", ...]
    other_scales: tuple[tuple[Scale, FigurePresentation], ...]
    barriers: tuple[Barrier, ...]
    voices: tuple[Voice, ...]
    other: FigurePresentation | None = None

    @property
    def stands_out(self) -> bool:
        """True if the stage has a tinted ground: the weakest one, and each that clearly differs on a difference map."""
        return self.is_weakest or (self.other is not None and self.headline.is_judged and is_clear(self.figures.change))

    @property
    def target_outcome(self) -> TargetOutcome | None:
        """Outcome of the headline figure's target; None without one."""
        if self.figures.target is None:
            return None
        judged = (self.headline.low, self.headline.high) if self.headline.is_judged else (None, None)
        return judge_target(self.figures.target, *judged, is_least=True)

    @property
    def targets(self) -> tuple[TargetFigure, ...]:
        """All targets of the stage, each with its outcome; that of the headline figure comes first."""
        outcome, target = self.target_outcome, self.figures.target
        if self.figures.targets or outcome is None or target is None:
            return self.figures.targets
        value = self.headline.value if self.headline.is_visible else None
        return (TargetFigure(TargetSubject.SCORE, "", target, is_least=True, outcome=outcome, value=value),)

    @property
    def judged_touchpoints(self) -> tuple["TouchpointPresentation", ...]:
        """The touchpoints whose figure is judged, lowest first."""
        return tuple(sorted((t for t in self.touchpoints if t.headline.is_judged), key=lambda t: t.headline.value))

    @property
    def has_judged_figure(self) -> bool:
        """True if the stage or one of its touchpoints is judged, and so may have a face with a mood."""
        return self.headline.is_judged or bool(self.judged_touchpoints)


@dataclass(frozen=True, slots=True)
class TouchpointPresentation:
    """Touchpoint with its figure on the map's headline scale."""

    figures: TouchpointFigures
    headline: FigurePresentation


@dataclass(frozen=True, slots=True)
class MapPresentation:
    """Map as it may be shown."""

    journey_map: JourneyMap
    gauge: Gauge
    stages: tuple[StagePresentation, ...]

    @property
    def target(self) -> float | None:
        """The target, if all stages that have one have the same."""
        targets = {stage.figures.target for stage in self.stages if stage.figures.target is not None}
        return targets.pop() if len(targets) == 1 else None

    @property
    def comparison(self) -> Comparison | None:
        """The days that marks of change compare; None where no stage could have such a mark."""
        return None if self.is_empty else shown_comparison(self.journey_map)

    @property
    def is_empty(self) -> bool:
        """True if no stage has an answer on the headline scale or a visible figure on another."""
        return not any(stage.headline.n or stage.other_scales for stage in self.stages)

    @property
    def has_visible_figure(self) -> bool:
        """True if any stage has a figure to place on the path."""
        return any(stage.headline.is_visible for stage in self.stages)

    def axis_range(self) -> tuple[float, float]:
        """Return the ends of the path's axis, which are those of its scale: the same on every picture."""
        return self.gauge.axis_range

    def judged_runs(self) -> list[list[int]]:
        """Return the places of judged stages, grouped by neighbours: the curve stops between two groups."""
        runs: list[list[int]] = []
        for i, stage in enumerate(self.stages):
            if not stage.headline.is_judged:
                continue
            if runs and runs[-1][-1] == i - 1:
                runs[-1].append(i)
            else:
                runs.append([i])
        return runs


def present_map(journey_map: JourneyMap) -> MapPresentation:
    """Return the map as it may be shown."""
    journey_map = clean_map(journey_map)
    headlines = [present_score(stage.scores.get(journey_map.scale)) for stage in journey_map.stages]
    quoted: set[str] = set()
    stages = tuple(
        _present_stage(stage, journey_map, headline, quoted)
        for stage, headline in zip(journey_map.stages, headlines, strict=True)
    )
    return MapPresentation(journey_map, GAUGES[journey_map.scale], stages)


def _present_stage(
    figures: StageFigures, journey_map: JourneyMap, headline: FigurePresentation, quoted: set[str]
) -> StagePresentation:
    scale = journey_map.scale
    # Among only a few people, their words would tell how each of them answered.
    may_quote = headline.status is not FigureStatus.WITHHELD
    earlier = present_score(figures.before.get(scale))
    # A digest marks the changes of a week on a map of four: its figures before are of other days than its marks.
    has_before = earlier.is_visible and compared_days(journey_map).now == journey_map.period
    is_difference = journey_map.contrast is not None
    differs = has_before and headline.is_visible
    differs = differs and has_contradiction(figures.change, scale, headline.value, earlier.value)
    return StagePresentation(
        figures=figures,
        headline=headline,
        before=earlier.value if has_before and not differs and not is_difference else None,
        is_within_touchpoints=differs or figures.change.mix is not None,
        is_weakest=figures.key == journey_map.weakest and headline.is_judged,
        touchpoints=tuple(TouchpointPresentation(t, present_score(t.scores.get(scale))) for t in figures.touchpoints),
        other_scales=tuple(
            (other, known)
            for other in Scale
            if other is not scale and (known := present_score(figures.scores.get(other))).is_visible
        ),
        barriers=tuple(b for b in figures.barriers if b.n > 0 and b.theme) if may_quote else (),
        voices=_choose_voices(figures.voices, quoted) if may_quote else (),
        other=earlier if is_difference else None,
    )


def _choose_voices(voices: tuple[Voice, ...], quoted: set[str]) -> tuple[Voice, ...]:
    """Return the voices that are not ``quoted`` yet, and add them there; emoji alone give way to words."""
    new = {_quote_key(voice): voice for voice in reversed(voices) if voice.text and _quote_key(voice) not in quoted}
    found = tuple(reversed(new.values()))
    chosen = tuple(voice for voice in found if has_letters(voice.text)) or found
    quoted.update(map(_quote_key, chosen))
    return chosen


def _quote_key(voice: Voice) -> str:
    """Return what two voices share that a reader takes for the same."""
    return "".join(letter for letter in voice.text.casefold() if letter.isalnum()) or voice.text
