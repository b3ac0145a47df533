"""Handlers translate: unpack an update, call a use case, return what to show; texts and messages are made elsewhere."""

import ast
from collections.abc import Iterator

import pytest

from bot.texts.catalogue import catalogue_entries
from tests.house.layers import read_messengers
from tests.house.source import read_modules

AUDIENCES = ("customer", "manager", "team")
ROOMS = tuple(f"bot/{messenger}/{audience}" for messenger in read_messengers() for audience in AUDIENCES)
MAKES_MESSAGES = {"Message", "Button", "Upload", "plain", "bold", "italic", "quote", "join_lines"}
MOST_LINES = 20  # of a handler
WAITING_ROOMS = {"bot.outbox.replies", "bot.outbox.display", "bot.outbox.pace", "bot.telegram.messenger"}
MODULES = read_modules(*ROOMS)  # not all of the product: each worker parses them while it collects

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _handlers(module: ast.Module) -> Iterator[Function]:
    """Yield the functions that are registered with a router: those with a decorator ``@router.…``."""
    for node in ast.walk(module):
        if isinstance(node, Function) and any(ast.unparse(each).startswith("router.") for each in node.decorator_list):
            yield node


@pytest.mark.parametrize("path", MODULES)
def test_no_handler_builds_a_message(path: str) -> None:
    calls = [node.func for node in ast.walk(MODULES[path]) if isinstance(node, ast.Call)]
    assert [call.id for call in calls if isinstance(call, ast.Name) and call.id in MAKES_MESSAGES] == []


@pytest.mark.parametrize("path", MODULES)
def test_no_handler_names_a_text_of_the_catalogues(path: str) -> None:
    texts = catalogue_entries("en")
    strings = [node.value for node in ast.walk(MODULES[path]) if isinstance(node, ast.Constant)]
    assert [each for each in strings if isinstance(each, str) and each in texts] == []


@pytest.mark.parametrize("path", MODULES)
def test_handlers_are_short(path: str) -> None:
    lengths = {each.name: (each.end_lineno or each.lineno) - each.lineno + 1 for each in _handlers(MODULES[path])}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


@pytest.mark.parametrize("path", MODULES)
def test_handler_returns_what_follows_it(path: str) -> None:
    """None is for those after which nothing is shown."""
    results = {each.name: ast.unparse(each.returns) if each.returns else "" for each in _handlers(MODULES[path])}
    assert {name: result for name, result in results.items() if result not in ("HandlerResult", "None")} == {}


@pytest.mark.parametrize("path", MODULES)
def test_handlers_know_nothing_that_waits_for_the_messenger(path: str) -> None:
    imports = [node for node in ast.walk(MODULES[path]) if isinstance(node, ast.ImportFrom)]
    assert [node.module for node in imports if node.module in WAITING_ROOMS] == []


@pytest.mark.parametrize("path", MODULES)
def test_a_handler_is_named_by_a_verb_and_its_object(path: str) -> None:
    names = [each.name for each in _handlers(MODULES[path])]
    assert [name for name in names if "_" not in name] == []
    assert len(names) == len(set(names))
