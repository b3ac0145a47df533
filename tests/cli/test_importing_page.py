"""docs/importing.md: every example is imported and gives what the page shows; every key and every flag stands there.

To write what the examples give now into the page: TROPA_APPROVE=1 pytest -n0 tests/cli/test_importing_page.py
"""

import os
import re
import shlex
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import tropa
from bot.usecases.tables.import_source import open_table
from cjm.errors import Mistake
from cjm.journeys.journey import CHANNELS
from cjm.journeys.journey_file import read_journey
from cjm.tables.columns import AnswerColumn, MappedColumn, RowFilter, SingleColumn, TableColumn, TimeColumn
from cjm.tables.mapping import TableMapping
from cjm.tables.mapping_file import MappingError, read_mapping
from tests.cli.conftest import Tropa
from tests.cli.importing_page import (
    NOW,
    PAGE,
    PageExample,
    commands_in,
    hide_times,
    read_examples,
    replace_example,
    understood_text,
    write_example,
)
from tests.conftest import ROOT
from tests.house.documents import read_document

TEXT = read_document(PAGE)
EXAMPLES = read_examples(TEXT)
(JOURNEY,) = (example.text for example in EXAMPLES if example.file == "clinic.toml")
CLINIC = read_journey(JOURNEY, "clinic.toml")
UNDERSTOOD = dict.fromkeys(example.section for example in EXAMPLES if example.is_understood)
WITH_COMMANDS = {example.section for example in EXAMPLES if example.language == "console"}
APPROVES = bool(os.environ.get("TROPA_APPROVE"))  # before the fixture `home` clears the variables of Tropa
COMBINATIONS = [("answers", "wide"), ("answers", "long"), ("events", "wide"), ("events", "long")]


def assert_shown(example: PageExample, found: str) -> None:
    """Compare an example with what the product gives, or write that into the page."""
    if APPROVES:
        text = replace_example((ROOT / PAGE).read_text("utf-8"), example.number, found)
        (ROOT / PAGE).write_text(text, "utf-8")
        return
    assert found == example.text


def understand_table(mapping: Path, table: Path) -> str:
    """Return a line for each row of a table, as its mapping reads it."""
    source = open_table(table, CLINIC, mapping.read_text("utf-8"), mapping.name)
    return "".join(f"{understood_text(row, CLINIC)}\n" for row in source.read_rows(NOW))


@pytest.mark.parametrize("section", UNDERSTOOD)
def test_rows_are_understood_as_the_page_says(section: str, tmp_path: Path) -> None:
    files: dict[str, Path] = {}
    for example in (e for e in EXAMPLES if e.section == section):
        if example.is_understood:
            assert_shown(example, understand_table(files["toml"], files["csv"]))
        elif example.file:
            files[example.language] = write_example(example, tmp_path)


def cells_of_table(head: str) -> list[list[str]]:
    """Return the cells of the page's table with this head, row by row."""
    _, _, below = TEXT.partition(f"\n{head}\n| --- | --- |\n")
    return [
        [cell.strip() for cell in line.strip("| ").split(" | ")] for line in below.partition("\n\n")[0].splitlines()
    ]


@pytest.mark.parametrize(("format_text", "samples"), cells_of_table("| `format` | reads |"))
def test_format_of_the_page_reads_what_stands_beside_it(format_text: str, samples: str, tmp_path: Path) -> None:
    table, mapping = tmp_path / "t.csv", tmp_path / "m.toml"
    texts = samples.removesuffix(", as Excel counts days").split(", ")
    table.write_text("When;Score\n" + "".join(f"{text};5\n" for text in texts), "utf-8")
    at = f'at = {{ column = "When", format = {format_text.strip("`")} }}'
    mapping.write_text(f'name = "t"\n{at}\nquestions.reception_csat = "Score"\n', "utf-8")
    lines = understand_table(mapping, table).splitlines()
    assert len(lines) == len(texts)
    assert all("2026-03-02 1" in line and "reception_csat 5" in line for line in lines), lines


@pytest.fixture(scope="module")
def clinic_database(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """Make a database with the page's journey in force, to copy."""
    folder = tmp_path_factory.mktemp("clinic")
    shutil.copy(sqlite_template, folder / "tropa.db")
    (folder / "clinic.toml").write_text(JOURNEY, "utf-8")
    (folder / "config.toml").write_text('[database]\nurl = "sqlite:///tropa.db"\n', "utf-8")
    args = ["--config", str(folder / "config.toml"), "journey", "apply", str(folder / "clinic.toml"), "--yes"]
    result = CliRunner().invoke(tropa, args, prog_name="tropa")
    assert result.exit_code == 0, result.output
    return folder / "tropa.db"


def test_commands_print_what_the_page_shows(cli: Tropa, home: Path, clinic_database: Path) -> None:
    """The commands of the page follow each other on one database."""
    shutil.copy(clinic_database, home / "tropa.db")
    for example in (e for e in EXAMPLES if e.section in WITH_COMMANDS):
        if example.file:
            write_example(example, home)
        elif example.language == "console":
            printed = ""
            for command in commands_in(example.text):
                program, *args = shlex.split(command)
                assert program == "tropa"
                printed += f"$ {command}\n{hide_times(cli(*args).output)}"
            assert_shown(example, printed)
        elif wrote := example.option("wrote"):
            assert_shown(example, (home / wrote).read_text("utf-8"))


def test_no_example_is_without_a_result() -> None:
    """A mapping that nothing is done with could say anything."""
    for before, example in pairwise(EXAMPLES):
        if before.language == "toml" and before.section == example.section:
            assert not example.file, f"nothing is shown for {before.file}"


@pytest.mark.parametrize(
    "model", [TableMapping, TableColumn, AnswerColumn, SingleColumn, MappedColumn, TimeColumn, RowFilter]
)
def test_every_key_of_a_mapping_is_explained_and_used(model: type[TableMapping]) -> None:
    mappings = "\n".join(e.text for e in EXAMPLES if e.language == "toml" and e.file != "clinic.toml")
    prose = re.sub(r"^```.*?^```$", "", TEXT, flags=re.M | re.S)
    for key in model.model_fields:
        assert re.search(rf"`{key}\b|\b{key} = ", prose), f"the text does not name {key}"
        assert re.search(rf"\b{key}\b", mappings), f"no mapping of the page uses {key}"


def test_table_of_all_keys_is_that_of_the_code() -> None:
    _, _, below = TEXT.partition("\n## All keys\n")
    found = re.search(r"^\| key \|.*\n\| --- .*\n((?:\| .*\n)*)", below, re.M)
    assert found is not None
    rules = {key: [_rule_text(key, *c) for c in COMBINATIONS] for key in TableMapping.model_fields}
    assert found[1] == "".join(f"| `{key}` | {' | '.join(cells)} |\n" for key, cells in rules.items())


def _rule_text(key: str, kind: str, shape: str) -> str:
    """Return what a mapping of this kind and shape says about a key: "needed", "yes" (it may stand there) or "–"."""
    combination = f'kind = "{kind}"\nshape = "{shape}"\n'
    end = f'with kind = "{kind}" and shape = "{shape}"'
    if Mistake(key, f"is needed {end}") in _find_mistakes(combination):
        return "needed"
    if key in ("kind", "shape"):
        return "yes"
    value = next(
        v
        for v in (
            '"x"',
            "{}",
            '{ column = "x", cells = ["x"] }',
            '["x"]',
            "1",
            "true",
            "2026-10-01",
            '";"',
            '","',
            '"cp1250"',
        )
        if _is_of_type(key, v)
    )
    return "–" if Mistake(key, f"is not allowed {end}") in _find_mistakes(f"{combination}{key} = {value}\n") else "yes"


def _is_of_type(key: str, value: str) -> bool:
    """Return whether a mapping may have this value as far as the key alone is concerned."""
    return any("write either" in m.message or "is needed" in m.message for m in _find_mistakes(f"{key} = {value}\n"))


def _find_mistakes(mapping: str) -> tuple[Mistake, ...]:
    try:
        read_mapping(mapping, "mapping.toml", CLINIC)
    except MappingError as error:
        return error.mistakes
    return ()


def test_every_flag_of_the_command_and_every_channel_stands_on_the_page() -> None:
    options = {
        name for parameter in tropa.load_commands()["import"].params for name in parameter.opts if name[:2] == "--"
    }
    assert {name for name in options if name not in TEXT} == set()
    assert {channel for channel in CHANNELS if channel not in TEXT} == set()
