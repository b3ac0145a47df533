"""Each button has one name that is emitted and handled by it, fits every messenger, and comes back as it was packed."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app.parts import Parts
from bot.app.tropa import assemble_dispatcher
from bot.clock import FrozenClock
from bot.config.settings import Settings
from bot.messages import callbacks
from bot.messages.callbacks import (
    MOST_BYTES,
    VERBS,
    Action,
    ConversationVerb,
    MapVerb,
    OwnCaseVerb,
    TeamCaseVerb,
    Verb,
    pack_action,
    unpack_action,
)
from bot.sandbox.server import TOKEN
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.limits import TELEGRAM_LIMITS
from tests.house.layers import read_messengers

BOT = Path(callbacks.__file__).parent.parent
FEATURES = {feature.__name__: feature for feature in Verb.__subclasses__()}
GREATEST_ID = 10**18 - 1  # of those that Action.number reads
verbs = st.sampled_from(list(VERBS.values()))
args = st.lists(st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"]), max_size=12), max_size=4)


def modules(*rooms: str) -> Iterator[ast.Module]:
    for room in rooms:
        for file in sorted((BOT / room).rglob("*.py")):
            yield ast.parse(file.read_text(encoding="utf-8"), str(file))


def named_verbs(tree: ast.Module) -> set[Verb]:
    """Return the members that a module names, such as ``MapVerb.BACK``."""
    return {
        FEATURES[node.value.id][node.attr]
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in FEATURES
    }


def called_name(call: ast.Call) -> str:
    called = call.func
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


@pytest.mark.parametrize("rooms", [("outbox", "screens"), *((messenger,) for messenger in read_messengers())])
def test_every_verb_is_emitted_by_a_screen_or_letter_and_handled_in_every_messenger(rooms: tuple[str, ...]) -> None:
    named = set[Verb]().union(*(named_verbs(tree) for tree in modules(*rooms)))
    assert sorted(set(VERBS.values()) - named) == []


async def test_the_real_dispatcher_brings_each_verb_to_one_router(tmp_path: Path) -> None:
    database = {"url": f"sqlite:///{tmp_path / 'tropa.db'}"}
    settings = Settings.model_validate({"telegram": {"token": TOKEN}, "database": database})
    parts = Parts(settings, FrozenClock(datetime(2026, 11, 22, tzinfo=UTC)), map_process=None)
    routers: dict[Verb, set[str]] = {verb: set() for verb in VERBS.values()}
    for router in assemble_dispatcher(parts).chain_tail:
        for handler in router.callback_query.handlers:
            for filter_ in handler.filters or ():
                if isinstance(filter_.callback, CallbackFilter):
                    for verb in filter_.callback.verbs:
                        routers[verb].add(router.name)
    assert {verb: names for verb, names in routers.items() if len(names) != 1} == {}
    await parts.bot.session.close()
    await parts.db.close()


def test_no_router_and_no_screen_writes_a_verb_as_a_string() -> None:
    """Neither in a call that makes a button or a filter, nor in a comparison with an action's verb."""
    written = []
    for tree in modules("outbox", "screens", "usecases", *read_messengers()):
        for node in ast.walk(tree):
            operands: list[ast.expr] = []
            if isinstance(node, ast.Call) and called_name(node) in ("Action", "CallbackFilter"):
                operands = node.args
            elif isinstance(node, ast.Call) and called_name(node) == "of" and ast.unparse(node.func) == "Action.of":
                operands = node.args[:1]
            elif isinstance(node, ast.Compare) and ".verb" in ast.unparse(node):
                operands = [node.left, *node.comparators]
            written += [ast.unparse(node) for operand in operands if isinstance(operand, ast.Constant)]
    assert written == []


def test_two_features_cannot_use_the_same_value() -> None:
    assert len(VERBS) == sum(len(feature) for feature in FEATURES.values())

    class UnregisteredVerb(Verb):
        BACK = MapVerb.BACK.value

    try:
        with pytest.raises(ValueError, match=r"UnregisteredVerb\.BACK and MapVerb\.BACK are equal"):
            callbacks._collect_verbs()
    finally:
        del UnregisteredVerb


@pytest.mark.parametrize("verb", VERBS.values())
def test_a_button_with_the_greatest_ids_fits_every_messenger(verb: Verb) -> None:
    """A key of a journey file has at most 40 characters; no verb has a key beside two ids."""
    assert TELEGRAM_LIMITS.callback_bytes >= MOST_BYTES
    has_key = verb in (TeamCaseVerb.SET_PLACE, OwnCaseVerb.SET_PLACE)
    action = Action.of(verb, GREATEST_ID, "k" * 40) if has_key else Action.of(verb, GREATEST_ID, GREATEST_ID, 99)
    assert unpack_action(pack_action(action)) == action


@given(verbs, args)
def test_a_packed_button_comes_back_as_it_was_and_fits(verb: Verb, args: list[str]) -> None:
    action = Action(verb, tuple(args))
    try:
        data = pack_action(action)
    except ValueError:
        assert len(":".join([verb, *args]).encode()) > MOST_BYTES
    else:
        assert len(data.encode()) <= MOST_BYTES
        assert unpack_action(data) == action


@pytest.mark.parametrize("argument", ["x:y", "ż" * 32])
def test_an_argument_that_could_not_come_back_is_not_packed(argument: str) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        pack_action(Action.of(ConversationVerb.BACK, argument))


@given(st.one_of(st.none(), st.text(max_size=80), verbs.map(lambda verb: f"{verb}:x")))
def test_unpacking_forged_data_never_fails(data: str | None) -> None:
    action = unpack_action(data)
    assert action is None or action.verb in VERBS.values()


@pytest.mark.parametrize(
    ("args", "numbers"),
    [(("1", "-20"), (1, -20)), ((), ()), (("x",), None), (("1", ""), None), (("²",), None), (("9" * 30,), None)],
)
def test_ids_are_numbers_or_nothing(args: tuple[str, ...], numbers: tuple[int, ...] | None) -> None:
    assert Action(ConversationVerb.BACK, args).numbers == numbers


@pytest.mark.parametrize(
    ("args", "numbers"),
    [(("7", "3"), (7, 3)), (("7",), (7, 0)), ((), (0, 0)), (("7", "x"), (7, 0)), (("-7", "٣"), (0, 0))],
)
def test_a_missing_id_is_one_that_nothing_has(args: tuple[str, ...], numbers: tuple[int, int]) -> None:
    action = Action(ConversationVerb.ANSWER, args)
    assert (action.number(), action.number(1)) == numbers
