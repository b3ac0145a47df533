"""Maps from the database: windows of any length, one reason of one person, people who come back, one comparison."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.cli.map_description import describe_map
from bot.clock import FrozenClock
from bot.db.engine.database import Database
from bot.usecases.maps.make_digest import MakeDigest
from bot.usecases.maps.make_map import (
    MapError,
    MapRequest,
    PeriodError,
    note_missing_figures,
    requested_period,
)
from bot.usecases.people.forget_customer import ForgetCustomer
from cjm.figures.journey_map import ChangeDirection, Period
from cjm.figures.map_json import map_as_json
from cjm.figures.people import CountBasis
from cjm.figures.score import Verdict
from cjm.scales import Scale
from tests.cjm.drawing.maps import journey_map, stage
from tests.usecases.maps.past_of_case import NOON, TODAY, PastOfCase, people, read_map, tell

# ---- the window


def test_a_window_may_be_ten_years_long() -> None:
    assert requested_period(MapRequest("x", days=3653), TODAY).days == 3653
    assert requested_period(MapRequest("x", first=date(2000, 1, 1)), TODAY) == Period(date(2000, 1, 1), TODAY)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (MapRequest("x", days=0), "a map shows 1 day or more"),
        (MapRequest("x", days=10**9), "a map begins on 2000-01-01 or later"),
        (MapRequest("x", first=date(1999, 12, 31)), "a map begins on 2000-01-01 or later"),
        (MapRequest("x", last=date(1999, 12, 31)), "last day is in the years 2000 to 2999"),
        (MapRequest("x", last=date(9999, 12, 31)), "last day is in the years 2000 to 2999"),
        (MapRequest("x", first=date(2026, 11, 2), last=date(2026, 11, 1)), "ends before it begins"),
        (MapRequest("x", first=TODAY + timedelta(days=1), last=TODAY + timedelta(days=9)), "nothing has happened yet"),
    ],
)
def test_a_window_that_is_not_possible_is_refused_in_one_sentence(request_: MapRequest, message: str) -> None:
    with pytest.raises(PeriodError, match=message):
        requested_period(request_, TODAY)


async def test_a_window_of_ten_years_and_one_before_the_first_day_have_maps(db: Database) -> None:
    await tell(db, lambda past: past.answer(people(12), TODAY, 5))
    made = await read_map(db, days=3653)
    assert made.stages[0].scores[Scale.CSAT].n == 12
    early = await read_map(db, first=date(2000, 1, 1), last=date(2020, 1, 1))  # the one before begins in 1980
    assert early.stages[0].scores == {}
    assert early.before.first.year == 1979


@pytest.mark.parametrize("narrow", [{"segment": "new"}, {"channel": "site"}, {"segment": "new", "channel": "site"}])
async def test_a_narrow_map_of_a_journey_without_any_customer_is_empty(any_db: Database, narrow: Any) -> None:
    await tell(any_db, lambda _: None)
    made = await read_map(any_db, **narrow)
    assert (made.totals.customers, [stage.scores for stage in made.stages]) == (0, [{}, {}])


# ---- what is missing


@pytest.mark.parametrize(
    ("language", "invitations", "counts_people", "first", "last"),
    [
        ("en", 40, True, "40 asked, 6 answered.", "4 more people have to answer, "),
        ("en", 1, True, "6 people have answered so far.", "4 more people have to answer, "),
        ("en", 0, True, "6 people have answered so far.", "4 more people have to answer, "),
        ("en", 0, False, "6 answers so far.", "4 more answers, "),
        ("ru", 0, False, "Пока 6 ответов.", "Ещё 4 ответа — "),
        ("pl", 0, True, "Na razie odpowiedziało 6 osób.", "Potrzeba odpowiedzi jeszcze 4 osób, "),
    ],
)
def test_missing_people_are_told_with_no_more_answers_than_people_were_asked(
    language: str, invitations: int, counts_people: bool, first: str, last: str
) -> None:
    shop = journey_map([stage("Pay", 70, 6)], language=language)
    made = replace(shop, totals=replace(shop.totals, invitations=invitations), counts_people=counts_people)
    answered, missing = note_missing_figures(made, TODAY)
    assert (answered, missing[: len(last)]) == (first, last)


@pytest.mark.parametrize(("channel", "hint"), [("sites", 'did you mean "site"?'), ("nope", "channels are site, ")])
async def test_a_channel_that_does_not_exist_is_refused_in_one_sentence(db: Database, channel: str, hint: str) -> None:
    await tell(db, lambda _: None)
    with pytest.raises(MapError) as refusal:
        await read_map(db, channel=channel)
    assert str(refusal.value).startswith(f'there is no channel "{channel}"; {hint}')


# ---- people


async def test_one_customer_with_twelve_answers_on_twelve_days_is_withheld(db: Database) -> None:
    def write(past: PastOfCase) -> None:
        for days in range(12):
            past.answer(["anna"], TODAY - timedelta(days=days), 5)

    await tell(db, write)
    stage = (await read_map(db)).stages[0]
    for score in (stage.scores[Scale.CSAT], stage.touchpoints[0].scores[Scale.CSAT]):
        assert (score.n, score.answers, score.verdict) == (1, 12, Verdict.WITHHELD)


async def test_a_person_with_400_answers_in_a_window_is_one_person(any_db: Database) -> None:
    def write(past: PastOfCase) -> None:
        past.answer(people(9), TODAY, 1)
        for days in range(400):
            past.answer(["anna"], TODAY - timedelta(days=days), 5)

    await tell(any_db, write)
    score = (await read_map(any_db, days=400)).stages[0].scores[Scale.CSAT]
    assert (score.n, score.answers) == (10, 409)
    assert score.low is not None
    assert score.low < 90  # counted as 409 people it would be 96


@pytest.mark.parametrize(("others", "is_shown"), [(0, False), (3, False), (4, True)])
async def test_forgetting_somebody_who_answered_often_shows_nothing_that_was_withheld(
    any_db: Database, others: int, *, is_shown: bool
) -> None:
    def write(past: PastOfCase) -> None:
        past.answer(people(others), TODAY, 1)
        past.answer(people(others), TODAY, "a")
        for days in range(12):
            past.answer(["anna"], TODAY - timedelta(days=days), 5, point="tu"[days % 2])
            past.answer(["anna"], TODAY - timedelta(days=days), "a", point="tu"[days % 2])

    async def read() -> list[tuple[Verdict, int]]:
        stage = (await read_map(any_db)).stages[0]
        return [(stage.scores[Scale.CSAT].verdict, stage.barriers[0].n if stage.barriers else 0)]

    await tell(any_db, write)
    before = await read()
    await ForgetCustomer(any_db, FrozenClock(NOON), 5).by_external_id("anna")
    assert await read() == before == [(Verdict.GREY, 16) if is_shown else (Verdict.WITHHELD, 0)]
    score = (await read_map(any_db)).stages[0].scores[Scale.CSAT]
    assert (score.n, score.n_is) == (others + 12, CountBasis.AT_MOST)
    late = await read_map(any_db, last=TODAY - timedelta(days=1), days=5)  # begins after her first day
    assert late.stages[0].scores[Scale.CSAT].verdict is Verdict.WITHHELD


# ---- what comes from answers


async def test_the_reason_of_a_single_respondent_is_shown_nowhere(db: Database) -> None:
    """One person answered: neither the score nor the reason may stand in picture, words or JSON."""

    def write(past: PastOfCase) -> None:
        past.answer(["anna"], TODAY, 1)
        past.answer(["anna"], TODAY, "a")

    await tell(db, write)
    made = await read_map(db)
    assert made.stages[0].barriers == ()
    assert "Rude" not in str(map_as_json(made))
    assert not [line for line in describe_map(made) if "Rude" in line]


async def test_reasons_need_the_minimum_of_people_each(any_db: Database) -> None:
    def write(past: PastOfCase) -> None:
        past.answer(people(20), TODAY, 1)
        past.answer(people(12), TODAY, "a")
        past.answer(["p15"], TODAY, "b")
        past.answer(["p15"], TODAY - timedelta(days=1), "b")

    await tell(any_db, write)
    stage = (await read_map(any_db)).stages[0]
    assert "Dirty" not in [barrier.theme for barrier in stage.barriers]


@pytest.mark.parametrize(("others", "is_shown"), [(0, True), (2, False), (6, True)])
async def test_a_reason_in_a_segment_is_hidden_when_the_others_who_chose_it_would_follow(
    any_db: Database, others: int, *, is_shown: bool
) -> None:
    def write(past: PastOfCase) -> None:
        for customer_class, chose in (("new", 10), ("old", others)):
            past.answer(people(30, customer_class), TODAY, 1, customer_class=customer_class)
            past.answer(people(chose, customer_class), TODAY, "a", customer_class=customer_class)
            past.answer(people(chose, customer_class), TODAY, "a", customer_class=customer_class)  # once more

    await tell(any_db, write)
    narrow, whole = [await read_map(any_db, segment=segment) for segment in ("new", None)]
    assert [barrier.theme for barrier in whole.stages[0].barriers] == ["Rude"]
    assert [barrier.theme for barrier in narrow.stages[0].barriers] == (["Rude"] if is_shown else [])


async def test_a_channel_is_hidden_when_the_only_other_one_has_few_people(db: Database) -> None:
    def write(past: PastOfCase) -> None:
        past.answer(people(30), TODAY, 5)
        past.answer(people(3, "few"), TODAY, 1, point="u")

    await tell(db, write)
    site, everyone = [await read_map(db, channel=channel) for channel in ("site", None)]
    assert everyone.stages[0].scores[Scale.CSAT].n == 33
    assert everyone.stages[0].scores[Scale.CSAT].counts is None  # without those of the site they tell the other three
    assert (site.stages[0].scores[Scale.CSAT].n, site.stages[0].scores[Scale.CSAT].verdict) == (30, Verdict.WITHHELD)


# ---- one comparison


async def test_the_map_compares_its_window_and_the_digest_its_week_each_with_one_test(any_db: Database) -> None:
    """The last 28 days are as the 28 before; the last 7 are far worse than the 28 before these."""

    def write(past: PastOfCase) -> None:
        for days in range(56):
            day = TODAY - timedelta(days=days)
            value = 1 if days < 7 or 28 <= days < 35 else 5
            past.answer(people(6, f"d{days}-"), day, value)
            past.answer(people(6, f"e{days}-"), day, 4, point="zt")

    await tell(any_db, write)
    made = await read_map(any_db, days=28)
    assert [stage.change.direction for stage in made.stages] == [ChangeDirection.SAME] * 2
    assert made.comparison is not None
    assert (made.comparison.now, made.comparison.before) == (made.period, made.before)

    report = await MakeDigest(any_db, FrozenClock(NOON), 5)("case")
    directions = [stage.change.direction for stage in report.map.stages]
    assert directions == [ChangeDirection.WORSE, ChangeDirection.SAME]
    assert [change.subject for change in report.digest.changes] == ["t"]
    assert report.digest.changes[0].change == report.map.stages[0].change
    assert report.map.comparison is not None
    assert (report.map.comparison.now.days, report.map.comparison.before.days) == (7, 28)
    assert report.map.comparison.now == report.week


async def test_more_new_customers_who_are_less_satisfied_are_a_change_of_mix(db: Database) -> None:
    def write(past: PastOfCase) -> None:
        for period, shares in ((0, {"new": 9, "old": 3}), (28, {"new": 3, "old": 9})):
            for days in range(period, period + 28):
                for customer_class, n in shares.items():
                    day, name = TODAY - timedelta(days=days), f"{customer_class}{days}-"
                    unhappy = n * 2 // 3 if customer_class == "new" else 0
                    past.answer(people(unhappy, f"{name}u"), day, 1, customer_class=customer_class)
                    past.answer(people(n - unhappy, f"{name}h"), day, 5, customer_class=customer_class)

    await tell(db, write)
    change = (await read_map(db, days=28)).stages[0].change
    assert change.direction is ChangeDirection.MIX
    assert change.mix is not None
    assert (change.mix.title, change.mix.share_before, change.mix.share_now) == ("New customers", 0.25, 0.75)
    assert change.mix.is_lower
