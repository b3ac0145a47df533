"""Read the time zone that stands behind a time in a cell: "Z", "+02:00", "GMT+2", "Europe/Warsaw", "CET".

Invariants:

* Nothing is guessed: an abbreviation that several regions use is refused, with what to write in the mapping.
* CET and its like name one half of the year. At a date of the other half, when clocks there show CEST, the cell
  contradicts itself and is refused; ``zones`` in the mapping says that the clock of the place is meant.
* A message names an abbreviation only if it is one of our own list: anything else may be a customer's word.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

from cjm.tables.cell import CellError
from cjm.time_zones import ABBREVIATIONS, zone_names
from cjm.wall_clock import wall_to_utc

OFFSET = r"[+\-\u2212]\d{1,2}(?::?\d{2}(?::?\d{2})?)?"
ZONE = rf"(?:(?:GMT|UTC)\s?{OFFSET}|{OFFSET}|[A-Z][A-Z_]*(?:[/+\-][A-Z0-9_+\-]+)*)(?:\s*\([^()]*\)|\s*\[[^\[\]]*\])?"
"""Pattern of a zone; its name in brackets may follow, as JavaScript and Java write it."""

_OFFSET = re.compile(rf"(?:GMT|UTC)?\s?({OFFSET})", re.IGNORECASE | re.ASCII)
_BRACKETS = re.compile(r"\s*(?:\(.*\)|\[.*\])$", re.DOTALL)
_MOST_AHEAD = timedelta(hours=14)
_UTC_NAMES = frozenset({"Z", "UTC", "GMT", "UT"})
_SURE = frozenset({"CET", "CEST", "EET", "EEST", "WET", "WEST", "MSK"})  # the others mean several zones, or are rare


def zone_to_utc(wall: datetime, text: str, zones: Mapping[str, str]) -> datetime:
    """Return the UTC time of a wall-clock time whose zone the cell gives as ``text``. Raises CellError.

    ``zones`` holds what names mean by `plain_zone`: it comes first.
    """
    if plain_zone(text) in zones:
        return _local_to_utc(wall, text, zones[plain_zone(text)])
    name = _BRACKETS.sub("", text).upper()
    if plain_zone(name) in zones:
        return _local_to_utc(wall, name, zones[plain_zone(name)])
    if name in _UTC_NAMES:
        return wall.replace(tzinfo=UTC)
    if offset := _OFFSET.fullmatch(name):
        return wall.replace(tzinfo=timezone(_parse_offset(offset[1]))).astimezone(UTC)
    if place := _places().get(name):
        return wall_to_utc(wall, ZoneInfo(place))
    return _abbreviation_to_utc(wall, name)


def plain_zone(name: str) -> str:
    """Return a name of a zone as ``zones`` are looked up by: in small letters, with single spaces."""
    return " ".join(name.split()).casefold()


def _parse_offset(text: str) -> timedelta:
    digits = text[1:].replace(":", "")
    hours, rest = (digits[:-4], digits[-4:]) if len(digits) > 4 else (digits[:2], digits[2:])
    if len(digits) == 3:  # "+530"
        hours, rest = digits[:1], digits[1:]
    minutes, seconds = int(rest[:2] or 0), int(rest[2:] or 0)
    offset = timedelta(hours=int(hours), minutes=minutes, seconds=seconds)
    if minutes > 59 or seconds > 59 or offset > _MOST_AHEAD:
        raise CellError("has an offset that no time zone has; offsets are written as +02:00")
    return offset if text[0] == "+" else -offset


@cache
def _places() -> Mapping[str, str]:
    """Return the zones that are named after a place, by their names in capitals."""
    return {name.upper(): name for name in zone_names() if "/" in name}


def _local_to_utc(wall: datetime, name: str, zone: str) -> datetime:
    """Return the UTC time of ``wall`` in a zone; ``name`` tells the two times apart that clocks show twice."""
    return _find_named(wall, name, ZoneInfo(zone)) or wall_to_utc(wall, ZoneInfo(zone))


def _find_named(wall: datetime, name: str, zone: ZoneInfo) -> datetime | None:
    """Return the UTC time at which clocks in ``zone`` show ``wall`` and call their time ``name``, or None."""
    both = (wall_to_utc(wall, zone, second=second) for second in (False, True))
    return next((found for found in both if found.astimezone(zone).tzname() == name.upper()), None)


def _abbreviation_to_utc(wall: datetime, name: str) -> datetime:
    place = ABBREVIATIONS.get(name)
    if place is None:
        raise CellError('has a time zone with an unknown name; write its meaning: zones = { NAME = "Europe/Warsaw" }')
    right = f'zones = {{ {name} = "{place}" }}'
    if name not in _SURE:
        raise CellError(
            f"has the time zone {name}, which is not the same everywhere; write its meaning, such as {right}"
        )
    found = _find_named(wall, name, ZoneInfo(place))
    if found is None:
        raise CellError(
            f"has the time zone {name} at a date when it is not in force; if a place is meant, write {right}"
        )
    return found
