"""Time zones as people know them: by the time that it is there now, or by a city in their own language."""

import difflib
import functools
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.texts import LANGUAGES, words_in
from cjm.time_zones import zone_names

COMMON_ZONES = (
    "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/Chicago",
    "America/New_York", "America/Sao_Paulo", "Atlantic/Azores", "Europe/London", "Europe/Lisbon", "Europe/Warsaw",
    "Europe/Berlin", "Europe/Paris", "Europe/Kyiv", "Europe/Vilnius", "Europe/Athens", "Europe/Kaliningrad",
    "Europe/Moscow", "Europe/Minsk", "Europe/Istanbul", "Asia/Tbilisi", "Asia/Yerevan", "Asia/Dubai", "Europe/Samara",
    "Asia/Almaty", "Asia/Tashkent", "Asia/Yekaterinburg", "Asia/Kolkata", "Asia/Bishkek", "Asia/Omsk",
    "Asia/Novosibirsk", "Asia/Krasnoyarsk", "Asia/Bangkok", "Asia/Irkutsk", "Asia/Shanghai", "Asia/Singapore",
    "Asia/Yakutsk", "Asia/Tokyo", "Asia/Vladivostok", "Australia/Sydney", "Asia/Magadan", "Asia/Kamchatka",
    "Pacific/Auckland",
)  # fmt: skip

_LEAST_SIMILARITY = 0.85  # from 0 to 1, as difflib measures it: a typing error, not another city

# Big cities whose zone has another city's name, and other spellings, as people write them, in small letters.
_CITIES = {
    "Europe/Kyiv": "kyiv kiev kijów киев київ lviv lwów львов odesa odessa одесса харьков днепр",
    "Europe/Moscow": "санкт-петербург питер спб петербург saint-petersburg st.petersburg petersburg казань сочи"
    " краснодар воронеж ростов ростов-на-дону калуга тула рязань ярославль тверь мурманск архангельск мск msk",
    "Asia/Yekaterinburg": "екб челябинск пермь уфа тюмень оренбург сургут",
    "Europe/Samara": "тольятти ижевск",
    "Asia/Novosibirsk": "новосиб барнаул томск",
    "Asia/Vladivostok": "хабаровск",
    "Asia/Almaty": "астана astana шымкент",
    "Europe/Minsk": "гомель брест гродно витебск",
    "Europe/Warsaw": "kraków krakow краков gdańsk gdansk гданьск wrocław wroclaw вроцлав poznań poznan познань łódź"
    " lodz лодзь katowice lublin szczecin bydgoszcz białystok bialystok gdynia rzeszów toruń kielce",
    "Europe/London": "manchester birmingham leeds glasgow edinburgh liverpool bristol cardiff",
    "Europe/Berlin": "munich münchen hamburg frankfurt cologne köln dresden leipzig stuttgart мюнхен гамбург",
    "America/New_York": "boston washington philadelphia miami atlanta",
    "America/Chicago": "dallas houston austin",
    "America/Los_Angeles": "seattle portland",
}


def zones_by_offset(now: datetime) -> dict[int, list[str]]:
    """Return the common zones by their minutes ahead of UTC now, from west to east."""
    zones: dict[int, list[str]] = {}
    for zone in COMMON_ZONES:
        zones.setdefault(minutes_ahead(zone, now), []).append(zone)
    return dict(sorted(zones.items()))


def minutes_ahead(zone: str, now: datetime) -> int:
    return int((now.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()).total_seconds() // 60)


def city_name(zone: str, language: str) -> str:
    """Return a zone's city in a language, such as "Варшава" for Europe/Warsaw; "UTC" stays as it is written."""
    return words_in(language).city(zone)


def find_zone(text: str) -> str | None:
    """Return the zone of a city in any of our languages, or of a zone's own name; None when it is not known.

    Nothing is guessed, because a question in a wrong zone would wake people at night.
    """
    return _zones_by_name().get(_normalize_name(text))


def find_similar_zone(text: str) -> str | None:
    """Return the zone of a name that differs in a letter or so, to ask about it; of names of five letters or more."""
    name, known = _normalize_name(text), _zones_by_name()
    similar = difflib.get_close_matches(name, known, 1, _LEAST_SIMILARITY) if len(name) >= 5 else []
    return known[similar[0]] if similar else None


def _normalize_name(text: str) -> str:
    return " ".join(text.split()).casefold()[:64]


@functools.cache
def _zones_by_name() -> Mapping[str, str]:
    """Return the zones by every name of theirs, in small letters."""
    legacy = ("Etc/", "posix/", "right/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")
    zones = sorted(zone for zone in zone_names() if "/" in zone and not zone.startswith(legacy))
    found = {zone.rpartition("/")[2].replace("_", " ").casefold(): zone for zone in zones}
    for language in LANGUAGES:
        # Where zones share a city's name, the common one comes last and keeps it.
        found |= {city_name(zone, language).casefold(): zone for zone in (*zones, *COMMON_ZONES)}
    found |= {zone.casefold(): zone for zone in zones} | {"utc": "UTC", "gmt": "UTC"}
    return found | {city: zone for zone, cities in _CITIES.items() for city in cities.split()}
