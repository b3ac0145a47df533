"""Which language to speak with somebody, before and beside any survey."""

from bot.db.engine.database import Connection
from bot.db.people.customers import Customer
from bot.texts import DEFAULT_LANGUAGE, spoken
from bot.usecases.people.guess_journey import guess_journey


def language_of(tx: Connection, person: Customer | None, phone: str | None) -> str:
    """The person's own choice, else the phone's, else the journey's: whoever shops there can read it."""
    chosen = spoken(person.language if person is not None else None) or spoken(phone)
    if chosen is not None:
        return chosen
    journey = guess_journey(tx, person)
    return (spoken(journey.language) if journey is not None else None) or DEFAULT_LANGUAGE
