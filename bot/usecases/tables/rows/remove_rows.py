"""Take the rows of an import back: their facts, what they told about people, and people whom nothing else knows.

It runs in its caller's transaction, after the import was locked.

Invariants:

* Figures are then as if the rows had never come; only what was forgotten or retired before stays settled.
* A person goes only when nothing at all is known of them any more.
* An erased row stays: without it, its file would bring a forgotten person back.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields

from bot.db.asking import answers
from bot.db.asking.answers import Answer
from bot.db.asking.recounting import recount
from bot.db.cases import cases
from bot.db.counters import tallies
from bot.db.engine.database import Connection
from bot.db.imports import imported_rows
from bot.db.imports.imported_rows import ImportedRow
from bot.db.journeys import journeys, visits
from bot.db.people import customers
from bot.db.upkeep import unknown_people
from bot.db.upkeep.facts import restored_facts
from bot.usecases.people.tell_attributes import untell_attributes
from bot.usecases.tables.rows.remove_visits import remove_visits
from cjm.figures.tally import reverse_moves
from cjm.journeys.journey import Journey


@dataclass(frozen=True, slots=True)
class Removed:
    """Counts of what was taken back.

    ``chat_answers_kept`` were given in the chat about visits that are withdrawn now.
    """

    rows: int = 0
    answers: int = 0
    visits: int = 0
    chat_answers_kept: int = 0
    people: int = 0

    def __add__(self, other: "Removed") -> "Removed":
        sums = (getattr(self, field.name) + getattr(other, field.name) for field in fields(self))
        return Removed(*sums)


def remove_rows(tx: Connection, journey: Journey, rows: Sequence[ImportedRow]) -> Removed:
    """Take these rows back, facts and all, and delete what is known of them; ``journey`` is the version in force."""
    with tallies.gather_moves(tx):
        customers.lock_by_ids(tx, {row.customer_id for row in rows if row.customer_id is not None})
        # Somebody may have been forgotten meanwhile.
        rows = [row for row in imported_rows.list_by_ids(tx, [row.id for row in rows]) if not row.erased]
        taken = answers.list_by_rows(tx, [row.id for row in rows])
        remove_answers(tx, journey, taken)
        visits_gone = remove_visits(tx, journey, visits.list_by_import_rows(tx, [row.id for row in rows]))
        remove_restored(tx, journey, [row.id for row in rows])
        imported_rows.delete_rows(tx, [row.id for row in rows])
        told = [one for row in rows for one in row.list_told()]
        untell_attributes(tx, told, journeys.list_current(tx))
    people = {row.customer_id for row in rows if row.customer_id is not None}
    return Removed(
        rows=len(rows),
        answers=sum(len(theirs) for theirs in taken.values()),
        visits=visits_gone.visits,
        chat_answers_kept=visits_gone.chat_answers_kept,
        people=unknown_people.delete_unknown_people(tx, people),
    )


def remove_restored(tx: Connection, journey: Journey, row_ids: Sequence[int]) -> None:
    """Delete the questions, cases and changes that rows of own exports told, and take their counts back.

    Answers to the questions go with their conversations.
    """
    asked, opened, planned = (
        [row for rows in restored_facts.list_by_import_rows(tx, table, row_ids).values() for row in rows]
        for table in (restored_facts.INVITATIONS, restored_facts.CASES, restored_facts.CHANGES)
    )
    with recount(tx, journey, asked):
        restored_facts.delete_by_ids(tx, restored_facts.INVITATIONS, [row.id for row in asked])
    for row in opened:
        if (case := cases.find_by_number(tx, row.id)) is not None:
            tallies.add_moves(tx, reverse_moves(cases.case_moves(case)))
    restored_facts.delete_by_ids(tx, restored_facts.CASES, [row.id for row in opened])
    restored_facts.delete_by_ids(tx, restored_facts.CHANGES, [row.id for row in planned])


def remove_answers(tx: Connection, journey: Journey, taken: Mapping[int, Collection[Answer]]) -> None:
    """Delete answers and take their counts back."""
    answers.delete_answers(tx, journey, [answer for theirs in taken.values() for answer in theirs])
