"""Parts of a stage that come from what the team planned: targets, channels, and typed texts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from cjm.figures.journey_map import StageFigures
from cjm.figures.map_parts.hand_overs import HandOver
from cjm.figures.plan.find_hand_overs import find_hand_overs
from cjm.figures.plan.stage_channels import ChannelFigures, ChannelRules, list_channel_uses
from cjm.figures.plan.stage_targets import list_target_figures
from cjm.figures.plan.stage_texts import VisitorCount, list_typed_texts
from cjm.figures.score import Score, Thresholds
from cjm.journeys.journey import Journey
from cjm.scales import Scale


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """Facts beside the plan: the channels of each stage that were used, and who visited each removed touchpoint.

    Where channels were not read (None), the map names none: not even those that a stage declares, which would look
    unused.
    """

    channels: Mapping[str, Mapping[str, ChannelFigures]] | None = None
    removed_visitors: Mapping[str, VisitorCount] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanScope:
    """Journey and language of a map, the channel that it is narrowed to, and its thresholds."""

    journey: Journey
    language: str
    channel: str | None
    thresholds: Thresholds


def add_plan_parts(stages: tuple[StageFigures, ...], scope: PlanScope, facts: PlanFacts) -> tuple[StageFigures, ...]:
    """Return the stages of a map with their targets, channels and typed texts."""
    return tuple(_add_parts(stage, scope, facts) for stage in stages)


def _add_parts(stage: StageFigures, scope: PlanScope, facts: PlanFacts) -> StageFigures:
    journey, declared = scope.journey, scope.journey.stages_by_key[stage.key]
    is_last = declared is journey.stages[-1]
    rules = ChannelRules(journey.scale, scope.thresholds, scope.channel, has_next=not is_last)
    return replace(
        stage,
        targets=list_target_figures(journey, scope.language, stage, scope.thresholds.judge_from),
        channels=()
        if facts.channels is None
        else list_channel_uses(declared, facts.channels.get(stage.key, {}), rules),
        typed=list_typed_texts(declared, scope.language, facts.removed_visitors),
    )


def find_map_hand_overs(stages: tuple[StageFigures, ...], scale: Scale) -> tuple[HandOver, ...]:
    """Return the hand-overs of a map; its stages must have their typed texts."""
    typed = [texts for stage in stages for texts in stage.typed]
    return find_hand_overs(typed, dict(_list_scores(stages, scale)), scale)


def _list_scores(stages: tuple[StageFigures, ...], scale: Scale) -> Iterator[tuple[str, Score]]:
    for stage in stages:
        for point in stage.touchpoints:
            if scale in point.scores:
                yield point.key, point.scores[scale]
