"""Record that a person has blocked the bot, or is back."""

from bot.clock import Clock
from bot.db.asking import invitations
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from cjm.address import Address


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
            customers.update_customer(tx, person.id, unreachable_at=None if is_reachable else now)
            if is_reachable:
                invitations.make_due(tx, person.id, now)

        await self._db.write(write)
