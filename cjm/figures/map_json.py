"""A map as JSON values, for HTTP and for ``tropa map --out FILE.json``. The keys are a contract with users."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from cjm.figures.asking.reach import HeardReport
from cjm.figures.day.day_json import day_json
from cjm.figures.journey_map import JourneyMap, Period, StageFigures
from cjm.figures.map_parts.contrast import Contrast
from cjm.figures.personas.persona_json import personas_json
from cjm.figures.plan.plan_json import hand_overs_json, plan_json
from cjm.figures.score import Score
from cjm.scales import Scale


def map_as_json(journey_map: JourneyMap) -> dict[str, Any]:
    """Return the map as JSON values; a scale without answers is absent."""
    return {
        "journey": journey_map.journey,
        "title": journey_map.title,
        "scenario": journey_map.scenario,
        "kind": journey_map.kind.value,
        "scale": journey_map.scale.value,
        "period": _period_json(journey_map.period),
        "compared_with": _period_json(journey_map.before),
        "contrast": _contrast_json(journey_map.contrast, journey_map) if journey_map.contrast else None,
        "breaks": _breaks_json(journey_map),
        "as_of": journey_map.as_of.isoformat(timespec="seconds"),
        "segment": journey_map.segment,
        "channel": journey_map.channel,
        "language": journey_map.language,
        "judge_from": journey_map.judge_from,
        "minimum": journey_map.minimum,
        "n_counts": "people" if journey_map.counts_people else "answers",
        "totals": asdict(journey_map.totals),
        "weakest": journey_map.weakest,
        "best": journey_map.best,
        "heard": _heard_json(journey_map.heard) if journey_map.heard else None,
        "stages": [_stage_json(stage) for stage in journey_map.stages],
        "hand_overs": hand_overs_json(journey_map),
        "personas": personas_json(journey_map),
        "parts_of_day": day_json(journey_map.day) if journey_map.day else None,
    }


def _contrast_json(contrast: Contrast, journey_map: JourneyMap) -> dict[str, Any]:
    return asdict(contrast) | {"breaks": _breaks_json(journey_map), "is_broken": bool(journey_map.breaks)}


def _breaks_json(journey_map: JourneyMap) -> list[dict[str, Any]]:
    return [
        {
            "day": each.day.isoformat(),
            "stages": list(each.stages),
            "regroups": each.regroups,
            "moved": list(each.moved),
        }
        for each in journey_map.breaks
    ]


def _heard_json(heard: HeardReport) -> dict[str, Any]:
    return {
        "visitors": heard.visitors,
        "visitors_are": "a sample" if heard.is_sample else "all",
        "groups": dict(heard.groups),
        "segments": [asdict(segment) for segment in heard.segments],
        "unlike": [asdict(share) for share in heard.unlike],
    }


def _period_json(period: Period) -> dict[str, str]:
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


def _stage_json(stage: StageFigures) -> dict[str, Any]:
    return {
        "key": stage.key,
        "title": stage.title,
        "goal": stage.goal,
        "customers": stage.customers,
        "customers_is": stage.customers_is,
        "walks": stage.walks,
        "conversion": asdict(stage.conversion) if stage.conversion else None,
        "on_the_way": stage.on_the_way,
        "time": asdict(stage.time) if stage.time else None,
        "scores": _scores_json(stage.scores),
        "before": _scores_json(stage.before),
        "change": asdict(stage.change),
        "target": stage.target,
        "visits": stage.visits,
        "complaints": stage.complaints,
        "support": stage.support,
        "support_per_100": stage.support_per_100,
        "silence": asdict(stage.silence),
        "barriers": [{"theme": barrier.theme, "n": barrier.n} for barrier in stage.barriers],
        "lost_reasons": [asdict(reason) for reason in stage.lost_reasons],
        "recalled": [asdict(choice) for choice in stage.recalled],
        "measures": [asdict(measure) for measure in stage.measures],
        "amount": asdict(stage.amount) if stage.amount else None,
        "start_time": asdict(stage.start_time) if stage.start_time else None,
        **plan_json(stage),
        "voices": [{"text": each.text, "mood": each.mood, "recalled": each.recalled} for each in stage.voices],
        "touchpoints": [
            {**{name: getattr(point, name) for name in _TOUCHPOINT_KEYS}, "scores": _scores_json(point.scores)}
            for point in stage.touchpoints
        ],
    }


_TOUCHPOINT_KEYS = ("key", "title", "channel", "moment_of_truth", "visits", "complaints")


def _scores_json(scores: Mapping[Scale, Score]) -> dict[str, Any]:
    return {scale.value: asdict(score) for scale, score in scores.items()}
