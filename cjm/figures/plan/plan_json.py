"""Targets, channels, typed texts, changes and hand-overs as JSON values. The keys are a contract with users."""

from dataclasses import asdict
from typing import Any

from cjm.figures.journey_map import JourneyMap, StageFigures
from cjm.figures.map_parts.changes import StageChange
from cjm.figures.map_parts.targets import TargetFigure
from cjm.figures.map_parts.typed_texts import TypedTexts


def plan_json(stage: StageFigures) -> dict[str, Any]:
    """Return the keys of a stage about what the team planned and typed."""
    return {
        "targets": [_target_json(target) for target in stage.targets],
        "channels": [asdict(use) for use in stage.channels],
        "typed": [_typed_json(typed) for typed in stage.typed],
        "changes": [_change_json(change) for change in stage.changes],
    }


def _target_json(target: TargetFigure) -> dict[str, Any]:
    gap = {"value": target.gap, "low": target.gap_low, "high": target.gap_high}
    return {**asdict(target), "gap": None if target.gap is None else gap}


def _typed_json(typed: TypedTexts) -> dict[str, Any]:
    return {**asdict(typed), "assumed": True}


def _change_json(change: StageChange) -> dict[str, Any]:
    days = {name: day.isoformat() if day else None for name, day in (("due", change.due), ("made_on", change.made_on))}
    return {**asdict(change), **days}


def hand_overs_json(journey_map: JourneyMap) -> list[dict[str, Any]]:
    """Return the hand-overs of a map."""
    return [asdict(hand_over) for hand_over in journey_map.hand_overs]
