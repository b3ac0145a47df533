"""Random tables of answers, imported, corrected, shortened and taken back in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from bot.db.counters import tallies
from bot.db.engine.database import Connection
from bot.db.imports import imported_rows, table_imports
from bot.db.journeys import cohorts, journeys
from bot.usecases.tables.rows.import_answers import import_answers
from bot.usecases.tables.rows.remove_rows import Removed, remove_rows
from bot.usecases.tables.undo_import import end_unit
from cjm.figures.gaps import GapSums
from cjm.figures.tally import CounterSums
from cjm.tables.answer_rows import AnswerRow, RowAnswer
from cjm.tables.row_identity import digest_answers
from cjm.tables.row_outcome import RowOutcome
from tests.journeys import SMALL, small_journey

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FIRST = date(2025, 9, 1)
QUESTIONS = ("pay_csat", "pay_why", "pay_words", "find_ces")
PLACES = {"pay": ("pay", "buy", "site"), "find": ("find", "find", "other")}
Table = dict[str, AnswerRow]
"""Rows by name."""


def make_row(
    name: str,
    at: datetime,
    answers: Sequence[RowAnswer],
    *,
    customer: str | None = None,
    channel: str | None = None,
    attributes: Mapping[str, str] | None = None,
    line: int = 2,
) -> AnswerRow:
    """Make a named row as `cjm.tables` reads it."""
    told = attributes or {}
    content = digest_answers(
        name=name,
        customer=customer,
        at=at,
        channel=channel,
        attributes=told,
        answers=[(a.question, a.text or a.choice or a.value or 0) for a in answers],
    )
    return AnswerRow(
        line=line,
        name=name,
        is_named=True,
        customer=customer,
        content=content,
        at=at,
        day=at.date(),
        channel=channel,
        attributes=told,
        answers=tuple(answers),
        left_out=0,
    )


def make_answer(question: str, value: int | str) -> RowAnswer:
    """Make an answer to a question of `SMALL`; a string answers "pay_why" and "pay_words"."""
    subject, stage, channel = PLACES[question.partition("_")[0]]
    kind = {"pay_csat": "csat", "pay_why": "choice", "pay_words": "text", "find_ces": "ces"}[question]
    column = "text" if kind == "text" else "choice" if kind == "choice" else "value"
    return RowAnswer(question, kind, subject, stage, channel, **{column: value})  # type: ignore[arg-type]  # by kind


@dataclass
class TableLife:
    """Tables of two names in one transaction. ``tables`` are what the database should hold of each."""

    tx: Connection
    random: Random
    tells_always: bool = True
    tables: dict[str, Table] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.journey = small_journey()
        journeys.apply(self.tx, self.journey, SMALL, now=NOW)

    def live(self, steps: int) -> None:
        """Import, correct, shorten and take back at random."""
        for _ in range(steps):
            name = self.random.choice(["one", "two"])
            if self.random.random() < 0.2:
                self.undo(name)
            else:
                chosen = [question for question in QUESTIONS if self.random.random() < 0.8]
                table = self.change(self.tables.get(name, {}), chosen)
                self.take(name, table, chosen, is_mirror=self.random.random() < 0.5)

    def change(self, table: Table, chosen: Sequence[str]) -> Table:
        """Return another version of a table: some rows as they are, others new, changed or gone."""
        changed = {}
        for number in range(5):
            name, luck = f"r{number}", self.random.random()
            if name in table and luck < 0.3:
                row = table[name]
                kept = [answer for answer in row.answers if answer.question in chosen]
                changed[name] = make_row(
                    name, row.at, kept, customer=row.customer, channel=row.channel, attributes=row.attributes
                )
            elif luck < 0.8:
                changed[name] = self.make_random_row(name, chosen)
        return changed

    def make_random_row(self, name: str, chosen: Sequence[str]) -> AnswerRow:
        random = self.random
        day = FIRST + timedelta(days=random.choice([0, 1, 30, 300, 430]))
        at = datetime.combine(day, time(random.choice([9, 12])), UTC)
        answers = [make_answer(q, random.randint(1, 5)) for q in ("pay_csat", "find_ces") if q in chosen]
        if "pay_why" in chosen:
            answers += [
                make_answer("pay_why", option) for option in random.sample(["slow", "dear"], random.randint(0, 2))
            ]
        if "pay_words" in chosen and random.random() < 0.5:
            answers.append(make_answer("pay_words", random.choice(["well", "so so"])))
        is_told = self.tells_always or random.random() < 0.5
        attributes = {"class": random.choice(["gold", "silver", "tin"])} if is_told else None
        customer, channel = random.choice(["anna", "boris", None]), random.choice(["app", None])
        return make_row(name, at, answers, customer=customer, channel=channel, attributes=attributes)

    def take(self, name: str, table: Table, chosen: Sequence[str], *, is_mirror: bool = False) -> list[RowOutcome]:
        """Import a table in small batches, and remove what it lacks with ``is_mirror``."""
        unit = table_imports.start_run(self.tx, "small", name, "answers", None, NOW)
        rows, outcomes = list(table.values()), []
        for start in range(0, len(rows), 2):
            results = import_answers(self.tx, unit, self.journey, rows[start : start + 2], chosen, NOW)
            outcomes += [result.outcome for result in results]
        table_imports.finish_run(self.tx, unit)
        before = self.tables.get(name, {})
        missing = imported_rows.list_missing(self.tx, unit, 100)
        assert len(missing) == len(before.keys() - table.keys())
        if is_mirror:
            remove_rows(self.tx, self.journey, missing)
        kept = {} if is_mirror else before
        self.tables[name] = kept | {key: _merge(row, before.get(key), chosen) for key, row in table.items()}
        return outcomes

    def undo(self, name: str) -> Removed:
        """Take a whole import back."""
        self.tables.pop(name, None)
        removed = Removed()
        for unit in table_imports.list_by_name(self.tx, "small", name):
            while rows := imported_rows.list_rows(self.tx, unit.id, 2):
                removed += remove_rows(self.tx, self.journey, rows)
            end_unit(self.tx, unit)
        return removed

    def read_counters(self) -> dict[object, list[float]]:
        """Return all counters of the journey, with cohorts by what they are; sums in another order round otherwise."""
        known = {number: tuple(cohort.items()) for number, cohort in cohorts.list_by_journey(self.tx, "small").items()}
        gaps = tallies.list_gap_counters(self.tx, "small")
        found: dict[object, list[float]] = {key: _round(sums) for key, sums in gaps.items()}
        for key, sums in tallies.list_counters(self.tx, "small").items():
            found[key._replace(cohort_id=0), known[key.cohort_id]] = _round(sums)
        return {key: sums for key, sums in found.items() if any(sums)}


def _round(sums: CounterSums | GapSums) -> list[float]:
    return [round(amount, 6) + 0.0 for amount in (sums if isinstance(sums, GapSums) else astuple(sums))]


def _merge(row: AnswerRow, before: AnswerRow | None, chosen: Sequence[str]) -> AnswerRow:
    """Return a corrected row with the answers that stay because the mapping does not name their questions."""
    stay = [answer for answer in (before.answers if before else ()) if answer.question not in chosen]
    if before is not None and before.channel is not None:
        stay = [replace(answer, channel=before.channel) for answer in stay]
    return replace(row, answers=(*row.answers, *stay))
