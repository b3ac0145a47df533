"""`tropa import`: its report, its questions, a dry run, lists and undo, and every refusal as one line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import HEADER, MAPPING, Tropa, assert_refused

IMPORT = ("import", "p.csv", "--journey", "airline", "--mapping", MAPPING)
Write = Callable[..., None]


@pytest.fixture
def write(home: Path) -> Write:
    """Return a function that writes the table: passengers by number, each with one rating for everything."""

    def write_table(ratings: dict[int, object]) -> None:
        rows = [
            f"{n},Male,Loyal Customer,30,Business travel,Business,100,{','.join([str(rating)] * 14)}"
            for n, rating in ratings.items()
        ]
        (home / "p.csv").write_text(HEADER + "\n".join(rows), "utf-8")

    return write_table


@pytest.fixture
def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command find a person who can answer."""
    from click.testing import _NamedTextIOWrapper

    monkeypatch.setattr(_NamedTextIOWrapper, "isatty", lambda self: True)


def test_report_counts_rows_by_outcome_and_answers_by_question(airline: Tropa, write: Write) -> None:
    write({1: 5, 2: 4, 3: 4, 4: 4, 5: 4, 7: 3, 8: 0})
    result = airline(*IMPORT)
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[0] == 'p.csv, import "passengers": 7 rows'
    assert [line.split()[:2] for line in lines[1:5]] == [
        ["new", "2"], ["corrected", "1"], ["known", "4"], ["missing", "1"]
    ]  # fmt: skip
    assert "(line 7 of it); they stay, --mirror removes them" in lines[4]
    wifi = next(line for line in lines if line.startswith("inflight_wifi_service_csat"))
    assert next(line for line in lines if line.startswith("answers")).split()[1:] == ["new", "corrected", "known"]
    assert " ".join(wifi.split("csat 1 to 5")[1].split()) == "1 1 4 3: 1 · 4: 4 · 5: 1"
    assert max(map(len, lines[5:-3])) <= 120
    assert lines[-3:] == ["cells without an answer: 14", "people: 7", "day: 2026-10-01"]
    assert result.stderr == ""


def test_refused_rows_are_gathered_by_reason_on_stderr(airline: Tropa, write: Write) -> None:
    write({n: 4 if n < 3 else 9 for n in range(1, 11)})
    result = airline(*IMPORT)
    assert result.exit_code == 0
    assert len(result.stderr.splitlines()) == 14  # a line for each column
    assert result.stderr.splitlines()[0].startswith('p.csv: 8 rows: column "')
    assert result.stderr.count("is not a whole number from 1 to 5") == 14
    assert result.stderr.splitlines()[0].endswith("(lines 4, 5, 6, 7, 8 …)")
    assert "refused" in result.stdout


def test_nothing_imported_is_a_failure(airline: Tropa, write: Write) -> None:
    write({1: 9})
    result = airline(*IMPORT)
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (1, "p.csv: no row could be imported")
    assert "they stay: some of them may be among the refused rows" in result.stdout
    result = airline(*IMPORT, "--dry-run")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (1, "nothing was stored")


def test_strict_imports_nothing_when_a_row_is_refused(airline: Tropa, write: Write) -> None:
    write({1: 5, 7: 9})
    result = airline(*IMPORT, "--strict")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (1, "p.csv: nothing was imported: 1 row refused")
    assert result.stdout == ""  # of all that would have been stored nothing is
    write({1: 4, 7: 5})
    result = airline(*IMPORT, "--strict")
    assert [line.split()[:2] for line in result.stdout.splitlines()[1:3]] == [["new", "1"], ["known", "1"]]


def test_mirror_removes_what_vanished_unless_a_row_is_refused(airline: Tropa, write: Write) -> None:
    write({1: 4, 2: 9})
    result = airline(*IMPORT, "--mirror")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        1, "p.csv: nothing was removed: one of the refused rows may be one of those that are missing"
    )  # fmt: skip
    write({1: 4, 2: 4})
    result = airline(*IMPORT, "--mirror")
    assert result.stdout.splitlines()[2].split()[:2] == ["removed", "4"]
    assert airline("tally", "--check").exit_code == 0


# ---- questions


def test_copy_of_another_import_is_asked_about(airline: Tropa, home: Path) -> None:
    copy = (*IMPORT, "--name", "copy")
    result = airline(*copy)
    assert result.exit_code == 1
    doubt, end = result.stderr.splitlines()
    assert doubt.startswith('p.csv: 100% of the rows are those of the import "passengers", and would count twice')
    assert doubt.endswith("--name passengers")
    assert end == "p.csv: nothing was imported; --yes imports it all the same"
    assert airline(*copy, "--yes").exit_code == 0


@pytest.mark.usefixtures("on_a_terminal")
def test_person_at_the_terminal_decides(airline: Tropa) -> None:
    copy = (*IMPORT, "--name", "copy")
    result = airline(*copy, answer="n\n")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (1, "nothing was imported")
    assert airline(*copy, answer="y\n").exit_code == 0


# ---- dry run


def test_dry_run_shows_what_would_happen_with_examples_and_a_map(airline: Tropa, write: Write, home: Path) -> None:
    write({1: 5, 2: 4, 7: 3})
    (home / "passengers.png").write_text("another file", "utf-8")
    before = (home / "tropa.db").read_bytes()
    result = airline(*IMPORT, "--dry-run")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [" ".join(line.split()[:-1]) for line in lines[1:3]] == ["would be new", "would be corrected"]
    new = lines.index("would be new, for example                 line 4")
    assert [line.split() for line in lines[new + 1 : new + 5]] == [
        ["at", "2026-10-01"],
        ["class", "Business"],
        ["travel", "Business", "travel"],
        ["customer", "Loyal", "Customer"],
    ]
    corrected = lines.index("would be corrected, for example           line 2")
    assert [line.split()[-1] for line in lines[new + 5 : corrected]] == ["3"] * 14
    assert [line.split()[-1] for line in lines[corrected + 1 : -3]] == ["5"] * 14
    assert lines[-3] == "known already, for example: line 3"
    assert lines[-2:] == ["the map of 2026-10-01 to 2026-10-01, as it would be: passengers-2.png", "nothing was stored"]
    assert (home / "passengers-2.png").read_bytes().startswith(b"\x89PNG")
    assert (home / "passengers.png").read_text("utf-8") == "another file"
    assert (home / "tropa.db").read_bytes() == before


def test_dry_run_never_prints_words_customers_or_names_of_rows(airline: Tropa, home: Path) -> None:
    (home / "j.toml").write_text(
        'key = "desk"\ntitle = "Desk"\n[[stages]]\nkey = "s"\ntitle = "S"\n'
        'touchpoints = [{ key = "t", title = "T", channel = "site" }]\n'
        '[[surveys]]\nkey = "v"\non = { touchpoint = "t" }\n'
        '[[surveys.questions]]\nkey = "v_csat"\nkind = "csat"\ntext = "q"\n'
        '[[surveys.questions]]\nkey = "v_words"\nkind = "text"\ntext = "q"\n',
        "utf-8",
    )
    assert airline("journey", "apply", "j.toml", "--yes").stderr == ""
    (home / "w.csv").write_text("no,who,at,w\nsecret-1,anna@example.org,2026-10-01,My words\n", "utf-8")
    (home / "w.toml").write_text(
        'name = "w"\nrow = "no"\ncustomer = "who"\nat = "at"\nquestions.v_words = "w"\n', "utf-8"
    )
    result = airline("import", "w.csv", "--journey", "desk", "--mapping", "w.toml", "--dry-run")
    assert result.stdout.splitlines()[6:9] == [
        "would be new, for example  line 2",
        "  at                       2026-10-01 12:00",
        "  v_words                  8 characters",
    ]
    assert not any(word in result.output for word in ("secret-1", "anna", "My words"))


# ---- list and undo


def test_imports_are_listed_and_taken_back(airline: Tropa) -> None:
    assert [line.split("\t")[:5] for line in airline("import", "--list").stdout.splitlines()] == [
        ["airline", "passengers", "answers", "2026-10-01", "6 rows"]
    ]
    undo = ("import", "--undo", "passengers", "--journey", "airline")
    result = airline(*undo, answer="n\n")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (1, "nothing was taken back")
    assert 'import "passengers" of the journey airline: 6 rows of answers' in result.stderr
    result = airline(*undo, "--yes")
    assert result.stdout == "6 rows taken back: 84 answers, 6 people\n"
    result = airline("import", "--list", "--journey", "airline")
    assert (result.stdout, result.stderr) == ("", "there are no imports\n")
    assert airline("tally", "--check").exit_code == 0


def test_undo_of_an_unknown_name_says_what_is_meant(airline: Tropa) -> None:
    assert_refused(
        airline("import", "--undo", "pasengers", "--journey", "airline", "--yes"),
        'the journey airline has no import with the name "pasengers"; did you mean "passengers"?',
    )
    assert_refused(airline("import", "--list", "--journey", "a"), 'there is no journey "a"; the journeys are: airline')


# ---- usage


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["p.csv", "--journey", "airline", "--strict"], "--strict needs --mapping MAPPING"),
        (["--journey", "airline", "--mapping", "m.toml"], "FILE is missing"),
        (["p.csv", "--mapping", "m.toml"], "--journey KEY is missing"),
        ([*IMPORT[1:], "--out", "m.png"], "--out goes only with --dry-run"),
        (["--list", "p.csv"], "--list does not go with FILE"),
        (["--list", "--undo", "x"], "--list does not go with --undo"),
        (["--undo", "x"], "--undo needs --journey KEY"),
        (["--undo", "x", "--journey", "airline", "--mirror"], "--undo does not go with --mirror"),
    ],
)
def test_flags_that_do_not_go_together_are_one_line(cli: Tropa, args: list[object], says: str) -> None:
    result = cli("import", *args)
    assert (result.exit_code, result.stderr) == (2, f"tropa import: {says}. See 'tropa import --help'.\n")


@pytest.mark.parametrize(
    ("name", "says"), [("", "--name: must be 1 to 64 visible characters"), ("n" * 65, "--name: must be 1 to 64")]
)
def test_name_that_cannot_be_used_is_refused(airline: Tropa, name: str, says: str) -> None:
    result = airline(*IMPORT, "--name", name)
    assert result.exit_code == 1
    assert says in result.stderr


def test_import_into_an_unknown_journey_is_refused(airline: Tropa) -> None:
    assert_refused(
        airline("import", "p.csv", "--journey", "a", "--mapping", MAPPING),
        'there is no journey "a"; the journeys are: airline',
    )


def test_map_of_a_dry_run_that_cannot_be_written_is_refused_before_the_trial(airline: Tropa) -> None:
    assert_refused(airline(*IMPORT, "--dry-run", "--out", "m.svg"), "m.svg: the name must end in .png")
    assert_refused(airline(*IMPORT, "--dry-run", "--out", "no/m.png"), "no/m.png: there is no folder no")
