"""Travel through business time: every stop at which something falls due, with other customers living on.

A demo that is killed on its way goes on at the stop that it was at: the time of a stop is stored before anything is
done at it, and until when the others lived only after that. So the database never knows of a later time than the demo,
and what was done at the stop but not stored as done is the same again, which changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.app.tropa import Tropa
from bot.clock import TravellingClock
from bot.db.engine.database import Connection
from bot.db.people import customers
from bot.demo.life import LifeCounts, SimulatedLife
from bot.demo.simulated.walks import SimulatedCustomer
from cjm.address import Address

# In one jump through time. After them a jump goes straight to its end.
MOST_STOPS = 400
LONGEST_WAIT = timedelta(days=7)
"""A jump to what is due next ends here when no chat of the page has changed."""


@dataclass(slots=True)
class Journal:
    """Record of a jump: what other customers did, and the names of the chats that changed."""

    counts: LifeCounts = field(default_factory=LifeCounts)
    changed: tuple[str, ...] = ()


class TimeTravel:
    """Business time of the demo, which people at the page move.

    ``people``: messenger id of each customer on the page, with the business's id of the same person. ``find_changes``:
    number of the newest change in each chat of the page, by the chat's name. ``welcome`` lets simulated customers who
    are new have a chat. ``store`` stores a time as the one that the demo is at.
    """

    def __init__(
        self,
        tropa: Tropa,
        clock: TravellingClock,
        life: SimulatedLife,
        people: Mapping[int, str],
        find_changes: Callable[[], Mapping[str, int]],
        welcome: Callable[[SimulatedCustomer], None],
        store: Callable[[datetime], None],
    ) -> None:
        self._tropa, self._clock, self._life = tropa, clock, life
        self._people, self._find_changes, self._welcome, self._store = people, find_changes, welcome, store

    async def travel_by(self, span: timedelta) -> Journal:
        """Move time by ``span``, stopping wherever something falls due."""
        return await self._travel_and_notify(self._clock.now() + span, until_change=False)

    async def travel_to_next_change(self) -> Journal:
        """Move time until a chat of the page changes, at most by LONGEST_WAIT."""
        return await self._travel_and_notify(self._clock.now() + LONGEST_WAIT, until_change=True)

    async def _travel_and_notify(self, target: datetime, *, until_change: bool) -> Journal:
        try:
            return await self._travel(target, until_change=until_change)
        finally:
            self._store(self._clock.now())
            # Not before: each stop does what falls due by itself, and every tick beside it would double the time.
            self._clock.notify_listeners()

    async def _travel(self, target: datetime, *, until_change: bool) -> Journal:
        journal, before = Journal(), self._find_changes()
        due = await self._find_next_due()
        for number in range(MOST_STOPS):
            is_last = number == MOST_STOPS - 1
            stop = target if due is None or is_last else min(due, target)
            step = None if is_last else self._life.find_next_step(stop)
            complaints = await self._live_until(step or stop, journal)
            if step is None or complaints:  # a complaint reaches the team's chat at its own time
                await self._tropa.settle()
                due = await self._find_next_due()  # else it is what it was: nothing was done for the people of the page
            is_changed = self._find_changes() != before
            if self._clock.now() >= target or (until_change and is_changed):
                break
        now = self._find_changes()
        journal.changed = tuple(name for name, newest in now.items() if newest != before.get(name))
        return journal

    async def _live_until(self, time: datetime, journal: Journal) -> int:
        """Set the clock and let the simulated customers live; return the number of their new complaints."""
        # A second later than due: comparisons with "now" must see it as past.
        self._clock.travel_to(max(time, self._clock.now()) + timedelta(seconds=1), tells=False)
        self._store(self._clock.now())
        counts, newcomers = await self._life.live_until(self._clock.now())
        for person in newcomers:
            self._welcome(person)
        journal.counts = journal.counts + counts
        return counts.complaints

    async def _find_next_due(self) -> datetime | None:
        # What simulated customers wait for needs no stop: it is done in the steps of their life.
        ids = await self._tropa.db.read(self._list_customer_ids)
        return await self._tropa.find_next_due(ids)

    def _list_customer_ids(self, tx: Connection) -> list[int]:
        """Return the rows of the people on the page: by the business's id, and by the chat of one without a link."""
        linked = [customer.id for customer in customers.list_by_external_ids(tx, self._people.values()).values()]
        strangers = [customers.find_by_address(tx, Address("telegram", str(number))) for number in self._people]
        return [*linked, *(customer.id for customer in strangers if customer is not None)]
