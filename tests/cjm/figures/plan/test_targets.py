"""Targets of a stage: which ones hold there, and when a figure meets them."""

from collections.abc import Mapping
from datetime import timedelta
from math import exp, factorial

import pytest

from cjm.figures.findings.comparisons import UNKNOWN_CHANGE
from cjm.figures.intervals import poisson_interval
from cjm.figures.journey_map import StageFigures, StageTime
from cjm.figures.map_parts.stage_facts import MeasureFigures
from cjm.figures.map_parts.targets import TargetFigure, TargetOutcome, TargetSubject
from cjm.figures.people import CountBasis
from cjm.figures.plan.stage_targets import list_target_figures
from cjm.figures.score import Score, Verdict
from cjm.figures.walks.stage_flow import conversion_score
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey
from cjm.journeys.parts.target import Target, TargetedFigure
from cjm.scales import Scale
from tests.journeys import SMALL

MET, MISSED, OPEN = TargetOutcome.MET, TargetOutcome.MISSED, TargetOutcome.OPEN
TARGETS = """
[[targets]]
scale = "csat"
at_least = 70
[[targets]]
scale = "csat"
at_least = 80
stage = "buy"
[[targets]]
figure = "conversion"
at_least = 60
[[targets]]
figure = "time"
at_most = "2h"
[[targets]]
figure = "support"
at_most = 10
[[targets]]
measure = "wait"
at_most = 5
"""


@pytest.fixture(scope="module")
def journey() -> Journey:
    return read_journey(SMALL + TARGETS, "small.toml")


def make_score(value: float, low: float, high: float, verdict: Verdict = Verdict.OK) -> Score:
    return Score(50, 50, value, low, high, None, None, verdict)


def make_stage(key: str = "buy", scores: Mapping[Scale, Score] | None = None, **more: object) -> StageFigures:
    stage = StageFigures(
        key=key, title="", goal="", customers=100, conversion=None, on_the_way=0, time=None, scores=scores or {},
        before={}, change=UNKNOWN_CHANGE, target=None, visits=0, complaints=0, support=0,
    )  # fmt: skip
    for name, value in more.items():
        object.__setattr__(stage, name, value)
    return stage


def find_targets(journey: Journey, stage: StageFigures) -> dict[TargetSubject, TargetFigure]:
    return {each.subject: each for each in list_target_figures(journey, "en", stage, judge_from=10)}


def test_a_stage_has_its_own_target_instead_of_that_of_every_stage(journey: Journey) -> None:
    found = {stage.key: find_targets(journey, make_stage(stage.key)) for stage in journey.stages}
    assert {key: each[TargetSubject.SCORE].target for key, each in found.items()} == {"find": 70, "buy": 80, "use": 70}
    assert journey.find_target("buy", Scale.CSAT) == 80
    # Nobody goes on from the last stage, and no stage told a measure.
    assert set(found["use"]) == {TargetSubject.SCORE, TargetSubject.SUPPORT}
    assert set(found["buy"]) == set(TargetSubject) - {TargetSubject.MEASURE}


def test_values_of_targets_are_in_the_unit_of_their_figure() -> None:
    times = Target(figure=TargetedFigure.TIME, at_most=timedelta(hours=2)), Target(scale=Scale.CES, at_least=5.5)
    assert [(each.value, each.value_text) for each in times] == [(7200, "2h"), (5.5, "5.5")]


@pytest.mark.parametrize(
    ("score", "outcome"),
    [
        (make_score(90, 80, 95), MET),
        (make_score(60, 50, 79.9), MISSED),
        (make_score(90, 79, 95), OPEN),
        (make_score(60, 50, 70, Verdict.GREY), OPEN),
    ],
)
def test_a_score_decides_with_its_whole_interval_once_it_is_judged(
    journey: Journey, score: Score, outcome: TargetOutcome
) -> None:
    assert find_targets(journey, make_stage(scores={Scale.CSAT: score}))[TargetSubject.SCORE].outcome is outcome


@pytest.mark.parametrize(
    ("over", "went_on", "outcome"), [(200, 180, MET), (200, 60, MISSED), (20, 12, OPEN), (9, 0, OPEN)]
)
def test_conversion_decides_over_walks_whose_time_is_over(
    journey: Journey, over: int, went_on: int, outcome: TargetOutcome
) -> None:
    stage = make_stage(conversion=conversion_score(over, went_on))
    assert find_targets(journey, stage)[TargetSubject.CONVERSION].outcome is outcome


@pytest.mark.parametrize(
    ("time", "outcome"),
    [
        (StageTime(3600, None, 50, 3000, 7000), MET),
        (StageTime(9000, None, 50, 7300, None), MISSED),  # over half may still wait, but never for less than this
        (StageTime(None, None, 50, None, None), OPEN),
        (StageTime(3600, None, 50, 3000, 7300), OPEN),
        (StageTime(3600, None, 9, 3000, 7000), OPEN),
    ],
)
def test_time_decides_by_the_interval_of_its_median(journey: Journey, time: StageTime, outcome: TargetOutcome) -> None:
    assert find_targets(journey, make_stage(time=time))[TargetSubject.TIME].outcome is outcome


@pytest.mark.parametrize(
    ("contacts", "customers", "basis", "outcome"),
    [
        (0, 100, CountBasis.EXACT, MET),
        (0, 9, CountBasis.EXACT, OPEN),
        (0, 100, CountBasis.AT_MOST, OPEN),  # fewer customers may stand behind, so the rate may be higher
        (40, 100, CountBasis.AT_MOST, MISSED),
        (8, 100, CountBasis.EXACT, OPEN),
    ],
)
def test_support_decides_by_the_interval_of_its_contacts(
    journey: Journey, contacts: int, customers: int, basis: CountBasis, outcome: TargetOutcome
) -> None:
    stage = make_stage(support=contacts, customers=customers, customers_is=basis)
    assert find_targets(journey, stage)[TargetSubject.SUPPORT].outcome is outcome


def test_a_measure_has_its_title_unit_and_gap(journey: Journey) -> None:
    stage = make_stage(measures=(MeasureFigures("wait", "Waiting", "min", 60, 8.0, 12.0, 7.0, 9.0),))
    found = find_targets(journey, stage)[TargetSubject.MEASURE]
    assert (found.title, found.unit, found.outcome) == ("Waiting", "min", MISSED)
    assert (found.gap, found.gap_low, found.gap_high) == (3.0, 2.0, 4.0)


@pytest.mark.parametrize(("events", "low", "high"), [(0, 0, 3.6889), (1, 0.0253, 5.5716), (10, 4.7954, 18.3904)])
def test_the_interval_of_a_count_is_garwoods(events: int, low: float, high: float) -> None:
    assert poisson_interval(events) == pytest.approx((low, high), abs=1e-4)


def test_the_interval_of_many_events_continues_that_of_few() -> None:
    """The exact limits at 101 events, from the sums themselves, are those of the quick form."""
    low, high = poisson_interval(101)
    for expected, most, chance in ((low, 100, 0.975), (high, 101, 0.025)):
        total = sum(exp(-expected) * expected**n / factorial(n) for n in range(most + 1))
        assert total == pytest.approx(chance, abs=1e-3)
