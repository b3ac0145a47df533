"""Passages and stage entries: computed from visits, so late and withdrawn events give the right answer again."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.journeys.visit import PassageStep, StageEntry, find_stage_entries, split_into_passages

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
WINDOW = timedelta(days=14)
STAGES = ("find", "buy", "use")


def step(stage: str, days: float, passage: str | None = None) -> PassageStep:
    return PassageStep(stage, STAGES.index(stage), NOON + timedelta(days=days), "site", 1, passage)


def entered(*steps: PassageStep) -> list[tuple[str, str | None]]:
    """Return (stage, the stage that it went on to) of every entry, in the order of time."""
    found = sorted(find_stage_entries(steps, WINDOW), key=lambda e: e.at)
    by_time = {s.at: s.stage for s in steps}
    return [(e.stage, by_time[e.next_at] if e.next_at else None) for e in found]


def test_a_walk_enters_each_stage_once_and_goes_on_to_the_next() -> None:
    assert entered(step("find", 0), step("find", 1), step("buy", 2), step("use", 3)) == [
        ("find", "buy"),
        ("buy", "use"),
        ("use", None),
    ]


def test_a_skipped_stage_still_means_going_on() -> None:
    assert entered(step("find", 0), step("use", 1)) == [("find", "use"), ("use", None)]


def test_going_back_opens_a_new_passage() -> None:
    assert entered(step("buy", 0), step("find", 1), step("buy", 2)) == [("buy", None), ("find", "buy"), ("buy", None)]


def test_after_the_window_a_new_passage_begins() -> None:
    assert len(split_into_passages([step("find", 0), step("find", 14.5)], WINDOW)) == 2
    assert len(split_into_passages([step("find", 0), step("find", 13.5)], WINDOW)) == 1


def test_named_passages_do_not_mix_with_others() -> None:
    steps = [step("find", 0, "a"), step("find", 0.5, "b"), step("buy", 1, "a"), step("use", 2)]
    walks = dict(split_into_passages(steps, WINDOW))
    assert [s.stage for s in walks["a"]] == ["find", "buy"]
    assert [s.stage for s in walks["b"]] == ["find"]
    assert len(walks) == 3


def test_a_given_name_is_never_that_of_an_unnamed_passage() -> None:
    (unnamed, _), *_ = split_into_passages([step("find", 0)], WINDOW)
    names = [name for name, _ in split_into_passages([step("find", 0), step("find", 0, unnamed)], WINDOW)]
    assert len(set(names)) == 2


def test_within_a_named_passage_going_back_enters_nothing_again() -> None:
    assert entered(step("buy", 0, "a"), step("find", 1, "a"), step("buy", 2, "a")) == [("buy", None), ("find", "buy")]


@pytest.mark.parametrize("passage", ["a", None])
def test_a_later_visit_counts_although_that_stage_had_been_seen_before(passage: str | None) -> None:
    walk = [step("use", 0, passage), step("find", 1, passage), step("buy", 2, passage), step("use", 3, passage)]
    gone = {e.stage: e.next_at for e in find_stage_entries(walk, WINDOW) if e.next_at}
    assert gone == {"find": walk[2].at, "buy": walk[3].at}


def test_a_later_stage_at_the_very_same_time_was_reached_at_once() -> None:
    for walk in permutations([step("buy", 0), step("find", 0), step("find", -1)]):
        first, second = sorted(find_stage_entries(walk, WINDOW), key=lambda e: e.at)
        assert (first.stage, first.next_at, second.stage, second.next_at) == ("find", NOON, "buy", None)


@pytest.mark.parametrize("passage", ["a", None])
def test_of_visits_at_one_time_the_first_by_event_id_enters(passage: str | None) -> None:
    visits = [
        PassageStep("find", 0, NOON, channel, cohort, passage, event_id)
        for event_id, channel, cohort in [("e1", "site", 3), ("e2", "ad", 2), ("e3", "phone", 1)]
    ]
    for walk in permutations(visits):
        assert [(e.channel, e.cohort_id) for e in find_stage_entries(walk, WINDOW)] == [("site", 3)]


def test_an_entry_has_the_last_amount_until_the_walk_went_on_and_the_start_of_its_walk() -> None:
    told = [("find", None), ("buy", 5), ("buy", None), ("buy", 7), ("use", None), ("buy", 9), ("use", 0)]
    walk = [step(stage, n, "a")._replace(amount=amount) for n, (stage, amount) in enumerate(told)]
    entries = {e.stage: (e.amount, e.started_at) for e in find_stage_entries(walk, WINDOW)}
    assert entries == {"find": (None, None), "buy": (7, NOON), "use": (0, NOON)}


random_steps = st.lists(
    st.builds(
        step, st.sampled_from(STAGES), st.integers(0, 60).map(lambda d: d / 2), st.sampled_from([None, None, "a", "b"])
    ),
    max_size=12,
)
steps_at_few_times = st.lists(
    st.builds(
        PassageStep,
        st.just("find"),
        st.integers(0, 2),
        st.sampled_from([NOON, NOON + timedelta(days=1)]),
        st.sampled_from(["site", "phone"]),
        st.integers(1, 3),
        st.sampled_from([None, None, "a"]),
    ),
    max_size=8,
).map(lambda steps: [s._replace(stage=STAGES[s.order], event_id=f"e{n}") for n, s in enumerate(steps)])


@given(random_steps | steps_at_few_times, st.randoms())
def test_the_order_in_which_events_arrive_changes_nothing(walk: list[PassageStep], random: object) -> None:
    shuffled = list(walk)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types it as object's Random
    assert set(find_stage_entries(walk, WINDOW)) == set(find_stage_entries(shuffled, WINDOW))


@given(random_steps | steps_at_few_times)
def test_an_entry_goes_on_if_its_passage_visits_any_later_stage_after_it(walk: list[PassageStep]) -> None:
    walks = dict(split_into_passages(walk, WINDOW))
    for entry in find_stage_entries(walk, WINDOW):
        order = STAGES.index(entry.stage)
        later = [s.at for s in walks[entry.passage] if s.order > order and s.at >= entry.at]
        assert entry.next_at == min(later, default=None)


@given(random_steps)
def test_a_passage_enters_each_stage_once_and_goes_on_forward_in_time(walk: list[PassageStep]) -> None:
    found: list[StageEntry] = find_stage_entries(walk, WINDOW)
    assert len({(e.passage, e.stage) for e in found}) == len(found)
    assert all(e.next_at is None or e.next_at >= e.at for e in found)
    assert {e.stage for e in found} == {s.stage for s in walk}
