"""A map made of counters and people: what counts as what, and what is withheld with the scores it belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from cjm.figures.facts.measures import measure_bucket
from cjm.figures.journey_map import Barrier, JourneyMap, Period, StageFigures, StageTime
from cjm.figures.map_builder import MapBuilder
from cjm.figures.map_json import map_as_json
from cjm.figures.map_parts.stage_facts import ChannelUse, MeasureFigures, StageAmount, StartTime
from cjm.figures.map_parts.voice import Voice
from cjm.figures.people import CountBasis, PeopleSums, PersonClusters, PersonDaySums, single_days
from cjm.figures.period_figures import CountTable, PeriodFigures
from cjm.figures.plan.plan_parts import PlanFacts
from cjm.figures.plan.stage_channels import ChannelFigures
from cjm.figures.plan.stage_texts import VisitorCount
from cjm.figures.quotes.stage_quotes import Quote
from cjm.figures.score import Verdict
from cjm.figures.tally import CUSTOMERS, CounterSums
from cjm.figures.walks.stage_flow import StageFlow
from cjm.journeys.journey_file import read_journey
from cjm.scales import Scale
from tests.cjm.figures.scores import people_of_days
from tests.journeys import SMALL, small_journey

BUY = 1  # place of the stage "buy" in the small journey
NOVEMBER, OCTOBER = (Period(date(2026, m, 1), date(2026, m, 28)) for m in (11, 10))


def build(counts: CountTable, people: Mapping[tuple[str, str], PeopleSums], **other: Any) -> JourneyMap:
    values: dict[str, Any] = {
        "journey": small_journey(),
        "language": "en",
        "minimum": 5,
        "as_of": datetime(2026, 11, 22, 12, tzinfo=UTC),
        "current": PeriodFigures(counts, people),
        "previous": PeriodFigures(),
        "flow": {},
        "quotes": [Quote("buy", "pay", "It took me an hour.", Scale.CSAT, 2)],
        "choosers": {},
    }
    return MapBuilder(**values | other).build_map(NOVEMBER, OCTOBER, None, None)


def dissatisfied(people: int, *, days: int = 1) -> tuple[CountTable, dict[tuple[str, str], PeopleSums]]:
    """Return people who were dissatisfied with paying because it was slow, each on some days."""
    answers = people_of_days(Scale.CSAT, [[[2]] * days] * people)
    counts: CountTable = {
        ("pay", "csat"): {"2": CounterSums(people * days)},
        ("pay", "choice:pay_why"): {"slow": CounterSums(people * days)},
    }
    return counts, {("buy", "csat"): answers, ("pay", "csat"): answers}


def buying(journey_map: JourneyMap) -> StageFigures:
    return journey_map.stages[BUY]


@pytest.mark.parametrize(
    ("people", "barriers", "voices"),
    [(4, (), ()), (5, (Barrier("It was slow", 5),), (Voice("It took me an hour.", 1),))],
)
def test_barriers_and_voices_are_withheld_with_the_figures_of_their_stage(
    people: int, barriers: tuple[Barrier, ...], voices: tuple[Voice, ...]
) -> None:
    made = build(*dissatisfied(people), choosers={("buy", "pay_why", "slow"): people})
    assert (buying(made).barriers, buying(made).voices) == (barriers, voices)


def test_a_reason_of_a_single_person_is_withheld_though_the_score_is_shown() -> None:
    counts, people = dissatisfied(20)
    chosen = {"slow": CounterSums(20), "dear": CounterSums(1)}
    counts = {**counts, ("pay", "choice:pay_why"): chosen}
    choosers = {("buy", "pay_why", "slow"): 20, ("buy", "pay_why", "dear"): 1}
    assert Barrier("It was dear", 1) not in buying(build(counts, people, choosers=choosers)).barriers


def test_a_reason_that_few_people_chose_often_is_withheld() -> None:
    made = build(*dissatisfied(6, days=3), choosers={("buy", "pay_why", "slow"): 4})
    assert buying(made).barriers == ()


def test_one_customer_on_twelve_days_is_one_person_and_withheld_at_touchpoint_and_stage() -> None:
    stage = buying(build(*dissatisfied(1, days=12)))
    for score in (stage.scores[Scale.CSAT], stage.touchpoints[0].scores[Scale.CSAT]):
        assert (score.n, score.answers, score.verdict, score.value) == (1, 12, Verdict.WITHHELD, None)


@pytest.mark.parametrize(("at_touchpoint", "mood"), [(5, 1), (4, None)])
def test_the_score_beside_words_is_withheld_with_the_figures_that_it_is_in(
    at_touchpoint: int, mood: int | None
) -> None:
    counts, people = dissatisfied(30)
    people["pay", "csat"] = people_of_days(Scale.CSAT, [[[2]]] * at_touchpoint)
    assert buying(build(counts, people)).voices == (Voice("It took me an hour.", mood),)


def test_the_same_words_of_two_customers_stand_once() -> None:
    texts = ["It took me an hour.", "It took me an hour.", "The page froze twice.", "It took me an hour."]
    made = build(
        *dissatisfied(9), quotes=[Quote("buy", "pay", text, Scale.CSAT, 1 + n) for n, text in enumerate(texts)]
    )
    assert buying(made).voices == (Voice("It took me an hour.", 0), Voice("The page froze twice.", 2))


def test_words_are_shown_only_where_a_score_is() -> None:
    counts, _ = dissatisfied(9)
    assert buying(build(counts, {})).voices == ()


def test_a_stage_hides_its_counts_when_they_would_tell_those_of_a_withheld_touchpoint() -> None:
    """The stage's counts without those of paying would be the answers of the three people who called."""
    many, few = people_of_days(Scale.CSAT, [[[5]]] * 30), people_of_days(Scale.CSAT, [[[1]]] * 3)
    all_of_them = people_of_days(Scale.CSAT, [[[5]]] * 30 + [[[1]]] * 3)
    counts = {("pay", "csat"): {"5": CounterSums(30)}, ("call", "csat"): {"1": CounterSums(3)}}
    people = {("pay", "csat"): many, ("call", "csat"): few, ("buy", "csat"): all_of_them}
    stage = buying(build(counts, people))
    assert stage.scores[Scale.CSAT].verdict is Verdict.OK
    assert stage.scores[Scale.CSAT].counts is None
    assert stage.touchpoints[0].scores[Scale.CSAT].counts == {"1": 0, "2": 0, "3": 0, "4": 0, "5": 30}
    del counts["call", "csat"], people["call", "csat"]
    assert buying(build(counts, people | {("buy", "csat"): many})).scores[Scale.CSAT].counts is not None


def test_a_stage_hides_its_counts_when_few_answered_about_the_stage_itself() -> None:
    people = people_of_days(Scale.CSAT, [[[5]]] * 30)
    counts = {("pay", "csat"): {"5": CounterSums(30)}, ("buy", "csat"): {"1": CounterSums(2)}}
    made = build(counts, {("pay", "csat"): people, ("buy", "csat"): people})
    assert buying(made).scores[Scale.CSAT].counts is None


@pytest.mark.parametrize(("own_days", "is_told"), [([[1]] * 9, False), ([[1]], True)])
def test_a_stage_hides_its_counts_when_few_answered_often_about_the_stage_itself(
    own_days: list[list[int]], *, is_told: bool
) -> None:
    """Nine answers of one person are those of one person; nine people's are told."""
    those = 9 // len(own_days)
    people = people_of_days(Scale.CSAT, [[[5]]] * 30)
    everybody = people_of_days(Scale.CSAT, [[[5]]] * 30 + [own_days] * those)
    counts = {("pay", "csat"): {"5": CounterSums(30)}, ("buy", "csat"): {"1": CounterSums(9)}}
    made = build(counts, {("pay", "csat"): people, ("buy", "csat"): everybody})
    assert (buying(made).scores[Scale.CSAT].counts is not None) == is_told


def test_hidden_figures_keep_their_numbers_of_people_only() -> None:
    counts, people = dissatisfied(30)
    made = build(counts, people, current=PeriodFigures(counts, people, {("buy", "csat")}))
    stage = buying(made)
    assert (stage.scores[Scale.CSAT].n, stage.scores[Scale.CSAT].verdict) == (30, Verdict.WITHHELD)
    assert stage.touchpoints[0].scores[Scale.CSAT].verdict is Verdict.OK


def test_customers_are_people_and_walks_are_walks() -> None:
    time = StageTime(60.0, None, 967, 50.0, 70.0)
    flow = {"buy": StageFlow(walks=967, over=900, went_on=450, on_the_way=20, time=time)}
    about = PeopleSums(PersonDaySums(967), PersonClusters(700.4, 600, 0, 0, 0, CountBasis.ABOUT))
    people = {("buy", "customers"): about, ("", "customers"): single_days(PersonDaySums(1200))}
    made = build({}, people, flow=flow)
    stage = buying(made)
    assert (stage.customers, stage.customers_is, stage.walks, stage.on_the_way) == (700, CountBasis.ABOUT, 967, 20)
    assert (made.totals.customers, made.totals.customers_is) == (1200, CountBasis.EXACT)
    assert stage.conversion is not None
    assert (stage.conversion.n, stage.conversion.value) == (900, 50.0)
    assert stage.time == time


def test_support_contacts_are_visits_to_support_and_complaints() -> None:
    counts: CountTable = {
        ("pay", "visits"): {"": CounterSums(80)},
        ("call", "visits"): {"": CounterSums(6)},  # a touchpoint marked as support
        ("pay", "complaints"): {"": CounterSums(3)},
        ("lost", "complaints"): {"": CounterSums(1)},
    }
    made = build(counts, {("buy", "customers"): single_days(PersonDaySums(45))})
    assert (buying(made).support, buying(made).support_per_100, made.totals.support) == (9, 20.0, 10)


@pytest.mark.parametrize(("still_open", "rate"), [(0, 0.1), (60, 0.25), (100, None)])
def test_the_response_rate_is_over_invitations_whose_time_is_over(still_open: int, rate: float | None) -> None:
    counts = {("pay", "invited"): {"": CounterSums(100)}, ("pay", "answered"): {"": CounterSums(10)}}
    totals = build(counts, {}, still_open=still_open).totals
    assert (totals.invitations, totals.still_open, totals.response_rate) == (100, still_open, rate)


@pytest.mark.parametrize(("asked", "rate"), [(9, None), (10, 0.9)])
def test_an_anonymous_journey_does_not_tell_how_many_of_a_few_answered(asked: int, rate: float | None) -> None:
    journey = small_journey().model_copy(update={"anonymous": True})
    counts = {("pay", "invited"): {"": CounterSums(asked)}, ("pay", "answered"): {"": CounterSums(9)}}
    assert build(counts, {}, journey=journey).totals.response_rate == rate


def test_an_anonymous_journey_needs_ten_answers_to_show_and_twenty_to_judge() -> None:
    journey = small_journey().model_copy(update={"anonymous": True})
    for n, verdict in ((9, Verdict.WITHHELD), (10, Verdict.GREY), (19, Verdict.GREY), (20, Verdict.OK)):
        made = build(*dissatisfied(n), journey=journey)
        assert buying(made).scores[Scale.CSAT].verdict is verdict
        assert (made.minimum, made.judge_from, made.counts_people) == (10, 20, False)


def test_answers_that_came_late_count_with_the_others() -> None:
    people = people_of_days(Scale.CSAT, [[[5]]] * 8 + [[[1]]] * 4)
    counts = {("pay", "csat"): {"5": CounterSums(6), "5:3": CounterSums(2), "1:5": CounterSums(4)}}
    score = buying(build(counts, {("pay", "csat"): people})).touchpoints[0].scores[Scale.CSAT]
    assert score.counts == {"1": 4, "2": 0, "3": 0, "4": 0, "5": 8}
    assert score.answers == 12


def score_people(values: Sequence[int]) -> PeopleSums:
    return people_of_days(Scale.CSAT, [[[value]] for value in values])


@pytest.mark.parametrize(("bad", "weakest"), [(60, "buy"), (100, None)])
def test_a_weakest_stage_is_named_only_beyond_noise(bad: int, weakest: str | None) -> None:
    people = {
        ("find", "csat"): score_people([5] * 100 + [1] * 20),
        ("buy", "csat"): score_people([5] * bad + [1] * (120 - bad)),
        ("use", "csat"): score_people([5] * 101 + [1] * 19),
    }
    made = build({}, people)
    assert (made.weakest, made.best) == (weakest, None)


@pytest.mark.parametrize(("customers", "is_shown"), [(5, True), (4, False)])
def test_what_events_told_is_named_and_needs_enough_customers(customers: int, *, is_shown: bool) -> None:
    amount, start = StageAmount(n=40, total=500.0, lost_n=10, lost=120.0), StartTime(90_000.0, 40)
    flow = StageFlow(40, 30, 10, 5, StageTime(60.0, None, 40), amount=amount, start_time=start)
    told = {key: {"wait": {measure_bucket(12): 30}, "other": {measure_bucket(1): 30}} for key in ("find", "buy")}
    people = {("buy", CUSTOMERS): people_of_days(Scale.CSAT, [[[5]]] * customers)}
    made = build({}, people, flow=dict.fromkeys(("find", "buy", "use"), flow), told_measures=told)
    find, buy, use = made.stages
    waiting = MeasureFigures("wait", "Waiting", "min", n=30, median=12, p90=12, low=12, high=12)
    assert buy.measures == ((waiting,) if is_shown else ())
    assert buy.amount == (replace(amount, unit="€") if is_shown else None)
    assert (find.start_time, buy.start_time, find.measures, use.amount) == (None, start, (), None)
    [found] = [each for each in map_as_json(made)["stages"] if each["key"] == "buy"]
    assert found["start_time"] == {"median_s": 90_000.0, "n": 40}
    assert [each["median"] for each in found["measures"]] == ([12] if is_shown else [])
    assert (found["amount"] or {}).get("lost") == (120.0 if is_shown else None)


def test_json_has_every_key_of_the_contract() -> None:
    time = StageTime(60.0, None, 40, 50.0, 70.0)
    flow = {"buy": StageFlow(walks=40, over=30, went_on=10, on_the_way=5, time=time)}
    found = map_as_json(build(*dissatisfied(12), flow=flow))
    assert found.keys() >= {
        "journey", "kind", "period", "compared_with", "as_of", "segment", "channel", "language", "totals", "stages",
        "hand_overs",
    }  # fmt: skip
    assert found["compared_with"] == {"from": "2026-10-01", "to": "2026-10-28"}
    assert found["totals"].keys() >= {
        "customers", "visits", "invitations", "answers", "response_rate", "still_open", "complaints",
    }  # fmt: skip
    stage = found["stages"][BUY]
    assert stage.keys() >= {
        "key", "title", "customers", "walks", "conversion", "time", "scores", "complaints", "barriers", "touchpoints",
        "targets", "channels", "typed",
    }  # fmt: skip
    score_keys = {"n", "n_is", "answers", "value", "low", "high", "mean", "counts", "verdict", "recalled"}
    assert stage["scores"]["csat"].keys() == stage["conversion"].keys() == score_keys
    assert (stage["scores"]["csat"]["n_is"], stage["conversion"]["n"]) == ("exact", 30)
    assert stage["time"] == {
        "median_s": 60.0, "p90_s": None, "n": 40, "median_low_s": 50.0, "median_high_s": 70.0,
    }  # fmt: skip
    assert stage["touchpoints"][0].keys() >= {
        "key", "title", "channel", "moment_of_truth", "visits", "scores", "complaints",
    }  # fmt: skip


# ---- what the team planned and typed


def test_a_quote_with_a_mood_is_among_the_voices_and_what_is_recalled_says_so() -> None:
    quotes = [
        Quote("buy", "pay", "No score at all.", None, None),
        Quote("buy", "pay", "From memory, that is.", None, None, recalled=True),
        Quote("buy", "pay", "It took me an hour.", Scale.CSAT, 2),
    ]
    made = build(*dissatisfied(9), quotes=quotes)
    assert buying(made).voices == (Voice("No score at all.", None), Voice("It took me an hour.", 1))
    made = build(*dissatisfied(9), quotes=quotes[1:])
    assert [voice.recalled for voice in buying(made).voices] == [True, False]


def test_typed_texts_are_those_of_all_touchpoints_and_removed_ones_say_who_used_them() -> None:
    text = SMALL.replace(
        '{ key = "call", title = "Call", channel = "phone", support = true }',
        '{ key = "call", title = "Call", channel = "phone", support = true, status = "removed", responsible = "Desk" },'
        '{ key = "club", title = "Club", status = "planned", action = "Joins", feels = 2 }',
    )
    facts = PlanFacts({}, removed_visitors={"call": VisitorCount(7, CountBasis.EXACT)})
    stage = buying(build(*dissatisfied(9), journey=read_journey(text, "small.toml"), plan_facts=facts))
    assert [(typed.key, typed.status.value, typed.customers) for typed in stage.typed] == [
        ("pay", "live", None),
        ("call", "removed", 7),
        ("club", "planned", None),
    ]
    assert (stage.typed[2].does, stage.typed[2].feels, stage.typed[1].responsible) == ("Joins", 2, "Desk")
    assert [point.key for point in stage.touchpoints] == ["pay", "club"]
    assert [use.channel for use in stage.channels] == ["site"]  # of live touchpoints alone
    assert buying(build(*dissatisfied(9))).channels == ()  # not read, so that none looks unused
    typed = map_as_json(build(*dissatisfied(9), journey=read_journey(text, "small.toml")))["stages"][BUY]["typed"]
    assert all(each["assumed"] for each in typed)


def test_channels_are_the_used_and_the_declared_ones() -> None:
    few, many = score_people([5] * 4), score_people([5] * 12 + [1] * 8)
    used = {
        "app": ChannelFigures(visits=30, people=many, answers=20, over=40, went_on=10),
        "site": ChannelFigures(visits=50, complaints=2, people=few, answers=4),
    }
    made = build(*dissatisfied(9), plan_facts=PlanFacts(channels={"buy": used}))
    site, app, phone = buying(made).channels
    assert (site.channel, site.visits, site.complaints, site.conversion) == ("site", 50, 2, None)
    assert site.score is not None
    assert (site.score.n, site.score.verdict) == (4, Verdict.WITHHELD)
    assert app.score is not None
    assert app.conversion is not None
    assert (app.channel, app.score.value, app.conversion.value) == ("app", 60.0, 25.0)
    assert phone == ChannelUse("phone", 0, 0)
    hidden = {"app": replace(used["app"], is_hidden=True)}
    made = build(*dissatisfied(9), plan_facts=PlanFacts(channels={"buy": hidden}))
    score = next(use.score for use in buying(made).channels if use.channel == "app")
    assert score is not None
    assert (score.n, score.value, score.verdict) == (20, None, Verdict.WITHHELD)
