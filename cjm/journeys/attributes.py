"""Attributes of customers, each with the time since which it holds.

* Who somebody was at a moment: for each key, the value with the latest ``since`` up to that moment. A key that was told
  only later is not known then, so news about old days never changes who somebody is on later ones.
* Of two values told for the same key and moment, the one whose canonical form sorts last holds, whichever came first.
  It counts as imported only if both are.
"""

import json
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

SOURCE = "source"
"""Key of the attribute that a personal link can tell: where its customer met the business first."""

SOURCE_PATTERN = "[A-Za-z0-9_-]{1,40}"
"""Values of it: what an address of the web holds without being written otherwise."""


def is_source(text: str) -> bool:
    """Return whether a link can tell this as its source."""
    return re.fullmatch(SOURCE_PATTERN, text) is not None


class ToldAttribute(NamedTuple):
    """Value of one attribute of a customer, and the time since which it holds.

    ``imported`` values were told by imports only, and go when these are taken back.
    """

    customer_id: int
    key: str
    since: datetime
    value: Any
    imported: bool = False


def canonical_value(value: Any) -> str:
    """Return a value as JSON: equal values have equal text, and any two can be put in order."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


class KnownAttributes:
    """Attributes of some customers over time."""

    def __init__(self, told: Iterable[ToldAttribute] = ()) -> None:
        self._times: defaultdict[int, dict[str, list[datetime]]] = defaultdict(dict)
        self._told: defaultdict[int, dict[str, list[ToldAttribute]]] = defaultdict(dict)
        for one in told:
            self.add(one)

    def add(self, told: ToldAttribute) -> bool:
        """Take in one value; return whether it changed what is known."""
        times = self._times[told.customer_id].setdefault(told.key, [])
        values = self._told[told.customer_id].setdefault(told.key, [])
        place = bisect_left(times, told.since)
        if place == len(times) or times[place] != told.since:
            times.insert(place, told.since)
            values.insert(place, told)
            return True
        before = values[place]
        is_last = canonical_value(told.value) > canonical_value(before.value)
        imported = before.imported and told.imported
        if not is_last and imported == before.imported:
            return False
        values[place] = (told if is_last else before)._replace(imported=imported)
        return True

    def find_told(self, customer_id: int, key: str, since: datetime) -> ToldAttribute:
        """Return what is known to be told of a key at exactly this moment; something must be."""
        place = bisect_left(self._times[customer_id][key], since)
        return self._told[customer_id][key][place]

    def find_next_time(self, customer_id: int, key: str, moment: datetime) -> datetime | None:
        """Return when a key was told next after a moment."""
        times = self._times[customer_id].get(key, [])
        place = bisect_right(times, moment)
        return times[place] if place < len(times) else None

    def find_at(self, customer_id: int, moment: datetime) -> dict[str, Any]:
        """Return what is known of a customer at a moment, by key."""
        if customer_id not in self._times:
            return {}
        told = self._told[customer_id]
        places = {key: bisect_right(times, moment) for key, times in self._times[customer_id].items()}
        return {key: told[key][place - 1].value for key, place in places.items() if place}
