"""The wheel is complete: migrations, texts, templates, the page and the example config."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

ONE_AFTER_THE_OTHER = """
import sys
from bot.__main__ import main

for sys.argv in (["tropa", *command.split()] for command in sys.argv[1:]):
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise
"""


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


def run_tropa(site: Path, folder: Path, *commands: str) -> str:
    """Run commands in ``folder`` with the packages of ``site``, and return what they print.

    All in one process: each would load, and compile, everything again.
    """
    environ = {key: value for key, value in os.environ.items() if not key.startswith("TROPA_")}
    result = subprocess.run(
        [sys.executable, "-P", "-c", ONE_AFTER_THE_OTHER, *commands],
        cwd=folder,
        env=environ | {"PYTHONPATH": str(site)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_wheel_sets_up_a_company_in_another_folder(site: Path, tmp_path: Path) -> None:
    assert "Loyalty" in run_tropa(site, tmp_path, "init --list", "init company")
    company = tmp_path / "company"
    printed = run_tropa(
        *(site, company),
        *("check", "migrate", "journey apply --yes journeys/first.toml", "journey list", "map first --out map.png"),
        "import --guide",
    )
    assert "\nfirst\t" in printed
    assert (company / "map.png").read_bytes().startswith(b"\x89PNG")
    assert "\n# Import past answers and events" in printed


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
