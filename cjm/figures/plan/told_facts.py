"""Facts that events told about a stage, as the map shows them: measures, amounts and starts.

They are no answers. Still one customer's would be theirs alone: with fewer customers at the stage than the minimum,
measures and amounts are withheld, however many visits told them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cjm.figures.facts.measures import measure_figures
from cjm.figures.map_parts.stage_facts import MeasureFigures, StageAmount, StartTime
from cjm.figures.walks.stage_flow import StageFlow
from cjm.journeys.journey import Journey, Stage


@dataclass(frozen=True, slots=True)
class ToldFacts:
    """Facts of one stage: its place in the journey decides which of them mean anything."""

    measures: tuple[MeasureFigures, ...] = ()
    amount: StageAmount | None = None
    start_time: StartTime | None = None


def find_told_facts(
    journey: Journey,
    stage: Stage,
    language: str,
    flow: StageFlow | None,
    told: Mapping[str, Mapping[str, int]],
    *,
    customers: int,
    minimum: int,
) -> ToldFacts:
    """Return the facts of a stage; ``told`` are the visits that told a measure, by its key and bucket."""
    is_few = customers < minimum
    figures = (
        measure_figures(measure, told.get(measure.key, {}), language, minimum=minimum) for measure in journey.measures
    )
    return ToldFacts(
        measures=() if is_few else tuple(each for each in figures if each is not None),
        amount=None if is_few or flow is None else _name_amount(flow.amount, journey, stage, language),
        start_time=flow.start_time if flow is not None and stage is not journey.stages[0] else None,
    )


def _name_amount(amount: StageAmount | None, journey: Journey, stage: Stage, language: str) -> StageAmount | None:
    if amount is None:
        return None
    unit = journey.amount_unit.in_language(language) if journey.amount_unit else ""
    if stage is journey.stages[-1]:  # nobody goes on from there
        return replace(amount, unit=unit, lost_n=0, lost=0.0)
    return replace(amount, unit=unit)
