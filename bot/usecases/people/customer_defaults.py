"""Assumptions about a customer who has not told us otherwise: their journey and the language we speak with them."""

from bot.db.engine.database import Connection
from bot.db.journeys import journeys, visits
from bot.db.people.customers import Customer
from bot.texts import DEFAULT_LANGUAGE, supported_language
from cjm.journeys.journey import Journey


def guess_journey(tx: Connection, person: Customer | None) -> Journey | None:
    """Return the latest journey in force of their last ten visits, else the first one there is, else None."""
    current = journeys.list_current(tx)
    walked = visits.list_latest(tx, person.id) if person is not None else []
    return next((current[v.journey] for v in walked if v.journey in current), next(iter(current.values()), None))


def choose_chat_language(tx: Connection, person: Customer | None, phone_language: str | None) -> str:
    """Return the first supported one of their own language, their phone's and the journey's, else the default."""
    chosen = supported_language(person.language if person is not None else None) or supported_language(phone_language)
    if chosen is not None:
        return chosen
    journey = guess_journey(tx, person)
    return (supported_language(journey.language) if journey is not None else None) or DEFAULT_LANGUAGE
