"""docs/scale.md: each figure has a command, and each command exists."""

import ast
import re

from tests.house import documents
from tests.house.documents import in_backticks, rows_below
from tests.house.source import ROOT

PAGE = documents.read_document("docs/scale.md")
BENCHMARK = re.compile(r"python -m tests\.bench -k (\w+)")
MODULE = re.compile(r"python -m (tests(?:\.\w+)+)")


def unknown_commands(text: str) -> list[str]:
    """Return the commands of tests and benchmarks in a text that would run nothing."""
    names = _list_benchmarks()
    wrong = [word for word in BENCHMARK.findall(text) if not any(word in name for name in names)]
    return wrong + [module for module in MODULE.findall(text) if not _is_program(module)]


def _list_benchmarks() -> set[str]:
    """Return the names of all benchmarks, each behind its file's: pytest's -k looks at both."""
    files = [*(ROOT / "tests/bench").glob("test_*.py"), *(ROOT / "tests/bench").glob("long_*.py")]
    return {
        f"{file.name} {node.name}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


def _is_program(module: str) -> bool:
    path = ROOT / module.replace(".", "/")
    file = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
    return file.is_file() and 'if __name__ == "__main__":' in file.read_text("utf-8")


def test_every_figure_has_a_command() -> None:
    rows = rows_below("## What one of each carries", PAGE)
    assert len(rows) > 6
    for row in rows:
        assert in_backticks(row[-1]), row


def test_every_command_exists() -> None:
    assert len(BENCHMARK.findall(PAGE)) > 5
    assert unknown_commands(PAGE) == []


def test_planted_commands_that_run_nothing_are_reported() -> None:
    planted = "python -m tests.bench -k start, python -m tests.bench -k never, python -m tests.nowhere"
    assert unknown_commands(planted) == ["never", "tests.nowhere"]
