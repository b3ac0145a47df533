"""Answers of an own export."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.db.asking import answers
from bot.db.asking.answers import NewAnswer
from bot.db.upkeep.facts import restored_facts
from bot.usecases.tables.restoring.restored_asking import find_invitation_rows, find_visit_ids
from bot.usecases.tables.restoring.restored_row import RestoredRow, Restorer
from bot.usecases.tables.rows.remove_rows import remove_answers
from cjm.errors import Mistake
from cjm.tables.own.own_rows import OwnRow

_ORPHAN = Mistake(
    "",
    "its visit and its question are not here: import the exports of visits and of invitations first; answers to a "
    "volunteer diary cannot be imported",
)


class AnswersRestorer(Restorer):
    """Writer of answers. Visits and questions come first."""

    def find_stored(self, rows: Sequence[tuple[OwnRow, int]]) -> set[str]:
        """Return the names of the rows whose answers all stand already."""
        known = restored_facts.find_answers(self.tx, self.unit.id, self.journey.key, {person for _, person in rows})
        return {
            row.name
            for row, person in rows
            if all((person, fact["question"], fact["at"], fact["choice"]) in known for fact in row.facts)
        }

    def find_orphans(self, rows: Sequence[OwnRow]) -> Mapping[str, Mistake]:
        """Find answers without their visit or question: alone, each would tell that somebody was there that day."""
        facts = [fact for row in rows for fact in row.facts]
        visit_ids, response_ids = find_visit_ids(self, facts), self._find_responses(facts)
        return {
            row.name: _ORPHAN
            for row in rows
            for fact in row.facts
            if (fact["event_id"] or fact["invitation"])
            and fact["event_id"] not in visit_ids
            and fact["invitation"] not in response_ids
        }

    def _find_responses(self, facts: Sequence[Mapping[str, Any]]) -> dict[int, int]:
        """Return the conversations about the questions that these answers name, by the number of the question."""
        import_rows = find_invitation_rows(self, {f["invitation"] for f in facts if f["invitation"] is not None})
        by_row = restored_facts.find_response_ids(self.tx, import_rows.values())
        return {number: by_row[row] for number, row in import_rows.items() if row in by_row}

    def insert(self, rows: Sequence[RestoredRow]) -> None:
        """Store new answers and count them."""
        facts = [fact for one in rows for fact in one.row.facts]
        visit_ids, response_ids = find_visit_ids(self, facts), self._find_responses(facts)
        answers.insert_new_answers(
            self.tx,
            self.journey,
            [
                self._make_answer(fact, one, cohort_id, visit_ids, response_ids)
                for one, cohort_id in zip(rows, self.find_cohorts(rows), strict=True)
                for fact in one.row.facts
            ],
        )

    def correct(self, rows: Sequence[RestoredRow]) -> None:
        """Exchange the answers that rows gave."""
        remove_answers(self.tx, self.journey, answers.list_by_rows(self.tx, [one.import_row_id for one in rows]))
        self.insert(rows)

    def _make_answer(
        self,
        fact: Mapping[str, Any],
        one: RestoredRow,
        cohort_id: int,
        visit_ids: Mapping[str, int],
        response_ids: Mapping[int, int],
    ) -> NewAnswer:
        return NewAnswer(
            customer_id=one.customer_id,
            journey=self.journey.key,
            version=fact["version"] or 0,
            question=fact["question"],
            kind=fact["kind"],
            subject=fact["subject"],
            stage=fact["stage"],
            day=fact["day"],
            channel=fact["channel"],
            cohort_id=cohort_id,
            at=fact["at"],
            value=fact["value"],
            choice=fact["choice"],
            text=fact["text"],
            delay=fact["delay"] or 0,
            recalled=bool(fact["recalled"]),
            part=fact["part"],
            not_applicable=bool(fact["not_applicable"]),
            changed_at=fact["changed_at"],
            source=fact["source"] or "import",
            visit_id=visit_ids.get(fact["event_id"]),
            response_id=response_ids.get(fact["invitation"]),
            import_row_id=one.import_row_id,
        )
