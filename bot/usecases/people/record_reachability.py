"""Record that a person has blocked the bot, or is back."""

from datetime import datetime

from bot.clock import Clock
from bot.db.asking import invitations
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from cjm.address import Address
from cjm.asking.decision import AskingReason
from cjm.asking.invitation_state import InvitationState


class RecordReachability:
    """``await record_reachability(address, is_reachable=False)``: they are not asked until they are back.

    Then the next tick decides about their waiting invitations again.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(self, address: Address, is_reachable: bool) -> None:
        now = self._clock.now()

        def write(tx: Connection) -> None:
            person = customers.find_by_address(tx, address)
            if person is None or (person.unreachable_at is None) is is_reachable:
                return  # unknown, or nothing new
            if is_reachable:
                mark_reachable(tx, person.id, now)
            else:
                customers.update_customer(tx, person.id, unreachable_at=now)
                _note_at_open_question(tx, person.id, None, AskingReason.UNREACHABLE)

        await self._db.write(write)


def mark_reachable(tx: Connection, customer_id: int, now: datetime) -> None:
    """Record that a customer who could not be reached is back; their waiting invitations are decided about again."""
    customers.update_customer(tx, customer_id, unreachable_at=None)
    _note_at_open_question(tx, customer_id, AskingReason.UNREACHABLE, None)
    invitations.make_due(tx, customer_id, now)


def _note_at_open_question(tx: Connection, customer_id: int, before: str | None, after: str | None) -> None:
    """Exchange the reason of the question that this person has and has not answered: it says that they have gone."""
    asked = invitations.find_open(tx, customer_id)
    if asked is not None and asked.state is InvitationState.OPEN and before in (None, asked.reason):
        invitations.set_state(tx, asked.id, asked.state, reason=after)


def mark_address_reachable(tx: Connection, address: Address, now: datetime) -> None:
    """Take a message or tap of this person as the proof that they can be reached again, if they could not be."""
    unreachable_id = customers.find_unreachable_id(tx, address)
    if unreachable_id is not None:
        mark_reachable(tx, unreachable_id, now)
