"""Read the figures of personas: of all customers that the rule of each includes.

Invariants:
* A persona's figure is shown beside those of segments and channels only where no difference of them tells that of
  fewer people than the minimum. What is shown of segments and channels does not depend on personas.
* Each persona costs a few statements that read counters of one scale, and a bounded number of rows.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from bot.db.engine.database import Connection
from bot.db.figures import voices
from bot.db.figures.map_sums import MapScope, ScopeCounters, read_counters
from bot.db.figures.part_people import read_parts
from bot.db.figures.people_sums import read_people
from bot.db.figures.person_rows import PeopleKey
from bot.db.journeys import cohorts
from cjm.figures.part_disclosure import part_name
from cjm.figures.period_figures import PeriodFigures
from cjm.figures.personas.make_personas import PersonaFacts
from cjm.figures.tally import CUSTOMERS, PEOPLE, RECALLED, RETURNED, VISITS
from cjm.journeys.journey import Journey

_PREFIX = "persona:"  # no key of a segment has a colon


def read_persona_facts(tx: Connection, scope: MapScope, minimum: int) -> Mapping[str, PersonaFacts]:
    """Return the facts of each persona with a rule, by key; ``scope`` is that of all customers and channels."""
    journey, known = scope.journey, cohorts.list_by_journey(tx, scope.journey.key)
    counters = read_counters(tx, scope, _list_measures(journey))
    hidden = _find_hidden(tx, counters, minimum)
    facts = {}
    for persona in journey.personas:
        if persona.where:
            members = tuple(number for number, cohort in known.items() if persona.includes(cohort))
            facts[persona.key] = _read_facts(tx, replace(scope, cohorts=members), hidden[persona.key])
    return facts


def _list_measures(journey: Journey) -> tuple[str, ...]:
    scale = journey.scale
    counted = (CUSTOMERS, scale.value)
    return (VISITS, *counted, scale + PEOPLE, RECALLED + scale, *(RETURNED + measure for measure in counted))


def _read_facts(tx: Connection, scope: MapScope, hidden: Collection[str]) -> PersonaFacts:
    counters = read_counters(tx, scope, _list_measures(scope.journey))
    places = {(subject, scope.journey.scale.value) for subject in hidden}
    figures = PeriodFigures(counters.table, read_people(tx, counters), places)
    return PersonaFacts(figures, voices.list_quotes(tx, scope))


def _find_hidden(tx: Connection, counters: ScopeCounters, minimum: int) -> Mapping[str, Collection[str]]:
    """Return the stages at which the score of each persona is withheld to protect others, by the persona's key."""
    journey = counters.scope.journey
    hidden: dict[str, set[str]] = {persona.key: set() for persona in journey.personas}
    parts_by_cohort = _list_parts(tx, journey)
    names = {key: part_name(_PREFIX + key, None) for key in hidden}
    for stage in journey.stages:
        # One stage at a time: the portions of all stages together are more than are told apart.
        place = PeopleKey(stage.key, journey.scale)
        fine = read_parts(tx, counters, minimum, [place], parts_by_cohort).get(place)
        if fine is None:  # no portion is small
            continue
        plain = read_parts(tx, counters, minimum, [place]).get(place)
        given = plain.find_shown(minimum) if plain is not None else _list_other_names(fine.list_names())
        shown = fine.find_shown_beside(given, names.values(), minimum)
        for key, name in names.items():
            if name not in shown:
                hidden[key].add(stage.key)
    return hidden


def _list_other_names(names: Collection[str]) -> list[str]:
    return [name for name in names if not name.startswith(_PREFIX)]


def _list_parts(tx: Connection, journey: Journey) -> Mapping[int, frozenset[str]]:
    """Return the segments and personas that each cohort belongs to."""
    segments = cohorts.list_segments(tx, journey)
    return {
        number: segments[number] | {_PREFIX + persona.key for persona in journey.personas if persona.includes(cohort)}
        for number, cohort in cohorts.list_by_journey(tx, journey.key).items()
    }
