"""Passages and stage entries: computed from visits, so late and withdrawn events give the right answer again."""

from datetime import UTC, datetime, timedelta

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
    by_time = {e.at: e.stage for e in found}
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


def test_within_a_named_passage_going_back_enters_nothing_again() -> None:
    assert entered(step("buy", 0, "a"), step("find", 1, "a"), step("buy", 2, "a")) == [("buy", None), ("find", None)]


random_steps = st.lists(
    st.builds(
        step, st.sampled_from(STAGES), st.integers(0, 60).map(lambda d: d / 2), st.sampled_from([None, None, "a", "b"])
    ),
    max_size=12,
)


@given(random_steps, st.randoms())
def test_the_order_in_which_events_arrive_changes_nothing(walk: list[PassageStep], random: object) -> None:
    shuffled = list(walk)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types it as object's Random
    assert set(find_stage_entries(walk, WINDOW)) == set(find_stage_entries(shuffled, WINDOW))


@given(random_steps)
def test_a_passage_enters_each_stage_once_and_goes_on_forward_in_time(walk: list[PassageStep]) -> None:
    found: list[StageEntry] = find_stage_entries(walk, WINDOW)
    assert len({(e.passage, e.stage) for e in found}) == len(found)
    assert all(e.next_at is None or e.next_at >= e.at for e in found)
    assert {e.stage for e in found} == {s.stage for s in walk}
