"""The tree of errors that `cjm.errors` draws is the tree of the classes."""

import ast
import re

from tests.house.source import product_modules

ROOT_ERROR = "TropaError"


def classes_with_bases() -> dict[str, tuple[str, list[str]]]:
    """Return each class of the product with its module and the names of its bases."""
    return {
        node.name: (
            file.removesuffix(".py").replace("/", "."),
            [base.id for base in node.bases if isinstance(base, ast.Name)],
        )
        for file, module in product_modules().items()
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef)
    }


def errors_in_code() -> set[tuple[str, str, str]]:
    """Return (class, its parent, its module) for every error below the root."""
    classes = classes_with_bases()
    found: set[tuple[str, str, str]] = set()
    parents = {ROOT_ERROR}
    while parents:
        below = {(name, base, module) for name, (module, bases) in classes.items() for base in bases if base in parents}
        found |= below
        parents = {name for name, _, _ in below}
    return found


def errors_in_drawing() -> set[tuple[str, str, str]]:
    """Return the same from the drawing: a class a line, four spaces a level, then its module."""
    doc = ast.get_docstring(product_modules()["cjm/errors.py"]) or ""
    found: set[tuple[str, str, str]] = set()
    path: list[str] = []
    for indent, name, module in re.findall(r"^( {4,})(\w+)  ([\w.]+)$", doc, re.M):
        level = len(indent) // 4 - 1
        path[level:] = [name]
        if level:
            found.add((name, path[level - 1], module))
    return found


def test_the_drawn_tree_of_errors_is_that_of_the_classes() -> None:
    assert errors_in_drawing() == errors_in_code()
    assert len(errors_in_code()) >= 15
