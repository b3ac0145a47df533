"""A map made of counters: what is withheld with the scores it belongs to."""

from datetime import UTC, date, datetime

import pytest

from cjm.figures.journey_map import Barrier, JourneyMap, Period, Voice
from cjm.figures.map_builder import CountTable, MapBuilder, Quote
from cjm.figures.tally import CounterSums
from cjm.scales import Scale
from tests.journeys import small_journey

BUY = 1  # place of the stage "buy" in the small journey


def map_of_answers(n: int) -> JourneyMap:
    """Return the map of ``n`` people who were dissatisfied with paying because it was slow."""
    counts: CountTable = {
        ("pay", "csat"): {"2": CounterSums(n)},
        ("buy", "csat.people"): {"": CounterSums(n, 0.0, 0.0, 2.0 * n)},
        ("pay", "choice:pay_why"): {"slow": CounterSums(n)},
    }
    builder = MapBuilder(
        journey=small_journey(),
        language="en",
        minimum=5,
        as_of=datetime(2026, 11, 22, 12, tzinfo=UTC),
        current=counts,
        previous={},
        flow=(),
        quotes=[Quote("buy", "It took me an hour.", Scale.CSAT, 2)],
    )
    period, before = (Period(date(2026, m, 1), date(2026, m, 28)) for m in (11, 10))
    return builder.build_map(period, before, None, None, customers=n)


@pytest.mark.parametrize(
    ("people", "barriers", "voices"),
    [(4, (), ()), (5, (Barrier("It was slow", 5),), (Voice("It took me an hour.", 1),))],
)
def test_barriers_and_voices_are_withheld_with_the_figures_of_their_stage(
    people: int, barriers: tuple[Barrier, ...], voices: tuple[Voice, ...]
) -> None:
    stage = map_of_answers(people).stages[BUY]
    assert (stage.barriers, stage.voices) == (barriers, voices)
