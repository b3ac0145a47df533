"""Questions to people of an own export, and the decisions to ask or not.

Invariants:

* Nobody is asked, reminded or written to because of a restored question. One that was not sent where it comes from is
  left out, and one that is still open needs no reminder any more.
* A person has one open question at most: if another one is open here, the restored one is over.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.db.asking import invitations
from bot.db.asking.invitations import CountedInvitation, Invitation
from bot.db.asking.recounting import recount
from bot.db.counters import tallies
from bot.db.imports import imported_rows, table_imports
from bot.db.journeys import visits
from bot.db.upkeep.facts import restored_facts
from bot.usecases.tables.restoring.restored_row import UNIT_KINDS, RestoredRow, Restorer
from cjm.asking.invitation_state import ANSWERABLE_STATES, UNASKED_STATES, InvitationState
from cjm.tables.own.columns import ExportKind
from cjm.tables.own.own_rows import OwnRow

_TALK = ("step", "contact", "started_at", "finished_at", "touched_at")
_KEPT = (
    "survey", "subject", "stage", "channel", "day", "part", "state", "reason", "due_at", "not_after", "language",
    "created_at", "sent_at", "expires_at", "reminded_at", "sent_hour", "version",
)  # fmt: skip


def find_invitation_rows(restorer: Restorer, numbers: set[int]) -> dict[int, int]:
    """Return the rows of the restored invitations with these numbers, by number: those of the same import."""
    unit = table_imports.find_unit(
        restorer.tx, restorer.journey.key, restorer.unit.name, UNIT_KINDS[ExportKind.INVITATIONS], None
    )
    if unit is None or not numbers:
        return {}
    names = {unit.hash_name(f"{ExportKind.INVITATIONS} {number}"): number for number in numbers}
    return {names[n]: row.id for n, row in imported_rows.find_by_names(restorer.tx, unit.id, names).items()}


def find_visit_ids(restorer: Restorer, facts: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return the visits of the events that these facts name, by event id."""
    ids = [fact["event_id"] for fact in facts if fact["event_id"] is not None]
    return {event_id: visit.id for event_id, visit in visits.list_by_event_ids(restorer.tx, ids).items()}


class InvitationsRestorer(Restorer):
    """Writer of questions that were sent, and of the conversations about them."""

    def find_stored(self, rows: Sequence[tuple[OwnRow, int]]) -> set[str]:
        """Return the names of the rows whose question stands already, and of those that were not sent."""
        known = restored_facts.find_invitations(self.tx, self.unit.id, {person for _, person in rows})
        return {
            row.name
            for row, person in rows
            if (person, row.facts[0]["survey"], row.facts[0]["created_at"]) in known or not _was_sent(row.facts[0])
        }

    def insert(self, rows: Sequence[RestoredRow]) -> None:
        """Store new questions and their conversations."""
        columns = self._make_columns(rows)
        ids = restored_facts.insert_imported(self.tx, restored_facts.INVITATIONS, columns)
        restored_facts.insert_rows(
            self.tx,
            restored_facts.RESPONSES,
            [
                _make_response(ids[one.import_row_id], one)
                for one in rows
                if one.fact["touched_at"] is not None and one.fact["step"] is not None
            ],
        )
        made = [Invitation(**_without_row(each), id=ids[each["import_row_id"]]) for each in columns]
        counted = [
            CountedInvitation(invitation, one.fact["started_at"] is not None)
            for invitation, one in zip(made, rows, strict=True)
        ]
        tallies.add_moves(self.tx, invitations.invitation_moves(counted))

    def correct(self, rows: Sequence[RestoredRow]) -> None:
        """Make questions what a later export says."""
        stored = restored_facts.list_by_import_rows(
            self.tx, restored_facts.INVITATIONS, [one.import_row_id for one in rows]
        )
        rows = [one for one in rows if one.import_row_id in stored]
        after = [
            each | {"id": stored[one.import_row_id][0].id}
            for one, each in zip(rows, self._make_columns(rows, is_known=True), strict=True)
        ]
        before = [found for each in stored.values() for found in each]
        made = [Invitation(**_without_row(each)) for each in after]
        with recount(self.tx, self.journey, [*before, *made]):
            restored_facts.update_rows(self.tx, restored_facts.INVITATIONS, after)
            self._correct_responses(rows, {one.import_row_id: stored[one.import_row_id][0].id for one in rows})

    def _correct_responses(self, rows: Sequence[RestoredRow], ids: Mapping[int, int]) -> None:
        known = restored_facts.find_response_ids(self.tx, ids)
        changed = [one for one in rows if one.fact["touched_at"] is not None and one.fact["step"] is not None]
        restored_facts.update_rows(
            self.tx,
            restored_facts.RESPONSES,
            [
                {name: one.fact[name] for name in _TALK} | {"id": known[one.import_row_id], "shown": one.fact["step"]}
                for one in changed
                if one.import_row_id in known
            ],
        )
        new = [_make_response(ids[one.import_row_id], one) for one in changed if one.import_row_id not in known]
        restored_facts.insert_rows(self.tx, restored_facts.RESPONSES, new)

    def _make_columns(self, rows: Sequence[RestoredRow], *, is_known: bool = False) -> list[dict[str, Any]]:
        visit_ids = find_visit_ids(self, [one.fact for one in rows])
        asked = set() if is_known else restored_facts.find_asked_people(self.tx, {one.customer_id for one in rows})
        columns = []
        for one, cohort_id in zip(rows, self.find_cohorts(rows), strict=True):
            fact = one.fact
            visit_id = visit_ids.get(fact["event_id"])
            is_open = fact["state"] in ANSWERABLE_STATES
            each = {name: fact[name] for name in _KEPT} | {
                "customer_id": one.customer_id,
                "journey": self.journey.key,
                "visit_id": visit_id,
                "cohort_id": cohort_id,
                "nps": bool(fact["nps"]),
                "occasion": None if visit_id is not None else f"import:{one.import_row_id}",
                "import_row_id": one.import_row_id,
                "reminded_at": fact["reminded_at"] or (fact["sent_at"] if is_open else None),
                "campaign_id": None,
                "trigger_at": None,
                "diary_id": None,
                "seal_at": None,
            }
            if is_open and one.customer_id in asked:
                is_answered = fact["started_at"] is not None
                each["state"] = InvitationState.DONE if is_answered else InvitationState.EXPIRED
            elif is_open and not is_known:
                asked.add(one.customer_id)
            columns.append(each)
        return columns


def _was_sent(fact: Mapping[str, Any]) -> bool:
    is_unsent = fact["state"] in (*UNASKED_STATES, InvitationState.RESERVED)
    return fact["sent_at"] is not None and not is_unsent


def _without_row(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in columns.items() if name != "import_row_id"}


def _make_response(invitation_id: int, one: RestoredRow) -> dict[str, Any]:
    told = {name: one.fact[name] for name in _TALK}
    nothing = {"choosing": None, "messenger": None, "address": None, "message_id": None}
    more = {"invitation_id": invitation_id, "customer_id": one.customer_id, "shown": one.fact["step"], "skipped": []}
    return told | nothing | more


class DecisionsRestorer(Restorer):
    """Writer of decisions. One is made once and never changes."""

    def find_stored(self, rows: Sequence[tuple[OwnRow, int]]) -> set[str]:
        """Return the names of the rows whose decision stands already, and of those about nothing that is here."""
        known = restored_facts.find_decisions(self.tx, {person for _, person in rows})
        facts = [row.facts[0] for row, _ in rows]
        found: set[str] = set()
        for (row, person), fact, place in zip(rows, facts, self._find_places(facts), strict=True):
            if place == (None, None) or (person, fact["survey"], fact["at"], *place) in known:
                found.add(row.name)
        return found

    def insert(self, rows: Sequence[RestoredRow]) -> None:
        """Store new decisions."""
        facts = [one.fact for one in rows]
        restored_facts.insert_rows(
            self.tx,
            restored_facts.DECISIONS,
            [
                {name: one.fact[name] for name in ("survey", "verdict", "reason", "until", "at")}
                | {"customer_id": one.customer_id, "visit_id": visit_id, "invitation_id": invitation_id}
                for one, (visit_id, invitation_id) in zip(rows, self._find_places(facts), strict=True)
            ],
        )

    def correct(self, rows: Sequence[RestoredRow]) -> None:
        """Leave decisions as they are."""

    def _find_places(self, facts: Sequence[Mapping[str, Any]]) -> list[tuple[int | None, int | None]]:
        """Return the ids of the visit and of the invitation that each decision names, as far as they are here."""
        visit_ids = find_visit_ids(self, facts)
        import_rows = find_invitation_rows(self, {f["invitation"] for f in facts if f["invitation"] is not None})
        invitation_ids = restored_facts.find_invitation_ids(self.tx, import_rows.values())
        return [
            (visit_ids.get(fact["event_id"]), invitation_ids.get(import_rows.get(fact["invitation"], 0)))
            for fact in facts
        ]
