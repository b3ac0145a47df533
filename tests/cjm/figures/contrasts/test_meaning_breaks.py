"""Breaks of meaning between versions of a journey: what is said of them, and what is none."""

from datetime import date, timedelta

import pytest

from cjm.figures.contrasts.meaning_breaks import DatedVersion, choose_versions, find_breaks
from cjm.figures.journey_map import Period
from cjm.figures.map_parts.contrast import MeaningBreak
from cjm.journeys.journey_file import read_journey
from cjm.scales import Scale

FIRST = """
key = "case"
title = "Case"
languages = ["en"]
scale = "csat"
attributes = [{ key = "class", title = "Class" }]
[[stages]]
key = "s"
title = "S"
touchpoints = [{ key = "t", title = "T" }, { key = "u", title = "U" }]
[[surveys]]
key = "v"
on = { touchpoint = "t" }
questions = [{ key = "q", kind = "csat", text = "How was it?" }, { key = "w", kind = "text", text = "Why?" }]
"""
DAY = date(2026, 11, 1)


def breaks_to(newer: str, *, is_narrow: bool = False) -> tuple[MeaningBreak, ...]:
    versions = [DatedVersion(DAY + timedelta(days=i), read_journey(text, "f")) for i, text in enumerate((FIRST, newer))]
    return find_breaks(versions, versions[-1].journey, Scale.CSAT, is_narrow=is_narrow)


@pytest.mark.parametrize(
    "newer",
    [
        FIRST.replace("How was it?", "How did you like it?"),
        FIRST.replace('kind = "csat"', 'kind = "csat", low = "bad"'),
        FIRST.replace('touchpoint = "t"', 'by_hand = "t"'),
        FIRST.replace('key = "t"', 'key = "t2", was = ["t"]')
        .replace('touchpoint = "t"', 'touchpoint = "t2"')
        .replace("How was it?", "How?"),
    ],
)
def test_other_words_or_another_moment_are_a_break_at_the_stage(newer: str) -> None:
    assert breaks_to(newer) == (MeaningBreak(DAY + timedelta(days=1), ("s",)),)


@pytest.mark.parametrize(
    "newer",
    [
        FIRST.replace("Why?", "Why so?"),
        FIRST.replace('title = "T"', 'title = "Till"'),
        FIRST.replace('key = "t"', 'key = "t2", was = ["t"]').replace('touchpoint = "t"', 'touchpoint = "t2"'),
        FIRST.replace('{ key = "u", title = "U" }', '{ key = "u", title = "U" }, { key = "z", title = "Z" }'),
        FIRST + '[[surveys]]\nkey = "v2"\non = { touchpoint = "u" }\n'
        'questions = [{ key = "q2", kind = "csat", text = "And this?" }]\n',
    ],
)
def test_what_changes_no_question_that_was_answered_is_no_break(newer: str) -> None:
    assert breaks_to(newer) == ()


def test_a_touchpoint_in_another_stage_is_named_by_its_present_key() -> None:
    more = '[[stages]]\nkey = "z"\ntitle = "Z"\ntouchpoints = [{ key = "zt", title = "ZT" }'
    u, renamed = '{ key = "u", title = "U" }', '{ key = "u2", title = "U", was = ["u"] }'
    before = FIRST.replace("[[surveys]]", f"{more}]\n[[surveys]]", 1)
    after = FIRST.replace(f", {u}", "").replace("[[surveys]]", f"{more}, {renamed}]\n[[surveys]]", 1)
    versions = [
        DatedVersion(DAY + timedelta(days=i), read_journey(text, "f")) for i, text in enumerate((before, after))
    ]
    (found,) = find_breaks(versions, versions[-1].journey, Scale.CSAT, is_narrow=False)
    assert found == MeaningBreak(DAY + timedelta(days=1), (), moved=("u2",))


def test_other_attributes_matter_to_segments_only() -> None:
    newer = FIRST.replace('key = "class"', 'key = "tariff"')
    assert breaks_to(newer) == ()
    assert breaks_to(newer, is_narrow=True) == (MeaningBreak(DAY + timedelta(days=1), (), regroups=True),)


def test_only_versions_in_force_on_a_day_of_a_side_count() -> None:
    days = [date(2026, 1, 10), date(2026, 3, 1), date(2026, 4, 1), date(2026, 6, 15)]
    january, may, june = (Period(date(2026, month, 1), date(2026, month, 28)) for month in (1, 5, 6))
    assert choose_versions(days, [january, may]) == [0, 2]
    assert choose_versions(days, [may, june]) == [2, 3]
    assert choose_versions(days, [may]) == [2]
    assert choose_versions([], [may]) == []
