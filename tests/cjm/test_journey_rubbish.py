"""Whatever somebody writes, it is a journey or a JourneyError."""

import copy
import string
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cjm import templates
from cjm.errors import JourneyError, Mistake
from cjm.journey import Journey, read_journey
from cjm.journey_mistakes import judged

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


def _delete(draw: Callable[[Any], Any], holder: Any, name: Any) -> None:
    del holder[name]


def _replace(draw: Callable[[Any], Any], holder: Any, name: Any) -> None:
    holder[name] = draw(RUBBISH)


def _repeat(draw: Callable[[Any], Any], holder: Any, name: Any) -> None:
    if isinstance(holder, list):
        holder.insert(name, copy.deepcopy(holder[name]))


def _rename(draw: Callable[[Any], Any], holder: Any, name: Any) -> None:
    if isinstance(holder, dict):
        holder[draw(st.text(string.ascii_lowercase, max_size=8))] = holder.pop(name)


@st.composite
def mutilated(draw: Callable[[Any], Any]) -> dict[str, Any]:
    data = copy.deepcopy(SHOP)
    for _ in range(draw(st.integers(1, 6))):
        nodes = _nodes(data, [])
        holder, name = nodes[draw(st.integers(0, len(nodes) - 1))]
        draw(st.sampled_from([_delete, _replace, _repeat, _rename]))(draw, holder, name)
    return data


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(mutilated())
def test_a_mutilated_journey_is_told_of_or_taken(data: dict[str, Any]) -> None:
    journey, found = judged(data)
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
