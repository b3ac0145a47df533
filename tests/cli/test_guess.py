"""`tropa import --guess`, `--tool` and `tropa init --from`: files that are written, files that are refused."""

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from cjm.tables.files.raw_sample import MOST_ROWS
from tests.cli.conftest import Tropa, assert_refused

ANSWERS = "No,Date,How satisfied are you?,Anything else?\n" + "".join(
    f"{n},2026-03-{n + 12},{n % 5 + 1},s3cret words {n}\n" for n in range(1, 9)
)
EVENTS = "Client,Date,Event\n" + "".join(
    f"{n},2026-03-{day:02},{event}\n" for n in range(1, 5) for day, event in ((1, "Asked"), (2, "Paid"))
)


def read_toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def write(home: Path, name: str, content: str, encoding: str = "utf-8") -> str:
    (home / name).write_bytes(content.encode(encoding))
    return name


def test_existing_files_are_not_overwritten_and_nothing_that_a_cell_holds_is_printed(cli: Tropa, home: Path) -> None:
    write(home, "a.csv", ANSWERS)
    write(home, "a.mapping.toml", "mine")
    result = cli("import", "a.csv", "--guess")
    assert result.exit_code == 0, result.output
    assert "Wrote a-2.journey.toml and a-2.mapping.toml" in result.output
    assert (home / "a.mapping.toml").read_text("utf-8") == "mine"
    assert "s3cret" not in result.output + (home / "a-2.mapping.toml").read_text("utf-8")


def test_name_of_a_file_commands_no_terminal(cli: Tropa, home: Path) -> None:
    name = "a\x1b[2J\u202e.csv"
    guessed = cli("import", write(home, name, ANSWERS), "--guess")
    refused = cli("import", f"no-{name}", "--guess")
    assert "a\\u001b[2J\\u202e.csv: all 8 rows were looked at" in guessed.stdout
    assert "no-a\\u001b[2J\\u202e.csv" in refused.stderr
    for text in (guessed.stdout, refused.stderr):
        assert all(line.isprintable() for line in text.splitlines())


def test_large_file_is_looked_at_only_as_far_as_the_report_says(cli: Tropa, home: Path) -> None:
    rows = "".join(f"{n},2026-03-13,5,\n" for n in range(9, MOST_ROWS + 500))
    result = cli("import", write(home, "a.csv", ANSWERS + rows), "--guess")
    assert f"a.csv: the first {MOST_ROWS - 1:,} rows were looked at, and no others" in result.output  # and its header


@pytest.mark.parametrize(
    ("header", "cell", "encoding"),
    [("Насколько вы довольны?", "Очень доволен", "cp1251"), ("Ocena obsługi, jakość", "Bardzo zadowolony", "cp1250")],
)
def test_old_encoding_is_guessed_and_named(cli: Tropa, home: Path, header: str, cell: str, encoding: str) -> None:
    table = f'Date;"{header}"\n13.03.2026;{cell}\n14.03.2026;{cell}\n'
    assert cli("import", write(home, "a.csv", table, encoding), "--guess").exit_code == 0
    mapping = read_toml(home / "a.mapping.toml")
    assert (mapping["encoding"], mapping["delimiter"]) == (encoding, ";")
    assert mapping["at"] == {"column": "Date", "format": "%d.%m.%Y"}


def test_sheets_that_begin_alike_are_read_together(cli: Tropa, home: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    first, second = book.worksheets[0], book.create_sheet("April")
    for sheet, month in ((first, 3), (second, 4)):
        sheet.append(["Date", "Satisfaction"])
        sheet.append([f"2026-0{month}-02", 5])
    book.save(home / "a.xlsx")
    assert cli("import", "a.xlsx", "--guess").exit_code == 0
    assert read_toml(home / "a.mapping.toml")["sheet"] == "*"
    second["A1"] = "Other"
    book.save(home / "a.xlsx")
    result = cli("import", "a.xlsx", "--guess")
    assert read_toml(home / "a-2.mapping.toml")["sheet"] == "Sheet"
    assert "April" in result.output


NO_ANSWERS = (
    "a.csv: no column looks like an answer, and none tells events; write a mapping yourself: tropa import --guide "
    "explains it"
)
ONLY_WORDS = (
    "a.csv: only customers' words were found in it, and a survey begins with a question that is answered by a tap; "
    "write a journey that asks for them, and name it: --journey KEY"
)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", "a.csv: is empty; there is no row to read"),
        ("Id\n1\n2\n", NO_ANSWERS),
        ("Date,Words\n2026-03-02,all fine here\n2026-03-03,too loud at night\n", ONLY_WORDS),
    ],
)
def test_table_that_holds_nothing_is_refused_with_one_line(cli: Tropa, home: Path, content: str, line: str) -> None:
    assert_refused(cli("import", write(home, "a.csv", content), "--guess"), line)
    assert [path.name for path in home.glob("*.toml")] == []


def test_file_that_is_no_table_is_refused_with_one_line(cli: Tropa, home: Path) -> None:
    (home / "a.csv").write_bytes(b"%PDF-1.7")
    assert len(cli("import", "a.csv", "--guess").stderr.splitlines()) == 1
    assert_refused(cli("import", "b.csv", "--guess"), "b.csv: cannot be read: no such file or directory")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--guess",), "FILE is missing"),
        (("a.csv", "--guess", "--mapping", "m.toml"), "--guess does not go with --mapping"),
        (("a.csv", "--guess", "--dry-run"), "--guess does not go with --dry-run"),
        (("a.csv", "--journey", "k", "--tool", "qualtric"), 'there is no tool "qualtric"; did you mean qualtrics?'),
        (("a.csv", "--journey", "k", "--mapping", "m.toml", "--tool", "zendesk"), "--tool does not go with --mapping"),
        (("a.csv", "--journey", "k", "--tool", "zendesk", "--language", "pl"), "--language goes only with --guess"),
    ],
)
def test_flags_that_do_not_go_together(cli: Tropa, args: tuple[str, ...], message: str) -> None:
    result = cli("import", *args)
    assert result.exit_code == 2
    assert message in result.stderr


def test_questions_of_a_journey_in_force_are_matched_and_others_named(
    cli: Tropa, home: Path, sqlite_template: Path
) -> None:
    shutil.copy(sqlite_template, home / "tropa.db")
    assert cli("init").exit_code == 0
    assert cli("journey", "apply", "journeys/first.toml", "--yes").exit_code == 0
    table = (
        "Id,Date,delivery_csat,What could have been better?,How do you like our new logo?\n"
        '1,2026-03-13,5,It came late,5\n2,2026-03-14,2,"It came late,Something else",1\n'
    )
    result = cli("import", write(home, "a.csv", table), "--guess", "--journey", "first")
    assert result.exit_code == 0, result.output
    mapping = read_toml(home / "a.mapping.toml")
    assert mapping["questions"] == {
        "delivery_csat": {"column": "delivery_csat"},
        "delivery_barrier": {"column": "What could have been better?", "separator": ","},
    }
    assert "a question that the journey does not have: How do you like our new logo?" in result.output
    assert "checkout_ease" in re.search(r"^questions of the journey without a column: (.*)$", result.output, re.M)[1]  # type: ignore[index]  # it was found
    other = write(home, "b.csv", "Id,Date,Satisfaction with the canteen\n1,2026-03-13,Slow\n2,2026-03-14,Slow\n")
    refused = cli("import", other, "--guess", "--journey", "first")
    assert_refused(refused, 'b.csv: no column belongs to a question or place of the journey "first"')


def test_log_of_events_gives_a_journey_that_can_be_applied_and_imported(
    cli: Tropa, home: Path, sqlite_template: Path
) -> None:
    shutil.copy(sqlite_template, home / "tropa.db")
    result = cli("init", "--from", write(home, "log.csv", EVENTS))
    assert result.exit_code == 0, result.output
    assert "journeys/log.toml: fine" in cli("check").output
    assert cli("journey", "apply", "journeys/log.toml", "--yes").exit_code == 0
    imported = cli("import", "log.csv", "--journey", "log", "--mapping", "log.mapping.toml")
    assert re.search(r"new +8$", imported.output, re.M), imported.output
    again = cli("init", "--from", "log.csv")
    assert again.exit_code == 1
    assert all(line.endswith("exists already; nothing was written") for line in again.stderr.splitlines())


def test_table_that_is_no_log_is_refused_and_nothing_is_written(cli: Tropa, home: Path) -> None:
    result = cli("init", "new", "--from", write(home, "a.csv", ANSWERS))
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    assert "no events were found in it" in result.stderr
    assert not (home / "new").exists()
    both = cli("init", "--from", "a.csv", "--template", "shop")
    assert (both.exit_code, "--from does not go with --template" in both.stderr) == (2, True)
