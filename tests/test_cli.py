"""The command `tropa`: quick help, one line per mistake, and every command on a real database."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import tropa
from bot.cli.init import read_example_config
from cjm import templates

ROOT = Path(__file__).parent.parent
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

    def run(*args: object, says: str | None = None) -> Result:
        return CliRunner().invoke(tropa, [str(a) for a in args], input=says, prog_name="tropa")

    return run


@pytest.fixture
def airline(cli: Tropa, home: Path, sqlite_template: Path) -> Tropa:
    """Return the same with the airline's journey in force and the answers of six passengers."""
    shutil.copy(sqlite_template, home / "tropa.db")
    assert cli("journey", "apply", AIRLINE, "--yes").exit_code == 0
    rows = [f"{n},Male,Loyal Customer,30,Business travel,Business,100,{','.join('4' * 14)}" for n in range(1, 7)]
    (home / "p.csv").write_text(HEADER + "\n".join(rows), "utf-8")
    assert cli("import", "p.csv", "--journey", "airline", "--mapping", MAPPING).exit_code == 0
    return cli


def assert_refused(result: Result, *lines: str) -> None:
    assert result.exit_code == 1, result.output
    assert result.stderr.splitlines() == list(lines)


# ---- how commands begin and end


def run_python(*args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *args]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=cwd, env=env, timeout=60)


def start_process(args: list[str], home: Path) -> subprocess.Popen[bytes]:
    pipe, env = subprocess.PIPE, {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(args, cwd=home, env=env, stdin=pipe, stdout=pipe, stderr=pipe)


def test_help_answers_at_once() -> None:
    code = (
        "import sys\nfrom bot.cli import tropa\n"
        "try:\n    tropa.main(['--help'], prog_name='tropa')\nexcept SystemExit as end:\n    assert not end.code\n"
        "print([m for m in ('aiogram', 'aiohttp', 'sqlalchemy', 'matplotlib', 'pydantic', 'babel', 'asyncio')"
        " if m in sys.modules and m != 'asyncio'])"
    )
    said = run_python("-c", code)
    assert said.stdout.splitlines()[0].startswith("Usage: tropa"), said.stderr
    assert said.stdout.splitlines()[-1] == "[]"


def test_every_command_explains_itself(cli: Tropa) -> None:
    for name, command in tropa.commands.items():
        assert cli(name, "--help").exit_code == 0
        assert command.get_short_help_str(60).endswith("."), name
        assert "..." not in command.get_short_help_str(60), name


def test_python_m_bot_is_the_same_command(home: Path) -> None:
    said = run_python("-m", "bot", "map", cwd=home)
    assert said.returncode == 2
    assert said.stderr == "tropa map: Missing argument 'KEY'. See 'tropa map --help'.\n"
    assert said.stdout == ""


def test_closed_pipe_prints_nothing(airline: Tropa, home: Path) -> None:
    args = [sys.executable, "-m", "bot", "export", "airline", "--out", "-"]
    with start_process(args, home) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (1, b"")


def test_ctrl_c_ends_quietly(airline: Tropa, home: Path) -> None:
    (home / "new.toml").write_text(templates.text("shop"), "utf-8")
    args = [sys.executable, "-m", "bot", "journey", "apply", "new.toml"]
    with start_process(args, home) as process:
        assert process.stderr is not None
        said = b""
        while not said.endswith(b"[y/N]: ") and process.poll() is None:
            said += process.stderr.read(1)
        while process.poll() is None:  # a signal just before the program begins to read waits for the next one
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(3)
        rest = process.stderr.read()
    assert (process.returncode, rest.strip()) == (130, b"")


def test_unexpected_error_is_one_line(cli: Tropa, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> str:
        raise KeyError("kanarek")

    monkeypatch.setattr(templates, "text", broken)
    assert_refused(cli("init"), "unexpected error (KeyError), please report it; TROPA_DEBUG=1 shows the traceback")
    monkeypatch.setenv("TROPA_DEBUG", "1")
    assert isinstance(cli("init", "elsewhere").exception, KeyError)


# ---- files to begin with


def test_init_writes_files_that_run_as_they_are(cli: Tropa, home: Path) -> None:
    said = cli("init", "shop", "--template", "shop")
    assert said.exit_code == 0
    assert "cd shop" in said.stdout
    assert tomllib.loads((home / "shop/config.toml").read_text("utf-8"))["journeys"]["paths"] == ["journeys"]
    assert (home / "shop/journeys/shop.toml").read_text("utf-8") == templates.text("shop")
    said = cli("--config", "shop/config.toml", "check")
    assert said.exit_code == 0
    assert said.stdout.splitlines()[0] == "shop/config.toml: fine"
    assert said.stdout.splitlines()[1].startswith("shop/journeys/shop.toml: fine (shop: 5 stages")


def test_init_overwrites_nothing(cli: Tropa, home: Path) -> None:
    (home / "config.toml").write_text("mine", "utf-8")
    assert_refused(cli("init"), "config.toml: exists already; nothing was written")
    assert not (home / "journeys").exists()
    assert (home / "config.toml").read_text("utf-8") == "mine"


def test_init_lists_its_templates(cli: Tropa) -> None:
    assert cli("init", "--list").stdout.startswith("shop ")
    assert_refused(cli("init", "--template", "shoe"), "there is no template 'shoe'; choose from: shop")


def test_the_example_config_is_the_one_in_the_repository() -> None:
    assert read_example_config() == (ROOT / "config.example.toml").read_text("utf-8")


def test_check_lists_every_mistake_of_every_file(cli: Tropa, home: Path) -> None:
    (home / "journeys").mkdir()
    (home / "config.toml").write_text('[journeys]\npaths = ["journeys"]\n[http]\nport = "many"\n[x]\n', "utf-8")
    (home / "journeys/a.toml").write_text('key = "A"\n', "utf-8")
    (home / "journeys/b.toml").write_bytes(b"\xff\xfea")
    (home / "journeys/c.toml").write_text(templates.text("shop"), "utf-8")
    (home / "journeys/d.toml").write_text(templates.text("shop"), "utf-8")
    said = cli("check")
    assert said.exit_code == 1
    lines = said.stderr.splitlines()
    for start in (
        "config.toml: http.port: ", "config.toml: x: ", "journeys/a.toml: key: ", "journeys/a.toml: title: is missing",
        "journeys/b.toml: is saved as UTF-16", "journeys/d.toml: key: journeys/c.toml has the same key",
    ):  # fmt: skip
        assert any(line.startswith(start) for line in lines), start
    assert len(lines) == len(set(lines))


# ---- the database


@pytest.mark.parametrize(
    "command", [["journey", "list"], ["map", "x", "--describe"], ["why", "x"], ["tally", "--check"]]
)
def test_without_a_database_the_error_names_migrate(cli: Tropa, home: Path, command: list[str]) -> None:
    assert_refused(cli(*command), "the database tropa.db does not exist yet; run 'tropa migrate'")
    sqlite3.connect(home / "tropa.db").close()
    (home / "tropa.db").touch()
    assert_refused(cli(*command), "the database is not of this version yet; run 'tropa migrate'")


def test_migrate_can_be_repeated(cli: Tropa) -> None:
    assert cli("migrate").stdout == cli("migrate").stdout == "sqlite:///tropa.db: schema is up to date\n"


def test_file_that_is_no_database_is_reported(cli: Tropa, home: Path) -> None:
    (home / "tropa.db").write_text("no database at all, but long enough to be looked at\n" * 50, "utf-8")
    assert_refused(cli("migrate"), "the database tropa.db: this file is not a database")
    said = cli("doctor")
    assert said.exit_code == 1
    assert "!   database   the database tropa.db: this file is not a database" in said.stdout


def test_backup_is_a_complete_database(airline: Tropa, home: Path) -> None:
    assert airline("backup", "copy.db").exit_code == 0
    (home / "other.toml").write_text('[database]\nurl = "sqlite:///copy.db"\n', "utf-8")
    assert airline("--config", "other.toml", "journey", "list").stdout.startswith("airline\t")
    assert_refused(airline("backup", "copy.db"), "copy.db: exists already; nothing was written")
    assert airline("backup", "nowhere/copy.db").stderr.startswith("nowhere/copy.db: the copy could not be made")


def test_backup_of_postgresql_names_pg_dump(cli: Tropa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROPA_DATABASE__URL", "postgresql://u:secret@h/d")
    said = cli("backup", "x.db")
    assert "pg_dump" in said.stderr
    assert "secret" not in said.output


def test_tally_finds_and_corrects_a_wrong_counter(airline: Tropa, home: Path) -> None:
    assert airline("tally", "--check").stdout == "airline: no counters wrong\n"
    with sqlite3.connect(home / "tropa.db") as db:
        db.execute("UPDATE tally SET n = n + 1 WHERE subject = 'seat_comfort'")
    db.close()
    said = airline("tally", "--check")
    assert said.exit_code == 1
    assert "airline: 2026-10-01 seat_comfort csat 4: 7 stored, 6 counted" in said.stderr
    assert airline("tally", "--rebuild", "--journey", "airline").stdout == "airline: 1 counter corrected\n"
    assert airline("tally", "--check").exit_code == 0
    assert airline("tally").exit_code == 2


def test_doctor_passes_every_check(airline: Tropa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROPA_HTTP__PORT", "0")
    said = airline("doctor")
    assert said.exit_code == 0, said.output
    assert all(line.startswith("ok ") for line in said.stdout.splitlines())


def test_run_without_a_token_says_where_to_get_one(cli: Tropa) -> None:
    assert_refused(cli("run"), "telegram.token is missing: set it to the token from @BotFather, or try 'tropa demo'")


# ---- journeys


def test_a_journey_is_applied_after_a_yes(airline: Tropa, home: Path) -> None:
    changed = AIRLINE.read_text("utf-8").replace('title = "Wi-Fi on board"', 'title = "Internet"')
    (home / "new.toml").write_text(changed, "utf-8")
    said = airline("journey", "apply", "new.toml", says="n\n")
    assert said.exit_code == 1
    assert "touchpoint stages.fly.inflight_wifi_service: title reworded: Wi-Fi on board → Internet" in said.stdout
    assert said.stderr.splitlines()[-1] == "nothing was applied"
    said = airline("journey", "apply", "new.toml", says="")
    assert (said.exit_code, said.stderr.splitlines()[-1]) == (1, "nothing was applied")
    assert airline("journey", "apply", "new.toml", says="y\n").stdout.endswith("airline: version 2 is in force\n")
    assert airline("journey", "apply", "new.toml").stdout == "airline: nothing changes; version 2 stays in force\n"
    assert airline("journey", "show", "airline").stdout == changed
    [line] = airline("journey", "list").stdout.splitlines()
    assert line.split("\t")[:3] == ["airline", "Flight", "version 2"]


def test_a_journey_that_would_falsify_history_is_refused(airline: Tropa, home: Path) -> None:
    changed = AIRLINE.read_text("utf-8").replace('kind = "csat"', 'kind = "ces"', 1)
    (home / "new.toml").write_text(changed, "utf-8")
    said = airline("journey", "apply", "new.toml", "--yes")
    assert said.exit_code == 1
    assert said.stderr.startswith("new.toml: surveys.departure_arrival_time_convenient.")


def test_journey_with_mistakes_and_missing_journeys_are_refused(airline: Tropa, home: Path) -> None:
    (home / "bad.toml").write_text('key = "bad"\ntitle = "Bad"\ntitel = "x"\n', "utf-8")
    said = airline("journey", "apply", "bad.toml")
    assert said.exit_code == 1
    assert len(said.stderr.splitlines()) == 2
    assert all(line.startswith("bad.toml: ") for line in said.stderr.splitlines())
    assert_refused(airline("journey", "apply", "none.toml"), "none.toml: cannot be read: no such file or directory")
    assert_refused(airline("journey", "show", "air"), 'there is no journey "air"; in force: airline')


# ---- in and out


def test_import_reports_new_known_and_bad_rows(airline: Tropa, home: Path) -> None:
    args = ("import", "p.csv", "--journey", "airline", "--mapping", MAPPING)
    assert airline(*args).stdout == "6 rows imported: 0 entries new, 84 known before\n"
    with (home / "p.csv").open("a", encoding="utf-8") as file:
        file.write("\n7,Male,Loyal Customer,30,Business travel,Business,100," + ",".join("0" * 13 + "9"))
    said = airline(*args)
    assert said.exit_code == 0
    assert said.stderr == 'p.csv: line 8: column "Cleanliness": is not a whole number from 1 to 5\n'
    assert said.stdout == "6 rows imported: 0 entries new, 84 known before; 1 row left out, see above\n"
    said = airline(*args, "--strict")
    assert said.stderr.splitlines()[-1] == "p.csv: nothing was imported: 1 row cannot be imported"
    assert_refused(airline("import", "p.xlsx", "--journey", "airline", "--mapping", MAPPING),
            'p.xlsx: workbooks cannot be read yet; save it as CSV (in Excel: "CSV UTF-8")')  # fmt: skip
    assert_refused(
        airline("import", "p.csv", "--journey", "a", "--mapping", MAPPING), 'there is no journey "a"; in force: airline'
    )


def test_map_is_written_as_json_words_and_picture(airline: Tropa, home: Path) -> None:
    period = ("--from", "2026-10-01", "--to", "2026-10-01")
    assert airline("map", "airline", "--out", "m.json", *period, "--segment", "loyal").exit_code == 0
    made = json.loads((home / "m.json").read_text("utf-8"))
    assert (made["journey"], made["segment"], made["period"]) == (
        "airline", "loyal", {"from": "2026-10-01", "to": "2026-10-01"}
    )  # fmt: skip
    assert made["stages"][0]["scores"]["csat"]["n"] == 6
    assert json.loads(airline("map", "airline", "--out", "-", *period).stdout)["segment"] is None
    said = airline("map", "airline", "--describe", *period).stdout
    assert (
        "3. Fly: Arrive rested\n   Satisfied (answers 4–5 of 5, %): 100 % (61 to 100), too few to judge, 6 people\n"
        in said
    )
    assert airline("map", "airline", "--out", "m.png", "--layout", "phone", "--language", "pl", *period).exit_code == 0
    assert (home / "m.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--out", "m.svg"], "m.svg: maps cannot be written as SVG yet; .png and .json can"),
        (["--out", "m.gif"], "m.gif: the name must end in .png or .json"),
        (["--out", "no/m.png"], "no/m.png: there is no folder no"),
        (["--describe", "--from", "0001-01-01"], "0001-01-01: the year must be from 2000 to 2999"),
        (["--describe", "--from", "2026-10-02", "--to", "2026-10-01"], "the period ends before it begins"),
        (["--describe", "--language", "xx"], "--language: must be one of en, ru, pl"),
    ],
)
def test_map_that_cannot_be_made_is_refused(airline: Tropa, args: list[str], says: str) -> None:
    assert_refused(airline("map", "airline", *args), says)


def test_export_writes_answers_and_visits_and_refuses_workbooks(airline: Tropa, home: Path) -> None:
    assert airline("export", "airline", "--out", "a.csv").exit_code == 0
    assert len((home / "a.csv").read_text("utf-8-sig").splitlines()) == 1 + 6 * 14
    assert airline("export", "airline", "--out", "v.ndjson", "--what", "visits").exit_code == 0
    assert (home / "v.ndjson").read_text("utf-8") == ""
    assert_refused(
        airline("export", "airline", "--out", "a.xlsx"),
        "a.xlsx: workbooks cannot be written yet; write .csv, which opens in Excel too",
    )
    assert_refused(airline("export", "air", "--out", "b.csv"), "there is no journey with this key; there are: airline")
    assert not list(home.glob("*.part"))


def test_why_and_digest_print_their_results(airline: Tropa, home: Path) -> None:
    assert airline("why", "1").stdout.splitlines()[0] == "has no chat with the bot yet"
    assert_refused(airline("why", "nobody"), "there is no customer with this id or address")
    said = airline("digest", "airline", "--language", "pl", "--out", "d.png")
    assert said.exit_code == 0
    assert (home / "d.png").read_bytes().startswith(b"\x89PNG")
