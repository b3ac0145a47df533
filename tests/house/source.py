"""Reads the source of the product for the house tests: modules, classes, functions, docstrings."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PRODUCT = ("bot", "cjm", "migrations")
SANDBOX = "bot/sandbox/"  # mirrors Telegram's words, so its class names may equal ours

type_of_function = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Place:
    """A definition in the source: its file, line and name, and its docstring if it has one."""

    file: str
    line: int
    name: str
    doc: str | None

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.name}"


def tracked_files() -> list[Path]:
    """Return every file that git knows, relative to the root; skip the test outside of a checkout."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    return [Path(name) for name in listed.stdout.split("\0") if name]


@cache
def product_modules() -> dict[str, ast.Module]:
    """Return the parsed modules of the product by path, such as ``cjm/errors.py``."""
    files = sorted(path for room in PRODUCT for path in (ROOT / room).rglob("*.py"))
    return {str(file.relative_to(ROOT)): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def product_text() -> str:
    """Return all Python source of `bot` and `cjm` as one text."""
    return "\n".join(
        (ROOT / file).read_text(encoding="utf-8") for file in product_modules() if file.startswith(("bot", "cjm"))
    )


def public_classes() -> list[Place]:
    """Return the public classes of the product, nested ones included, the sandbox's left out."""
    return [
        Place(file, node.lineno, node.name, ast.get_docstring(node))
        for file, module in product_modules().items()
        if not file.startswith(SANDBOX)
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]


def functions() -> list[Place]:
    """Return every function and method of the product, private and nested ones included."""
    return [place for place, _ in _functions()]


def function_lengths() -> list[tuple[int, Place]]:
    """Return the number of lines of every function, its docstring included, with its place."""
    return [((node.end_lineno or node.lineno) - node.lineno + 1, place) for place, node in _functions()]


def _functions() -> Iterator[tuple[Place, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for file, module in product_modules().items():
        for node in ast.walk(module):
            if isinstance(node, type_of_function):
                yield Place(file, node.lineno, node.name, ast.get_docstring(node)), node


def docstrings() -> list[Place]:
    """Return everything in the product that has a docstring: modules, classes, functions."""
    modules = [Place(file, 1, file, ast.get_docstring(module)) for file, module in product_modules().items()]
    classes = [
        Place(file, node.lineno, node.name, ast.get_docstring(node))
        for file, module in product_modules().items()
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef)
    ]
    return [place for place in (*modules, *classes, *functions()) if place.doc]


def comment_share() -> float:
    """Return the share of lines of `bot` and `cjm` that hold a comment, 0 … 1; blank lines are not counted."""
    lines = [line.strip() for line in product_text().splitlines() if line.strip()]
    return sum(line.startswith("#") or "  # " in line for line in lines) / len(lines)
