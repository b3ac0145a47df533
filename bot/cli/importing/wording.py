"""Words of `tropa import`: its report, the reasons of refused rows, examples of a dry run, and lists of imports.

Invariant: no line repeats a cell, a customer's id or the name of a row. Of customers' words only the length is told.
"""

import shlex
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from bot.cli.runtime.command_context import utc_time_text
from cjm.mistake_wording import quote_name
from cjm.tables.answer_rows import AnswerRow
from cjm.tables.row_outcome import RowOutcome

if TYPE_CHECKING:
    from bot.db.imports.table_imports import ImportSummary
    from bot.usecases.tables.find_import_doubts import ImportDoubt
    from bot.usecases.tables.import_report import ImportReport, RefusalReason, RowPlace
    from bot.usecases.tables.import_source import ImportSource
    from bot.usecases.tables.undo_import import UndoReport
    from cjm.journeys.journey import Journey
    from cjm.tables.row_outcome import RowResult

_MOST_IN_A_TITLE = 40  # characters: the line of a question holds its counts too
_OUTCOMES = {  # done, and in a dry run
    RowOutcome.NEW: ("new", "would be new"),
    RowOutcome.CORRECTED: ("corrected", "would be corrected"),
    RowOutcome.KNOWN: ("known", "known already"),
    RowOutcome.ERASED: ("erased", "erased"),
    RowOutcome.REFUSED: ("refused", "would be refused"),
}
_NOTES = {
    RowOutcome.ERASED: "forgotten or retired since; they stay away",
    RowOutcome.REFUSED: "see the reasons",
}


def count_text(n: int, noun: str) -> str:
    """Return "1 row" or "1,200 rows"."""
    if n == 1:
        return f"1 {noun}"
    return f"{n:,} {noun[:-1] + 'ies' if noun.endswith('ry') else noun + 's'}"


def report_lines(report: "ImportReport", source: "ImportSource") -> Iterator[str]:
    """Yield the report of an import, or of its trial."""
    total = count_text(report.rows.total(), "row")
    yield f"{source.path}, import {quote_name(source.name)}: {total}"
    yield from _align(_list_outcomes(report))
    yield from _align(_list_subjects(report, source.journey))
    if source.has_answers and report.left_out:
        yield f"cells without an answer: {report.left_out:,}"
    if report.people:
        yield f"people: {report.people:,}"
    if report.first_day is not None:
        days = {report.first_day, report.last_day}
        yield f"day{'s' if len(days) > 1 else ''}: {' to '.join(str(day) for day in sorted(filter(None, days)))}"


def _list_outcomes(report: "ImportReport") -> Iterator[list[str]]:
    for outcome, texts in _OUTCOMES.items():
        if report.rows[outcome]:
            yield [f"  {texts[report.is_trial]}", f"{report.rows[outcome]:,}", _NOTES.get(outcome, "")]
    if report.removed:
        yield ["  would be removed" if report.is_trial else "  removed", f"{report.removed:,}", _MISSING_NOTE]
    elif report.missing:
        lines = _join_numbers("line", report.missing_lines, report.missing)
        verb = "would remove" if report.is_trial else "removes"
        yield ["  missing", f"{report.missing:,}", f"{_MISSING_NOTE} ({lines} of it); they stay, --mirror {verb} them"]


_MISSING_NOTE = "rows of an earlier file that this one does not have"


def _list_subjects(report: "ImportReport", journey: "Journey") -> Iterator[list[str]]:
    """Yield the cells of a line for each question, touchpoint or stage, in the journey's order."""
    subjects = report.subjects
    described = _describe_subjects(journey)
    for key in sorted(subjects, key=lambda key: list(described).index(key) if key in described else len(described)):
        title, scale = described.get(key, ("", ""))
        counts = [f"{subjects[key].outcomes[outcome]:,} {outcome}" for outcome in list(_OUTCOMES)[:3]]
        values = subjects[key].values
        yield [key, title, scale, *counts, "  ".join(f"{v}: {values[v]:,}" for v in sorted(values, key=_sort_key))]


def _sort_key(value: int | str) -> tuple[int, str]:
    return (value, "") if isinstance(value, int) else (0, value)


def _describe_subjects(journey: "Journey") -> dict[str, tuple[str, str]]:
    """Return the title and the scale of each question, and the title of each touchpoint and stage, by key."""
    found: dict[str, tuple[str, str]] = {}
    for stage in journey.stages:
        found[stage.key] = (_title(stage.title.in_language(journey.language)), "")
        found |= {p.key: (_title(p.title.in_language(journey.language)), "") for p in stage.touchpoints}
    for question in (question for survey in journey.surveys for question in survey.questions):
        scale = question.kind.scale
        span = f" {scale.spec.values[0]} to {scale.spec.values[-1]}" if scale else ""
        found[question.key] = (_title(question.text.in_language(journey.language)), f"{question.kind}{span}")
    return found


def _title(text: str) -> str:
    words = " ".join(text.split())
    return quote_name(words if len(words) <= _MOST_IN_A_TITLE else f"{words[: _MOST_IN_A_TITLE - 1]}…")


def _align(rows: Iterator[list[str]]) -> Iterator[str]:
    """Yield lines whose cells stand below each other; cells that begin with a digit end below each other."""
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = [
            cell.rjust(width) if cell[:1].isdigit() and i < len(row) - 1 else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def refusal_lines(reasons: "Sequence[RefusalReason]") -> Iterator[str]:
    """Yield a line for each reason: how many rows, what would be right, and the first places."""
    for reason in reasons:
        yield f"{count_text(reason.rows, 'row')}: {reason.mistake} ({_list_places(reason.places, reason.rows)})"


def _list_places(places: "Sequence[RowPlace]", rows: int) -> str:
    texts = []
    for sheet, of_sheet in groupby(places, key=lambda place: place.sheet):
        numbers = [place.line for place in of_sheet]
        if sheet:
            texts.append(f"sheet {quote_name(sheet)}, {_join_numbers('row', numbers, len(numbers))}")
        else:
            texts.append(_join_numbers("line", numbers, len(numbers)))
    return "; ".join(texts) + (" …" if rows > len(places) else "")


def _join_numbers(noun: str, numbers: Sequence[int], total: int) -> str:
    more = " …" if total > len(numbers) else ""
    return f"{noun}{'s' if total > 1 else ''} {', '.join(map(str, numbers))}{more}"


def example_lines(report: "ImportReport", source: "ImportSource") -> Iterator[str]:
    """Yield some rows of each outcome as they were understood; refused ones stand with their reasons."""
    for outcome in list(_OUTCOMES)[:4]:
        for result in report.examples.get(outcome, ()):
            yield f"{_OUTCOMES[outcome][1]}, {_describe_row(result, source)}"


def _describe_row(result: "RowResult", source: "ImportSource") -> str:
    row = result.row
    if isinstance(row, AnswerRow):
        when = str(row.day) if source.mapping.day else _local_time(row.at, source.journey)
        facts = [when, *(_describe_answer(a.question, a.value, a.choice, a.text) for a in row.answers)]
    else:
        facts = [f"{event.touchpoint or event.stage} {_local_time(event.at, source.journey)}" for event in row.events]
    changes = f"; changed: {', '.join(result.changed)}" if result.changed else ""
    return f"{row.place}: {', '.join(facts) or 'nothing'}{changes}"


def _local_time(at: datetime, journey: "Journey") -> str:
    return f"{at.astimezone(journey.zone):%Y-%m-%d %H:%M}"


def _describe_answer(question: str, value: int | None, choice: str | None, words: str | None) -> str:
    if words is not None:
        return f"{question} words ({count_text(len(words), 'character')})"
    return f"{question} {choice if value is None else value}"


def option_text(option: str, value: str) -> str:
    """Return an option of a command as a shell takes it: names of imports may hold spaces."""
    return f"{option} {shlex.quote(value)}"


def doubt_line(doubt: "ImportDoubt", source: "ImportSource") -> str:
    """Return what looks like a mistake."""
    from bot.usecases.tables.find_import_doubts import DoubtKind

    if doubt.kind is DoubtKind.EQUALS_OTHER:
        return (
            f"{doubt.share:.0%} of the rows are those of the import {quote_name(doubt.other)}, and would count twice; "
            f"to import that file again or to correct it, write its name: {option_text('--name', doubt.other)}"
        )
    return (
        f"the import {quote_name(source.name)} holds {count_text(doubt.held, 'row')}, and this file has none of them; "
        "if it is another file, give it a name of its own: --name NAME"
    )


def list_lines(imports: "Sequence[ImportSummary]", journey: str) -> Iterator[str]:
    """Yield a line for each import with tabs between its columns: scripts cut the name from each line."""
    for unit in imports:
        state = "" if unit.is_finished else "\tnot finished: the same command goes on"
        day = unit.day or "-"
        rows = count_text(unit.rows, "row")
        yield f"{journey}\t{unit.name}\t{unit.kind}\t{day}\t{rows}\t{utc_time_text(unit.last_at)}{state}"


def undo_question_lines(units: "Sequence[ImportSummary]", journey: str) -> Iterator[str]:
    """Yield what an undo takes back and what stays."""
    rows, erased = sum(unit.rows for unit in units), sum(unit.erased for unit in units)
    kinds = " and ".join(sorted({unit.kind for unit in units}))
    yield f"import {quote_name(units[0].name)} of the journey {journey}: {count_text(rows, 'row')} of {kinds}"
    days = [str(unit.day) for unit in units if unit.day]
    if len(units) > 1 and days:
        yield f"of the days {', '.join(days)}"
    yield "goes: what these rows told, and people whom nothing else knows"
    yield "stays: answers given in the chat, and what others told about the same people"
    if erased:
        yield f"stays: the counts of {count_text(erased, 'row')} forgotten or retired since; they belong to nobody"


def undo_lines(report: "UndoReport") -> Iterator[str]:
    """Yield what was taken back and what stayed."""
    removed = report.removed
    counts = [(removed.answers, "answer"), (removed.visits, "visit"), (removed.people, "person")]
    facts = ", ".join(_person_text(n) if noun == "person" else count_text(n, noun) for n, noun in counts if n)
    yield f"{count_text(report.rows, 'row')} taken back" + (f": {facts}" if facts else "")
    if removed.chat_answers_kept:
        yield f"{count_text(removed.chat_answers_kept, 'answer')} given in the chat about these visits stayed"
    if removed.erased:
        verb, their = ("was", "its") if removed.erased == 1 else ("were", "their")
        yield f"{count_text(removed.erased, 'row')} {verb} forgotten or retired before; {their} counts stayed"


def _person_text(n: int) -> str:
    return "1 person" if n == 1 else f"{n:,} people"
