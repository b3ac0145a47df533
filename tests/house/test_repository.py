"""The repository: what stands at its top, what it installs, and what it never names."""

import re
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import PurePath

import pytest

from tests.house.source import ROOT, tracked_files

TOP = {
    "bot", "cjm", "migrations", "tests", "docs", "pyproject.toml", "config.example.toml", "README.md", "LICENSE",
    "CHANGELOG.md", "Dockerfile", "compose.yaml",
}  # fmt: skip
FOREIGN = re.compile(r"(index|registry|index-url)\"?\s*[=:]\s*\"?https?://|/(?:root|home/(?!tropa/)[a-z]+)/")
BINARY = {".png", ".jpg", ".ttf", ".woff2", ".gz", ".ogg"}


def strangers_at_the_top(files: Iterable[PurePath]) -> set[str]:
    """Return what stands at the top and is neither listed nor hidden."""
    return {file.parts[0] for file in files if not file.parts[0].startswith(".")} - TOP


def test_nothing_else_stands_at_the_top() -> None:
    assert strangers_at_the_top(tracked_files()) == set()
    assert strangers_at_the_top([PurePath("notes.txt"), PurePath("bot/cli/run.py")]) == {"notes.txt"}


def test_the_command_is_installed_under_its_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"tropa": "bot.__main__:main"}


def test_one_range_of_python_versions_is_told_to_people_and_tools() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = re.findall(r"Python :: 3\.(\d+)", "\n".join(pyproject["project"]["classifiers"]))
    oldest, newest = min(map(int, named)), max(map(int, named))
    assert pyproject["project"]["requires-python"] == f">=3.{oldest}"
    assert pyproject["tool"]["ruff"]["target-version"] == f"py3{oldest}"
    assert pyproject["tool"]["mypy"]["python_version"] == f"3.{oldest}"
    for page in ("README.md", "docs/start.md", "docs/running.md"):
        assert f"Python 3.{oldest} to 3.{newest}" in " ".join((ROOT / page).read_text(encoding="utf-8").split()), page


@pytest.mark.parametrize("arguments", [["--oldest"], ["--lowest", "tests/cjm"]])
def test_unknown_words_behind_the_script_of_ci_are_refused_before_anything_is_installed(arguments: list[str]) -> None:
    """A flag that it does not know would run the tests with other libraries than were meant."""
    ran = subprocess.run(["bash", ".ci/run", *arguments], cwd=ROOT, check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", "usage: bash .ci/run [--lowest]\n")


def test_no_package_index_and_no_path_of_a_machine_is_named() -> None:
    texts = [path for path in tracked_files() if path.suffix not in BINARY and path.name != "test_repository.py"]
    assert [str(path) for path in texts if FOREIGN.search((ROOT / path).read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("line", ['index-url = "https://pypi.example.org"', "see /root/notes", "in /home/anna/tropa"])
def test_planted_index_and_paths_are_recognized(line: str) -> None:
    assert FOREIGN.search(line)
    assert not FOREIGN.search("/home/tropa/journeys")
