"""A folder of its own for each test, the command `tropa` in it, and a database with answers."""

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import tropa
from tests.shared_files import make_once

ROOT = Path(__file__).parent.parent.parent
AIRLINE = ROOT / "tests" / "data" / "airline-journey.toml"
MAPPING = ROOT / "tests" / "data" / "airline-mapping.toml"
HEADER = (
    "id,Gender,Customer Type,Age,Type of Travel,Class,Flight Distance,Inflight wifi service,"
    "Departure/Arrival time convenient,Ease of Online booking,Gate location,Food and drink,Online boarding,"
    "Seat comfort,Inflight entertainment,On-board service,Leg room service,Baggage handling,Checkin service,"
    "Inflight service,Cleanliness\n"
)
IMPORT = ("import", "p.csv", "--journey", "airline", "--mapping", MAPPING)
Tropa = Callable[..., Result]


# The answers of six passengers.
PASSENGERS = HEADER + "\n".join(
    f"{n},Male,Loyal Customer,30,Business travel,Business,100,{','.join('4' * 14)}" for n in range(1, 7)
)


def forget_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith("TROPA_")]:
        monkeypatch.delenv(name)


def run_tropa(*args: object, answer: str | None = None) -> Result:
    """Run a command in the folder of the process."""
    return CliRunner().invoke(tropa, [str(a) for a in args], input=answer, prog_name="tropa")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    forget_settings(monkeypatch)
    return tmp_path


@pytest.fixture
def cli(home: Path) -> Tropa:
    """Return a function that runs a command in the test's own folder."""
    return run_tropa


@pytest.fixture(scope="session")
def airline_database(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database with the airline's journey in force and `PASSENGERS` imported, to copy."""

    def make(path: Path) -> None:
        folder = tmp_path_factory.mktemp("airline")
        shutil.copy(sqlite_template, folder / "tropa.db")
        (folder / "p.csv").write_text(PASSENGERS, "utf-8")
        with contextlib.chdir(folder), pytest.MonkeyPatch.context() as monkeypatch:
            forget_settings(monkeypatch)
            for command in (("journey", "apply", AIRLINE, "--yes"), IMPORT):
                assert run_tropa(*command).exit_code == 0
        assert not (folder / "tropa.db-wal").exists(), "all of it is in the file"
        shutil.copy(folder / "tropa.db", path)

    return make_once(tmp_path_factory, "airline.db", make)


@pytest.fixture
def airline(cli: Tropa, home: Path, airline_database: Path) -> Tropa:
    """Return ``cli`` with the airline's journey in force and the answers of six passengers."""
    shutil.copy(airline_database, home / "tropa.db")
    (home / "p.csv").write_text(PASSENGERS, "utf-8")
    return cli


def assert_refused(result: Result, *lines: str) -> None:
    assert result.exit_code == 1, result.output
    assert result.stderr.splitlines() == list(lines)
