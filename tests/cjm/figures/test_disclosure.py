"""Complementary suppression, against examples and against trying every set of atoms."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm.figures.disclosure import Atom, choose_shown_parts, hide_small_counts
from tests.depth import choose_depth


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"slow": 20, "dear": 9}, {"slow", "dear"}),
        ({"slow": 20, "dear": 9, "rude": 1}, {"slow"}),
        ({"slow": 20, "dear": 9, "rude": 1, "far": 2}, {"slow"}),
        ({"slow": 20, "dear": 9, "rude": 3, "far": 2}, {"slow", "dear"}),
        ({"slow": 20, "rude": 1, "far": 0}, {"far"}),
        ({"rude": 1, "far": 0}, set()),
        ({"slow": 20, "far": 0}, {"slow", "far"}),
        ({"slow": 4}, set()),
        ({"slow": 6, "dear": 6, "rude": 1}, {"slow"}),
        ({}, set()),
    ],
)
def test_a_small_count_is_hidden_together_with_what_would_tell_it(counts: dict[str, int], shown: set[str]) -> None:
    assert dict(hide_small_counts(counts, 5)) == {key: counts[key] for key in shown}


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 30)), st.integers(1, 10))
def test_hidden_counts_are_never_one_alone_and_never_few_together(counts: dict[str, int], minimum: int) -> None:
    shown = hide_small_counts(counts, minimum)
    hidden = [n for key, n in counts.items() if key not in shown and n > 0]
    assert all(n == 0 or n >= minimum for n in shown.values())
    assert not hidden or not shown or (len(hidden) > 1 and sum(hidden) >= minimum)


def choose(parts: Mapping[str, Collection[Atom]], people: Mapping[Atom, int], minimum: int = 5) -> frozenset[str]:
    """Return the shown parts where everybody is in one atom."""
    return choose_shown_parts(parts, people, lambda atoms: sum(people[atom] for atom in atoms), minimum)


def test_the_smallest_shown_channel_is_hidden_beside_a_small_one() -> None:
    channels = {"site": {"site"}, "phone": {"phone"}, "store": {"store"}}
    assert choose(channels, {"site": 50, "phone": 7, "store": 3}) == {"site"}
    assert choose(channels, {"site": 50, "phone": 7, "store": 5}) == {"site", "phone", "store"}
    assert choose(channels, {"site": 50, "phone": 3, "store": 3}) == {"site"}
    assert choose(channels, {"site": 50, "phone": 0, "store": 3}) == set()
    assert choose(channels, {"site": 2, "phone": 1, "store": 1}) == set()


def test_a_segment_is_hidden_when_the_others_are_few() -> None:
    assert choose({"gold": {"gold"}}, {"gold": 97, "others": 3}) == set()
    assert choose({"gold": {"gold"}}, {"gold": 97, "others": 5}) == {"gold"}


def test_overlapping_segments_hide_nothing_that_cannot_be_computed() -> None:
    segments = {"gold": {"gold young", "gold old"}, "young": {"gold young", "young"}}
    people = {"gold young": 2, "gold old": 40, "young": 40, "rest": 40}
    assert choose(segments, people) == {"gold", "young"}


def test_a_segment_inside_another_hides_the_smaller_when_the_difference_is_few() -> None:
    segments = {"gold": {"a", "b"}, "gold in Warsaw": {"a"}}
    assert choose(segments, {"a": 40, "b": 3, "rest": 60}) == {"gold"}


def choose_by_people(parts: Mapping[str, Collection[Atom]], people: Sequence[Collection[Atom]]) -> frozenset[str]:
    """Return the shown parts of people who are each in some atoms."""
    atoms = sorted({atom for atoms in people for atom in atoms}, key=str)
    return choose_shown_parts(parts, atoms, lambda group: sum(not group.isdisjoint(each) for each in people), 5)


def test_people_in_several_channels_are_counted_once() -> None:
    channels = {key: {key} for key in ("site", "mail", "chat", "app")}
    sites, three = [["site"]] * 50, [["mail"], ["chat"], ["app"]]
    assert choose_by_people(channels, [*sites, *three, *three]) == {"site"}
    # The same three people used mail and chat: everyone without the site is these three.
    assert choose_by_people(channels, [*sites, *[["mail", "chat"]] * 3]) == set()
    # Two at a time they are three or four people, and all together still four.
    assert choose_by_people(channels, [*sites, *[["mail", "chat"], ["chat", "app"]] * 2]) == set()


families = st.integers(1, 5).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 12), min_size=n, max_size=n).map(lambda found: dict(enumerate(found))),
        st.dictionaries(st.sampled_from("pqrstu"), st.sets(st.integers(0, n - 1)), max_size=5),
    )
)


def told_groups(people: Mapping[int, int], shown: list[set[int]]) -> Iterator[frozenset[int]]:
    """Yield every set of atoms whose figure follows from the shown ones, found by trying them all."""
    atoms = [atom for atom, n in people.items() if n > 0]
    rows = [[float(atom in part) for atom in atoms] for part in shown]
    rank = np.linalg.matrix_rank(np.array(rows))
    for size in range(1, len(atoms) + 1):
        for group in combinations(atoms, size):
            if np.linalg.matrix_rank(np.array([*rows, [float(atom in group) for atom in atoms]])) == rank:
                yield frozenset(group)


@settings(max_examples=choose_depth(50, 1000))
@given(families)
def test_shown_parts_tell_nothing_about_few_and_no_more_could_be_shown(
    family: tuple[dict[int, int], dict[str, set[int]]],
) -> None:
    people, parts = family
    shown = choose(parts, people)
    if sum(people.values()) < 5:
        assert shown == set()
        return

    def tells_of_few(keys: set[str]) -> bool:
        told = told_groups(people, [set(people), *(parts[key] for key in keys)])
        return any(sum(people[atom] for atom in group) < 5 for group in told)

    assert all(sum(people[atom] for atom in parts[key]) >= 5 for key in shown)
    assert not tells_of_few(set(shown))
    for key in parts.keys() - shown:
        assert sum(people[atom] for atom in parts[key]) < 5 or tells_of_few({*shown, key})


@settings(max_examples=choose_depth(50, 1000))
@given(st.lists(st.sets(st.integers(0, 4), min_size=1, max_size=3), max_size=25), families)
def test_shown_parts_tell_nothing_about_few_who_are_in_several_atoms(
    people: list[set[int]], family: tuple[dict[int, int], dict[str, set[int]]]
) -> None:
    parts = family[1]
    atoms = {atom: 1 for each in people for atom in each}
    shown = choose_by_people(parts, people)
    if shown:
        for group in told_groups(atoms, [set(atoms), *(parts[key] for key in shown)]):
            assert sum(not group.isdisjoint(each) for each in people) >= 5


@given(families, st.randoms(use_true_random=False))
def test_the_choice_depends_on_the_whole_family_and_not_on_its_order(
    family: tuple[dict[int, int], dict[str, set[int]]], random: object
) -> None:
    people, parts = family
    orders = list(permutations(parts))[:24]
    assert len({choose({key: parts[key] for key in order}, people) for order in orders}) == 1
    atoms = list(people)
    random.shuffle(atoms)  # type: ignore[attr-defined]  # hypothesis types it as object's Random
    assert choose(parts, {a: people[a] for a in atoms}) == choose(parts, people)


def test_many_groups_of_few_people_take_no_time_and_hide_rather_than_show() -> None:
    people = dict.fromkeys(range(60), 1)
    parts = {f"part {k}": {a for a in people if a % 7 == k or a % 5 == k} for k in range(7)}
    assert choose(parts, people, 10) <= parts.keys()
