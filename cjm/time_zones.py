"""Names of time zones, as journey files, settings, mappings and requests may give them.

Invariants:

* A name means the same on every machine: "localtime" and "Factory", which some machines have, are refused.
* An abbreviation or an offset is no name: it stands for one half of the year only. Its message says what to write.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, ValidationInfo

from cjm.mistake_wording import find_similar, quote_name

STORED = "stored"
"""Key of a validation context; where its value is true, a name that an earlier version accepted is still accepted."""

_MACHINE_NAMES = frozenset({"localtime", "Factory", "posixrules"})
_UNKNOWN = 'is not a time zone; write a name such as "Europe/Warsaw" or "UTC"'
_OFFSET = re.compile(r"(?:UTC|GMT)? *([+-])0*([0-9]{1,2})(?::?00)?", re.IGNORECASE | re.ASCII)

ABBREVIATIONS: Mapping[str, str] = {
    "MSK": "Europe/Moscow", "MSD": "Europe/Moscow", "CET": "Europe/Warsaw", "CEST": "Europe/Warsaw",
    "EET": "Europe/Kyiv", "EEST": "Europe/Kyiv", "WET": "Europe/Lisbon", "WEST": "Europe/Lisbon",
    "BST": "Europe/London", "IST": "Asia/Kolkata", "EST": "America/New_York", "EDT": "America/New_York",
    "CST": "America/Chicago", "CDT": "America/Chicago", "MDT": "America/Denver", "MST": "America/Denver",
    "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "AKST": "America/Anchorage",
    "AKDT": "America/Anchorage", "HST": "Pacific/Honolulu", "AST": "America/Halifax", "ADT": "America/Halifax",
    "NST": "America/St_Johns", "NDT": "America/St_Johns", "BRT": "America/Sao_Paulo",
    "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney",
    "ACST": "Australia/Adelaide", "ACDT": "Australia/Adelaide", "AWST": "Australia/Perth", "NZST": "Pacific/Auckland",
    "NZDT": "Pacific/Auckland", "JST": "Asia/Tokyo", "KST": "Asia/Seoul", "HKT": "Asia/Hong_Kong",
    "SGT": "Asia/Singapore", "PKT": "Asia/Karachi", "GST": "Asia/Dubai", "TRT": "Europe/Istanbul",
    "SAST": "Africa/Johannesburg", "WIB": "Asia/Jakarta", "ICT": "Asia/Bangkok", "SAMT": "Europe/Samara",
    "YEKT": "Asia/Yekaterinburg", "OMST": "Asia/Omsk", "NOVT": "Asia/Novosibirsk", "KRAT": "Asia/Krasnoyarsk",
    "IRKT": "Asia/Irkutsk", "YAKT": "Asia/Yakutsk", "VLAT": "Asia/Vladivostok", "MAGT": "Asia/Magadan",
    "PETT": "Asia/Kamchatka",
}  # fmt: skip
"""Abbreviations of time zones, and the zone that each usually means; several also mean others."""


@cache
def zone_names() -> frozenset[str]:
    """Return the names of all time zones; they are read from the disk once."""
    return frozenset(available_timezones()) - _MACHINE_NAMES


def _check_zone(value: str, info: ValidationInfo) -> str:
    if value in zone_names() or (value in _MACHINE_NAMES and info.context and info.context.get(STORED)):
        return value
    raise ValueError(_describe_unknown_zone(value))


def _describe_unknown_zone(value: str) -> str:
    if value in _MACHINE_NAMES:
        return 'differs from machine to machine; write the name of a place, such as "Europe/Warsaw"'
    if fixed := _find_fixed_zone(value):
        return f'is not a time zone; write the name of a place, such as "Europe/Warsaw", or "{fixed}"'
    by_any_case = {name.casefold(): name for name in zone_names()}
    # Only names of places are compared: most of the names without a place are three letters, which resemble anything.
    places = sorted(name for name in zone_names() if "/" in name and not name.startswith("Etc/"))
    plain = value.strip()
    meant = by_any_case.get(plain.casefold()) or ABBREVIATIONS.get(plain.upper()) or find_similar(plain, places)
    return f"is not a time zone; did you mean {quote_name(meant)}?" if meant else _UNKNOWN


def _find_fixed_zone(value: str) -> str | None:
    """Return the zone of an offset in whole hours, such as "GMT+3"; None for another text."""
    offset = _OFFSET.fullmatch(value)
    if offset is None:
        return None
    # These names count the hours the other way: Etc/GMT-3 is three hours ahead of UTC.
    name = f"Etc/GMT{'-' if offset[1] == '+' else '+'}{offset[2]}" if offset[2] != "0" else "UTC"
    return name if name in zone_names() else None


TimeZone = Annotated[str, AfterValidator(_check_zone)]
