"""Parts of the day of visits that an earlier Tropa stored: filled in, and counted.

It runs in the transaction of the upgrade past `COUNTS_PARTS`. A case keeps no part: which visit it was about is not
stored.
"""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, update

from bot.db.asking import answer_counts
from bot.db.asking.tables import answer_table, invitation_table, response_table
from bot.db.counters import tallies
from bot.db.counters.row_selection import RowSelection
from bot.db.engine.database import Connection
from bot.db.journeys import visits
from bot.db.journeys.tables import visit_table
from bot.db.people import customers
from cjm.figures.day.day_places import PART_PREFIX, find_part
from cjm.figures.tally import VISITS, FactMoves
from cjm.journeys.journey import Journey

COUNTS_PARTS = "0026"
"""First revision whose counters count by the part of the day."""

_FILL = update(visit_table).where(visit_table.c.id == bindparam("visit")).values(part=bindparam("found"))


def count_earlier_parts(tx: Connection, journey: Journey, customer_ids: Sequence[int]) -> None:
    """Fill in the parts of the day of these people's visits and of what was answered about them, and count by them."""
    of_people = RowSelection(customer_ids)
    before = visits.list_contributions(tx, journey, of_people)
    fill_earlier_parts(tx, journey, customer_ids)
    after = visits.list_contributions(tx, journey, of_people)
    with tallies.gather_moves(tx):
        tallies.add_facts(tx, -FactMoves([move for move in before if move[0].measure == VISITS], []))
        tallies.add_moves(tx, [move for move in after if move[0].measure == VISITS])
        for moves in answer_counts.list_contributions(tx, journey, of_people):
            counters = [move for move in moves.counters if move[0].subject.startswith(PART_PREFIX)]
            tallies.add_moves(tx, counters, [move for move in moves.gaps if move[0].subject.startswith(PART_PREFIX)])


def fill_earlier_parts(tx: Connection, journey: Journey, customer_ids: Sequence[int]) -> None:
    """Fill in the parts of the day, and move no counter."""
    zones = customers.list_known_zones(tx, customer_ids)
    of_people = RowSelection(customer_ids)
    rows = tx.execute(select(visit_table).where(of_people.condition(visit_table, journey.key)))
    found: list[dict[str, Any]] = []
    for row in rows:
        own = ZoneInfo(zones[row.customer_id]) if row.customer_id in zones else None
        part = find_part(row.at, journey.zone, own, is_imported=row.import_row_id is not None)
        if part is not None:
            found.append({"visit": row.id, "found": part})
    if not found:
        return
    tx.execute(_FILL, found)
    if not journey.anonymous:  # what was asked and answered there is known by the day alone
        _follow_visits(tx, journey, of_people)


def _follow_visits(tx: Connection, journey: Journey, of_people: RowSelection) -> None:
    """Give the parts of visits to what was asked about them, and to the answers about the same place.

    What was asked anonymously has none, also where the journey is named now.
    """
    is_named = invitation_table.c.seal_at.is_(None)
    asked = (
        select(invitation_table.c.subject)
        .select_from(response_table.join(invitation_table, invitation_table.c.id == response_table.c.invitation_id))
        .where(response_table.c.id == answer_table.c.response_id, is_named)
        .scalar_subquery()
    )
    for table, is_about in ((invitation_table, is_named), (answer_table, answer_table.c.subject == asked)):
        part = select(visit_table.c.part).where(visit_table.c.id == table.c.visit_id).scalar_subquery()
        is_meant = of_people.condition(table, journey.key) & table.c.visit_id.is_not(None)
        tx.execute(update(table).where(is_meant, is_about).values(part=part))
