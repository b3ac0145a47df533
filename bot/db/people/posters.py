"""Codes of posters: what stands behind ``/start`` in the link of a poster, for each touchpoint of each journey.

A code is ``p-`` with a keyed hash of the journey's and the touchpoint's keys. It is public, and opens nothing but a
visit: nobody else can make one, and nothing is stored for it. A poster works on when its touchpoint gets another key,
as long as the journey lists the former one in ``was``.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from bot.db.engine.database import Connection
from bot.db.people import links
from cjm.journeys.journey import Journey

_PREFIX, _LENGTH = "p-", 24


class PosterPlace(NamedTuple):
    """Place of a poster: a journey in force, and the present key of its touchpoint."""

    journey: Journey
    touchpoint: str


def is_poster_code(payload: str) -> bool:
    """Return whether ``payload`` has the form of a poster's code."""
    return payload.startswith(_PREFIX)


def make_poster_code(tx: Connection, journey: str, touchpoint: str, secret: str, now: datetime) -> str:
    """Return the code of a touchpoint, the same each time as long as the secret of links is the same."""
    return _write_code(links.hash_name(tx, _name_poster(journey, touchpoint), secret, now))


def find_poster_place(
    tx: Connection, code: str, in_force: Iterable[Journey], secret: str, now: datetime
) -> PosterPlace | None:
    """Return where a poster with this code hangs; None for a code of no journey in force."""
    places = {
        _name_poster(journey.key, key): PosterPlace(journey, place.touchpoint.key)
        for journey in in_force
        for key, place in journey.touchpoints.items()
    }
    hashes = links.hash_names(tx, places, secret, now)
    return next((place for name, place in places.items() if _write_code(hashes[name]) == code), None)


def _name_poster(journey: str, touchpoint: str) -> str:
    return f"poster {journey} {touchpoint}"


def _write_code(hashed: str) -> str:
    return _PREFIX + hashed[:_LENGTH]
