"""`tropa map`, `export`, `why` and `digest` on a real database."""

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from bot.cli.runtime.command_context import write_file
from bot.cli.runtime.program import CommandFailure
from bot.cli.why import explanation_lines
from bot.usecases.asking.explain_asking import AskingExplanation, AskingOccasion, AskingStory, SurveyStory
from cjm.asking.decision import AskingReason
from cjm.conversation.asking_story import StoryStep, StoryStepKind
from tests.cli.conftest import AIRLINE, Tropa, assert_refused

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_map_is_written_as_json_words_and_picture(airline: Tropa, home: Path) -> None:
    period = ("--from", "2026-10-01", "--to", "2026-10-01")
    assert airline("map", "airline", "--out", "m.json", *period, "--segment", "loyal").exit_code == 0
    made = json.loads((home / "m.json").read_text("utf-8"))
    assert (made["journey"], made["segment"], made["period"]) == (
        "airline", "loyal", {"from": "2026-10-01", "to": "2026-10-01"}
    )  # fmt: skip
    assert made["stages"][0]["scores"]["csat"]["n"] == 6
    assert json.loads(airline("map", "airline", "--out", "-", *period).stdout)["segment"] is None
    result = airline("map", "airline", "--describe", *period).stdout
    assert "3. Fly: Arrive rested\n   100% satisfied, 95% range 48% to 100%, 6 people, 48 answers. Too few" in result
    assert airline("map", "airline", "--out", "m.png", "--layout", "phone", "--language", "pl", *period).exit_code == 0
    assert (home / "m.png").read_bytes().startswith(b"\x89PNG")
    assert airline("map", "airline", "--out", "m.svg", "--theme", "dark", *period).exit_code == 0
    assert (home / "m.svg").read_text("utf-8").startswith("<svg")
    assert airline("map", "airline", "--out", "m.pdf", "--theme", "print", "--lanes", "full", *period).exit_code == 0
    assert (home / "m.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--out", "m.gif"], "m.gif: the name must end in .png or .svg or .pdf or .json"),
        (["--out", "m.png", "--layout", "phone", "--page", "9"], "--page: this picture has 1 page"),
        (["--out", "m.png", "--kind", "day", "--lanes", "full"], "--lanes: a day map has no lanes to choose"),
        (
            ["--out", "m.png", "--layout", "phone", "--lanes", "full"],
            "--lanes: only a wall has lanes to choose, and this is a phone",
        ),
        (["--out", "m.json", "--lanes", "full"], "--lanes: only pictures have lanes"),
        (["--out", "m.json", "--page", "2"], "--page: only pictures have pages"),
        (
            ["--describe", "--from", "2999-01-01"],
            "nothing has happened yet: the period begins on 2999-01-01, after today",
        ),
        (["--out", "no/m.png"], "no/m.png: there is no folder no"),
        (["--describe", "--from", "0001-01-01"], "0001-01-01: the year must be from 2000 to 2999"),
        (["--describe", "--from", "2026-10-02", "--to", "2026-10-01"], "the period ends before it begins"),
        (["--describe", "--language", "xx"], "--language: must be one of en, ru, pl"),
    ],
)
def test_map_that_cannot_be_made_is_refused(airline: Tropa, args: list[str], says: str) -> None:
    assert_refused(airline("map", "airline", *args), says)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--from", "1.10.2026"], "Invalid value for '--from': must be a day, such as 2026-10-01"),
        (["--days", "0"], "Invalid value for '--days': must be from 1 to 999999"),
        (["--days", "many"], "Invalid value for '--days': must be from 1 to 999999"),
    ],
)
def test_wrong_option_is_refused_with_what_would_be_right(cli: Tropa, args: list[str], says: str) -> None:
    result = cli("map", "airline", "--describe", *args)
    assert (result.exit_code, result.stderr) == (2, f"tropa map: {says}. See 'tropa map --help'.\n")


def test_file_that_cannot_be_written_is_named_and_leaves_no_half(tmp_path: Path) -> None:
    out = tmp_path / "map.png"
    write_file(out, b"old")
    write_file(out, b"new")
    assert out.read_bytes() == b"new"
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(CommandFailure, match=r"folder\.png: is a directory"):
        write_file(tmp_path / "folder.png", b"picture")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.png", "map.png"]


def test_export_writes_answers_and_visits_in_each_format(airline: Tropa, home: Path) -> None:
    assert airline("export", "airline", "--out", "a.csv").stdout == "a.csv: 84 answers\n"
    assert stat.S_IMODE((home / "a.csv").stat().st_mode) == 0o600
    assert len((home / "a.csv").read_text("utf-8-sig").splitlines()) == 1 + 6 * 14
    assert airline("export", "airline", "--out", "v.ndjson", "--what", "visits").exit_code == 0
    assert (home / "v.ndjson").read_text("utf-8") == ""
    assert airline("export", "airline", "--out", "a.xlsx").stdout == "a.xlsx: 84 answers\n"
    assert openpyxl.load_workbook(home / "a.xlsx", read_only=True).active.max_row is None  # it was written as a stream
    assert_refused(
        airline("export", "airline", "--out", "a.ods"),
        "a.ods: the name must end in .csv, .xlsx, .ndjson or .parquet",
    )
    assert_refused(airline("export", "air", "--out", "b.csv"), 'there is no journey "air"; the journeys are: airline')
    assert_refused(airline("export", "airline", "--out", "no/a.csv"), "no/a.csv: no such file or directory")
    assert not list(home.glob("*.part"))


def test_rows_and_private_files_follow_no_link_and_take_no_mode_of_what_stood_there(
    airline: Tropa, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").write_text("of somebody else")
    for name in ("linked.csv.part", "linked.json.part"):
        (home / name).symlink_to(tmp_path / "other")
    (home / "open.csv.part").touch(0o666)
    assert airline("export", "airline", "--out", "linked.csv").exit_code == 0
    assert airline("export", "airline", "--out", "open.csv").exit_code == 0
    write_file(home / "linked.json", b"{}", is_private=True)
    assert (tmp_path / "other").read_text() == "of somebody else"
    for name in ("linked.csv", "open.csv", "linked.json"):
        assert stat.S_IMODE((home / name).lstat().st_mode) == 0o600
        assert (home / name).is_file()
        assert not (home / name).is_symlink()


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "ndjson"])
def test_an_export_is_imported_without_a_mapping_and_taken_back(
    airline: Tropa, home: Path, sqlite_template: Path, file_format: str
) -> None:
    name = f"a.{file_format}"
    assert airline("export", "airline", "--out", name).exit_code == 0
    told = airline("import", name, "--journey", "airline").stdout
    assert "known  6  stored already" in told  # six rows of the table, with fourteen answers each
    shutil.copy(sqlite_template, home / "tropa.db")
    assert airline("journey", "apply", AIRLINE, "--yes").exit_code == 0
    told = airline("import", name, "--journey", "airline", "--dry-run").stdout
    assert "would be new  6" in told
    assert "nothing was stored" in told
    assert airline("import", name, "--journey", "airline").stdout.splitlines()[1] == "  new  6"
    assert airline("export", "airline", "--out", "again.csv").stdout == "again.csv: 84 answers\n"
    assert airline("tally", "--check").exit_code == 0
    assert airline("import", "--undo", "tropa export", "--journey", "airline", "--yes").exit_code == 0
    assert airline("export", "airline", "--out", "none.csv").stdout == "none.csv: 0 answers\n"
    assert airline("tally", "--check").exit_code == 0


def test_another_table_needs_a_mapping(airline: Tropa, home: Path) -> None:
    (home / "t.csv").write_text("when,score\n2026-03-02,5\n", "utf-8")
    assert_refused(
        airline("import", "t.csv", "--journey", "airline"),
        "t.csv: is no export of Tropa's; write --mapping MAPPING (--guide explains it)",
    )
    assert airline("import", "t.csv", "--journey", "airline", "--mirror").exit_code == 2


@pytest.fixture
def small_disk(home: Path) -> Iterator[Path]:
    """Folder on a disk of 8 KB."""
    folder = home / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can make a disk that is full soon")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "ndjson", "parquet"])
def test_a_full_disk_names_the_file_and_leaves_the_old_one(airline: Tropa, small_disk: Path, file_format: str) -> None:
    if file_format == "parquet":
        pytest.importorskip("pyarrow")
    out = small_disk / f"a.{file_format}"
    out.write_text("old", "utf-8")
    assert_refused(airline("export", "airline", "--out", out), f"{out}: no space left on device")
    assert [path.name for path in small_disk.iterdir()] == [out.name]
    assert out.read_text("utf-8") == "old"


def tell(*surveys: SurveyStory, occasion: AskingOccasion = AskingOccasion.VISIT) -> list[str]:
    story = AskingStory("shop", "delivery", NOON, occasion, surveys)
    return list(explanation_lines(AskingExplanation(1, "77", True, None, None, None, False, (story,))))[2:]


def test_why_tells_the_story_of_a_visit_step_by_step() -> None:
    """What was put off, what still waits and what is never asked read differently."""
    end, reason = NOON + timedelta(days=2), AskingReason.ASKED_RECENTLY
    steps = (
        StoryStep(StoryStepKind.HELD, NOON, NOON + timedelta(hours=6), AskingReason.DELAY),
        StoryStep(StoryStepKind.WAITING, NOON + timedelta(hours=6), end, reason),
    )
    skipped = StoryStep(StoryStepKind.SKIPPED, NOON, reason=reason)
    too_late = "the customer was asked something not long ago, and by the time they may be asked again it is too late"
    assert tell(SurveyStory("delivered", steps), SurveyStory("used", (skipped,))) == [
        "shop, delivery of 2026-11-02 12:00 UTC, survey delivered:",
        "  2026-11-02 12:00 UTC  put off until 2026-11-02 18:00 UTC: it is sent some time after the visit",
        "  2026-11-02 18:00 UTC  waits until 2026-11-04 12:00 UTC: the customer was asked something not long ago",
        "shop, delivery of 2026-11-02 12:00 UTC, survey used:",
        f"  2026-11-02 12:00 UTC  not asked: {too_late}",
    ]


def test_why_says_what_was_asked_without_a_visit() -> None:
    story = SurveyStory("loyal", (StoryStep(StoryStepKind.SENT, NOON),))
    assert tell(story, occasion=AskingOccasion.PULSE)[0].endswith("survey loyal, regular:")
    assert tell(story, occasion=AskingOccasion.BY_HAND)[0].endswith("survey loyal, by hand:")


def test_why_and_digest_print_their_results(airline: Tropa, home: Path) -> None:
    assert airline("why", "1").stdout.splitlines()[0] == "the customer has no chat with the bot yet"
    assert_refused(airline("why", "nobody"), "there is no customer with this id or address")
    result = airline("digest", "airline", "--language", "pl", "--out", "d.png")
    assert result.exit_code == 0
    assert (home / "d.png").read_bytes().startswith(b"\x89PNG")
