"""Errors: the tree that `cjm.errors` draws is the tree of the classes, and a planted error would be missed in it."""

import ast
import re

import pytest

from tests.house.source import Modules, list_nodes, product_modules

pytestmark = pytest.mark.xdist_group("source")  # one worker parses the source, once

ROOT_ERROR = "TropaError"


Branch = tuple[str, str, str]
"""An error class, its parent, and the module that defines it."""


def errors_in_code(modules: Modules) -> set[Branch]:
    """Return every error below the root."""
    below_root: set[Branch] = set()
    parents, branches = {ROOT_ERROR}, _all_branches(modules)
    while parents:
        below = {branch for branch in branches if branch[1] in parents}
        below_root |= below
        parents = {name for name, _, _ in below}
    return below_root


def _all_branches(modules: Modules) -> set[Branch]:
    return {
        (node.name, base.id if isinstance(base, ast.Name) else base.attr, file.removesuffix(".py").replace("/", "."))
        for file, module in modules.items()
        for node in list_nodes(module)
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if isinstance(base, ast.Name | ast.Attribute)
    }


def errors_in_drawing(doc: str) -> set[Branch]:
    """Return the same from the drawing: a class a line, four spaces a level, then its module."""
    branches: set[Branch] = set()
    path: list[str] = []
    for indent, name, module in re.findall(r"^( {4,})(\w+)  ([\w.]+)$", doc, re.M):
        level = len(indent) // 4 - 1
        path[level:] = [name]
        if level:
            branches.add((name, path[level - 1], module))
    return branches


def test_the_drawn_tree_of_errors_is_that_of_the_classes() -> None:
    drawn = errors_in_drawing(ast.get_docstring(product_modules()["cjm/errors.py"]) or "")
    assert drawn == errors_in_code(product_modules())
    assert len(drawn) >= 15


@pytest.mark.parametrize("base", ["TropaError", "errors.TropaError", "JourneyError"])
def test_planted_error_is_missed_in_the_drawing(base: str) -> None:
    planted = {"bot/planted.py": ast.parse(f"class PlantedError({base}): ...")}
    new = errors_in_code({**product_modules(), **planted}) - errors_in_code(product_modules())
    assert new == {("PlantedError", base.rpartition(".")[2], "bot.planted")}
