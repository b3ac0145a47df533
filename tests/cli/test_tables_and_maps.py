"""`tropa map`, `export`, `why` and `digest` on a real database."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.runtime.command_context import write_file
from bot.cli.runtime.program import CommandFailure
from bot.cli.why import explanation_lines
from bot.db.asking.decisions import DecisionRecord
from bot.usecases.asking.explain_asking import AskingExplanation
from cjm.asking.decision import AskingReason, AskingVerdict
from tests.cli.conftest import Tropa, assert_refused

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


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--out", "m.svg"], "m.svg: maps cannot be written as SVG yet; .png and .json can"),
        (["--out", "m.gif"], "m.gif: the name must end in .png or .json"),
        (["--out", "m.png", "--layout", "phone", "--page", "9"], "--page: this map has 1 page"),
        (["--out", "m.json", "--page", "2"], "--page: this map has 1 page"),
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


def test_export_writes_answers_and_visits_and_refuses_workbooks(airline: Tropa, home: Path) -> None:
    assert airline("export", "airline", "--out", "a.csv").stdout == "a.csv: 84 answers\n"
    assert len((home / "a.csv").read_text("utf-8-sig").splitlines()) == 1 + 6 * 14
    assert airline("export", "airline", "--out", "v.ndjson", "--what", "visits").exit_code == 0
    assert (home / "v.ndjson").read_text("utf-8") == ""
    assert_refused(
        airline("export", "airline", "--out", "a.xlsx"),
        "a.xlsx: workbooks cannot be written yet; write .csv, which opens in Excel too",
    )
    assert_refused(airline("export", "air", "--out", "b.csv"), 'there is no journey "air"; the journeys are: airline')
    assert_refused(airline("export", "airline", "--out", "no/a.csv"), "no/a.csv: no such file or directory")
    assert not list(home.glob("*.part"))


def test_why_tells_what_was_decided_again_with_the_same_result_once() -> None:
    def decided(hour: int, verdict: AskingVerdict, reason: AskingReason, survey: str = "delivered") -> DecisionRecord:
        return DecisionRecord("shop", "delivery", NOON, survey, verdict, reason, None, NOON.replace(hour=hour))

    decisions = (
        decided(18, AskingVerdict.ASK, AskingReason.FINE),
        decided(17, AskingVerdict.SKIP, AskingReason.TOO_LATE, "used"),
        decided(16, AskingVerdict.ASK, AskingReason.FINE),
        decided(15, AskingVerdict.HOLD, AskingReason.QUIET_HOURS),
        decided(14, AskingVerdict.ASK, AskingReason.FINE),
    )
    explanation = AskingExplanation(
        has_chat=True, consent_at=None, stopped_at=None, unreachable_at=None, decisions=decisions
    )
    times = [line[11:16] for line in explanation_lines(explanation)][1:]
    assert times == ["17:00", "16:00", "15:00", "14:00"]


def test_why_and_digest_print_their_results(airline: Tropa, home: Path) -> None:
    assert airline("why", "1").stdout.splitlines()[0] == "the customer has no chat with the bot yet"
    assert_refused(airline("why", "nobody"), "there is no customer with this id or address")
    result = airline("digest", "airline", "--language", "pl", "--out", "d.png")
    assert result.exit_code == 0
    assert (home / "d.png").read_bytes().startswith(b"\x89PNG")
