"""Words of `tropa import --guess` and `tropa init --from`: what each column was taken for, and what may be wrong.

Invariant: no line repeats what a cell holds.
"""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.importing.report_wording import align
from bot.cli.importing.wording import count_text, refusal_lines
from cjm.mistake_wording import quote_name
from cjm.tables.guessing.findings import UNKNOWN_QUESTION, Certainty, ColumnFinding

if TYPE_CHECKING:
    from bot.usecases.tables.guess_mapping import GuessedFiles

_MOST_IN_A_NAME = 32  # characters of a column's name
_MOST_LINES = 200  # of columns: a wider table would flood the terminal; the mapping names them all


def guess_lines(found: "GuessedFiles", path: Path) -> Iterator[str]:
    """Yield what was looked at, and a line for each column, what is unsure apart."""
    tool = f"an export of {found.tool}; " if found.tool else ""
    rows = count_text(found.rows, "row")
    whole = "its only row was looked at" if found.rows == 1 else f"all {rows} were looked at"
    looked_at = whole if found.is_whole else f"the first {rows} were looked at, and no others"
    yield f"{path}: {tool}{looked_at}"
    for certainty, title in ((Certainty.SURE, "guessed"), (Certainty.UNSURE, "unsure: look at these")):
        yield from _finding_lines([f for f in found.findings if f.certainty is certainty], f"{title}:")
    left = [f for f in found.findings if f.certainty is Certainty.LEFT_OUT]
    if left:
        yield "left out:"
        for reason in dict.fromkeys(f.reason for f in left):
            names = ", ".join(_cut(f.column) for f in left if f.reason == reason)
            yield f"  {reason}: {names}"
    if found.unmatched:
        yield f"questions of the journey without a column: {', '.join(found.unmatched)}"
    yield from _trial_lines(found)


def tool_lines(found: "GuessedFiles") -> Iterator[str]:
    """Yield what the columns of a tool's export were taken for, before they are imported."""
    taken = [f for f in found.findings if f.taken_for.startswith("questions.")]
    yield f"columns of {found.tool}:"
    yield from align([[f"  {_cut(f.column)}", f.taken_for.partition(".")[2], f.reason] for f in taken])
    left = [f for f in found.findings if f.certainty is Certainty.LEFT_OUT and f.reason == UNKNOWN_QUESTION]
    if left:
        yield f"  {UNKNOWN_QUESTION}: {', '.join(_cut(f.column) for f in left)}"


def _finding_lines(findings: Sequence[ColumnFinding], title: str) -> Iterator[str]:
    if findings:
        yield title
        table = [[f"  {_cut(f.column)}" if f.column else "  –", f.taken_for, f.reason] for f in findings[:_MOST_LINES]]
        yield from align(table)
    if len(findings) > _MOST_LINES:
        yield f"  and {len(findings) - _MOST_LINES} more: see the mapping"


def _trial_lines(found: "GuessedFiles") -> Iterator[str]:
    """Yield what the readers of the import make of these rows."""
    left = f", {found.left_out} left out as tests" if found.left_out else ""
    yield f"read with this mapping: {count_text(found.understood, 'row')} understood{left}"
    if found.refusals.rows:
        yield f"would be refused: {count_text(found.refusals.rows, 'row')}"
        yield from (f"  {line}" for line in refusal_lines(found.refusals.reasons))


def _cut(name: str) -> str:
    """Return a column's name on one line."""
    line = quote_name(" ".join(name.split()))[1:-1]
    return line if len(line) <= _MOST_IN_A_NAME else f"{line[: _MOST_IN_A_NAME - 1]}…"


def next_lines(table: Path, mapping: Path, journey: Path | None, key: str) -> Iterator[str]:
    """Yield the files that were written and the commands that come next."""
    files = f"{journey} and {mapping}" if journey else str(mapping)
    yield f"Wrote {files}. Read what is unsure above all. Next:"
    if journey:
        yield f"  tropa journey apply {shlex.quote(str(journey))}"
    yield f"  tropa import {shlex.quote(str(table))} --journey {key} --mapping {shlex.quote(str(mapping))} --dry-run"
