"""Words of `tropa import`: the reasons of refused rows, doubts, lists of imports, and what an undo does.

Invariant: no line repeats a cell, a customer's id or the name of a row.
"""

import shlex
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from bot.cli.runtime.command_context import utc_time_text
from cjm.mistake_wording import quote_name

if TYPE_CHECKING:
    from bot.db.imports.table_imports import ImportSummary
    from bot.usecases.tables.find_import_doubts import ImportDoubt
    from bot.usecases.tables.import_report import RefusalReason, RowPlace
    from bot.usecases.tables.import_source import ImportSource
    from bot.usecases.tables.undo_import import UndoReport


def count_text(n: int, noun: str) -> str:
    """Return "1 row" or "1,200 rows"."""
    if n == 1:
        return f"1 {noun}"
    return f"{n:,} {noun[:-1] + 'ies' if noun.endswith('ry') else noun + 's'}"


def refusal_lines(reasons: "Sequence[RefusalReason]") -> Iterator[str]:
    """Yield a line for each reason: how many rows, what would be right, and the first places."""
    for reason in reasons:
        yield f"{count_text(reason.rows, 'row')}: {reason.mistake} ({_list_places(reason.places, reason.rows)})"


def _list_places(places: "Sequence[RowPlace]", rows: int) -> str:
    texts = []
    for sheet, of_sheet in groupby(places, key=lambda place: place.sheet):
        numbers = [place.line for place in of_sheet]
        if sheet:
            texts.append(f"sheet {quote_name(sheet)}, {join_numbers('row', numbers, len(numbers))}")
        else:
            texts.append(join_numbers("line", numbers, len(numbers)))
    return "; ".join(texts) + (" …" if rows > len(places) else "")


def join_numbers(noun: str, numbers: Sequence[int], total: int) -> str:
    """Return "line 4" or "lines 4, 7 …" for the first of ``total`` numbers."""
    more = " …" if total > len(numbers) else ""
    return f"{noun}{'s' if total > 1 else ''} {', '.join(map(str, numbers))}{more}"


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
    if doubt.kind is DoubtKind.REPLACES:
        return (
            f"{doubt.share:.0%} of the rows whose names the import {quote_name(source.name)} knows have another time "
            "and tell something else: they would replace the earlier rows; if it is another file, such as that of "
            "another month, give it a name of its own: --name NAME"
        )
    return (
        f"the import {quote_name(source.name)} holds {count_text(doubt.held, 'row')}, and this file has none of them; "
        "if it is another file, give it a name of its own: --name NAME"
    )


def list_lines(imports: "Sequence[ImportSummary]", journey: str) -> Iterator[str]:
    """Yield a line for each import with tabs between its columns: scripts cut the name from each line."""
    for unit in imports:
        state = "taken back" if unit.is_taken_back else "not finished: the same command goes on"
        rows = count_text(unit.rows, "row") + (f", {unit.erased:,} erased" if unit.erased else "")
        cells = (journey, unit.name, unit.kind, str(unit.day or "-"), rows, utc_time_text(unit.last_at))
        yield "\t".join(cells if unit.is_finished else (*cells, state))


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
        yield f"stays: the counts of {count_text(erased, 'row')} forgotten or retired since; they never come back"


def undo_lines(report: "UndoReport") -> Iterator[str]:
    """Yield what was taken back and what stayed."""
    removed = report.removed
    counts = [(removed.answers, "answer"), (removed.visits, "visit"), (removed.people, "person")]
    facts = ", ".join(_person_text(n) if noun == "person" else count_text(n, noun) for n, noun in counts if n)
    yield f"{count_text(removed.rows, 'row')} taken back" + (f": {facts}" if facts else "")
    if removed.chat_answers_kept:
        yield f"{count_text(removed.chat_answers_kept, 'answer')} given in the chat about these visits stayed"
    if report.erased:
        verb, their, them = ("was", "its", "it") if report.erased == 1 else ("were", "their", "them")
        erased = f"{count_text(report.erased, 'row')} {verb} forgotten or retired before"
        yield f"{erased}; {their} counts stayed, and no import of this name brings {them} back"


def _person_text(n: int) -> str:
    return "1 person" if n == 1 else f"{n:,} people"
