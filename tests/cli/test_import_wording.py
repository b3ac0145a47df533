"""Lines of `tropa import` that depend on numbers, sheets and kinds of answers."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.cli.importing.wording import list_lines, option_text, refusal_lines, undo_lines
from bot.db.imports.table_imports import ImportSummary
from bot.usecases.tables.import_report import RefusalTally, RowPlace
from bot.usecases.tables.rows.remove_rows import Removed
from bot.usecases.tables.undo_import import UndoReport
from cjm.errors import Mistake

WRONG = Mistake('column "Score"', "is not a whole number from 1 to 5")


def lines_of(*places: RowPlace) -> list[str]:
    tally = RefusalTally()
    for place in places:
        tally.add(place, [WRONG])
    return list(refusal_lines(tally.reasons))


def test_reason_names_its_first_places() -> None:
    said = 'column "Score": is not a whole number from 1 to 5'
    assert lines_of(RowPlace(2)) == [f"1 row: {said} (line 2)"]
    assert lines_of(*map(RowPlace, (2, 3, 9))) == [f"3 rows: {said} (lines 2, 3, 9)"]
    assert lines_of(*map(RowPlace, range(2, 1202))) == [f"1,200 rows: {said} (lines 2, 3, 4, 5, 6 …)"]
    may, june = (RowPlace(5, "May"), RowPlace(6, "May")), RowPlace(3, "June")
    assert lines_of(*may, june) == [f'3 rows: {said} (sheet "May", rows 5, 6; sheet "June", row 3)']


def test_options_in_messages_can_be_pasted_into_a_shell() -> None:
    assert option_text("--undo", "clinic-2026") == "--undo clinic-2026"
    assert option_text("--name", "our clinic's answers") == """--name 'our clinic'"'"'s answers'"""


def test_undo_says_what_was_taken_back_and_what_stayed() -> None:
    assert list(undo_lines(UndoReport(Removed(rows=1, answers=2, people=1)))) == [
        "1 row taken back: 2 answers, 1 person"
    ]
    removed = Removed(rows=1201, visits=1200, people=3, chat_answers_kept=2)
    assert list(undo_lines(UndoReport(removed, erased=1))) == [
        "1,201 rows taken back: 1,200 visits, 3 people",
        "2 answers given in the chat about these visits stayed",
        "1 row was forgotten or retired before; its counts stayed, and no import of this name brings it back",
    ]


def test_list_says_what_is_erased_and_what_was_taken_back() -> None:
    at = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)
    unit = ImportSummary(
        name="desk", kind="answers", day=None, rows=0, erased=2, last_at=at, is_finished=False,
        is_taken_back=True,
    )  # fmt: skip
    whole = replace(unit, rows=1200, erased=0, is_finished=True, is_taken_back=False)
    stopped = replace(unit, rows=1, erased=1, is_taken_back=False)
    assert [line.split("\t")[4:] for line in list_lines([unit, whole, stopped], "cafe")] == [
        ["0 rows, 2 erased", "2026-11-26 18:30 UTC", "taken back"],
        ["1,200 rows", "2026-11-26 18:30 UTC"],
        ["1 row, 1 erased", "2026-11-26 18:30 UTC", "not finished: the same command goes on"],
    ]
