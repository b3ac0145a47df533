"""The house: its walls, its words, its doors. What is promised about the whole is held here."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot.texts import LANGUAGES, words_in
from bot.texts.catalogue import keys

ROOT = Path(__file__).parent.parent
TOP = {
    "bot", "cjm", "migrations", "tests", "docs", "pyproject.toml", "config.example.toml", "README.md", "LICENSE",
    "CHANGELOG.md", "Dockerfile", "compose.yaml",
}  # fmt: skip


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    return [Path(name) for name in listed.stdout.split("\0") if name]


def test_the_direction_of_imports_is_kept() -> None:
    linted = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert linted.returncode == 0, linted.stdout[-3000:]


def test_nothing_else_stands_at_the_top() -> None:
    assert {path.parts[0] for path in tracked() if not path.parts[0].startswith(".")} <= TOP


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_every_text_is_there_in_every_language(language: str) -> None:
    assert set(keys(language)) == set(keys("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_fills_in_the_same_values(language: str) -> None:
    def values(text: str | tuple[str, ...]) -> set[str]:
        whole = text if isinstance(text, str) else " ".join(text)
        return set(re.findall(r"{(\w+)", whole))

    assert {key: values(text) for key, text in keys(language).items()} == {
        key: values(text) for key, text in keys("en").items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_as_many_forms_as_the_language(language: str) -> None:
    forms = 2 if language == "en" else 3
    assert [key for key, text in keys(language).items() if isinstance(text, tuple) and len(text) != forms] == []
    assert all(all(text) for text in keys(language).values())


def test_every_text_the_code_asks_for_is_in_the_catalogues() -> None:
    topics = {key.split(".")[0] for key in keys("en")}
    pattern = re.compile(r"[\"']((?:" + "|".join(sorted(topics)) + r")\.[a-z0-9_]+(?:\.[a-z0-9_]+)*)[\"']")
    asked = {
        (str(path), key)
        for path in tracked()
        if path.suffix == ".py" and path.parts[0] in ("bot", "cjm")
        for key in pattern.findall((ROOT / path).read_text(encoding="utf-8"))
    }
    assert sorted((path, key) for path, key in asked if not words_in("en").has(key)) == []


def test_no_text_is_in_the_catalogues_for_nothing() -> None:
    code = "\n".join(
        (ROOT / path).read_text(encoding="utf-8")
        for path in tracked()
        if path.suffix == ".py" and path.parts[0] in ("bot", "cjm")
    )
    # A key may be put together: f"chat.why.{reason}" makes every key that begins so wanted, key += ".mixed" one more.
    made = set(re.findall(r"[\"']([a-z_]+\.(?:[a-z0-9_]+\.)*[a-z0-9_]*){", code))

    def is_asked_for(key: str) -> bool:
        if any(f"{quote}{key}{quote}" in code for quote in "\"'") or any(key.startswith(m) for m in made):
            return True
        parent, _, last = key.rpartition(".")
        return f'".{last}"' in code and is_asked_for(parent)

    assert [key for key in keys("en") if not is_asked_for(key)] == []


def test_the_command_is_installed_under_its_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"tropa": "bot.__main__:main"}


def test_every_package_has_no_room_for_odds_and_ends() -> None:
    refused = {"utils", "helpers", "manager", "service", "services", "base", "misc", "common"}
    names = {part.removesuffix(".py") for path in tracked() if path.suffix == ".py" for part in path.parts}
    # `bot/telegram/manager/` is where managers talk to us: people, not a kind of class.
    assert names & (refused - {"manager"}) == set()


def test_no_package_index_and_no_path_of_a_machine_is_named() -> None:
    pattern = re.compile(r"(index|registry|index-url)\"?\s*[=:]\s*\"?https?://|/(?:root|home/(?!tropa/)[a-z]+)/")
    found = [
        str(path)
        for path in tracked()
        if path.suffix in {".py", ".toml", ".md", ".yaml", ".yml", ".html", ".js", ".css", ".po"}
        and path != Path("tests/test_house.py")
        and pattern.search((ROOT / path).read_text(encoding="utf-8"))
    ]
    assert found == []


def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readmes_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", readme())
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_readmes_commands_exist() -> None:
    from bot.cli import tropa

    commands = set(re.findall(r"`tropa ([a-z]+)", readme())) | set(
        re.findall(r"^\s*(?:uv run )?tropa ([a-z]+)", readme(), re.M)
    )
    assert commands
    assert commands <= set(tropa.commands)
