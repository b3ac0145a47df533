"""Settlement: what counters lose and keep when rows are about to be erased or retired; the rules are `cjm`'s.

Live counters and gap counters become what the remaining rows say. The counts of what goes become settled ones.
"""

from sqlalchemy import select, union

from bot.db.asking.tables import answer_table, invitation_table
from bot.db.cases.tables import case_table
from bot.db.counters import tallies
from bot.db.counters.row_selection import RowSelection
from bot.db.engine.database import Connection
from bot.db.journeys import cohorts, journeys
from bot.db.journeys.tables import stage_entry_table, visit_table
from bot.db.upkeep import counter_check
from cjm.figures.score import Thresholds
from cjm.figures.settled_returns import list_returns
from cjm.figures.settling import settle_moves
from cjm.figures.tally import FactMoves
from cjm.journeys.journey import Journey

_COUNTED_TABLES = (visit_table, stage_entry_table, invitation_table, answer_table, case_table)


def settle_person(tx: Connection, customer_id: int, minimum: int) -> None:
    """Move all that one person's rows count from live to settled. Delete the person in the same transaction."""
    theirs = union(*(select(t.c.journey).where(t.c.customer_id == customer_id) for t in _COUNTED_TABLES))
    keys = set(tx.scalars(theirs))
    for key, journey in journeys.list_current(tx).items():  # also those that the settings name no more
        if key in keys:
            settle_counts(tx, journey, RowSelection([customer_id]), minimum)


def settle_counts(tx: Connection, journey: Journey, selection: RowSelection, minimum: int) -> None:
    """Move what the selected rows count from live to settled. Delete these rows in the same transaction."""
    going = list(counter_check.list_contributions(tx, journey, selection))
    if not any(moves.counters for moves in going):
        return
    with tallies.gather_moves(tx):
        for moves in going:
            tallies.add_facts(tx, -moves)
        unknown = cohorts.ensure_unknown_cohort(tx, journey)
        least = Thresholds.of_journey(journey, minimum).minimum
        if selection.before is None:  # these people go as a whole, and nothing else will tell that they came back
            going = [FactMoves(moves.counters + list_returns(journey, moves.counters), []) for moves in going]
        tallies.add_moves(tx, settle_moves((moves.counters for moves in going), least, unknown))
