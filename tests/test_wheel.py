"""The wheel is complete: migrations, texts, templates, the page and the example config."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and return a folder with its content and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    wheel = next(folder.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run_tropa(site: Path, folder: Path, *args: str) -> str:
    """Run the command in ``folder`` with the packages of ``site``, and return what it prints."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("TROPA_")}
    result = subprocess.run(
        [sys.executable, "-P", "-m", "bot", *args],
        cwd=folder,
        env=environ | {"PYTHONPATH": str(site)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_wheel_sets_up_a_company_in_another_folder(site: Path, tmp_path: Path) -> None:
    assert "Loyalty" in run_tropa(site, tmp_path, "init", "--list")
    run_tropa(site, tmp_path, "init", "company")
    company = tmp_path / "company"
    run_tropa(site, company, "check")
    run_tropa(site, company, "migrate")
    run_tropa(site, company, "journey", "apply", "--yes", "journeys/first.toml")
    assert run_tropa(site, company, "journey", "list").startswith("first")
    run_tropa(site, company, "map", "first", "--out", "map.png")
    assert (company / "map.png").read_bytes().startswith(b"\x89PNG")
    assert run_tropa(site, company, "import", "--guide").startswith("# Import past answers and events")


def test_wheel_contains_texts_page_and_migrations(site: Path) -> None:
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert {
        "bot/texts/ru/chat.po",
        "bot/sandbox/page/index.html",
        "bot/demo/simulated/words/shop.toml",
        "migrations/versions/0001_first.py",
        "cjm/templates/shop.toml",
        "bot/config.example.toml",
        "bot/importing.md",
    } <= files
