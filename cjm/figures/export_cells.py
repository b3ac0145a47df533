"""Coarsen the rows of an export of anonymous answers until each looks like at least a minimum of others.

Invariants:
* At least ``minimum`` answers to the same question stand behind every combination of place, time, channel and cohort
  that an export shows, also behind those whose channel or cohort is left out.
* What is left out does not follow from what is shown: see `cjm.figures.disclosure.hide_small_counts`.
* A question with fewer answers than the minimum is left out as a whole.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from cjm.figures.disclosure import hide_small_counts


class AnswerCell(NamedTuple):
    """Everything that a row of an export tells beside the answer itself."""

    question: str
    subject: str
    day: date
    channel: str
    cohort_id: int


@dataclass(frozen=True, slots=True)
class ShownCell:
    """Part of a cell that an export may show.

    ``when`` is a day, a month ("2026-11"), a year or ""; channel and cohort are None where they are left out.
    """

    when: str = ""
    channel: str | None = None
    cohort_id: int | None = None


class _Step(NamedTuple):
    """One more thing to tell about rows: the part of a cell that it looks at, and what is shown then."""

    part: Callable[[AnswerCell], str]
    show: Callable[[ShownCell, AnswerCell], ShownCell]


_STEPS = (
    _Step(lambda cell: f"{cell.day:%Y}", lambda shown, cell: replace(shown, when=f"{cell.day:%Y}")),
    _Step(lambda cell: f"{cell.day:%Y-%m}", lambda shown, cell: replace(shown, when=f"{cell.day:%Y-%m}")),
    _Step(lambda cell: cell.day.isoformat(), lambda shown, cell: replace(shown, when=cell.day.isoformat())),
    _Step(lambda cell: cell.channel, lambda shown, cell: replace(shown, channel=cell.channel)),
    _Step(lambda cell: str(cell.cohort_id), lambda shown, cell: replace(shown, cohort_id=cell.cohort_id)),
)


def coarsen_cells(counts: Mapping[AnswerCell, int], minimum: int) -> dict[AnswerCell, ShownCell]:
    """Return what may be shown of each cell; rows of a cell that is not in it may not be exported at all.

    ``counts`` are the answers of each cell.
    """
    questions: defaultdict[tuple[str, str], dict[AnswerCell, int]] = defaultdict(dict)
    for cell, n in counts.items():
        questions[cell.question, cell.subject][cell] = n
    shown: dict[AnswerCell, ShownCell] = {}
    for cells in questions.values():
        if sum(cells.values()) >= minimum:
            shown |= _refine(cells, minimum, ShownCell())
    return shown


def _refine(
    cells: Mapping[AnswerCell, int], minimum: int, so_far: ShownCell, step: int = 0
) -> dict[AnswerCell, ShownCell]:
    """Return the cells with as much more told about them as the minimum allows; ``so_far`` may be told of all."""
    if step == len(_STEPS):
        return dict.fromkeys(cells, so_far)
    parts: defaultdict[str, dict[AnswerCell, int]] = defaultdict(dict)
    for cell, n in cells.items():
        parts[_STEPS[step].part(cell)][cell] = n
    large = hide_small_counts({key: sum(part.values()) for key, part in parts.items()}, minimum)
    shown: dict[AnswerCell, ShownCell] = {}
    for key, part in parts.items():
        if key in large:
            shown |= _refine(part, minimum, _STEPS[step].show(so_far, next(iter(part))), step + 1)
        else:
            shown |= dict.fromkeys(part, so_far)
    return shown
