"""Cases of an own export with the first words of each, and changes of teams."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.db.cases import cases
from bot.db.counters import tallies
from bot.db.upkeep.facts import restored_facts
from bot.usecases.tables.restoring.restored_asking import find_invitation_rows
from bot.usecases.tables.restoring.restored_row import RestoredRow, Restorer
from cjm.cases.case import Case, CaseAuthor
from cjm.figures.tally import reverse_moves
from cjm.tables.own.own_rows import OwnRow

_KEPT = (
    "kind", "origin", "state", "stage", "touchpoint", "day", "part", "channel", "opened_at", "taken_at",
    "answered_at", "closed_at", "team",
)  # fmt: skip


class CasesRestorer(Restorer):
    """Writer of cases. They get numbers of their own, and nobody is written to about them."""

    def find_stored(self, rows: Sequence[tuple[OwnRow, int]]) -> set[str]:
        """Return the names of the rows whose case stands already."""
        known = restored_facts.find_cases(self.tx, self.unit.id, {person for _, person in rows})
        return {row.name for row, person in rows if (person, row.facts[0]["opened_at"]) in known}

    def insert(self, rows: Sequence[RestoredRow]) -> None:
        """Store new cases, each with its first words, and count the complaints."""
        columns = self._make_columns(rows)
        ids = restored_facts.insert_imported(self.tx, restored_facts.CASES, columns)
        restored_facts.insert_rows(
            self.tx,
            restored_facts.CASE_MESSAGES,
            [
                {
                    "case_id": ids[one.import_row_id],
                    "author": CaseAuthor.CUSTOMER,
                    "kind": "text",
                    "text": one.fact["text"],
                    "at": one.fact["opened_at"],
                }
                for one in rows
                if one.fact["text"] is not None
            ],
        )
        for each in columns:
            tallies.add_moves(self.tx, cases.case_moves(_make_case(ids[each["import_row_id"]], each)))

    def correct(self, rows: Sequence[RestoredRow]) -> None:
        """Make cases what a later export says."""
        stored = restored_facts.list_by_import_rows(self.tx, restored_facts.CASES, [one.import_row_id for one in rows])
        for one, each in zip(rows, self._make_columns(rows), strict=True):
            for found in stored.get(one.import_row_id, ()):
                before = cases.find_by_number(self.tx, found.id)
                assert before is not None  # it was read in this transaction
                restored_facts.update_rows(self.tx, restored_facts.CASES, [each | {"id": found.id}])
                after = _make_case(found.id, each)
                tallies.add_moves(self.tx, [*reverse_moves(cases.case_moves(before)), *cases.case_moves(after)])

    def _make_columns(self, rows: Sequence[RestoredRow]) -> list[dict[str, Any]]:
        numbers = {one.fact["invitation"] for one in rows if one.fact["invitation"] is not None}
        import_rows = find_invitation_rows(self, numbers)
        responses = restored_facts.find_response_ids(self.tx, import_rows.values())
        return [
            {name: one.fact[name] for name in _KEPT}
            | {
                "customer_id": one.customer_id,
                "journey": self.journey.key,
                "cohort_id": cohort_id,
                "response_id": responses.get(import_rows.get(one.fact["invitation"], 0)),
                "import_row_id": one.import_row_id,
            }
            for one, cohort_id in zip(rows, self.find_cohorts(rows), strict=True)
        ]


def _make_case(number: int, columns: Mapping[str, Any]) -> Case:
    return Case(
        number=number, **{name: value for name, value in columns.items() if name not in ("import_row_id", "id")}
    )


class ChangesRestorer(Restorer):
    """Writer of changes of teams; their verdicts are found again from the figures."""

    def find_stored(self, rows: Sequence[tuple[OwnRow, int]]) -> set[str]:
        """Return the names of the rows whose change stands already."""
        known = restored_facts.find_changes(self.tx, self.unit.id, self.journey.key)
        return {row.name for row, _ in rows if (row.facts[0]["title"], row.facts[0]["planned_at"]) in known}

    def insert(self, rows: Sequence[RestoredRow]) -> None:
        """Store new changes."""
        restored_facts.insert_rows(self.tx, restored_facts.CHANGES, [self._make_columns(one) for one in rows])

    def correct(self, rows: Sequence[RestoredRow]) -> None:
        """Make changes what a later export says."""
        stored = restored_facts.list_by_import_rows(
            self.tx, restored_facts.CHANGES, [one.import_row_id for one in rows]
        )
        restored_facts.update_rows(
            self.tx,
            restored_facts.CHANGES,
            [self._make_columns(one) | {"id": e.id} for one in rows for e in stored.get(one.import_row_id, ())],
        )

    def _make_columns(self, one: RestoredRow) -> dict[str, Any]:
        fact = one.fact
        return {
            "journey": self.journey.key,
            "subject": fact["touchpoint"] or fact["stage"] or "",
            "question": fact["barrier_question"],
            "option": fact["barrier"],
            "title": fact["title"],
            "owner": fact["owner"] or "",
            "due": fact["due"],
            "made_on": fact["made_on"],
            "planned_at": fact["planned_at"],
            "dropped_at": fact["dropped_at"],
            "import_row_id": one.import_row_id,
        }
