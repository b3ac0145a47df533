"""Rows are read by column name: no module of `bot.db` unpacks, slices or counts through a row.

A column that is added or moved must not land in another field. `scalar()` and `scalars()` read one value and are fine.
Records of `PreparedQuery` have names; where a value is cut out of one, both have the same fields in the same order.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.db.asking import presence
from bot.db.journeys import stage_entries
from cjm.figures.facts.presence import PresenceSign
from cjm.journeys.visit import PassageStep, StageEntry
from tests.conftest import ROOT

MODULES = sorted((ROOT / "bot" / "db").rglob("*.py"))
ONE_ROW = {"first", "one", "one_or_none"}
ALL_ROWS = {"execute", "all"}
BY_POSITION = {"zip", "tuple", "list", "iter", "enumerate"}


def method_of(node: ast.AST) -> str | None:
    """Return the name of the method that ``node`` calls."""
    return node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None


def executes(node: ast.AST) -> bool:
    return any(method_of(part) == "execute" for part in ast.walk(node))


def list_loops(scope: ast.AST) -> Iterator[ast.For | ast.comprehension]:
    for node in ast.walk(scope):
        if isinstance(node, ast.For | ast.comprehension):
            yield node


def list_assignments(scope: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield (target, value) of every assignment."""
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            yield node.targets[0], node.value
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            yield node.target, node.value


def list_row_parameters(scope: ast.AST) -> Iterator[str]:
    """Yield parameters that are called ``row`` or annotated as a row."""
    for node in ast.walk(scope):
        if isinstance(node, ast.arg):
            annotation = ast.unparse(node.annotation) if node.annotation else ""
            if node.arg == "row" or annotation.startswith("Row["):
                yield node.arg


def list_violations(source: str) -> list[str]:
    """Return everything that reads a row by position, as "line: code"."""
    # Each function at the top of the module by itself, so that names of one do not count in another.
    found = [node for scope in ast.parse(source).body for node in list_violating_nodes(scope)]
    return sorted(f"{getattr(node, 'lineno', 0)}: {ast.unparse(node)}" for node in found)


def list_violating_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    assignments = list(list_assignments(scope))
    row_lists = {
        ast.unparse(target) for target, value in assignments if executes(value) and method_of(value) in ALL_ROWS
    }
    one_row = [target for target, value in assignments if executes(value) and method_of(value) in ONE_ROW]
    loop_row = [
        loop.target
        for loop in list_loops(scope)
        if method_of(loop.iter) in ALL_ROWS or ast.unparse(loop.iter) in row_lists
    ]
    yield from (target for target in [*one_row, *loop_row] if isinstance(target, ast.Tuple | ast.List))
    rows = {target.id for target in [*one_row, *loop_row] if isinstance(target, ast.Name)}
    yield from list_uses_by_position(scope, rows | set(list_row_parameters(scope)))


def list_uses_by_position(scope: ast.AST, rows: set[str]) -> Iterator[ast.AST]:
    def is_row(node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and node.id in rows

    for node in ast.walk(scope):
        match node:
            case ast.Starred(value=value) | ast.Subscript(value=value) if is_row(value):
                yield node
            case ast.Assign(targets=[ast.Tuple() | ast.List()], value=value) if is_row(value):
                yield node
            case ast.Call(func=ast.Name(id=name), args=args) if name in BY_POSITION and any(map(is_row, args)):
                yield node


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_module_reads_rows_by_name(path: Path) -> None:
    assert list_violations(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "code",
    [
        "def f(tx): return [Visit(*row) for row in tx.execute(q)]",
        "def f(tx): return {r[0]: r[1] for r in tx.execute(q)}",
        "def f(tx): return {state: n for state, n in tx.execute(q)}",
        "def f(tx):\n    rows = tx.execute(q)\n    for a, b in rows: print(a)",
        "def f(tx):\n    a, b = tx.execute(q).one()",
        "def f(tx):\n    found = tx.execute(q).first()\n    return found[0]",
        "def f(tx):\n    found = tx.execute(q).first()\n    return g(found[:3])",
        "def f(row: Row[Any]): return dict(zip(NAMES, row))",
        "def f(columns: Row[Any]):\n    number, name = columns",
    ],
)
def test_reading_by_position_is_found(code: str) -> None:
    assert list_violations(code) != []


@pytest.mark.parametrize(
    "code",
    [
        "def f(tx): return [read(row) for row in tx.execute(q)]",
        "def f(tx): return [key for key in tx.execute(q).scalars()]",
        "def f(tx): return {row.state: row.n for row in tx.execute(q)}",
        "def f(tx):\n    row = tx.execute(q).first()\n    return row._mapping[table.c.id] if row else None",
    ],
)
def test_reading_by_name_is_not_found(code: str) -> None:
    assert list_violations(code) == []


@pytest.mark.parametrize(
    ("fields_of_record", "fields_of_value"),
    [
        (presence._StoredSigns._fields[2:], PresenceSign._fields),
        (stage_entries._StoredEntry._fields[3:], StageEntry._fields),
        (stage_entries._StoredStep._fields[2:], PassageStep._fields[2:]),  # of the stage, with its order
    ],
)
def test_what_is_cut_out_of_a_record_has_the_fields_of_the_value(
    fields_of_record: tuple[str, ...], fields_of_value: tuple[str, ...]
) -> None:
    assert fields_of_record == fields_of_value
