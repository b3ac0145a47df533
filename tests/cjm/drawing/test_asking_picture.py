"""The picture of the asking: no text leaves it, overlaps another one or is too small, whatever the report says."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.texts import words_in
from cjm.drawing import lay_out_asking
from cjm.drawing.primitives import Picture
from cjm.drawing.theme import LIGHT
from cjm.figures.asking.asking_outcome import AskingOutcome
from cjm.figures.asking.reach import HeardReport, Reach, UnlikeShare
from cjm.figures.findings.asking.report import AskedPart, AskingReport, AskingTally
from tests.cjm.drawing.askings import anonymous_asking, bike_shop_asking
from tests.cjm.drawing.maps import fixed_width, texts
from tests.cjm.drawing.test_layout import check_texts, text_of
from tests.depth import choose_depth

LEAST_PX = 34
counts = st.sampled_from([0, 0, 1, 7, 40, 1_234_567])
tallies = st.builds(
    AskingTally, st.dictionaries(st.sampled_from(AskingOutcome), counts, max_size=9), st.sampled_from([0, 1])
)


@st.composite
def reports(draw: st.DrawFn) -> AskingReport:
    surveys = [AskedPart(f"s{i}", draw(texts), draw(tallies)) for i in range(draw(st.sampled_from([0, 1, 9])))]
    total = AskingTally({o: sum(part.tally.count(o) for part in surveys) for o in AskingOutcome})
    heard = HeardReport(
        draw(st.dictionaries(st.sampled_from(Reach), counts)),
        unlike=tuple(UnlikeShare("u", draw(texts), 0.5, share, is_more=False) for share in (0.25, None)),
        is_sample=draw(st.booleans()),
    )
    return replace(
        bike_shop_asking(draw(st.sampled_from(["en", "ru", "pl"]))),
        title=draw(texts),
        segment_title=draw(st.none() | texts),
        channel=draw(st.none() | st.sampled_from(["courier", "teleport"])),
        is_anonymous=draw(st.booleans()),
        total=total,
        surveys=tuple(surveys),
        response_rate=draw(st.none() | st.just(1.0)),
        hours=draw(st.dictionaries(st.integers(0, 23), tallies)),
        heard=heard,
    )


def lay_out(report: AskingReport) -> Picture:
    return lay_out_asking(report, words_in(report.language), fixed_width, LIGHT)


@settings(max_examples=choose_depth(12, 400), deadline=None)
@given(reports())
def test_any_report_is_drawn_within_its_picture_without_overlaps(report: AskingReport) -> None:
    picture = lay_out(report)
    assert picture.width + picture.height <= 10_000
    check_texts(picture, LEAST_PX)


@pytest.mark.parametrize("language", ["en", "ru", "pl"])
def test_the_picture_says_what_it_counts_and_names_the_best_hour(language: str) -> None:
    said, words = text_of(lay_out(bike_shop_asking(language))), words_in(language)
    assert words("map.invitations", n=618) in said
    assert f"18:00 · {words.percent(0.87)}" in said
    assert f"{words('asked.outcome.snoozed')}: 9" in said, "a narrow part has its number in the legend"


def test_of_an_anonymous_journey_no_outcome_is_drawn() -> None:
    said = text_of(lay_out(anonymous_asking()))
    assert "no answer" not in said
    assert "270 asked" in said
