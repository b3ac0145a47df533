"""Scores of the parts of the day: of people, clustered by person, and telling of no fewer than the minimum."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cjm.figures.day.part_scores import PartAnswer, PartCounter, PartFacts, RestDay, score_parts
from cjm.figures.day.parts import PartOfDay
from cjm.figures.part_disclosure import SEVERAL_CHANNELS, UNKNOWN_CHANNEL
from cjm.figures.people import PersonDaySums
from cjm.figures.score import Score, Thresholds, Verdict
from cjm.scales import Scale

MINIMUM = 3
THRESHOLDS = Thresholds(judge_from=6, minimum=MINIMUM)
FIRST = date(2026, 11, 1)
SEGMENTS = {1: frozenset({"new"}), 2: frozenset({"old"}), 3: frozenset[str]()}

answers = st.lists(
    st.builds(
        PartAnswer,
        st.integers(1, 12),
        st.integers(0, 5).map(lambda n: FIRST + timedelta(days=n)),
        st.integers(1, 3),
        st.sampled_from(list(PartOfDay)[:3]),
        st.sampled_from([0.0, 1.0]),
    ),
    max_size=60,
)


untimed = st.lists(
    st.builds(RestDay, st.integers(1, 14), st.integers(1, 3), st.just(UNKNOWN_CHANNEL)),
    max_size=6,
)


def list_several(given_: list[PartAnswer]) -> list[RestDay]:
    """Return the person-days with answers about several parts."""
    parts: defaultdict[tuple[int, date, int], set[PartOfDay]] = defaultdict(set)
    for a in given_:
        parts[a.person, a.day, a.cohort_id].add(a.part)
    return [RestDay(person, cohort, SEVERAL_CHANNELS) for (person, _, cohort), of in parts.items() if len(of) > 1]


def make_facts(given_: list[PartAnswer], untimed_: Sequence[RestDay] = ()) -> PartFacts:
    """Return the facts with the counters that these answers move."""
    of_day: defaultdict[tuple[PartOfDay, int, int, date], list[float]] = defaultdict(list)
    for a in given_:
        of_day[a.part, a.cohort_id, a.person, a.day].append(a.x)
    sums: defaultdict[tuple[PartOfDay, int], PersonDaySums] = defaultdict(PersonDaySums)
    for (part, cohort, _, _), xs in of_day.items():
        x = sum(xs) / len(xs)
        sums[part, cohort] += PersonDaySums(1, x, x * x, 4 * x, sum(u * u for u in xs) / len(xs))
    counters = [PartCounter(part, cohort, is_settled=False, sums=each) for (part, cohort), each in sums.items()]
    return PartFacts(Scale.CSAT, 28, counters, given_, [*untimed_, *list_several(given_)], segments=SEGMENTS)


def find_people(given_: list[PartAnswer], part: PartOfDay, cohorts: set[int] | None = None) -> set[int]:
    return {a.person for a in given_ if a.part is part and (cohorts is None or a.cohort_id in cohorts)}


@given(answers, untimed)
def test_scores_count_people_and_hide_those_that_others_would_tell(
    given_: list[PartAnswer], untimed_: list[RestDay]
) -> None:
    scores = score_parts(make_facts(given_, untimed_), None, None, THRESHOLDS)
    assert {part: score.n for part, score in scores.items()} == {
        part: len(people) for part in PartOfDay if (people := find_people(given_, part))
    }
    hidden = {part for part, score in scores.items() if score.verdict is Verdict.WITHHELD}
    shown = scores.keys() - hidden
    for part in shown:
        assert len(find_people(given_, part)) >= MINIMUM
    # Everyone's score without those of the parts is that of the rest: the hidden ones, and those beside the parts.
    rest = {each.person for each in (*untimed_, *list_several(given_))}
    together = rest.union(*(find_people(given_, part) for part in hidden))
    assert not (together and shown) or len(together) >= MINIMUM


@given(answers)
def test_score_of_a_segment_beside_that_of_everyone_tells_of_no_few_others(given_: list[PartAnswer]) -> None:
    facts = make_facts(given_)
    everyone = score_parts(facts, None, None, THRESHOLDS)
    new = score_parts(facts, "new", {1}, THRESHOLDS)
    for part, score in new.items():
        others = find_people(given_, part, {2, 3})
        if _is_shown(score) and _is_shown(everyone[part]) and others:
            assert len(others) >= MINIMUM


def _is_shown(score: Score) -> bool:
    return score.verdict is not Verdict.WITHHELD


def test_ten_answers_of_one_person_are_one_person_and_no_score() -> None:
    alone = [PartAnswer(1, FIRST + timedelta(days=n), 1, PartOfDay.NIGHT, 1.0) for n in range(10)]
    [score] = score_parts(make_facts(alone), None, None, THRESHOLDS).values()
    assert (score.n, score.value, score.verdict) == (1, None, Verdict.WITHHELD)
