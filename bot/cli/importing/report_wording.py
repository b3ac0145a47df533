"""Report of an import, or of a dry run: rows by outcome, and a line for each question, touchpoint or stage."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.cli.importing.wording import count_text, join_numbers
from cjm.mistake_wording import quote_name
from cjm.tables.row_outcome import RowOutcome

if TYPE_CHECKING:
    from bot.usecases.tables.import_report import ImportReport
    from bot.usecases.tables.import_source import ImportSource
    from cjm.journeys.journey import Journey

OUTCOME_TEXTS = {  # done, and in a dry run
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
_MISSING_NOTE = "rows of an earlier file that this one does not have"
_COUNTED = (RowOutcome.NEW, RowOutcome.CORRECTED, RowOutcome.KNOWN)
_LINE = 120  # characters, in which the titles of questions get what the other columns leave
_TITLE = range(12, 41)  # characters


def report_lines(report: "ImportReport", source: "ImportSource") -> Iterator[str]:
    """Yield the report of an import, or of its trial."""
    total = count_text(report.rows.total(), "row")
    yield f"{source.path}, import {quote_name(source.name)}: {total}"
    yield from align(list(_list_outcomes(report, source)), right={1})
    if report.rows_left_out:
        yield f"  left out by the mapping: {count_text(report.rows_left_out, 'row')}"
    yield from _subject_lines(report, source)
    if source.has_answers and report.left_out:
        yield f"cells without an answer: {report.left_out:,}"
    for key, rows in sorted(report.undeclared.items()):
        verb = "has" if rows == 1 else "have"
        yield f'attribute {key}: {count_text(rows, "row")} {verb} a value that the journey does not declare: "other"'
    if report.people:
        yield f"people: {report.people:,}"
    if report.first_day is not None:
        yield days_line(report.first_day, report.last_day)


def days_line(first: date, last: date | None) -> str:
    """Return the days that rows are of."""
    days = sorted({first, last or first})
    return f"day{'s' if len(days) > 1 else ''}: {' to '.join(map(str, days))}"


def align(table: Sequence[Sequence[str]], right: Collection[int] = ()) -> Iterator[str]:
    """Yield lines whose cells stand below each other; those of the columns ``right`` end below each other."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cell for cell, width in zip(cells, widths, strict=True) if width).rstrip()


def outcome_cells(rows: Mapping[RowOutcome, int], *, is_trial: bool, known_note: str = "") -> Iterator[list[str]]:
    """Yield the cells of a line for each outcome that rows have; ``known_note`` says why some are known."""
    notes = _NOTES | {RowOutcome.KNOWN: known_note}
    for outcome, texts in OUTCOME_TEXTS.items():
        if n := rows.get(outcome):
            yield [f"  {texts[is_trial]}", f"{n:,}", notes.get(outcome, "")]


def _list_outcomes(report: "ImportReport", source: "ImportSource") -> Iterator[list[str]]:
    yield from outcome_cells(report.rows, is_trial=report.is_trial)
    if report.removed:
        yield ["  would be removed" if report.is_trial else "  removed", f"{report.removed:,}", _MISSING_NOTE]
    elif report.missing:
        yield ["  missing", f"{report.missing:,}", _describe_missing(report, source)]


def _describe_missing(report: "ImportReport", source: "ImportSource") -> str:
    is_workbook = source.file.has_typed_cells
    numbers = join_numbers("row" if is_workbook else "line", report.missing_lines, report.missing)
    then = f"they stay, --mirror {'would remove' if report.is_trial else 'removes'} them"
    if report.refused_rows:
        then = "they stay: some of them may be among the refused rows"
    return f"{_MISSING_NOTE} ({numbers} of {'its sheets' if is_workbook else 'it'}); {then}"


def _subject_lines(report: "ImportReport", source: "ImportSource") -> Iterator[str]:
    """Yield a line for each question, touchpoint or stage, in the journey's order, below a line of headings."""
    subjects = report.subjects
    described = _describe_subjects(source.journey)
    keys = sorted(subjects, key=lambda key: list(described).index(key) if key in described else len(described))
    outcomes = [outcome for outcome in _COUNTED if any(subjects[key].outcomes[outcome] for key in keys)]
    table = [["answers" if source.has_answers else "events", "", *map(str, outcomes), ""]]
    for key in keys:
        counts = [f"{subjects[key].outcomes[outcome]:,}" for outcome in outcomes]
        values = subjects[key].values
        shown = " · ".join(f"{value}: {values[value]:,}" for value in sorted(values, key=_sort_key))
        table.append([key, described.get(key, ("", ""))[1], *counts, shown])
    if not keys:
        return
    left = _LINE - 4 - max(map(len, align(table)))  # less the gap and the quotation marks
    whole = [described[key][0] if key in described else "" for key in keys]
    titles = [_cut_title(title, min(max(left, _TITLE.start), _TITLE.stop - 1)) for title in whole]
    if len(set(titles)) < len(set(whole)):  # the beginnings are alike and tell nothing
        titles = ["" for _ in titles]
    table = [[row[0], title, *row[1:]] for row, title in zip(table, ["", *titles], strict=True)]
    yield from align(table, right=range(3, 3 + len(outcomes)))


def _sort_key(value: int | str) -> tuple[int, str]:
    return (value, "") if isinstance(value, int) else (0, value)


def _describe_subjects(journey: "Journey") -> dict[str, tuple[str, str]]:
    """Return the title and the scale of each question, and the title of each touchpoint and stage, by key."""
    found: dict[str, tuple[str, str]] = {}
    for stage in journey.stages:
        found[stage.key] = (stage.title.in_language(journey.language), "")
        found |= {p.key: (p.title.in_language(journey.language), "") for p in stage.touchpoints}
    for question in (question for survey in journey.surveys for question in survey.questions):
        scale = question.kind.scale
        span = f" {scale.spec.values[0]} to {scale.spec.values[-1]}" if scale else ""
        found[question.key] = (question.text.in_language(journey.language), f"{question.kind}{span}")
    return found


def _cut_title(text: str, width: int) -> str:
    words = " ".join(text.split())
    if not words:
        return ""
    return quote_name(words if len(words) <= width else f"{words[: width - 1].rstrip()}…")
