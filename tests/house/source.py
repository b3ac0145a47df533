"""Read the source of the product and of its tests for the house tests: modules, names, functions, docstrings.

Every function takes modules as an argument, so that a rule can be tried on a planted module as well.
"""

import ast
import gc
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PRODUCT = ("bot", "cjm", "migrations")
OURS = (*PRODUCT, "tests")
SANDBOX = "bot/sandbox/"  # mirrors Telegram's words, so its class names may equal ours
Modules = Mapping[str, ast.Module]
"""Parsed modules by path, such as ``cjm/errors.py``."""

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Place:
    """Definition in the source: its file, line and name, and its docstring if it has one."""

    file: str
    line: int
    name: str
    doc: str | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.name}"


def tracked_files() -> list[Path]:
    """Return every file that git knows, relative to the root; skip the test outside of a checkout."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    return [Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


@cache
def read_modules(*rooms: str) -> Modules:
    """Return the parsed modules of these rooms at the top of the repository."""
    return {name: tree for room in rooms for name, tree in _parse_room(room).items()}


@cache
def _parse_room(room: str) -> Modules:
    gc.disable()  # it would look through all the trees again and again while they grow
    try:
        files = sorted((ROOT / room).rglob("*.py"))
        return {str(file.relative_to(ROOT)): ast.parse(file.read_text(encoding="utf-8")) for file in files}
    finally:
        gc.enable()


@cache
def list_nodes(module: ast.Module) -> tuple[ast.AST, ...]:
    """Return all nodes of a module, found once: that takes longer than what any rule does with them."""
    return tuple(ast.walk(module))


def product_modules() -> Modules:
    return read_modules(*PRODUCT)


@cache
def product_text() -> str:
    """Return all Python source of `bot` and `cjm` as one text."""
    files = (file for room in ("bot", "cjm") for file in sorted((ROOT / room).rglob("*.py")))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def public_types(modules: Modules) -> list[Place]:
    """Return the public classes, nested ones included, and the public type aliases; the sandbox's are left out."""
    return [
        place
        for file, module in modules.items()
        if not file.startswith(SANDBOX)
        for place in (*_classes(file, module), *_type_aliases(file, module))
        if not place.name.startswith("_")
    ]


@cache
def _classes(file: str, module: ast.Module) -> Sequence[Place]:
    return [
        Place(file, node.lineno, node.name, ast.get_docstring(node))
        for node in list_nodes(module)
        if isinstance(node, ast.ClassDef)
    ]


def _type_aliases(file: str, module: ast.Module) -> Iterator[Place]:
    """Yield names like those of classes that a module gives to a type: ``Words = list[str]``, ``type Words = …``.

    A call makes a value (``Key = String(64)`` is a column's type for SQL), except NewType.
    """
    for node in module.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and not _is_plain_call(node.value):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name) and re.fullmatch(r"[A-Z]\w*[a-z]\w*", target.id):
                    yield Place(file, node.lineno, target.id)


def _is_plain_call(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and not (isinstance(value.func, ast.Name) and value.func.id == "NewType")


def functions(modules: Modules) -> list[Place]:
    """Return every function and method, private and nested ones included."""
    return [place for place, _ in _functions(modules)]


def function_lengths(modules: Modules) -> list[tuple[int, Place]]:
    """Return the number of lines of every function, its docstring included, with its place."""
    return [((node.end_lineno or node.lineno) - node.lineno + 1, place) for place, node in _functions(modules)]


def _functions(modules: Modules) -> Iterator[tuple[Place, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for file, module in modules.items():
        yield from _list_functions(file, module)


@cache
def _list_functions(file: str, module: ast.Module) -> Sequence[tuple[Place, ast.FunctionDef | ast.AsyncFunctionDef]]:
    return [
        (Place(file, node.lineno, node.name, ast.get_docstring(node)), node)
        for node in list_nodes(module)
        if isinstance(node, _FUNCTIONS)
    ]


def docstrings(modules: Modules) -> list[Place]:
    """Return everything that has a docstring: modules, classes, functions."""
    places = [Place(file, 1, file, ast.get_docstring(module)) for file, module in modules.items()]
    places += [place for file, module in modules.items() for place in _classes(file, module)]
    return [place for place in (*places, *functions(modules)) if place.doc]


def comment_share() -> float:
    """Return the share of lines of `bot` and `cjm` that hold a comment, 0 … 1; blank lines are not counted."""
    lines = [line.strip() for line in product_text().splitlines() if line.strip()]
    return sum(line.startswith("#") or "  # " in line for line in lines) / len(lines)
