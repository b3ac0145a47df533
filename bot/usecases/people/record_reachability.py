"""Somebody has blocked us, or is back."""

from bot.clock import Clock
from bot.db.asking import invitations
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from cjm.address import Address


class RecordReachability:
    """``await note_reach(who, False)``: nobody writes to this person until he comes back."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(self, who: Address, reachable: bool) -> None:
        now = self._clock.now()

        def write(tx: Connection) -> None:
            person = customers.find_by_address(tx, who)
            if person is None or (person.unreachable_at is None) is reachable:
                return
            customers.update_customer(tx, person.id, unreachable_at=None if reachable else now)
            if reachable:
                invitations.make_due(tx, person.id, now)

        await self._db.write(write)
