"""Find questions whose options have a column each, as exports write a question with several choices.

Such columns stand side by side. A cell holds the option's own name where it was chosen (Typeform, SurveyMonkey,
Qualtrics), or says yes or no (LimeSurvey, Google's grids).
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from cjm.journeys.survey import MOST_IN_AN_OPTION, MOST_OPTIONS
from cjm.tables.cells.labels import fold_label
from cjm.tables.guessing.header_words import no_answer_words
from cjm.tables.guessing.table_sample import SampleColumn
from cjm.tables.headers.plain_words import plain_words, strip_decoration
from cjm.tables.headers.value_look import is_import_id

_YES = frozenset(map(fold_label, ("1", "x", "✓", "✔", "☑", "yes", "true", "да", "tak", "y", "checked", "selected")))
_NO = frozenset(map(fold_label, ("0", "no", "false", "☐", "нет", "nie", "n", "unchecked", "not selected", "-")))
_KNOWN_YES = frozenset(map(fold_label, ("1", "x", "✓", "✔", "☑", "yes", "true", "да", "tak")))
_PART = re.compile(
    r"^(?P<question>.+?)(?:\s*\[(?P<bracket>[^\[\]]+)\]|\s+[-–—:/]\s+(?P<tail>[^\[\]]+)|[_.](?P<number>\d{1,2}))$",
    re.DOTALL,
)
_OF_THE_CHOICE = "Selected Choice - "  # Qualtrics writes it between a question and its option


@dataclass(frozen=True, slots=True)
class OptionColumns:
    """Columns of one question; ``titles`` are those of its options, in the order of the ``columns``.

    ``title`` is what was asked, "" where the table does not say it. ``yes`` are the cells that choose an option, and
    ``blank`` those that say nothing, where a mapping must name them.
    """

    title: str
    columns: Sequence[SampleColumn]
    titles: Sequence[str]
    yes: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    column: SampleColumn
    question: str
    title: str
    yes: frozenset[str]
    blank: frozenset[str]


def find_option_columns(columns: Sequence[SampleColumn]) -> Iterator[OptionColumns]:
    """Yield the questions among ``columns`` that have a column an option, at least two."""
    parts = [part for column in columns if (part := _read_part(column)) is not None]
    runs = groupby(enumerate(parts), key=lambda item: (item[1].question, item[1].column.place - item[0]))
    for (question, _), run in runs:
        found = [part for _, part in run]
        titles = [part.title for part in found]
        if 2 <= len(found) <= MOST_OPTIONS and len(set(map(fold_label, titles))) == len(titles):
            yes = {cell for part in found for cell in part.yes}
            needs_yes = not {fold_label(cell) for cell in yes} <= _KNOWN_YES
            own = all(_holds_own_name(part.column, part.yes) for part in found)
            named = () if own or not needs_yes else tuple(sorted(yes))
            blank = tuple(sorted({cell for part in found for cell in part.blank}))
            yield OptionColumns(question, [part.column for part in found], titles, named, blank)


def _read_part(column: SampleColumn) -> _Part | None:
    """Return a column as one option of a question; None if its cells are not those of an option."""
    blank = {cell for cell in column.counts if plain_words(cell) in no_answer_words() and fold_label(cell) not in _NO}
    labels = set(column.counts) - blank
    folded = set(map(fold_label, labels))
    names = _part_names(column)
    if not labels or not names.option.isprintable() or not 0 < len(names.option) <= MOST_IN_AN_OPTION:
        return None
    if _holds_own_name(column, labels):
        return _Part(column, names.question, names.option, frozenset(labels), frozenset(blank))
    if folded <= _YES | _NO and folded & _YES and names.question:
        yes = frozenset(label for label in labels if fold_label(label) in _YES)
        return _Part(column, names.question, names.option, yes, frozenset(blank))
    # One label alone, that of the option, below a question that several columns share.
    if len(labels) == 1 and names.question and (names.is_numbered or folded == {fold_label(names.option)}):
        label = next(iter(labels))
        is_option = not folded & (_YES | _NO) and not label.isdecimal() and label.isprintable()
        if is_option and len(label) <= MOST_IN_AN_OPTION:
            return _Part(column, names.question, label, frozenset(labels), frozenset(blank))
    return None


def _holds_own_name(column: SampleColumn, labels: Collection[str]) -> bool:
    names = {fold_label(strip_decoration(cell)) for cell in column.header_cells if cell}
    return len(labels) == 1 and fold_label(strip_decoration(next(iter(labels)))) in names


class _PartNames(NamedTuple):
    """Question and option that a header names; the question is "" where it names the option alone."""

    question: str
    option: str
    is_numbered: bool = False


def _part_names(column: SampleColumn) -> _PartNames:
    cells = [strip_decoration(cell) for cell in column.header_cells if cell and not is_import_id(cell)]
    if not cells:
        return _PartNames("", "")
    if len(cells) > 1 and " " in cells[0]:  # not the short name that Qualtrics writes above the question
        return _PartNames(cells[0], cells[-1])
    for cell in sorted(cells, key=len, reverse=True):
        if (found := _PART.match(cell)) and (option := found["bracket"] or found["tail"]):
            return _PartNames(found["question"].strip(), option.removeprefix(_OF_THE_CHOICE).strip())
    if len(cells) > 1:
        return _PartNames(cells[0], cells[-1])
    found = _PART.match(cells[0])
    is_numbered = found is not None and found["number"] is not None
    return _PartNames(found["question"] if found and is_numbered else "", cells[0], is_numbered)
