"""Small exports of survey tools, made by hand after their documented shapes: guessed at, and imported in both ways.

`docs/importing.md` says of each tool which parts of the shape its documentation tells. Nobody in these files is real.
"""

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from cjm.tables.tools.tool_profile import list_tools
from tests.cli.conftest import Tropa

FOLDER = Path(__file__).parent
KINDS = {
    "delighted": ["nps", "text"],
    "formbricks": ["csat", "choice", "nps", "text"],
    "googleforms": ["csat", "choice", "nps", "text"],
    "limesurvey": ["csat", "choice", "ces", "text"],
    "qualtrics": ["csat", "nps", "choice", "text"],
    "retently": ["csat", "text"],
    "surveymonkey": ["csat", "choice", "text", "ces", "text"],
    "typeform": ["csat", "choice", "nps", "text"],
    "zendesk": ["csat", "choice", "text"],
}
"""Kinds of the questions of each export, in the order of its draft: customers' words come last at a touchpoint."""
MAPPED = {
    "delighted": ("id", "person", "created_at"),
    "formbricks": ("Response ID", "User ID", "Timestamp"),
    "googleforms": (None, None, "Отметка времени"),
    "limesurvey": ("Response ID", None, "Date last action"),
    "qualtrics": ("ResponseId", "ExternalReference", "RecordedDate"),
    "retently": ("id", "customerId", "createdDate"),
    "surveymonkey": ("Respondent ID", None, "End Date"),
    "typeform": ("#", None, "Start Date (UTC)"),
    "zendesk": ("id", "requester_id", "updated_at"),
}
"""Columns of the row, the customer and the time."""
PERSONAL = re.compile(r"e-?mail|адрес|first ?name|last ?name|^name$|ip ?addr|latitude|longitude|network|assignee", re.I)


@pytest.fixture(params=sorted(KINDS))
def tool(request: pytest.FixtureRequest, home: Path) -> str:
    """Copy the export of one tool into the test's folder; return the tool's name."""
    name = str(request.param)
    shutil.copy(FOLDER / f"{name}.csv", home / f"{name}.csv")
    return name


def read_toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def test_every_tool_has_a_file_here() -> None:
    assert tuple(sorted(KINDS)) == list_tools()
    assert sorted(path.stem for path in FOLDER.glob("*.csv")) == sorted(KINDS)


def test_export_is_recognized_and_its_columns_are_found(cli: Tropa, home: Path, tool: str) -> None:
    result = cli("import", f"{tool}.csv", "--guess")
    assert result.exit_code == 0, result.output
    mapping, journey = read_toml(home / f"{tool}.mapping.toml"), read_toml(home / f"{tool}.journey.toml")
    kinds = [question["kind"] for survey in journey["surveys"] for question in survey["questions"]]
    assert kinds == KINDS[tool]
    at = mapping["at"] if isinstance(mapping["at"], str) else mapping["at"]["column"]
    assert (mapping.get("row"), mapping.get("customer"), at) == MAPPED[tool]
    assert "would be refused" not in result.output


def test_personal_columns_are_in_no_mapping_but_named_as_left_out(cli: Tropa, home: Path, tool: str) -> None:
    result = cli("import", f"{tool}.csv", "--guess")
    written = (home / f"{tool}.mapping.toml").read_text("utf-8").partition("# Left out")[0]
    header = (home / f"{tool}.csv").read_text("utf-8").splitlines()[0]
    personal = [name for name in re.split(r"[,;]", header.replace('"', "")) if PERSONAL.search(name)]
    assert [name for name in personal if f'"{name}"' in written] == []
    assert [name for name in personal if name not in result.output] == []
    assert "@example.com" not in written + result.output


def test_guessed_and_shipped_mappings_give_the_same_answers(
    cli: Tropa, home: Path, tool: str, sqlite_template: Path
) -> None:
    """The import by the shipped mapping, under the name of the import by the guessed one, changes nothing."""
    shutil.copy(sqlite_template, home / "tropa.db")
    file, mapping = f"{tool}.csv", f"{tool}.mapping.toml"
    assert cli("import", file, "--guess").exit_code == 0
    assert cli("journey", "apply", f"{tool}.journey.toml", "--yes").exit_code == 0
    first = cli("import", file, "--journey", tool, "--mapping", mapping, "--strict")
    assert first.exit_code == 0, first.output
    again = cli("import", file, "--journey", tool, "--tool", tool, "--strict")
    assert again.exit_code == 0, again.output
    new, known = re.search(r"^  new +(\d+)$", first.output, re.M), re.search(r"^  known +(\d+)$", again.output, re.M)
    assert new is not None
    assert known is not None
    assert new[1] == known[1]
    assert not re.search(r"^  (new|corrected|refused) ", again.output, re.M)
