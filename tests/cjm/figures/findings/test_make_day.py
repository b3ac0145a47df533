"""Day in the life: quotes of enough people, no words twice, and nothing called busiest by chance."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from cjm.figures.day.day_figures import DayFigures
from cjm.figures.day.diary import DiaryEntry
from cjm.figures.day.parts import PartOfDay, hours_of
from cjm.figures.findings.make_day import DayFacts, choose_quotes, make_day
from cjm.figures.tally import VISITS, CounterSums
from cjm.journeys.journey_file import read_journey
from cjm.journeys.parts.diary_question import DiaryQuestion
from tests.usecases.maps.past_of_case import CASE

DAY = date(2026, 11, 20)
MINIMUM = 5
JOURNEY = read_journey(CASE, "case.toml")
TEXTS = ["Walking the dog", "walking the dog!", "More time", "Rain", "The lift", "x", "y" * 300]

entries = st.lists(
    st.builds(
        DiaryEntry,
        st.sampled_from(PartOfDay),
        st.sampled_from(DiaryQuestion),
        st.sampled_from(TEXTS),
        st.just(DAY),
        st.integers(1, 8),
    ),
    max_size=60,
)


@given(entries)
def test_quotes_are_of_parts_in_which_enough_people_wrote_and_no_words_stand_twice(given_: list[DiaryEntry]) -> None:
    quotes = choose_quotes(given_, MINIMUM)
    chosen = [(part, question, voice) for part, of_part in quotes.items() for question, voice in of_part.items()]
    for part, question, voice in chosen:
        assert len({entry.person for entry in given_ if entry.part is part}) >= MINIMUM
        assert any(
            (entry.part, entry.kind, entry.text, entry.person) == (part, question, voice.text, voice.writer)
            for entry in given_
        )
    bare = Counter("".join(filter(str.isalnum, voice.text.casefold())) for _, _, voice in chosen)
    assert set(bare.values()) <= {1}


def test_quotes_beside_each_other_are_of_different_people_where_somebody_else_has_written() -> None:
    given_ = [
        DiaryEntry(PartOfDay.EVENING, question, f"{question} of {person}", DAY, person)
        for person in range(1, 6)
        for question in DiaryQuestion
    ]
    assert len({voice.writer for voice in choose_quotes(given_, MINIMUM)[PartOfDay.EVENING].values()}) == 3


def _make(counts: Mapping[str, int], entries_: Sequence[DiaryEntry] = ()) -> DayFigures:
    table = {("t", VISITS): {part: CounterSums(n) for part, n in counts.items()}}
    return make_day(JOURNEY, "en", DayFacts(counts=table, scores={}, entries=entries_, hours={}), MINIMUM)


def test_busiest_part_of_equal_hours_is_named_on_at_most_one_map_in_twenty() -> None:
    random, named = Random(7), 0
    for _ in range(400):
        counts = Counter(random.choices(list(PartOfDay), [len(hours_of(part)) for part in PartOfDay], k=300))
        named += _make({part.value: n for part, n in counts.items()}).busiest is not None
    assert named <= 20
    assert _make({PartOfDay.EVENING: 90, PartOfDay.NIGHT: 30}).busiest is PartOfDay.EVENING


def test_busiest_part_has_most_visits_an_hour_not_most_visits() -> None:
    assert _make({PartOfDay.MIDDAY: 300, PartOfDay.EVENING: 400}).busiest is PartOfDay.MIDDAY
    assert _make({PartOfDay.MIDDAY: 300, PartOfDay.AFTERNOON: 379}).busiest is None  # 100 and 95 an hour: chance


def test_visits_without_a_time_are_told_apart_and_few_writers_are_not_counted() -> None:
    few = [DiaryEntry(PartOfDay.NIGHT, DiaryQuestion.DOING, "Awake", DAY, person) for person in range(4)]
    day = _make({"": 3}, few)
    assert (day.timed_visits, day.unknown, day.busiest) == (0, 3, None)
    assert [part.writers for part in day.parts] == [None, 0, 0, 0, 0]
    assert day.voices == ()
