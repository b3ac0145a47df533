"""Report of an import: counts of rows by outcome, of answers by question, and of refused rows by reason.

Invariants:

* Its size depends on the journey and the kinds of mistakes, not on the number of rows.
* It holds no cell of the table, except the few rows that are kept as examples.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo

from cjm.errors import Mistake
from cjm.tables.answer_rows import AnswerRow
from cjm.tables.event_rows import EventRow
from cjm.tables.row_outcome import RowOutcome, RowResult
from cjm.tables.table_file import BadRow

PLACES = 5
"""First places that are kept of each reason, and of the rows that are missing."""
EXAMPLES = 3
"""Rows of each outcome that are kept as examples."""
_MOST_REASONS = 200  # a program that writes another mistake into each row would fill the memory
_OTHER_REASONS = Mistake("", "other mistakes")
_MOVES_ALL_ANSWERS = {"at", "channel", "customer"}
_TAKEN = (RowOutcome.NEW, RowOutcome.CORRECTED, RowOutcome.KNOWN)


@dataclass(frozen=True, slots=True)
class RowPlace:
    """Place of a row in its file."""

    line: int
    sheet: str = ""


@dataclass(slots=True)
class RefusalReason:
    """Mistake with the number of rows that have it, and the places of the first ones."""

    mistake: Mistake
    rows: int = 0
    places: list[RowPlace] = field(default_factory=list)


class RefusalTally:
    """Refused rows by reason. A row with two mistakes is one row, and counts for both reasons."""

    def __init__(self) -> None:
        self.rows = 0
        self._reasons: dict[Mistake, RefusalReason] = {}

    def add(self, place: RowPlace, mistakes: Iterable[Mistake]) -> None:
        """Count one refused row."""
        self.rows += 1
        for mistake in dict.fromkeys(mistakes):
            if mistake not in self._reasons and len(self._reasons) >= _MOST_REASONS:
                mistake = _OTHER_REASONS  # noqa: PLW2901 - the same mistake under a common name
            reason = self._reasons.setdefault(mistake, RefusalReason(mistake))
            reason.rows += 1
            if len(reason.places) < PLACES:
                reason.places.append(place)

    @property
    def reasons(self) -> list[RefusalReason]:
        """Reasons, the most frequent first, else in the order of the file."""
        return sorted(self._reasons.values(), key=lambda reason: -reason.rows)


@dataclass(frozen=True, slots=True)
class SubjectReport:
    """Counts of what rows say about one question, touchpoint or stage.

    ``outcomes`` counts answers or events by what became of them; ``values`` counts the answers by value or by the key
    of the option.
    """

    outcomes: Mapping[RowOutcome, int]
    values: Mapping[int | str, int]


@dataclass(slots=True)
class ImportReport:
    """Outcome of an import.

    ``rows`` counts all rows by outcome, without those that the mapping leaves out, which are counted as
    ``rows_left_out``. ``left_out`` counts the cells without an answer. ``people`` counts those whom
    the rows are about. ``missing`` counts the rows of the import that the file no longer has, with the first of
    their lines in the earlier file; ``removed`` those that ``mirror`` has removed. ``undeclared`` counts the rows with
    a value of an attribute that is not among those that the journey has ``declared``, by the attribute's key.
    """

    zone: tzinfo = UTC
    declared: Mapping[str, Collection[str]] = field(default_factory=dict)
    rows: Counter[RowOutcome] = field(default_factory=Counter)
    refusals: RefusalTally = field(default_factory=RefusalTally)
    left_out: int = 0
    rows_left_out: int = 0
    undeclared: Counter[str] = field(default_factory=Counter)
    people: int = 0
    first_day: date | None = None
    last_day: date | None = None
    missing: int = 0
    missing_lines: list[int] = field(default_factory=list)
    removed: int = 0
    is_trial: bool = False
    """True on a copy of the database: nothing is stored."""
    is_stopped: bool = False
    """True when the import was stopped between two batches: the rows so far are stored, and the others are not."""
    examples: dict[RowOutcome, list[RowResult]] = field(default_factory=dict)
    _subjects: Counter[tuple[str, RowOutcome, int | str | None]] = field(default_factory=Counter)

    @property
    def stored_rows(self) -> int:
        """Rows whose facts are stored, now or before."""
        return sum(self.rows[outcome] for outcome in _TAKEN)

    @property
    def refused_rows(self) -> int:
        return self.rows[RowOutcome.REFUSED]

    @property
    def subjects(self) -> dict[str, SubjectReport]:
        """Reports by the key of a question, touchpoint or stage."""
        found: dict[str, SubjectReport] = {}
        for (key, outcome, value), n in self._subjects.items():
            report = found.setdefault(key, SubjectReport(Counter(), Counter()))
            report.outcomes[outcome] += n  # type: ignore[index]  # a Counter
            if value is not None:
                report.values[value] += n  # type: ignore[index]  # a Counter
        return found

    def add_bad_row(self, row: BadRow) -> None:
        """Count a row that could not be read."""
        self.rows[RowOutcome.REFUSED] += 1
        self.refusals.add(RowPlace(row.line, row.sheet), row.mistakes)

    def add_left_out(self) -> None:
        """Count a row that the mapping leaves out."""
        self.rows_left_out += 1

    def add_results(self, results: Sequence[RowResult]) -> None:
        """Count the rows of a batch."""
        for result in results:
            self.rows[result.outcome] += 1
            if result.outcome is RowOutcome.REFUSED:
                self.refusals.add(RowPlace(result.row.line, result.row.sheet), result.mistakes)
            else:
                self._add_row(result)
            kept = self.examples.setdefault(result.outcome, [])
            if len(kept) < EXAMPLES:
                kept.append(result)

    def _add_row(self, result: RowResult) -> None:
        row = result.row
        if isinstance(row, AnswerRow):
            self.left_out += row.left_out
        if result.outcome in _TAKEN:
            self._subjects.update(_list_subjects(result))
            self.undeclared.update(self._list_undeclared(row))
            days = [row.day] if isinstance(row, AnswerRow) else [e.at.astimezone(self.zone).date() for e in row.events]
            self.first_day = min(filter(None, (self.first_day, *days)), default=None)
            self.last_day = max(filter(None, (self.last_day, *days)), default=None)

    def _list_undeclared(self, row: AnswerRow | EventRow) -> set[str]:
        told = [row.attributes] if isinstance(row, AnswerRow) else [event.attributes or {} for event in row.events]
        return {
            key
            for attributes in told
            for key, value in attributes.items()
            if self.declared.get(key) and value not in self.declared[key]
        }


def _list_subjects(result: RowResult) -> Iterator[tuple[str, RowOutcome, int | str | None]]:
    """Yield the subject, the outcome and the value of each answer or event of a row.

    A correction corrects the answers that it names, or all of them when they moved to another day, channel or person.
    """
    row, outcome = result.row, result.outcome
    if isinstance(row, EventRow):
        for event in row.events:
            yield event.touchpoint or event.stage or "", outcome, None
        return
    is_corrected = outcome is RowOutcome.CORRECTED
    keeps = RowOutcome.KNOWN if is_corrected and not _MOVES_ALL_ANSWERS & set(result.changed) else outcome
    for answer in row.answers:
        found = RowOutcome.CORRECTED if is_corrected and answer.question in result.changed else keeps
        yield answer.question, found, answer.choice if answer.value is None else answer.value
