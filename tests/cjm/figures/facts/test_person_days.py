"""Person-days and presence against a plain recount: whatever order answers come, change and go in."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm.figures.facts.delay import DELAY_CLASSES, delay_class
from cjm.figures.facts.person_days import ScaleAnswer, person_day_moves
from cjm.figures.facts.presence import PresenceSign, presence_moves
from cjm.figures.gaps import GAP_CLASSES, GapKey, GapSums
from cjm.figures.tally import CounterSums, FactMoves, split_value_bucket, sum_moves, value_bucket
from cjm.journeys.journey_file import read_journey
from cjm.scales import Scale, contribution
from tests.depth import choose_depth

JOURNEY = read_journey(
    """
key = "shop"
title = "Shop"
[[stages]]
key = "buy"
title = "Buy"
was = ["purchase"]
[[stages.touchpoints]]
key = "till"
title = "Till"
was = ["desk"]
[[stages.touchpoints]]
key = "site"
title = "Site"
""",
    "shop.toml",
)
NOBODY = JOURNEY.model_copy(update={"anonymous": True})
NOW_CALLED = {"purchase": "buy", "desk": "till"}
MONDAY = date(2026, 3, 2)
T = TypeVar("T")


def make_answers() -> st.SearchStrategy[ScaleAnswer]:
    """Answers of one person that often meet on one day, also about the stage itself and under former keys."""
    return st.builds(
        lambda subject, stage, scale, day, cohort, channel, good: ScaleAnswer(
            stage if subject == "stage" else subject,
            stage,
            scale,
            MONDAY + timedelta(days=day),
            cohort,
            channel,
            scale.spec.values[-1 if good else 1],
        ),
        st.sampled_from(["till", "desk", "site", "stage"]),
        st.sampled_from(["buy", "purchase"]),
        st.sampled_from([Scale.CSAT, Scale.NPS, Scale.CES]),
        st.sampled_from([0, 0, 1, 5, 6, 40, 364, 365, 366, 800]),
        st.sampled_from([1, 1, 2]),
        st.sampled_from(["site", "shop"]),
        st.booleans(),
    )


def recount_days(answers: Iterable[ScaleAnswer]) -> dict[tuple[str, Scale, date, int], list[ScaleAnswer]]:
    days = defaultdict(list)
    for a in answers:
        days[a.stage, a.scale, a.day, a.cohort_id].append(a)
        if a.subject != a.stage:
            days[a.subject, a.scale, a.day, a.cohort_id].append(a)
    return days


def recount_gaps(days: Sequence[tuple[date, int, str, float]], measure: str) -> Iterable[tuple[GapKey, GapSums]]:
    """Return the moves of all pairs of one person at one subject; days are (day, cohort, stored subject, x)."""
    ordered = sorted(days)
    for (i, (day, _, _, x)), (j, (later, _, subject, y)) in itertools.combinations(enumerate(ordered), 2):
        for place, known in enumerate(GAP_CLASSES):
            if (later - day).days in known:
                yield GapKey("shop", later, subject, measure, place), GapSums(int(j == i + 1), 1, x + y, x * y)


def is_same(found: dict[GapKey, GapSums], wanted: dict[GapKey, GapSums]) -> bool:
    return not sum_moves([*found.items(), *((key, -sums) for key, sums in wanted.items())])


def apply_steps(steps: Sequence[list[T]], move: Callable[[list[T], list[T]], FactMoves]) -> FactMoves:
    """Return all moves on the way from nothing over each state to the last one."""
    moved = FactMoves([], [])
    for before, after in itertools.pairwise([[], *steps]):
        moved += move(before, after)
    return moved


@settings(max_examples=choose_depth(25, 500), deadline=None)
@given(st.lists(st.lists(make_answers(), max_size=9), min_size=1, max_size=3))
def test_person_days_are_those_of_the_answers_that_stand(steps: list[list[ScaleAnswer]]) -> None:
    moved = apply_steps(steps, lambda before, after: person_day_moves(JOURNEY, before, after))
    counters = sum_moves(moved.counters)
    days = recount_days(steps[-1])
    for channel in (None, "site", "shop"):
        wanted: Counter[tuple[str, str, date, int]] = Counter()
        for (subject, scale, day, cohort), answers in days.items():
            u = [Fraction(contribution(scale, a.value)) for a in answers if channel in (None, a.channel)]
            if u:
                x = sum(u) / len(u)
                raw = Fraction(sum(a.value for a in answers if channel in (None, a.channel)), len(u))
                sums = CounterSums(1, float(x), float(x * x), float(raw), float(sum(v * v for v in u) / len(u)))
                found = sum(
                    (
                        found
                        for key, found in counters.items()
                        if key[:5] == ("shop", day, subject, f"{scale}.people", "")
                        and key.cohort_id == cohort
                        and channel in (None, key.channel)
                    ),
                    CounterSums(0),
                )
                assert (found + -sums).is_zero
                wanted[subject, scale, day, cohort] += 1
        kept = {(k.subject, k.measure, k.day, k.cohort_id) for k in counters if channel in (None, k.channel)}
        assert len(kept) == len(wanted)


@settings(max_examples=choose_depth(25, 500), deadline=None)
@given(st.lists(st.lists(make_answers(), max_size=9), min_size=1, max_size=3))
def test_pairs_are_those_of_the_answers_that_stand(steps: list[list[ScaleAnswer]]) -> None:
    moved = apply_steps(steps, lambda before, after: person_day_moves(JOURNEY, before, after))
    subjects = defaultdict(list)
    for (subject, scale, day, cohort), answers in recount_days(steps[-1]).items():
        x = sum(contribution(scale, a.value) for a in answers) / len(answers)
        subjects[NOW_CALLED.get(subject, subject), scale].append((day, cohort, subject, x))
    wanted = [move for (_, scale), days in subjects.items() for move in recount_gaps(days, scale)]
    assert is_same(sum_moves(moved.gaps), sum_moves(wanted))


def make_signs() -> st.SearchStrategy[PresenceSign]:
    return st.builds(
        lambda day, stage, cohort, channel: PresenceSign(MONDAY + timedelta(days=day), stage, cohort, channel),
        st.sampled_from([0, 0, 1, 7, 365, 366]),
        st.sampled_from(["buy", "purchase", ""]),
        st.sampled_from([1, 1, 2]),
        st.sampled_from(["site", "shop"]),
    )


@settings(max_examples=choose_depth(25, 500), deadline=None)
@given(st.lists(st.lists(make_signs(), max_size=7), min_size=1, max_size=3))
def test_presence_counts_a_day_once_at_its_stage_and_in_the_journey(steps: list[list[PresenceSign]]) -> None:
    moved = apply_steps(steps, lambda before, after: presence_moves(JOURNEY, before, after))
    signs = [sign for s in steps[-1] for sign in {s, s._replace(stage="")}]
    wanted = Counter((d, s, c) for d, s, c in {(sign.day, sign.stage, sign.cohort_id) for sign in signs})
    found: Counter[tuple[date, str, int]] = Counter()
    by_channel: Counter[tuple[date, str, int, str]] = Counter()
    for key, sums in sum_moves(moved.counters).items():
        assert key.measure == "customers"
        found[key.day, key.subject, key.cohort_id] += sums.n
        if key.channel:
            by_channel[key.day, key.subject, key.cohort_id, key.channel] += sums.n
    assert found == wanted
    assert by_channel == Counter({(s.day, s.stage, s.cohort_id, s.channel) for s in signs})
    subjects = defaultdict(list)
    for day, stage, cohort in wanted:
        subjects[NOW_CALLED.get(stage, stage)].append((day, cohort, stage, 1.0))
    gaps = [move for days in subjects.values() for move in recount_gaps(days, "customers")]
    assert is_same(sum_moves(moved.gaps), sum_moves(gaps))


def test_an_anonymous_journey_pairs_nobody() -> None:
    answers = [ScaleAnswer("till", "buy", Scale.CSAT, MONDAY + timedelta(days=n), 1, "shop", 5) for n in range(3)]
    signs = [PresenceSign(a.day, "buy", 1, "shop") for a in answers]
    for moves in (person_day_moves(NOBODY, (), answers), presence_moves(NOBODY, (), signs)):
        assert moves.counters
        assert moves.gaps == []


@pytest.mark.parametrize(
    ("hours", "wanted"),
    [(0, 0), (0.99, 0), (1, 1), (2.9, 1), (3, 2), (8, 3), (24, 4), (48, 5), (71, 5), (72, 6), (999, 6)],
)
def test_a_delay_has_a_class(hours: float, wanted: int) -> None:
    sent_at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert delay_class(sent_at, sent_at + timedelta(hours=hours)) == wanted
    assert wanted in DELAY_CLASSES
    assert delay_class(None, sent_at) == 0


@given(st.integers(-2, 10), st.sampled_from(DELAY_CLASSES))
def test_a_bucket_tells_value_and_delay(value: int, delay: int) -> None:
    assert split_value_bucket(value_bucket(value, delay)) == (value, delay)
    assert (value_bucket(value, delay) == str(value)) == (delay == 0)
