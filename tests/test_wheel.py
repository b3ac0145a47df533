"""The wheel is complete: migrations, texts, templates, the page and the example config."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the content of the wheel and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    wheel = next(folder.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def tropa(installed: Path, at: Path, *args: str) -> str:
    """Run the command in ``at`` with the installed packages, and return what it prints."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("TROPA_")}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bot", *args],
        cwd=at,
        env=environ | {"PYTHONPATH": str(installed)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_wheel_sets_up_a_company_in_another_folder(installed: Path, tmp_path: Path) -> None:
    assert "Loyalty" in tropa(installed, tmp_path, "init", "--list")
    tropa(installed, tmp_path, "init", "company")
    company = tmp_path / "company"
    tropa(installed, company, "check")
    tropa(installed, company, "migrate")
    tropa(installed, company, "journey", "apply", "--yes", "journeys/shop.toml")
    assert tropa(installed, company, "journey", "list").startswith("shop")
    tropa(installed, company, "map", "shop", "--out", "map.png")
    assert (company / "map.png").read_bytes().startswith(b"\x89PNG")


def test_wheel_contains_texts_page_and_migrations(installed: Path) -> None:
    there = {path.relative_to(installed).as_posix() for path in installed.rglob("*") if path.is_file()}
    assert {
        "bot/texts/ru/chat.po",
        "bot/sandbox/page/index.html",
        "bot/demo/words.toml",
        "migrations/versions/0001_first.py",
        "cjm/templates/shop.toml",
        "bot/config.example.toml",
    } <= there
