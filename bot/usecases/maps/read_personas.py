"""Read the personas of a map: who belongs to each, and how satisfied they are at each stage."""

from dataclasses import replace

from bot.db.engine.database import Connection
from bot.db.figures.map_parts.persona_facts import read_persona_facts
from bot.usecases.maps.read_map import MapReading
from cjm.figures.journey_map import JourneyMap
from cjm.figures.map_builder import MapBuilder
from cjm.figures.period_figures import PeriodFigures
from cjm.figures.personas.make_personas import make_personas
from cjm.figures.score import Thresholds


def add_personas(tx: Connection, reading: MapReading, marked: JourneyMap, minimum: int) -> JourneyMap:
    """Return the map of all customers with the personas of its journey."""
    journey = reading.journey
    least = Thresholds.of_journey(journey, minimum).minimum
    builder = MapBuilder(
        journey=journey,
        language=marked.language,
        minimum=minimum,
        as_of=marked.as_of,
        current=reading.current.figures,
        previous=PeriodFigures(),
        flow={},
        quotes=(),
        choosers={},
    )
    facts = read_persona_facts(tx, reading.current.scope, least)
    return replace(marked, personas=make_personas(builder, marked, facts))
