"""Names of time zones: the same on every machine, and a wrong one says what was probably meant."""

import pytest
from pydantic import TypeAdapter, ValidationError

from cjm.errors import JourneyError
from cjm.journeys.journey_file import read_journey
from cjm.time_zones import ABBREVIATIONS, TimeZone, zone_names
from tests.journeys import SMALL

ZONE = TypeAdapter[str](TimeZone)
UNKNOWN = 'is not a time zone; write a name such as "Europe/Warsaw" or "UTC"'
MACHINE = 'differs from machine to machine; write the name of a place, such as "Europe/Warsaw"'


def meant(zone: str) -> str:
    return f'is not a time zone; did you mean "{zone}"?'


def fixed(zone: str) -> str:
    return f'is not a time zone; write the name of a place, such as "Europe/Warsaw", or "{zone}"'


@pytest.mark.parametrize("name", ["UTC", "Europe/Warsaw", "Etc/GMT-3", "Poland"])
def test_a_name_of_the_time_zone_database_is_a_time_zone(name: str) -> None:
    assert ZONE.validate_python(name) == name


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("localtime", MACHINE),
        ("Factory", MACHINE),
        ("MSK", meant("Europe/Moscow")),
        ("est5", UNKNOWN),
        ("edt", meant("America/New_York")),
        ("utc", meant("UTC")),
        ("europe/warsaw ", meant("Europe/Warsaw")),
        ("Warsaw", meant("Europe/Warsaw")),
        ("GMT+3", fixed("Etc/GMT-3")),
        ("UTC-05:00", fixed("Etc/GMT+5")),
        ("+00:00", fixed("UTC")),
        ("GMT+99", UNKNOWN),
        ("../../etc", UNKNOWN),
        ("", UNKNOWN),
        ("x" * 5000, UNKNOWN),
    ],
)
def test_a_name_that_is_none_is_refused_with_what_was_meant(name: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ZONE.validate_python(name)
    assert str(caught.value.errors()[0]["ctx"]["error"]) == sentence


def test_every_zone_that_is_suggested_exists() -> None:
    assert set(ABBREVIATIONS.values()) <= zone_names()


def test_a_journey_that_was_stored_with_the_machines_zone_can_still_be_read_but_not_applied_again() -> None:
    text = SMALL.replace('"Europe/Warsaw"', '"localtime"')
    assert read_journey(text, "small (version 1)", is_stored=True).timezone == "localtime"
    with pytest.raises(JourneyError) as caught:
        read_journey(text, "small.toml")
    assert str(caught.value) == f"small.toml:4: timezone: {MACHINE}"
