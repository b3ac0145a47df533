"""A simulated year through the pure rules: an independent checker reads what was sent and finds nothing forbidden."""

from collections import Counter

from cjm.asking.decision import AskingReason
from tests.cjm.asking.simulated_year import PROMISES, SimulatedYear
from tests.depth import choose_depth
from tests.usecases.asking.sent_checker import SentQuestion, find_faults


def live(seed: int, people: int) -> tuple[list[SentQuestion], list[SimulatedYear]]:
    years = [SimulatedYear(seed, person) for person in range(people)]
    return [question for year in years for question in year.live()], years


def test_a_year_of_customers_breaks_no_promise() -> None:
    sent, years = live(1, choose_depth(300, 10_000))
    faults = find_faults(sent, {year.name: year.life for year in years}, PROMISES)
    assert [(fault, question) for fault, question in faults] == []
    # The year is worth its check: every place was asked about, and people were reminded in both ways.
    places = Counter(question.place for question in sent)
    assert min(places[survey] for survey in ("page", "checkout", "delivery", "help", "order")) > len(years) / 30
    assert any(question.reminders for question in sent)
    assert any(question.kept_promises for question in sent)
    reasons = sum((year.reasons for year in years), Counter[AskingReason]())
    assert reasons[AskingReason.PATIENCE] > len(years)
    assert reasons[AskingReason.DISPLACED] > len(years) / 30


def test_the_same_seed_gives_the_same_year() -> None:
    assert live(2, 20)[0] == live(2, 20)[0]
    assert live(2, 20)[0] != live(3, 20)[0]
