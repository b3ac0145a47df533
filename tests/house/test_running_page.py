"""docs/running.md names what the program has: checks, metrics, log lines, variables, and a test for each promise."""

import ast
import re
import tomllib
from functools import cache

import pytest

from bot.cli import tropa
from bot.config.reader import list_settings
from bot.config.sources import OTHER_VARIABLES
from bot.db.upkeep.service_metrics import ServiceMetrics
from bot.http.health import prometheus_lines
from bot.usecases.upkeep.findings import CheckName
from tests.house import documents
from tests.house.documents import in_backticks, items_below, rows_below
from tests.house.source import ROOT, product_text
from tests.stories.test_stopping import MOST_SECONDS

PAGE = documents.read_document("docs/running.md")
PLACES_OF_VARIABLES = ("docs/running.md", "README.md", "compose.yaml", "Dockerfile", "config.example.toml")


def unknown_tests(named: list[str]) -> list[str]:
    """Return the tests, written ``path::name``, that are not there."""
    return [name for name in named if name.partition("::")[2] not in _tests_in(name.partition("::")[0])]


@cache
def _tests_in(file: str) -> set[str]:
    if not (ROOT / file).is_file():
        return set()
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {node.name for node in functions if node.name.startswith("test_")}


def unknown_variables(text: str) -> list[str]:
    """Return the variables of the form TROPA_… in a text that no setting has."""
    settings = list_settings()
    known = {s.variable for s in settings} | {s.variable + "_FILE" for s in settings if s.is_secret}
    named = set(re.findall(r"\bTROPA_[A-Z_]+\b", text))
    return sorted(named - known - set(OTHER_VARIABLES))


def test_every_promise_names_tests_that_are_there() -> None:
    promises = items_below("## Promises", PAGE)
    assert len(promises) > 20
    for promise, proofs in promises:
        assert "**" in promise, promise
        assert proofs, f"no test for: {promise}"
        assert unknown_tests([name for proof in proofs for name in in_backticks(proof)]) == [], promise


def test_planted_tests_that_are_not_there_are_reported() -> None:
    here = "tests/house/test_running_page.py::test_planted_tests_that_are_not_there_are_reported"
    wrong = ["tests/house/test_running_page.py::test_nothing", "tests/nowhere.py::test_x"]
    assert unknown_tests([here, *wrong]) == wrong


def test_table_of_checks_has_the_names_of_the_code_in_their_order() -> None:
    assert [in_backticks(row[0]) for row in rows_below("### Checks", PAGE)] == [[name.value] for name in CheckName]


def test_table_of_metrics_has_those_of_the_code() -> None:
    lines = prometheus_lines(ServiceMetrics({}, {}, 0, {}))
    metrics = [line.split()[2] for line in lines if line.startswith("# TYPE ")]
    assert sorted(name for row in rows_below("### Metrics", PAGE) for name in in_backticks(row[0])) == sorted(metrics)


@pytest.mark.parametrize("line", [line for row in rows_below("### Log", PAGE) for line in in_backticks(row[0])])
def test_lines_of_the_log_are_written_somewhere(line: str) -> None:
    assert f'("{line}"' in product_text()


@pytest.mark.parametrize("place", PLACES_OF_VARIABLES)
def test_variables_are_those_of_settings(place: str) -> None:
    assert unknown_variables((ROOT / place).read_text(encoding="utf-8")) == []


def test_planted_variable_is_reported() -> None:
    assert unknown_variables("TROPA_CONFIG=x TROPA_HTTP__PORT=1 TROPA_HTTP_PORT=1") == ["TROPA_HTTP_PORT"]


def test_settings_in_examples_and_texts_of_all_pages_are_those_of_the_program() -> None:
    texts = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "docs").glob("*.md"))]
    pages = [documents.read_document(page) for page in ("docs/running.md", "docs/start.md")]
    examples = [tomllib.loads(block) for page in pages for block in documents.code_blocks(page, "toml")]
    places = {(section, key) for example in examples for section, keys in example.items() for key in keys}
    places |= {place for text in texts for place in re.findall(r"`\[(\w+)\] (\w+)\b", text)}
    assert len(places) > 10
    assert places - {setting.place for setting in list_settings()} == set()


def test_commands_are_those_of_the_program() -> None:
    assert documents.commands_in(PAGE) <= set(tropa.commands)


def test_supervisors_wait_longer_than_tropa_needs_to_end() -> None:
    (unit,) = documents.code_blocks(PAGE, "ini")
    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    limits = re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.M) + re.findall(r"stop_grace_period: (\d+)s", compose)
    assert len(limits) == 2
    assert all(float(limit) > MOST_SECONDS for limit in limits)
