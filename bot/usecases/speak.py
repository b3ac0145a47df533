"""Which language to speak with somebody, before and beside any survey."""

from bot.db import journeys, visits
from bot.db.customers import Customer
from bot.db.engine import Connection
from bot.texts import DEFAULT_LANGUAGE, LANGUAGES
from cjm.journey import Journey


def spoken(code: str | None) -> str | None:
    """The language of a phone ("pl-PL"), if we speak it."""
    short = (code or "").replace("_", "-").split("-")[0].lower()
    return short if short in LANGUAGES else None


def language_of(tx: Connection, person: Customer | None, phone: str | None) -> str:
    """The person's own choice, else the phone's, else the journey's: whoever shops there can read it."""
    chosen = spoken(person.language if person is not None else None) or spoken(phone)
    if chosen is not None:
        return chosen
    journey = likely_journey(tx, person)
    return (spoken(journey.language) if journey is not None else None) or DEFAULT_LANGUAGE


def likely_journey(tx: Connection, person: Customer | None) -> Journey | None:
    """The journey somebody is on: of the latest visit, else the first there is."""
    there = journeys.current(tx)
    last = visits.latest(tx, person.id, 1) if person is not None else []
    return there.get(last[0].journey) if last else next(iter(there.values()), None)
