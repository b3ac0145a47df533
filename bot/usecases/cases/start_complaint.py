"""Start a complaint: offer places to choose from. The customer's next message opens the case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.db.asking import awaited_texts
from bot.db.asking.awaited_texts import AwaitedText, AwaitedTextKind
from bot.db.cases import case_views
from bot.db.cases.kept_mutes import ensure_writer
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.usecases.people.customer_defaults import guess_journey
from cjm.address import Address
from cjm.cases.place_suggestions import split_likely, suggest_places
from cjm.journeys.journey import Journey


@dataclass(frozen=True, slots=True)
class PlaceOffer:
    """Touchpoints (keys) that a complaint may be about, the ``likely`` ones to be shown first.

    ``chosen_place`` is the one that the customer has chosen, None before that.
    """

    language: str | None
    journey: Journey | None = None
    likely: Sequence[str] = ()
    others: Sequence[str] = ()
    chosen_place: str | None = None


class StartComplaint:
    """Anybody who writes to us may complain: it needs neither consent to surveys nor a personal link."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def __call__(self, address: Address, language: str | None) -> PlaceOffer:
        """Await the complaint: the next message opens a case, whether or not a place is chosen before."""
        return await self.choose_place(address, language, None)

    async def choose_place(self, address: Address, language: str | None, place: str | None) -> PlaceOffer:
        """Await the complaint with its place chosen. A place that is not offered counts as not chosen."""
        now = self._clock.now()
        return await self._db.write(lambda tx: _await_complaint(tx, address, language, place, now))

    async def cancel(self, address: Address) -> str | None:
        """Stop awaiting the complaint, and return the person's language."""

        def stop_awaiting(tx: Connection) -> str | None:
            awaited_texts.delete_awaited(tx, address, AwaitedTextKind.COMPLAINT)
            person = customers.find_by_address(tx, address)
            return person.language if person else None

        return await self._db.write(stop_awaiting)


def _await_complaint(
    tx: Connection, address: Address, language: str | None, place: str | None, now: datetime
) -> PlaceOffer:
    person = ensure_writer(tx, address, language, now)
    journey = guess_journey(tx, person)
    places = suggest_places(journey, case_views.list_recent_places(tx, person.id, now)) if journey else []
    chosen_place = place if place in places else None
    # The journey is kept with the place: by the time the words come, another journey may be the likely one.
    data = {"journey": journey.key if journey else None, "place": chosen_place}
    awaited_texts.save(tx, address, AwaitedText(AwaitedTextKind.COMPLAINT, now, None, data))
    likely, others = split_likely(places)
    return PlaceOffer(person.language, journey, likely, others, chosen_place)
