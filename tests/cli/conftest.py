"""A folder of its own for each test, the command `tropa` in it, and a database with answers."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import tropa

ROOT = Path(__file__).parent.parent.parent
AIRLINE = ROOT / "tests" / "data" / "airline-journey.toml"
MAPPING = ROOT / "tests" / "data" / "airline-mapping.toml"
HEADER = (
    "id,Gender,Customer Type,Age,Type of Travel,Class,Flight Distance,Inflight wifi service,"
    "Departure/Arrival time convenient,Ease of Online booking,Gate location,Food and drink,Online boarding,"
    "Seat comfort,Inflight entertainment,On-board service,Leg room service,Baggage handling,Checkin service,"
    "Inflight service,Cleanliness\n"
)
Tropa = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in [n for n in os.environ if n.startswith("TROPA_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def cli(home: Path) -> Tropa:
    """Return a function that runs a command in its own folder."""

    def run(*args: object, answer: str | None = None) -> Result:
        return CliRunner().invoke(tropa, [str(a) for a in args], input=answer, prog_name="tropa")

    return run


@pytest.fixture
def airline(cli: Tropa, home: Path, sqlite_template: Path) -> Tropa:
    """Return ``cli`` with the airline's journey in force and the answers of six passengers."""
    shutil.copy(sqlite_template, home / "tropa.db")
    assert cli("journey", "apply", AIRLINE, "--yes").exit_code == 0
    rows = [f"{n},Male,Loyal Customer,30,Business travel,Business,100,{','.join('4' * 14)}" for n in range(1, 7)]
    (home / "p.csv").write_text(HEADER + "\n".join(rows), "utf-8")
    assert cli("import", "p.csv", "--journey", "airline", "--mapping", MAPPING).exit_code == 0
    return cli


def assert_refused(result: Result, *lines: str) -> None:
    assert result.exit_code == 1, result.output
    assert result.stderr.splitlines() == list(lines)
