"""Words of figures: understood without training, honest about people, the same in three languages."""

import re
from dataclasses import replace
from datetime import date

import pytest

from bot.texts import LANGUAGES, words_in
from cjm.figures.journey_map import ChangeDirection, FigureChange, MixShift, MixSubject, StageTime
from cjm.figures.map_parts.stage_facts import MeasureFigures, StageAmount, StartTime
from cjm.figures.people import CountBasis
from cjm.figures.score import Score, Verdict
from cjm.scales import Scale
from cjm.wording.change_words import difference_text, shown_comparison, span_text, stage_change_text
from cjm.wording.count_words import people_text, round_estimate
from cjm.wording.fact_words import amount_text, fact_lines, start_time_text
from cjm.wording.figure_words import figure_text, score_text
from cjm.wording.flow_words import conversion_text, time_text
from cjm.wording.quantity_words import quantity_text
from cjm.wording.stage_words import stage_lines
from tests.cjm.drawing.maps import (
    anonymous_shop,
    big_shop,
    bike_shop,
    journey_map,
    score,
    share,
    shop_with_other_answers,
    stage,
)

ENGLISH = words_in("en")


def plain(text: str) -> str:
    """Return a text with common spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2009", " ")


@pytest.mark.parametrize(
    ("scale", "value", "text"),
    [
        (Scale.CSAT, 84, "84% satisfied"),
        (Scale.SUCCESS, 88, "88% got what they came for"),
        (Scale.EMOTION, 1.1, "mood +1.1 on −2 to +2"),
        (Scale.EMOTION, -0.04, "mood 0.0 on −2 to +2"),
        (Scale.CES, 5.9, "ease 5.9 of 7"),
        (Scale.NPS, 32, "recommendation +32: 32 more in 100 would recommend than would not"),
        (Scale.NPS, -12, "recommendation −12: 12 more in 100 would not recommend than would"),
        (Scale.NPS, 0.4, "recommendation 0: as many would recommend as would not"),
        (Scale.EXPECTATION, 25, "25 more in 100 found it better than expected"),
        (Scale.EXPECTATION, -12, "12 more in 100 found it worse than expected"),
        (Scale.EXPECTATION, -0.3, "as many found it better than expected as worse"),
    ],
)
def test_figure_says_what_it_means(scale: Scale, value: float, text: str) -> None:
    assert plain(figure_text(scale, value, ENGLISH)) == text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scale", Scale)
def test_figure_names_no_measure_that_only_experts_know(language: str, scale: Scale) -> None:
    low, high = scale.spec.bounds
    for value in (low, (low + high) / 2, high):
        assert not {"NPS", "CES", "CSAT"} & set(figure_text(scale, value, words_in(language)).split())


@pytest.mark.parametrize(
    ("n", "rounded"), [(0, 0), (99, 99), (967, 970), (1_238, 1_240), (5_238, 5_200), (19_659, 19_700), (95_000, 95_000)]
)
def test_estimate_is_rounded_to_what_it_knows(n: int, rounded: int) -> None:
    assert round_estimate(n) == rounded


@pytest.mark.parametrize(
    ("language", "basis", "n", "text"),
    [
        ("en", CountBasis.ABOUT, 5_238, "about 5 200 people"),
        ("en", CountBasis.AT_MOST, 1, "at most 1 person"),
        ("ru", CountBasis.ABOUT, 21, "около 21 человека"),
        ("ru", CountBasis.ABOUT, 5_238, "около 5 200 человек"),
        ("ru", CountBasis.AT_MOST, 2, "не больше 2 человек"),
        ("pl", CountBasis.ABOUT, 22, "około 22 osób"),
        ("pl", CountBasis.AT_MOST, 22, "najwyżej 22 osoby"),
        ("pl", CountBasis.AT_MOST, 120, "najwyżej 120 osób"),
    ],
)
def test_people_are_counted_as_they_were_found(language: str, basis: CountBasis, n: int, text: str) -> None:
    assert plain(people_text(n, basis, words_in(language))) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nobody_is_known_nobody_is_called_people(language: str) -> None:
    words, shop = words_in(language), anonymous_shop()
    people = {words(f"map.people{basis}", n=n).split()[-1] for basis in ("", ".about", ".at_most") for n in (1, 2, 5)}
    lines = [line for each in shop.stages for line in stage_lines(each, shop, words)]
    said = {word.strip(".,;:()") for line in lines for word in line.split()}
    assert lines
    assert not people & said


def test_answers_stand_beside_people_only_where_somebody_answered_twice() -> None:
    shop = bike_shop()
    assert score_text(Scale.CSAT, share(70, 60), shop, ENGLISH).endswith(", 60 people")
    twice = replace(share(70, 60), answers=88)
    assert score_text(Scale.CSAT, twice, shop, ENGLISH).endswith(", 60 people, 88 answers")


def test_missing_figure_says_how_many_are_missing_or_that_it_protects_somebody() -> None:
    shop = bike_shop()
    assert score_text(Scale.CSAT, share(0, 4), shop, ENGLISH) == "4 people so far, 1 more needed to show a figure."
    hidden = Score(26, 26, None, None, None, None, None, Verdict.WITHHELD)
    assert score_text(Scale.CSAT, hidden, shop, ENGLISH) == "26 people, withheld to protect people"


def test_small_change_is_told_by_its_range_and_a_large_sample_by_its_size() -> None:
    change = FigureChange(ChangeDirection.WORSE, -28, -50, -6, is_small=True)
    assert difference_text(change, Scale.CSAT, ENGLISH) == "between 6 and 50 points lower"
    assert (
        difference_text(replace(change, low=-50, high=-0.2), Scale.CSAT, ENGLISH) == "between 0.2 and 50 points lower"
    )
    large = replace(change, is_small=False)
    assert difference_text(large, Scale.CSAT, ENGLISH) == "28 points lower (95% range −50 to −6)"


@pytest.mark.parametrize(
    ("scale", "low", "high", "says"),
    [
        (Scale.EMOTION, -1.3, -0.04, "between 0.04 and 1.3 lower"),
        (Scale.EMOTION, 0.003, 1.3, "between 0.003 and 1.3 higher"),
        (Scale.CSAT, -13, -0.04, "between 0.04 and 13 points lower"),
    ],
)
def test_no_end_of_a_proven_change_is_shown_as_none(scale: Scale, low: float, high: float, says: str) -> None:
    change = FigureChange(ChangeDirection.WORSE, (low + high) / 2, low, high, is_small=True)
    assert difference_text(change, scale, ENGLISH) == says
    large = difference_text(replace(change, is_small=False), scale, ENGLISH)
    assert not re.search(r"(?<![0-9.])[−+]?0(\.0+)?(?![0-9.])", large), large
    span = span_text(scale, low, high, ENGLISH)
    assert not re.search(r"(?<![0-9.])0(\.0+)?(?![0-9.])", span), span


def test_a_range_around_no_change_keeps_its_digits() -> None:
    change = FigureChange(ChangeDirection.SAME, -0.6, -1.3, 0.04)
    assert difference_text(change, Scale.EMOTION, ENGLISH) == "0.6 lower (95% range −1.3 to 0.0)"


def test_change_of_the_mix_is_told_as_what_it_is() -> None:
    shop = shop_with_other_answers()
    within, others = (stage_change_text(shop.stages[i], shop, ENGLISH) for i in (1, 3))
    assert within == (
        "↓ worse: 15 points lower (95% range −24 to −6) at the same touchpoints; "
        "more answers about “Catalogue” (62%, before 20%), which is rated higher"
    )
    assert others == (
        "other customers answered: more of “New customers” (44%, before 18%), who rate lower; no group changed"
    )


def test_late_answers_are_told_too() -> None:
    late = MixShift(MixSubject.DELAYS, "", 0.4, 0.1, is_lower=True)
    look = replace(stage("Pay", 70, 300), change=FigureChange(ChangeDirection.SAME, 1, -4, 6, late))
    assert stage_change_text(look, journey_map([look]), ENGLISH) == (
        "no change among equally quick answers; fewer late answers (10%, before 40%), which rate lower"
    )


def test_days_are_compared_only_where_there_are_two_sides() -> None:
    assert shown_comparison(bike_shop()) == bike_shop().comparison
    lonely = replace(stage("Pay", 70, 60), before={}, change=FigureChange(ChangeDirection.UNKNOWN))
    assert shown_comparison(journey_map([lonely])) is None


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (
            StageTime(7_200, 21_600, 320, 6_000, 9_000),
            "half go on within 2 h (1 h 40 min to 2 h 30 min), 90% within 6 h, 320 walks",
        ),
        (
            StageTime(7_200, None, 320, 6_000),
            "half go on within 2 h (1 h 40 min or longer), over a tenth still here, 320 walks",
        ),
        (StageTime(None, None, 100), "over half still here, 100 walks"),
        (StageTime(600, 600, 1), "half go on within 10 min, 90% within 10 min, 1 walk"),
    ],
)
def test_time_is_told_with_its_range_and_its_walks(time: StageTime, text: str) -> None:
    assert time_text(time, ENGLISH) == text


def test_conversion_is_told_with_its_range_and_its_walks() -> None:
    assert conversion_text(score(71, 5, 320), ENGLISH) == "71% go on, 95% range 66% to 76%, 320 walks"
    assert conversion_text(score(71, 5, 4), ENGLISH) == ""


def test_change_stands_right_after_the_figure_that_changed() -> None:
    figures = stage("Pay", 70, 300, 90, ChangeDirection.WORSE)
    scores = {Scale.EMOTION: score(0.4, 0.2, 300), **figures.scores, Scale.CES: score(5.1, 0.3, 300)}
    told = journey_map([replace(figures, scores=scores)])
    lines = list(stage_lines(told.stages[0], told, ENGLISH))
    beginnings = [line.split(" ")[0] for line in lines[:4]]
    assert beginnings == ["70%", "↓", "mood", "ease"]


def test_stage_of_many_is_told_with_estimates() -> None:
    shop = big_shop()
    lines = [plain(line) for line in stage_lines(shop.stages[0], shop, ENGLISH)]
    assert "78% satisfied, 95% range 72% to 84%, about 8 600 people, 12 922 answers" in lines
    assert "Came here: about 34 000 people, 64 610 walks, 43 680 visits" in lines
    assert "3.3 complaints per 100 visits, 3.5 support contacts per 100 customers" in lines


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.6, "1 min"), (90, "1 min 30 s"), (3_599, "1 h"), (6_000, "1 h 40 min"), (86_399, "1 d"),
     (183_600, "2 d 3 h"), (863_999, "10 d")],
)  # fmt: skip
def test_length_of_time_has_at_most_two_units_and_never_sixty_of_one(seconds: float, text: str) -> None:
    assert ENGLISH.short_duration(seconds) == text


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2026, 11, 2), date(2026, 11, 8), "2–8 Nov"),
        (date(2026, 10, 26), date(2026, 11, 22), "26 Oct – 22 Nov"),
        (date(2025, 12, 20), date(2026, 1, 16), "20 Dec 2025 – 16 Jan 2026"),
        (date(2020, 1, 1), date(2020, 2, 1), "1 Jan – 1 Feb 2020"),
        (date(2020, 1, 5), date(2020, 1, 5), "5 Jan 2020"),
    ],
)
def test_days_of_another_year_say_which(first: date, last: date, text: str) -> None:
    assert plain(ENGLISH.days(first, last, now=date(2026, 11, 26))) == text


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["Reached on day 3 (median), 58 walks", "Worth 12 300 €, 96 walks; 2 100 € did not go on, 12 walks",
                "Waiting: median 12.5 min (10 to 14 min), 9 of 10 at most 30 min, 214 visits"]),
        ("ru", ["Доходят на 3-й день (медиана), 58 прохождений",
                "На сумму 12 300 €, 96 прохождений; не пошли дальше — 2 100 €, 12 прохождений",
                "Waiting: медиана 12,5 min (от 10 до 14 min), у 9 из 10 не больше 30 min, 214 визитов"]),
        ("pl", ["Docierają w 3. dniu (mediana), 58 przejść",
                "Wartość 12 300 €, 96 przejść; nie poszło dalej: 2 100 €, 12 przejść",
                "Waiting: mediana 12,5 min (od 10 do 14 min), w 9 na 10 najwyżej 30 min, 214 wizyt"]),
    ],
)  # fmt: skip
def test_what_events_told_about_a_stage_is_a_line_each(language: str, lines: list[str]) -> None:
    told = replace(
        stage("Pay", 70, 300, 90, ChangeDirection.SAME),
        measures=(MeasureFigures("wait", "Waiting", "min", 214, 12.5, 30, 10, 14),),
        amount=StageAmount(96, 12_300.4, 12, 2_100, "€"),
        start_time=StartTime(2.3 * 86_400, 58),
    )
    assert list(map(plain, fact_lines(told, words_in(language)))) == lines


def test_withheld_and_short_facts_promise_nothing() -> None:
    amount = StageAmount(6, 100, 2, None)
    assert plain(amount_text(amount, ENGLISH)) == "Worth 100, 6 walks"
    assert plain(start_time_text(StartTime(9_000, 21), ENGLISH)) == "Reached after 2 h 30 min (median), 21 walks"
    assert [plain(quantity_text(value, "", ENGLISH)) for value in (0, 1234, 0.0123, -2.5)] == [
        "0", "1 234", "0.0123", "−2.5"
    ]  # fmt: skip
