"""Time zones as people know them: by the time it is now, by a city in their own language."""

import difflib
import functools
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location

from bot.texts import LANGUAGES, words_in
from cjm.journeys.journey import zone_names

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


_CITY_NAMES = {("Europe/Kyiv", "ru"): "Киев", ("Europe/Kyiv", "pl"): "Kijów"}  # the locale data have no name for it
_LEAST_SIMILARITY = 0.85  # how like a name must be what was typed

# Big cities whose zone is called after another one, as people write them, in small letters.
_CITIES = {
    "Europe/Kyiv": "kyiv kiev kijów киев київ lviv lwów львов odesa odessa одесса харьков днепр",
    "Europe/Moscow": "санкт-петербург питер спб петербург saint-petersburg st.petersburg petersburg казань сочи"
    " краснодар воронеж ростов ростов-на-дону калуга тула рязань ярославль тверь мурманск архангельск мск",
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
    """Common zones by how many minutes they are ahead of UTC now, from west to east."""
    found: dict[int, list[str]] = {}
    for zone in COMMON_ZONES:
        found.setdefault(minutes_ahead(zone, now), []).append(zone)
    return dict(sorted(found.items()))


def minutes_ahead(zone: str, now: datetime) -> int:
    return int((now.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()).total_seconds() // 60)


def city_name(zone: str, language: str) -> str:
    """ "Europe/Warsaw" as its city is called: "Варшава"; a zone without one as it is written."""
    if "/" not in zone:
        return zone
    if (zone, language) in _CITY_NAMES:
        return _CITY_NAMES[zone, language]
    return str(get_timezone_location(zone, locale=words_in(language).locale, return_city=True))


def find_zone(text: str) -> str | None:
    """The zone that somebody means who types a city in any of our languages, or the zone's own name.

    A slip of the pen is forgiven; a guess is not made: a wrong zone would wake people at night.
    """
    wanted = " ".join(text.split()).casefold()[:64]
    known = _zones_by_name()
    if wanted in known:
        return known[wanted]
    alike = difflib.get_close_matches(wanted, known, 1, _LEAST_SIMILARITY) if len(wanted) >= 5 else []
    return known[alike[0]] if alike else None


@functools.cache
def _zones_by_name() -> Mapping[str, str]:
    """Zones by every name they go by, in small letters."""
    outside = ("Etc/", "posix/", "right/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")
    zones = sorted(zone for zone in zone_names() if "/" in zone and not zone.startswith(outside))
    found = {zone.rpartition("/")[2].replace("_", " ").casefold(): zone for zone in zones}
    for language in LANGUAGES:
        # A common zone has the name where several share a city.
        found |= {city_name(zone, language).casefold(): zone for zone in (*zones, *COMMON_ZONES)}
    found |= {zone.casefold(): zone for zone in zones} | {"utc": "UTC", "gmt": "UTC"}
    return found | {city: zone for zone, cities in _CITIES.items() for city in cities.split()}
