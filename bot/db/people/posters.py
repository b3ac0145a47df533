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
    return _PREFIX + links.hash_name(tx, f"poster {journey} {touchpoint}", secret, now)[:_LENGTH]


def find_poster_place(
    tx: Connection, code: str, in_force: Iterable[Journey], secret: str, now: datetime
) -> PosterPlace | None:
    """Return where a poster with this code hangs; None for a code of no journey in force."""
    for journey in in_force:
        for key, place in journey.touchpoints.items():
            if make_poster_code(tx, journey.key, key, secret, now) == code:
                return PosterPlace(journey, place.touchpoint.key)
    return None
