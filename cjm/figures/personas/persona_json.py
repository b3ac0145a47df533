"""Personas as JSON values, for HTTP and for files. The keys are a contract with users."""

from dataclasses import asdict
from typing import Any

from cjm.figures.journey_map import JourneyMap
from cjm.figures.map_parts.persona_figures import PersonaFigures


def personas_json(journey_map: JourneyMap) -> list[dict[str, Any]]:
    """Return the personas of a map; what the team typed stands under ``assumed``."""
    return [_persona_json(persona) for persona in journey_map.personas]


def _persona_json(persona: PersonaFigures) -> dict[str, Any]:
    voice = persona.voice
    return {
        "key": persona.key,
        "title": persona.title,
        "has_rule": persona.has_rule,
        "visitors": persona.visitors,
        "share": asdict(persona.share) if persona.share else None,
        "scores": {stage: asdict(score) for stage, score in persona.scores.items()},
        "voice": {"text": voice.text, "stage": persona.voice_stage, "recalled": voice.recalled} if voice else None,
        "assumed": asdict(persona.texts),
    }
