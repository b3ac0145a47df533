"""Names and sentences: one word per idea, verbs with an object, docstrings that start with what is done.

Each rule holds in the product, and is shown to report a planted breach.
"""

import ast
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

import pytest

from tests.house import names
from tests.house.source import OURS, ROOT, Modules, product_modules, read_modules, tracked_files

pytestmark = pytest.mark.xdist_group("source")  # one worker parses the source, once


def test_every_public_type_has_a_name_of_its_own() -> None:
    assert names.shared_type_names(product_modules()) == {}


def test_no_function_is_named_by_a_bare_participle() -> None:
    assert [str(place) for place in names.bare_participles(product_modules())] == []


def test_docstrings_open_with_a_verb_or_a_noun() -> None:
    assert [str(place) for place in names.puzzling_openers(product_modules())] == []


def test_docstrings_have_no_words_to_decode() -> None:
    assert [str(place) for place in names.riddles(product_modules())] == []


def test_no_import_of_ours_is_renamed_because_two_names_clash() -> None:
    """A library's own convention stays, such as ``import numpy as np``."""
    assert [str(place) for place in names.renamed_imports(read_modules(*OURS))] == []


def test_no_function_is_too_long_to_read_at_once() -> None:
    assert [(lines, str(place)) for lines, place in names.long_functions(read_modules(*OURS))] == []


def test_no_folder_is_a_corridor() -> None:
    assert names.crowded_folders(tracked_files()) == {}


def test_no_room_is_for_odds_and_ends() -> None:
    assert names.rooms_for_odds_and_ends(tracked_files()) == set()


def test_every_ignored_rule_has_its_reason_on_the_same_line() -> None:
    files = [path for path in tracked_files() if path.suffix == ".py"]
    assert names.ignores_without_reason({str(p): (ROOT / p).read_text(encoding="utf-8") for p in files}) == []


def parse_planted(*sources: str) -> Modules:
    """Return modules with these sources, each in a room of its own."""
    rooms = ("bot", "cjm", "tests")
    return {f"{room}/planted.py": ast.parse(source) for room, source in zip(rooms, sources, strict=False)}


@pytest.mark.parametrize(
    ("rule", "sources"),
    [
        (names.shared_type_names, ["class Words: ...", "class Words: ..."]),
        (names.shared_type_names, ["class Words: ...", "Words = list[str]"]),
        (names.shared_type_names, ["class Words: ...", "Words: TypeAlias = 'list[str]'"]),
        (names.shared_type_names, ["Words = list[str]", "Words = NewType('Words', str)"]),
        (names.shared_type_names, ["class Outer:\n    class Words: ...", "Words = str | int"]),
        (names.bare_participles, ["def told(): ..."]),
        (names.bare_participles, ["class Card:\n    async def _recorded(self): ..."]),
        (names.bare_participles, ["def render_card():\n    def shown(): ..."]),
        (names.puzzling_openers, ['"""Whether it is so."""']),
        (names.puzzling_openers, ['class Card:\n    """\n    What is shown."""']),
        (names.riddles, ['def render_card():\n    """Render the card anew."""']),
        (names.renamed_imports, ["from bot.db import cases as stored"]),
        (names.renamed_imports, ["import cjm.text as stored"]),
        (names.renamed_imports, ["", "", "from tests.conftest import ROOT as TOP"]),
        (names.renamed_imports, ["from . import cases as stored"]),
        (names.long_functions, ["def render_card():\n" + "    pass\n" * names.MOST_LINES]),
        (names.long_functions, ["", "", "def test_card():\n" + "    pass\n" * names.MOST_LINES]),
    ],
)
def test_planted_breach_of_a_rule_is_reported(rule: Callable[[Modules], Any], sources: list[str]) -> None:
    assert rule(parse_planted(*sources))


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (names.shared_type_names, "Item = TypeVar('Item')\nMOST = 5\n_Words = list[str]"),
        (names.bare_participles, "def digest_text(): ...\ndef read(): ...\ndef feed(): ..."),
        (names.puzzling_openers, '"""Whatsapp messages."""'),
        (names.renamed_imports, "import numpy as np\nfrom hypothesis import strategies as st"),
        (names.long_functions, "def render_card():\n" + "    pass\n" * (names.MOST_LINES - 1)),
    ],
)
def test_what_a_rule_allows_is_not_reported(rule: Callable[[Modules], Any], source: str) -> None:
    assert not rule(parse_planted(source, source))


@pytest.mark.parametrize(
    "line", ["x = 1  # noqa: E501", "x = f()  # type: ignore[misc]  # noqa: E501", "# ruff: noqa -"]
)
def test_planted_ignore_without_a_reason_is_reported(line: str) -> None:
    assert names.ignores_without_reason({"bot/planted.py": f"\n{line}\n"}) == ["bot/planted.py:2"]
    assert names.ignores_without_reason({"bot/planted.py": f"{line} - a table reads better\n"}) == []


def test_planted_folders_are_reported() -> None:
    crowd = [PurePath(f"cjm/room/module_{n}.py") for n in range(names.MOST_MODULES + 1)]
    assert names.crowded_folders(crowd) == {"cjm/room": names.MOST_MODULES + 1}
    assert names.crowded_folders([*crowd[:-1], PurePath("cjm/room/__init__.py")]) == {}
    assert names.rooms_for_odds_and_ends([PurePath("bot/utils/text.py"), PurePath("cjm/helpers.py")])


def test_every_package_says_what_it_holds() -> None:
    packages = [(file, module) for file, module in product_modules().items() if file.endswith("__init__.py")]
    assert [file for file, module in packages if not ast.get_docstring(module)] == []
