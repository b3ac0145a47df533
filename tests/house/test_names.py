"""Names and sentences: one word per idea, verbs with an object, docstrings that start with what is done."""

import ast
import re

import pytest

from tests.house import names
from tests.house.source import ROOT, function_lengths, product_modules, tracked_files

MOST_MODULES = 15  # in one folder; the sandbox mirrors the Bot API, method by method
MOST_LINES = 40  # of a function


def test_every_public_class_has_a_name_of_its_own() -> None:
    assert names.shared_class_names() == {}


def test_no_function_is_named_by_a_bare_participle() -> None:
    assert [str(place) for place in names.bare_participles()] == []


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("told", True), ("_recorded", True), ("shown", True), ("digest_text", False), ("read", False), ("feed", False)],
)
def test_a_bare_participle_is_recognized(name: str, is_one: bool) -> None:
    assert names.is_bare_participle(name) is is_one


def test_docstrings_open_with_a_verb_or_a_noun() -> None:
    assert [str(place) for place in names.puzzling_openers()] == []


def test_docstrings_have_no_words_to_decode() -> None:
    assert [str(place) for place in names.riddles()] == []


def test_no_import_is_renamed_because_two_names_clash() -> None:
    """An alias is kept only where it is the library's own convention, such as ``import numpy as np``."""
    aliases = [
        f"{file}:{node.lineno} {alias.name} as {alias.asname}"
        for file, module in product_modules().items()
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("bot", "cjm", "migrations")
        for alias in node.names
        if alias.asname is not None
    ]
    assert aliases == []


def test_no_folder_is_a_corridor() -> None:
    folders = [path.parent for path in tracked_files() if path.suffix == ".py" and path.parts[0] in ("bot", "cjm")]
    modules = {str(folder): folders.count(folder) - 1 for folder in folders}  # without its __init__
    assert {name: n for name, n in modules.items() if n > MOST_MODULES and name != "bot/sandbox"} == {}


def test_no_function_is_too_long_to_read_at_once() -> None:
    """Migrations are long on purpose: a list of tables is read from top to bottom."""
    lengths = [(lines, place) for lines, place in function_lengths() if not place.file.startswith("migrations/")]
    assert [(lines, str(place)) for lines, place in lengths if lines > MOST_LINES] == []


def test_every_ignored_rule_has_its_reason_on_the_same_line() -> None:
    pattern = re.compile(r"#\s*(?:noqa(?::[\sA-Z0-9,]+)?|type: ignore(?:\[[\w,\s-]+\])?)\s*$")
    bare = [
        f"{path}:{number}"
        for path in tracked_files()
        if path.suffix == ".py"
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert bare == []


def test_no_room_is_for_odds_and_ends() -> None:
    refused = {"utils", "helpers", "manager", "service", "services", "base", "misc", "common"}
    parts = {part.removesuffix(".py") for path in tracked_files() if path.suffix == ".py" for part in path.parts}
    # `…/manager/` is where managers talk to us: people, not a kind of class.
    assert parts & (refused - {"manager"}) == set()
