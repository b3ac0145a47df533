"""Diaries of a segment: told only where neither it nor everyone without it is few people."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from cjm.figures.day.diary import DiaryEntry
from cjm.figures.day.diary_people import find_withheld_parts
from cjm.figures.day.parts import PartOfDay
from cjm.journeys.parts.diary_question import DiaryQuestion

MINIMUM = 3
SEGMENTS = {1: frozenset({"new"}), 2: frozenset({"old"}), 3: frozenset[str]()}
_entries = st.lists(
    st.builds(
        DiaryEntry,
        st.sampled_from([PartOfDay.MORNING, PartOfDay.EVENING]),
        st.just(DiaryQuestion.DOING),
        st.just("Reading"),
        st.just(date(2026, 11, 20)),
        st.integers(1, 12),
        st.integers(1, 3),
    ),
    max_size=40,
)


@given(_entries)
def test_a_segment_s_diaries_tell_of_no_few_people_beside_those_of_everyone(entries: list[DiaryEntry]) -> None:
    withheld = find_withheld_parts(entries, SEGMENTS, "new", MINIMUM)
    for part in {entry.part for entry in entries} - withheld:
        ours = {entry.person for entry in entries if entry.part is part and entry.cohort_id == 1}
        others = {entry.person for entry in entries if entry.part is part and entry.cohort_id != 1}
        assert len(ours) >= MINIMUM
        assert not others or len(others) >= MINIMUM


def test_a_segment_of_many_beside_many_others_is_told() -> None:
    many = [
        DiaryEntry(PartOfDay.MORNING, DiaryQuestion.DOING, "Reading", date(2026, 11, 20), person, 1 + person % 2)
        for person in range(2 * MINIMUM)
    ]
    assert find_withheld_parts(many, SEGMENTS, "new", MINIMUM) == frozenset()
