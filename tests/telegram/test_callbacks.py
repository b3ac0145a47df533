"""Buttons come back as they were; whatever else comes back is nobody's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.message import Action
from bot.telegram.callbacks import MOST_BYTES, CallbackFilter, pack, unpack
from tests.telegram.doubles import tap

words = st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"]), max_size=12)


@given(words.filter(bool), st.lists(words, max_size=4))
def test_what_is_packed_comes_back_as_it_was_and_fits(verb: str, args: list[str]) -> None:
    action = Action(verb, tuple(args))
    try:
        data = pack(action)
    except ValueError:
        assert len(":".join([verb, *args]).encode()) > MOST_BYTES
    else:
        assert len(data.encode()) <= MOST_BYTES
        assert unpack(data) == action


@pytest.mark.parametrize("action", [Action.of("a", "x:y"), Action.of("a:b"), Action.of(""), Action.of("a", "ż" * 32)])
def test_what_could_not_come_back_is_not_packed(action: Action) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        pack(action)


@given(st.one_of(st.none(), st.text(max_size=80)))
def test_unpacking_never_fails_whatever_somebody_forges(data: str | None) -> None:
    action = unpack(data)
    assert action is None or action.verb


@pytest.mark.parametrize(
    ("args", "numbers"),
    [(("1", "-20"), (1, -20)), ((), ()), (("x",), None), (("1", ""), None), (("²",), None), (("9" * 30,), None)],
)
def test_ids_are_numbers_or_nothing(args: tuple[str, ...], numbers: tuple[int, ...] | None) -> None:
    assert Action("a", args).numbers == numbers


async def test_a_router_gets_the_taps_of_its_verbs() -> None:
    mine = CallbackFilter("s1", "s2")
    assert await mine(tap("s2:7")) == {"action": Action("s2", ("7",))}
    assert await mine(tap("t2:7")) is False
    assert await mine(tap(None)) is False


@pytest.mark.parametrize(
    ("args", "numbers"),
    [(("7", "3"), (7, 3)), (("7",), (7, 0)), ((), (0, 0)), (("7", "x"), (7, 0)), (("-7", "٣"), (0, 0))],
)
def test_an_id_that_is_not_there_is_one_that_nothing_has(args: tuple[str, ...], numbers: tuple[int, int]) -> None:
    action = Action("aa", args)
    assert (action.number(), action.number(1)) == numbers
