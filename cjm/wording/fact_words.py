"""Words of what events told about a stage: measures, the worth of its walks, and when they reach it."""

from collections.abc import Iterator

from cjm.figures.journey_map import StageFigures
from cjm.figures.map_parts.stage_facts import MeasureFigures, StageAmount, StartTime
from cjm.wording.quantity_words import quantity_text, sum_text
from cjm.wording.words import FigureWords

_DAY = 86_400


def fact_lines(stage: StageFigures, words: FigureWords) -> Iterator[str]:
    """Yield a line for each fact of a stage that is known and not withheld."""
    if stage.start_time is not None:
        yield start_time_text(stage.start_time, words)
    if stage.amount is not None:
        yield amount_text(stage.amount, words)
    for measure in stage.measures:
        yield measure_text(measure, words)


def measure_text(measure: MeasureFigures, words: FigureWords) -> str:
    """Return "Waiting: median 12 min (10 to 14 min), 9 of 10 at most 30 min, 214 visits"."""
    median = quantity_text(measure.median, measure.unit, words)
    if measure.low is not None and measure.high is not None:
        low, high = quantity_text(measure.low, "", words), quantity_text(measure.high, measure.unit, words)
        median += f" ({words('map.flow.interval', low=low, high=high)})"
    p90 = quantity_text(measure.p90, measure.unit, words)
    text = words("map.fact.measure", title=measure.title, median=median, p90=p90)
    return f"{text}, {words('map.visits', n=measure.n)}"


def amount_text(amount: StageAmount, words: FigureWords) -> str:
    """Return "Worth 12 300 €, 96 walks; 2 100 € did not go on, 14 walks"; the end only where something was lost."""
    text = words("map.fact.amount", amount=sum_text(amount.total, amount.unit, words))
    text += f", {words('map.walks', n=amount.n)}"
    if amount.lost:
        text += f"; {words('map.fact.amount.lost', amount=sum_text(amount.lost, amount.unit, words))}"
        text += f", {words('map.walks', n=amount.lost_n)}"
    return text


def start_time_text(start: StartTime, words: FigureWords) -> str:
    """Return "Reached on day 3 (median), 58 walks"; below a day "Reached after 3 h (median), 58 walks"."""
    if start.median_s >= _DAY:
        text = words("map.fact.start_day", day=words.number(start.median_s // _DAY + 1))
    else:
        text = words("map.fact.start_time", time=words.short_duration(start.median_s))
    return f"{text}, {words('map.walks', n=start.n)}"
