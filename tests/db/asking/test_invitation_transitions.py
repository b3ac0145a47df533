"""An invitation changes its state only as the table of transitions allows, by whichever function it is written."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert, update

from bot.db.asking import invitations
from bot.db.asking.invitations import CountedInvitation, InvitationStateError, NewInvitation, UnsentUpdate
from bot.db.asking.tables import invitation_table
from bot.db.engine.database import Connection, Database
from bot.db.journeys.tables import cohort_table, visit_table
from bot.db.people import customers
from cjm.asking.invitation_state import InvitationState, may_become

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
DAY = date(2026, 11, 2)
Write = Callable[[Connection, int, InvitationState], None]


def save(tx: Connection, number: int, state: InvitationState) -> None:
    invitation = invitations.find_by_id(tx, number)
    assert invitation is not None
    before = CountedInvitation(invitation, answered=False)
    invitations.save(tx, before, before._replace(invitation=replace(invitation, state=state)))


def set_state(tx: Connection, number: int, state: InvitationState) -> None:
    invitations.set_state(tx, number, state)


def update_unsent(tx: Connection, number: int, state: InvitationState) -> None:
    invitations.update_unsent(tx, [UnsentUpdate(number, state, None, NOON)])


def insert_invitation(tx: Connection) -> int:
    """Store a visit of a customer who answers to 77, and the invitation about it; return the invitation's id."""
    person = customers.ensure_external_ids(tx, ["77"], NOON)["77"]
    cohort = tx.execute(insert(cohort_table).values(journey="shop", attributes="{}").returning(cohort_table.c.id))
    place: dict[str, Any] = {
        "journey": "shop",
        "stage": "order",
        "day": DAY,
        "channel": "site",
        "cohort_id": cohort.scalar_one(),
    }
    visit = {"event_id": "e1", "customer_id": person.id, "at": NOON, "received_at": NOON}
    visit_id = tx.execute(insert(visit_table).values(**place, **visit).returning(visit_table.c.id)).scalar_one()
    asked: dict[str, Any] = {
        "customer_id": person.id,
        "visit_id": visit_id,
        "version": 1,
        "survey": "s",
        "subject": "order",
    }
    times: dict[str, Any] = {"due_at": NOON, "not_after": NOON, "created_at": NOON}
    invitations.insert_invitations(tx, [NewInvitation(**place, **asked, **times, nps=False)])
    (invitation,) = invitations.list_by_states(tx, [InvitationState.WAITING])
    return invitation.id


@pytest.mark.parametrize("write", [save, set_state, update_unsent])
async def test_every_pair_of_states_is_written_or_refused_as_the_table_says(any_db: Database, write: Write) -> None:
    number = await any_db.write(insert_invitation)
    for before, after in itertools.product(InvitationState, repeat=2):
        put = update(invitation_table).values(state=before, sent_at=None)
        await any_db.write(lambda tx: tx.execute(put) and None)  # noqa: B023 - awaited before the loop goes on
        refusal = None
        try:
            await any_db.write(lambda tx: write(tx, number, after))  # noqa: B023 - awaited before the loop goes on
        except InvitationStateError as error:
            refusal = str(error)
        if may_become(before, after):
            assert refusal is None
            expected = after
        else:
            assert refusal == f"an invitation that is {before} cannot become {after}"
            expected = before
        stored = await any_db.read(lambda tx: invitations.find_by_id(tx, number))
        assert stored is not None
        assert stored.state is expected


async def test_one_refused_update_takes_the_others_of_its_batch_back(db: Database) -> None:
    number = await db.write(insert_invitation)
    updates = [
        UnsentUpdate(number, InvitationState.DROPPED, "stopped", NOON),
        UnsentUpdate(number, InvitationState.OPEN, None, NOON),
    ]
    with pytest.raises(InvitationStateError, match="waiting cannot become open"):
        await db.write(lambda tx: invitations.update_unsent(tx, updates))
    stored = await db.read(lambda tx: invitations.find_by_id(tx, number))
    assert stored is not None
    assert stored.state is InvitationState.WAITING


async def test_only_what_waits_is_dropped(db: Database) -> None:
    number = await db.write(insert_invitation)
    for state in InvitationState:
        put = update(invitation_table).values(state=state)
        await db.write(lambda tx: tx.execute(put) and None)  # noqa: B023 - awaited before the loop goes on
        await db.write(lambda tx: invitations.drop_waiting(tx, "too_late"))
        stored = await db.read(lambda tx: invitations.find_by_id(tx, number))
        assert stored is not None
        assert stored.state is (InvitationState.DROPPED if state is InvitationState.WAITING else state)
