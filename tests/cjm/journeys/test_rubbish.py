"""Any file is a journey or a JourneyError with sentences that can be printed."""

import copy
import tomllib
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cjm import templates
from cjm.errors import JourneyError, Mistake
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey
from cjm.journeys.mistakes import check_journey
from tests.depth import choose_depth

SHOP = tomllib.loads(templates.text("shop"))
RUBBISH = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(["", "pay", "csat", "text", "delivery", "other", "3d", "\0", "\u202e", "x" * 700]),
    st.lists(st.one_of(st.integers(), st.text(max_size=5), st.dictionaries(st.text(max_size=4), st.integers()))),
    st.dictionaries(st.sampled_from(["key", "en", "of", "is", "", "title", "kind"]), st.text(max_size=9), max_size=3),
    st.datetimes(),
    st.just(10**400),
)


def _nodes(data: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    items = list(data.items()) if isinstance(data, dict) else list(enumerate(data)) if isinstance(data, list) else []
    for name, item in items:
        found.append((data, name))
        _nodes(item, found)
    return found


def _mutilate(data: dict[str, Any], place: float, action: str, rubbish: Any) -> None:
    """Damage one place of the file."""
    nodes = _nodes(data, [])
    holder, name = nodes[int(place * len(nodes))]
    match action:
        case "delete":
            del holder[name]
        case "replace":
            holder[name] = rubbish
        case "repeat" if isinstance(holder, list):
            holder.insert(name, copy.deepcopy(holder[name]))
        case "rename" if isinstance(holder, dict):
            holder[rubbish if isinstance(rubbish, str) else "kind"] = holder.pop(name)


ACTIONS = st.sampled_from(["delete", "replace", "repeat", "rename"])
STEPS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), ACTIONS, RUBBISH), min_size=1, max_size=6)


@settings(max_examples=choose_depth(40, 1000), deadline=None)
@given(STEPS)
@example([(0.025390625, "replace", "\ud7fc")])  # a value that appears in a sentence
def test_a_damaged_journey_is_read_or_its_mistakes_are_reported(steps: list[tuple[float, str, Any]]) -> None:
    data = copy.deepcopy(SHOP)
    for place, action, rubbish in steps:
        _mutilate(data, place, action, rubbish)
    journey, found = check_journey(data)
    assert (journey is None) == bool(found)
    assert len(set(found)) == len(found)
    for mistake in found:
        assert str(mistake).isprintable(), mistake
        assert len(str(mistake)) < 700
    if journey is not None:
        assert Journey.model_validate(journey.model_dump(by_alias=True)) == journey


@given(st.text() | st.binary())
def test_any_text_is_a_journey_or_a_journey_error(content: str | bytes) -> None:
    with pytest.raises(JourneyError) as caught:
        read_journey(content, "x.toml")
    assert caught.value.mistakes
    assert all(isinstance(m, Mistake) for m in caught.value.mistakes)
