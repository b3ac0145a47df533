"""Formats of times: what loses a part is refused with what to write, and what is accepted reads back what it wrote."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_datetime
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cjm.tables.times.format_parts import DIRECTIVES
from cjm.tables.times.time_cell import ColumnClock, read_time
from cjm.tables.times.time_format import check_time_format, make_form
from cjm.tables.times.time_names import LANGUAGES, NameLanguage, months_by_name, weekdays_by_name
from tests.depth import choose_depth

CLOCK = ColumnClock(ZoneInfo("Europe/Warsaw"), datetime(2060, 1, 1, tzinfo=UTC), own_zone=ZoneInfo("UTC"))
MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2059, 12, 30))  # noqa: DTZ001 - hypothesis wants naive ends
OFFSETS = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
LETTERS = st.sampled_from([*DIRECTIVES, "c", "D", "F", "T", "R", "r"])
BETWEEN = st.sampled_from(["", " ", ".", "-", ":", "/", ", ", " T", "г. ", "1", "%%", "h"])


DAYS = [("Y", "m", "d"), ("y", "b", "d"), ("B", "d", "Y"), ("Y", "j"), ("G", "V", "u"), ("Y", "W", "A"),
        ("U", "w", "Y"), ("Y", "m", "d", "a"), ("F",), ("D",)]  # fmt: skip
CLOCKS = [(), ("H",), ("H", "M"), ("T",), ("T", "f"), ("r",), ("I", "p"), ("H", "M", "z"),
          ("T", "f", "Z")]  # fmt: skip


@st.composite
def complete_formats(draw: st.DrawFn) -> str:
    """Return a format that names a day, and perhaps a time of day, in any order, with anything between."""
    day, clock = draw(st.sampled_from(DAYS)), draw(st.sampled_from(CLOCKS))
    parts = draw(st.permutations([*day, *clock]))
    return "".join(f"{draw(BETWEEN)}%{part}" for part in parts) + draw(BETWEEN)


ANY_FORMAT = complete_formats() | st.lists(st.tuples(BETWEEN, LETTERS), max_size=8).map(
    lambda parts: "".join(f"{between}%{letter}" for between, letter in parts)
)


@settings(max_examples=choose_depth(30, 500), deadline=None)
@given(ANY_FORMAT, MOMENTS, OFFSETS)
@example("%Y%m%d%H%M%S%f%z", datetime(2026, 1, 2, 3, 4, 5, 6), timezone(timedelta(hours=-2)))  # noqa: DTZ001 - as hypothesis makes them
@example("%Z1%f %T%F", datetime(2000, 1, 2, 0, 0, 0, 10000), timezone(timedelta(minutes=15)))  # noqa: DTZ001 - as hypothesis makes them
@example("%I%p%j%y", datetime(2026, 1, 2, 0, 4), UTC)  # noqa: DTZ001 - as hypothesis makes them
def test_a_format_that_is_accepted_reads_back_what_it_writes_and_no_other_is(
    form: str, wall: datetime, offset: timezone
) -> None:
    try:
        check_time_format(form)
    except ValueError:
        assume(False)
    moment = wall.replace(tzinfo=offset)
    found, day = read_time(moment.strftime(form).strip(), make_form(form), CLOCK)
    if found.astimezone(CLOCK.zone).hour == 12 and not has_clock(form):
        assert day == wall.date()
        return
    has_zone = "%z" in form or "%Z" in form
    expected = cut(form, moment if has_zone else wall.replace(tzinfo=UTC))
    assert (found, day) == (expected.astimezone(UTC), expected.astimezone(CLOCK.zone).date())


def has_clock(form: str) -> bool:
    return any(f"%{letter}" in form for letter in "HITRrc")


def cut(form: str, moment: datetime) -> datetime:
    """Return ``moment`` without what the directives of ``form`` do not say; written without the product's tables."""
    has_second = any(f"%{letter}" in form for letter in "STrc")
    has_minute = has_second or any(f"%{letter}" in form for letter in "MR")
    return moment.replace(
        minute=moment.minute if has_minute else 0,
        second=moment.second if has_second else 0,
        microsecond=moment.microsecond if "%f" in form else 0,
    )


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ("%d.%m.%Y %H:%M %p", "has am or pm, %p, without a 12-hour clock; write %I for the hour"),
        ("%d.%m.%Y %I:%M", "has the hour of a 12-hour clock, %I, without %p, am or pm; write %H for a 24-hour clock"),
        ("%Y-%W", "has a week without its day; add the day of the week, %w or %a"),
        ("%Y-%V-%u", "has the week %V, whose year is %G; write %G-W%V-%u"),
        ("%G-%m-%d", "has %G, the year that a week %V belongs to; write %Y for the year of a day"),
        ("%G-W%V", "has a week without its day; add the day of the week, %u or %a"),
        ("%G-W%V-%u %d", "has the week, %V, and the day; leave one of them out"),
        ("%j %d %Y", "has the day of the year, %j, and the day; leave one of them out"),
        ("%m.%Y", "has no day; add %d"),
        ("%d.%Y", "has no month; add %m, or %j for the day of the year"),
        ("%d.%m", "has no year; add %Y"),
        ("%d.%d.%m.%Y", "has the day twice, as %d and %d; leave one out"),
        ("%d %b %m %Y", "has the month twice, as %b and %m; leave one out"),
        ("%Y %G %V %u", "has two years, %Y and %G; leave one out"),
        ("%F %z", "has a time zone without a time of day; leave it out"),
        ("%F %M", "has the minute without the hour; add %H"),
        ("%F %H %S", "has the second without the minute; add %M"),
        ("%F %R.%f", "has the fraction of a second without the second; add %S"),
        ("%FT%TZ", 'has Z as plain text, so that the time zone would be lost; write "%Y-%m-%dT%H:%M:%S%z"'),
        ("%F %R CET", 'has CET as plain text, so that the time zone would be lost; write "%Y-%m-%d %H:%M %z"'),
        ("%F %R PM", "has PM as plain text, so that am and pm are one; write %I with %p"),
        ("%Y1%d1%m%Z%Z", "has the time zone twice, as %Z and %Z; leave one out"),
        ("%F %R%z%f", "has the fraction of a second without the second; add %S"),
        ("%R%z%d.%m.%Y", "has %z without an end; put a space after it"),
        ("dd.MM.yyyy HH:mm", 'is not a date format; did you mean "%d.%m.%Y %H:%M"?'),
        ("yyyy-MM-dd'T'HH:mm:ss", 'is not a date format; did you mean "%Y-%m-%dT%H:%M:%S"?'),
        ("dd.mm.yyyy hh:mm", 'is not a date format; did you mean "%d.%m.%Y %H:%M"?'),
        ("Epoch", 'is not a date format; did you mean "unix"?'),
        ("excel1900", 'is not a date format; did you mean "excel"?'),
        ("tomorrow", 'is not a date format; write one such as "%d.%m.%Y %H:%M"'),
        ("", 'is not a date format; write one such as "%d.%m.%Y %H:%M"'),
        ("%d.%m.%Y %", 'has a % that no letter of a date follows; write one such as "%d.%m.%Y %H:%M"'),
        ("%s", 'has no use for %s; write format = "unix" for seconds since 1970'),
        ("%-d.%m.%Y", "has a sign between % and its letter; leave it out: %d reads 1 and 01"),
        ("%Y" * 60, "is too long; at most 100 characters are allowed"),
    ],
)
def test_a_format_that_loses_a_part_of_the_time_is_refused_with_what_to_write(form: str, sentence: str) -> None:
    with pytest.raises(ValueError) as caught:
        check_time_format(form)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    "form",
    ["%d.%m.%Y", "%d/%m/%y %I:%M %p", "%Y-%j", "%G-W%V-%u", "%Y %U %a", "%c", "%F %T", "%F %R %Z", "%Y%m%d%H%M%S%f",
     "%a, %d %b %Y %T GMT%z", "%H:%M %d.%m.%Y", "%d %B %Y г.", "unix", "unix_ms", "excel", "excel1904"],
)  # fmt: skip
def test_a_format_that_loses_nothing_is_accepted(form: str) -> None:
    assert check_time_format(form) == form


@pytest.mark.parametrize("day", DAYS)
def test_every_whole_day_with_any_whole_time_of_day_is_accepted(day: tuple[str, ...]) -> None:
    for clock in CLOCKS:
        form = " ".join(f"%{part}" for part in (*day, *clock))
        assert check_time_format(form) == form


# Patterns of the CLDR: a month in the genitive, by itself and abbreviated, with the day of the week.
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("cldr", "form"),
    [("d MMMM y", "%d %B %Y"), ("d LLLL y", "%d %B %Y"), ("d MMM y, HH:mm", "%d %b %Y, %H:%M"),
     ("EEEE, d MMMM y", "%A, %d %B %Y"), ("EEE d LLL y", "%a %d %b %Y")],
)  # fmt: skip
@pytest.mark.parametrize("asked", [True, False])
def test_every_month_and_weekday_is_read_in_every_language(
    language: NameLanguage, cldr: str, form: str, asked: bool
) -> None:
    reader = make_form(form, language if asked else None)
    for month in range(1, 13):
        moment = datetime(2026, month, month + 3, tzinfo=UTC)
        written = format_datetime(moment, cldr, locale=language)
        for text in (written, written.upper(), written.replace(".", "")):
            assert reader.parse(text).wall == moment.replace(tzinfo=None)


def test_no_name_means_two_months_or_days_and_none_begins_like_another() -> None:
    for names in (months_by_name, weekdays_by_name):
        everywhere = names(None)
        for language in LANGUAGES:
            assert names(language).items() <= everywhere.items()
        for first, second in pairwise(sorted(everywhere)):
            assert not second.startswith(first) or everywhere[first] == everywhere[second]
