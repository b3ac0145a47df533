"""A customer wants to complain: the places to choose from, and what is written next will open the case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.db.asking import awaited_texts
from bot.db.asking.awaited_texts import AwaitedText
from bot.db.cases import case_views
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.outbox import case_letters
from bot.usecases.people.guess_journey import guess_journey
from cjm.address import Address
from cjm.cases.place_suggestions import likely, offered
from cjm.journeys.journey import Journey


@dataclass(frozen=True, slots=True)
class PlaceOffer:
    """Touchpoints by key, the likeliest ``first``; ``chosen`` is what the complaint will be about, if that was said."""

    language: str | None
    journey: Journey | None = None
    first: Sequence[str] = ()
    rest: Sequence[str] = ()
    chosen: str | None = None


class StartComplaint:
    """Needs no consent to surveys and no link: whoever writes to us may complain."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def __call__(self, who: Address, language: str | None) -> PlaceOffer:
        """From now on the next message opens a case, whether or not a place was chosen."""
        return await self.about(who, language, None)

    async def about(self, who: Address, language: str | None, place: str | None) -> PlaceOffer:
        """The same, with the place chosen; one the journey does not have (any more) is as if it was not."""
        now = self._clock.now()
        return await self._db.write(lambda tx: _await(tx, who, language, place, now))

    async def cancel(self, who: Address) -> str | None:
        """Nothing is complained about after all; returns the person's language."""

        def drop(tx: Connection) -> str | None:
            awaited_texts.clear(tx, who, case_letters.COMPLAINT)
            person = customers.by_address(tx, who)
            return person.language if person else None

        return await self._db.write(drop)


def _await(tx: Connection, who: Address, language: str | None, place: str | None, now: datetime) -> PlaceOffer:
    person = customers.ensure_address(tx, who, language, now)
    journey = guess_journey(tx, person)
    places = offered(journey, case_views.recent_places(tx, person.id, now)) if journey else []
    chosen = place if place in places else None
    data = {"journey": journey.key if journey else None, "place": chosen}
    awaited_texts.put(tx, who, AwaitedText(case_letters.COMPLAINT, now, None, data))
    first, rest = likely(places)
    return PlaceOffer(person.language, journey, first, rest, chosen)
