"""Texts of a map before they are drawn: one line each, of letters that the fonts have.

No later step has to care: there are no control characters and line breaks, and "…" for letters that no font has. HTML
stays as it was typed.
"""

from dataclasses import fields, replace
from typing import Any, TypeVar

from cjm.drawing.lettering.drawable_text import is_drawable, keep_drawable_text
from cjm.figures.day.day_figures import DayFigures, DayPart
from cjm.figures.journey_map import FigureChange, JourneyMap, RecalledChoice, StageFigures
from cjm.figures.map_parts.changes import StageChange
from cjm.figures.map_parts.contrast import Contrast
from cjm.figures.map_parts.persona_figures import PersonaFigures, PersonaTexts
from cjm.figures.map_parts.stage_facts import MeasureFigures
from cjm.figures.map_parts.targets import TargetFigure
from cjm.figures.map_parts.typed_texts import TypedTexts

Part = TypeVar("Part", MeasureFigures, TargetFigure, TypedTexts, StageChange)


def clean_map(journey_map: JourneyMap) -> JourneyMap:
    """Return the map with texts that can be drawn."""
    return replace(
        journey_map,
        title=keep_drawable_text(journey_map.title) or journey_map.journey,
        purpose=keep_drawable_text(journey_map.purpose),
        scenario=keep_drawable_text(journey_map.scenario),
        segment_title=keep_drawable_text(journey_map.segment_title or journey_map.segment or "") or None,
        channel=keep_drawable_text(journey_map.channel or "") or None,
        notes=tuple(note for note in map(keep_drawable_text, journey_map.notes) if note),
        contrast=_clean_contrast(journey_map.contrast) if journey_map.contrast else None,
        stages=tuple(_clean_stage(stage) for stage in journey_map.stages),
        personas=tuple(_clean_persona(persona) for persona in journey_map.personas),
        day=_clean_day(journey_map.day) if journey_map.day else None,
    )


def _clean_persona(persona: PersonaFigures) -> PersonaFigures:
    texts: dict[str, Any] = {
        each.name: keep_drawable_text(getattr(persona.texts, each.name)) for each in fields(PersonaTexts)
    }
    voice = persona.voice
    if voice is not None:
        is_shown = is_drawable(voice.text)
        voice = replace(voice, text=keep_drawable_text(voice.text), writer=None) if is_shown else None
    return replace(
        persona,
        title=keep_drawable_text(persona.title) or persona.key,
        texts=PersonaTexts(**texts),
        voice=voice,
        voice_stage=keep_drawable_text(persona.voice_stage),
    )


def _clean_day(day: DayFigures) -> DayFigures:
    return replace(day, parts=tuple(_clean_part_of_day(part) for part in day.parts))


def _clean_part_of_day(part: DayPart) -> DayPart:
    quotes = {
        question: replace(voice, text=keep_drawable_text(voice.text), writer=None)
        for question, voice in part.quotes.items()
        if is_drawable(voice.text)
    }
    places = tuple(replace(place, title=keep_drawable_text(place.title) or place.key) for place in part.places)
    return replace(part, quotes=quotes, places=places)


def _clean_contrast(contrast: Contrast) -> Contrast:
    titles: dict[str, Any] = {
        name: keep_drawable_text(getattr(contrast, name)) or "…" for name in ("title", "other_title")
    }
    return replace(contrast, **titles)


def _clean_stage(stage: StageFigures) -> StageFigures:
    return replace(
        stage,
        title=keep_drawable_text(stage.title) or stage.key,
        goal=keep_drawable_text(stage.goal),
        change=_clean_change(stage.change),
        barriers=tuple(replace(b, theme=keep_drawable_text(b.theme)) for b in stage.barriers),
        voices=tuple(
            replace(v, text=keep_drawable_text(v.text), writer=None) for v in stage.voices if is_drawable(v.text)
        ),
        touchpoints=tuple(replace(t, title=keep_drawable_text(t.title) or t.key) for t in stage.touchpoints),
        lost_reasons=tuple(replace(r, title=keep_drawable_text(r.title) or r.key) for r in stage.lost_reasons),
        recalled=tuple(map(_clean_choice, stage.recalled)),
        targets=tuple(_clean_part(target, "title", "unit") for target in stage.targets),
        measures=tuple(_clean_part(measure, "title", "unit") for measure in stage.measures),
        amount=replace(stage.amount, unit=keep_drawable_text(stage.amount.unit)) if stage.amount else None,
        typed=tuple(_clean_part(typed, *_TYPED) for typed in stage.typed),
        changes=tuple(_clean_part(change, "title", "owner") for change in stage.changes),
    )


_TYPED = tuple(field.name for field in fields(TypedTexts) if field.type is str and field.name != "key")


def _clean_part(part: Part, *names: str) -> Part:
    cleaned: dict[str, Any] = {name: keep_drawable_text(getattr(part, name)) for name in names}
    return replace(part, **cleaned)


def _clean_choice(choice: RecalledChoice) -> RecalledChoice:
    options = tuple(replace(option, title=keep_drawable_text(option.title)) for option in choice.options)
    return replace(choice, title=keep_drawable_text(choice.title), options=options)


def _clean_change(change: FigureChange) -> FigureChange:
    mix = change.mix
    return replace(change, mix=replace(mix, title=keep_drawable_text(mix.title))) if mix else change
