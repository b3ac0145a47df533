"""A digest in words: one comparison whose days it names, ranges first where few answered, nothing that contradicts."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.outbox.letters.digest_words import (
    CaseFigures,
    DigestReport,
    change_line,
    digest_text,
    extreme_lines,
    list_writers,
)
from bot.texts import LANGUAGES, words_in
from cjm.figures.findings.comparisons import SignificantChange
from cjm.figures.findings.digest import Digest
from cjm.figures.findings.recommendation import Recommendation, RecommendationKind
from cjm.figures.journey_map import ChangeDirection, FigureChange, JourneyMap, MixShift, MixSubject, Period
from cjm.figures.map_parts.voice import Voice
from cjm.scales import Scale
from cjm.wording.step_words import recommendation_text
from tests.cjm.drawing.kind_maps import difference_of_periods
from tests.cjm.drawing.maps import bike_shop, journey_map, stage, weekly_bike_shop
from tests.cjm.drawing.persona_maps import persona_shop

ENGLISH = words_in("en")
WORSE, BETTER = ChangeDirection.WORSE, ChangeDirection.BETTER
PLACES = MixShift(MixSubject.TOUCHPOINTS, "Catalogue", 0.2, 0.62, is_lower=False)
NEWCOMERS = MixShift(MixSubject.SEGMENTS, "New customers", 0.18, 0.44, is_lower=True)


def found(change: FigureChange, now: float, before: float, n: int = 300, n_before: int = 900) -> SignificantChange:
    return SignificantChange(
        "pay",
        "Pay",
        Scale.CSAT,
        is_stage=True,
        change=change,
        now=now,
        before=before,
        n=n,
        n_before=n_before,
    )


def report(map_: JourneyMap, *changes: SignificantChange, tested: int = 9) -> DigestReport:
    step = Recommendation(RecommendationKind.KEEP_GOING)
    digest = Digest(changes, tested, None, step)
    week = Period(date(2025, 11, 16), date(2025, 11, 22))
    return DigestReport(map_, week, digest, CaseFigures(0, 0, 0, timedelta()))


def plain(text: object) -> str:
    return str(text).replace("\u00a0", " ").replace("\u2009", " ")


def test_change_has_both_figures_its_size_and_its_range() -> None:
    line = change_line(found(FigureChange(BETTER, 11, 6, 16), 85, 74), ENGLISH)
    assert line == "↑ Pay: 85% satisfied, before 74% (+11 points, 95% range +6 to +16)"


def test_range_comes_first_where_few_people_answered() -> None:
    line = change_line(found(FigureChange(WORSE, -28, -50, -6, is_small=True), 40, 68, 30, 90), ENGLISH)
    assert line == "↓ Pay: between 6 and 50 points lower – 40% satisfied, before 68% (30 people against 90)"
    assert "28" not in line
    anonymous = change_line(
        found(FigureChange(WORSE, -28, -50, -6, is_small=True), 40, 68, 30, 90), ENGLISH, counts_people=False
    )
    assert "(30 answers against 90)" in anonymous


@pytest.mark.parametrize("mix", [PLACES, None])
def test_figures_that_contradict_the_change_do_not_stand_beside_it(mix: MixShift | None) -> None:
    line = change_line(found(FigureChange(WORSE, -15, -24, -6, mix), 72, 63), ENGLISH)
    assert line.startswith("↓ Pay · Satisfied: 15 points lower (95% range −24 to −6) at the same touchpoints")
    assert "72%" not in line
    assert "63%" not in line
    assert ("more answers about “Catalogue”" in line) == (mix is not None)


def test_change_of_customers_is_no_arrow() -> None:
    line = change_line(found(FigureChange(ChangeDirection.MIX, -16, -25, -7, NEWCOMERS), 47, 63), ENGLISH)
    assert line == (
        "Pay · Satisfied: other customers answered: more of “New customers” (44%, before 18%), who rate lower; "
        "no group changed"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_change_that_the_picture_marks_is_in_the_words(language: str) -> None:
    stages = [replace(stage(f"Stage {i}", 60, 300), change=FigureChange(WORSE, -9, -14, -4)) for i in range(6)]
    marked = replace(weekly_bike_shop(), stages=tuple(stages), language=language)
    changes = [replace(found(each.change, 60, 69), title=each.title) for each in stages]
    text = str(digest_text(report(marked, *changes)))
    assert all(text.count(f"Stage {i}") == 1 for i in range(6))


@pytest.mark.parametrize(
    ("tested", "says"), [(9, "No change beyond chance, "), (0, "Too early to tell what changed: ")]
)
def test_days_that_are_compared_are_named_also_where_nothing_changed(tested: int, says: str) -> None:
    text = plain(digest_text(report(weekly_bike_shop(), tested=tested)))
    assert says in text
    assert "16–22 Nov" in text.split(says)[1]
    assert "19 Oct – 15 Nov" in text.split(says)[1]


def test_best_and_weakest_are_those_that_the_map_names_and_nobody_else() -> None:
    assert [line.split(" – ")[0] for line in extreme_lines(bike_shop(), ENGLISH)] == [
        "Best: Purchase", "Weakest: After purchase",
    ]  # fmt: skip
    unnamed = replace(bike_shop(), best=None, weakest=None)
    assert list(extreme_lines(unnamed, ENGLISH)) == ["No stage is proven to be the weakest yet."]
    assert list(extreme_lines(difference_of_periods(), ENGLISH)) == []  # it is about its two sides
    assert list(extreme_lines(journey_map([stage("Pay", 70, 60), stage("One", 70, 3)]), ENGLISH)) == []


def test_share_of_replies_is_over_invitations_that_are_over() -> None:
    text = plain(digest_text(report(weekly_bike_shop())))
    assert "Replies in four weeks: 700 asked, 55% answered, 42 still open." in text


def test_somebody_was_asked_also_while_every_invitation_is_still_open() -> None:
    shop = weekly_bike_shop()
    totals = replace(shop.totals, invitations=3, still_open=3, response_rate=None)
    assert "Replies in four weeks: 3 asked, 3 still open." in plain(digest_text(report(replace(shop, totals=totals))))


@pytest.mark.parametrize(
    ("language", "n", "text"),
    [
        ("ru", 1, "ответить на обращение: оно ждёт уже 3 дня."),
        ("ru", 21, "ответить на 21 обращение: самое давнее ждёт уже 3 дня."),
        ("pl", 1, "odpowiedzieć na zgłoszenie: czeka już 3 dni."),
        ("en", 1, "answer the open case: it has waited for 3 days."),
        ("en", 2, "answer the 2 open cases: the oldest has waited for 3 days."),
    ],
)
def test_one_case_is_not_counted(language: str, n: int, text: str) -> None:
    step = Recommendation(RecommendationKind.ANSWER_CASES, n=n, days=3.0)
    assert recommendation_text(step, words_in(language)) == text


def test_step_about_a_small_change_gives_its_range_first() -> None:
    change = found(FigureChange(WORSE, -28, -50, -6, is_small=True), 40, 68, 30, 90)
    step = Recommendation(RecommendationKind.LOOK_AT_WORSE, "pay", "Pay", n=30, scale=Scale.CSAT, points=-28.0)
    assert recommendation_text(step, ENGLISH, [change]).startswith("look into “Pay”: between 6 and 50 points lower")
    assert recommendation_text(step, ENGLISH).startswith("look into “Pay”: −28 points this week")


@pytest.mark.parametrize(
    "said",
    [
        "between 6 and 50 points lower",
        (
            "15 points lower (95% range −24 to −6) at the same touchpoints; "
            "more answers about “Catalogue” (62%, before 20%), which is rated higher"
        ),
        "other customers answered: more of “New customers” (44%, before 18%), who rate lower; no group changed",
        "These are not whole weeks: weekdays weigh differently on the two sides",
        "No stage is proven to be the weakest yet.",
        "over half still here",
        "about 5 200 people",
        "at most 120 people",
    ],
)
def test_the_page_about_figures_quotes_the_words_as_they_are(said: str) -> None:
    changes = (
        found(FigureChange(WORSE, -28, -50, -6, is_small=True), 40, 68, 30, 90),
        found(FigureChange(WORSE, -15, -24, -6, PLACES), 72, 63),
        found(FigureChange(ChangeDirection.MIX, -16, -25, -7, NEWCOMERS), 47, 63),
    )
    spoken = [change_line(each, ENGLISH) for each in changes]
    spoken += [ENGLISH(key) for key in ("map.compared.weekdays", "digest.no_weakest", "map.flow.waiting")]
    spoken += [ENGLISH("map.people.about", n=5200), ENGLISH("map.people.at_most", n=120)]
    page = " ".join(Path("docs/figures.md").read_text("utf-8").split())
    assert said in plain(" ".join(spoken)).replace("\u202f", " ")
    assert f'"{said}"' in page


def test_a_file_that_quotes_by_personas_is_taken_away_when_their_writers_are_forgotten() -> None:
    shop = persona_shop()
    persona = replace(shop.personas[0], voice=Voice("It was late.", writer=7))
    assert list_writers(replace(shop, personas=(persona, *shop.personas[1:]))) == list_writers(shop) | {7}
