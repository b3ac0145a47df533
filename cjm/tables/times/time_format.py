"""Formats of a column of dates or times: the check of a mapping, and the reader that a format stands for.

A format is one of ``strptime`` ("%d.%m.%Y %H:%M"), or a word: unix, unix_ms, excel or excel1904.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Annotated

from pydantic import AfterValidator

from cjm.tables.cell import CellError
from cjm.tables.times.cell_time import TimeForm
from cjm.tables.times.format_checks import find_loss
from cjm.tables.times.format_parts import FormatToken, split_format
from cjm.tables.times.plain_times import ExcelForm, IsoForm, TypedForm, UnixForm
from cjm.tables.times.time_names import NameLanguage
from cjm.tables.times.time_pattern import TimePattern
from cjm.tables.times.zone_text import plain_zone, zone_to_utc

_WORDS: Mapping[str, Callable[[], TimeForm]] = {
    "unix": UnixForm,
    "unix_ms": lambda: UnixForm(1000),
    "excel": ExcelForm,
    "excel1904": lambda: ExcelForm(date(1904, 1, 1)),
}
_MOST = 100
_MOST_IN_A_ZONE = 60
# Moments whose numbers have one digit and two, in the morning and in the afternoon.
_SAMPLES = tuple(
    datetime(*parts, tzinfo=timezone(timedelta(hours=hours)))
    for parts, hours in (((2026, 11, 22, 23, 58, 57, 123456), 2), ((2003, 2, 1, 4, 5, 6, 708), -11))
)


def check_time_format(value: str) -> str:
    """Return ``value`` if it is a format that loses no part of a time. Raises ValueError with what to write."""
    if value in _WORDS:
        return value
    if len(value) > _MOST:
        raise ValueError(f"is too long; at most {_MOST} characters are allowed")
    tokens = split_format(value.strip())
    if problem := find_loss(tokens):
        raise ValueError(problem)
    if not _is_read_back(tokens):
        raise ValueError("cannot be read back; put a space or a sign between its parts")
    return value


def check_zone_alias(value: str) -> str:
    """Return ``value`` if it can be the name of a time zone in a table. Raises ValueError."""
    if len(value) > _MOST_IN_A_ZONE:
        raise ValueError(f"is too long; at most {_MOST_IN_A_ZONE} characters are allowed")
    if not value.strip()[:1].isalpha():
        raise ValueError('must be the name of a time zone as the table writes it, such as "CST"')
    return value


TimeFormatText = Annotated[str, AfterValidator(check_time_format)]
ZoneAlias = Annotated[str, AfterValidator(check_zone_alias)]


def make_form(
    text: str | None,
    language: NameLanguage | None = None,
    zones: Sequence[str] = (),
    *,
    is_joined: bool = False,
    has_typed_cells: bool = False,
) -> TimeForm:
    """Return the reader of a format that `check_time_format` has accepted; None is ISO 8601.

    ``is_joined``: the text comes from several columns, so a day alone is fine. ``has_typed_cells``: the file is a
    workbook, whose dates come as ISO 8601 beside any format.
    """
    if text is None:
        return IsoForm()
    if text in _WORDS:
        form = _WORDS[text]()
    else:
        form = TimePattern(split_format(text.strip()), language, zones, is_joined=is_joined)
    return TypedForm(form) if has_typed_cells else form


def _is_read_back(tokens: Sequence[FormatToken]) -> bool:
    """Return whether moments that are written in a format of these tokens are read as they were."""
    letters, pattern = {token.letter for token in tokens}, TimePattern(tokens, "en")
    try:
        said = [pattern.parse(sample.strftime(pattern.text)) for sample in _SAMPLES]
        found = [
            zone_to_utc(each.wall, each.zone, {}) if each.zone else each.wall.replace(tzinfo=sample.tzinfo)
            for each, sample in zip(said, _SAMPLES, strict=True)
        ]
    except CellError:
        return False
    return found == [cut_moment(sample, letters) for sample in _SAMPLES]


def cut_moment(moment: datetime, letters: set[str]) -> datetime:
    """Return ``moment`` as exact as a format with these directives can say it."""
    has_hour, has_minute, has_second = bool(letters & set("HI")), "M" in letters, "S" in letters
    return moment.replace(
        hour=moment.hour if has_hour else 0,
        minute=moment.minute if has_minute else 0,
        second=moment.second if has_second else 0,
        microsecond=moment.microsecond if "f" in letters else 0,
    )


def plain_zones(zones: Mapping[str, str]) -> Mapping[str, str]:
    """Return the meanings of a mapping's ``zones`` by their plain names."""
    return {plain_zone(name): zone for name, zone in zones.items()}
