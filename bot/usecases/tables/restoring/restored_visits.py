"""Visits of an own export."""

from collections import defaultdict
from collections.abc import Sequence

from bot.db.asking import presence, visit_corrections
from bot.db.asking.recounting import recount
from bot.db.journeys import stage_entries, visits
from bot.db.journeys.visits import NewVisit, Visit, visit_columns
from bot.db.people import attributes
from bot.usecases.tables.restoring.restored_row import RestoredRow, Restorer
from cjm.figures.facts.presence import PresenceSign
from cjm.journeys.attributes import ToldAttribute
from cjm.tables.own.own_rows import OwnRow


class VisitsRestorer(Restorer):
    """Writer of visits. Nobody is asked about them; who their customers were is known from then on."""

    def find_stored(self, rows: Sequence[tuple[OwnRow, int]]) -> set[str]:
        """Return the names of the rows whose event is known already: one id is one event."""
        known = visits.list_by_event_ids(self.tx, [row.facts[0]["event_id"] for row, _ in rows])
        return {row.name for row, _ in rows if row.facts[0]["event_id"] in known}

    def insert(self, rows: Sequence[RestoredRow]) -> None:
        """Store new visits, their presence, and the walks that they belong to."""
        if not rows:
            return
        self._tell_attributes(rows)
        new = self._make_visits(rows)
        signs: defaultdict[int, list[PresenceSign]] = defaultdict(list)
        for v in new:
            if not v.withdrawn:
                signs[v.customer_id].append(PresenceSign(v.day, v.stage, v.cohort_id, v.channel))
        presence.move_presence(self.tx, self.journey, added=signs)
        visits.insert_visits(self.tx, new)
        stage_entries.recompute_passages(self.tx, self.journey, [v.customer_id for v in new])

    def correct(self, rows: Sequence[RestoredRow]) -> None:
        """Make visits what a later export says, as far as they are still there."""
        before = {v.import_row_id: v for v in visits.list_by_import_rows(self.tx, [one.import_row_id for one in rows])}
        after = [
            Visit(**visit_columns(made), id=before[made.import_row_id].id)
            for made in self._make_visits(rows)
            if made.import_row_id in before
        ]
        with recount(self.tx, self.journey, [*before.values(), *after]):
            visit_corrections.save_corrected(self.tx, after)

    def _make_visits(self, rows: Sequence[RestoredRow]) -> list[NewVisit]:
        return [
            NewVisit(
                event_id=one.fact["event_id"],
                customer_id=one.customer_id,
                journey=self.journey.key,
                stage=one.fact["stage"],
                touchpoint=one.fact["touchpoint"],
                at=one.fact["at"],
                day=one.fact["day"],
                part=one.fact["part"],
                channel=one.fact["channel"],
                cohort_id=cohort_id,
                received_at=one.fact["received_at"],
                passage=one.fact["passage"],
                measures=one.fact["measures"],
                amount=one.fact["amount"],
                lost_reason=one.fact["lost_reason"],
                withdrawn=bool(one.fact["withdrawn"]),
                import_row_id=one.import_row_id,
            )
            for one, cohort_id in zip(rows, self.find_cohorts(rows), strict=True)
        ]

    def _tell_attributes(self, rows: Sequence[RestoredRow]) -> None:
        """Store who the customers were, for what happens to them later; it moves nothing that is counted."""
        told = [
            ToldAttribute(one.customer_id, key, one.fact["at"], value, imported=True)
            for one in rows
            for key, value in one.row.attributes.items()
        ]
        if told:
            times = [each.since for each in told]
            known = attributes.list_known(self.tx, {each.customer_id for each in told}, min(times), max(times))
            attributes.save_new(self.tx, known, told)
