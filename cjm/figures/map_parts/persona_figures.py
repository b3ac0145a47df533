"""Personas on a map: what the team typed about each, and what was measured of those who belong to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cjm.figures.map_parts.voice import Voice
from cjm.figures.score import Score


@dataclass(frozen=True, slots=True)
class PersonaTexts:
    """Texts that the team typed about a persona, in the map's language: assumed, not measured."""

    who: str = ""
    motives: str = ""
    day: str = ""
    goals: str = ""
    pains: str = ""
    channel: str = ""  # cjm.journeys.journey.CHANNELS


@dataclass(frozen=True, slots=True)
class PersonaFigures:
    """Persona in a period. Without a rule (``has_rule``) nothing is known of who belongs to it.

    ``share`` is its part of the visitors in per cent, over ``n`` visitors; it is withheld where the persona, or all
    others, are some but fewer than the minimum, and None where visitors are not known or there were none.
    ``visitors`` are those of the persona; None where the share is withheld or not known. ``scores`` are on the map's
    headline scale, by the key of the stage. ``voice`` is a quote of one of them, about the stage ``voice_stage``.
    """

    key: str
    title: str
    texts: PersonaTexts = PersonaTexts()
    has_rule: bool = True
    visitors: int | None = None
    share: Score | None = None
    scores: Mapping[str, Score] = field(default_factory=dict)
    voice: Voice | None = None
    voice_stage: str = ""
