"""Journeys that all tests of one process share.

Nearly every test puts one of a few files into force, and reading the shop's took more time than the rest of many tests.
A journey is frozen, and says the same whoever reads it.
"""

import functools
from collections.abc import Mapping
from typing import Any

from cjm.errors import Mistake
from cjm.journeys import journey_file
from cjm.journeys.journey import Journey
from cjm.journeys.mistakes import check_journey
from cjm.toml_file import parse_toml

MOST = 100  # texts; tests of chance make thousands


@functools.cache
def remember_journeys() -> None:
    """Let a text be parsed and checked once, however often it is read; one with mistakes is checked each time."""
    known: dict[tuple[str, bool], Journey] = {}

    def check_once(
        data: Mapping[str, Any], text: str, *, is_stored: bool = False
    ) -> tuple[Journey | None, list[Mistake]]:
        if (journey := known.get((text, is_stored))) is not None:
            return journey, []
        found, mistakes = check_journey(data, text, is_stored=is_stored)
        if found is not None:
            if len(known) == MOST:
                known.pop(next(iter(known)))
            known[text, is_stored] = found
        return found, mistakes

    # By these names `read_journey` finds them, wherever it was imported before.
    vars(journey_file).update(parse_toml=functools.lru_cache(MOST)(parse_toml), check_journey=check_once)
