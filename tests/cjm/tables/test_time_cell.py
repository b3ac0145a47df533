"""Cells of dates and times: what they mean in UTC and as a day, and why one that cannot be meant is refused."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm.tables.cell import CellError
from cjm.tables.columns import TimeColumn
from cjm.tables.row_reader import TimeReader
from cjm.tables.times.time_cell import ColumnClock, read_time
from cjm.tables.times.time_format import make_form
from tests.depth import choose_depth
from tests.journeys import small_journey

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
JOURNEY = small_journey()  # in Warsaw


def reader(*, typed: bool = False, **column: Any) -> TimeReader:
    where = {} if "columns" in column else {"column": "When"}
    return TimeReader(TimeColumn.model_validate(where | column), JOURNEY, NOW, has_typed_cells=typed)


def check(found: tuple[datetime, date], at: str, day: str | None = None) -> None:
    moment = datetime.fromisoformat(at)
    assert found == (moment, date.fromisoformat(day) if day else moment.date())


@pytest.mark.parametrize(
    ("text", "at", "day"),
    [
        ("2026-10-01", "2026-10-01T10:00Z", None),
        ("20261001", "2026-10-01T10:00Z", None),
        ("2026-W40-4", "2026-10-01T10:00Z", None),
        ("2026-10-01T23:30", "2026-10-01T21:30Z", None),
        ("2026-10-01 23:30:05,25", "2026-10-01T21:30:05.250Z", None),
        ("2026-10-01T23:30Z", "2026-10-01T23:30Z", "2026-10-02"),
        ("2026-10-01 23:30:00 UTC", "2026-10-01T23:30Z", "2026-10-02"),
        ("2026-10-01 14:30 -0500", "2026-10-01T19:30Z", None),
        ("2026-10-01T14:30+02:00[Europe/Warsaw]", "2026-10-01T12:30Z", None),
        ("2026-10-01 14:30 europe/kyiv", "2026-10-01T11:30Z", None),
        ("2026-10-01 14:30 GMT+5", "2026-10-01T09:30Z", None),
        ("2026-10-01 14:30 MSK", "2026-10-01T11:30Z", None),
        ("2013-10-01 14:30 MSK", "2013-10-01T10:30Z", None),  # Moscow was four hours ahead then
        ("2026-10-25 02:30", "2026-10-25T00:30Z", None),  # clocks show it twice: the first time
        ("2026-10-25 02:30 CEST", "2026-10-25T00:30Z", None),
        ("2026-10-25 02:30 CET", "2026-10-25T01:30Z", None),
        ("2026-03-29 02:30", "2026-03-29T01:00Z", None),  # clocks skip it: the time of the jump
        ("2024-02-29", "2024-02-29T11:00Z", None),
    ],
)
def test_iso_8601_is_read_with_the_zone_that_the_cell_names(text: str, at: str, day: str | None) -> None:
    check(reader().read(text), at, day)


@pytest.mark.parametrize(
    ("column", "text", "at"),
    [
        ({"format": "%d.%m.%Y"}, "1.10.2026", "2026-10-01T10:00Z"),
        ({"format": "%d.%m.%y %H:%M"}, "01.10.26 14:30", "2026-10-01T12:30Z"),
        ({"format": "%d %B %Y"}, "1 października 2026", "2026-10-01T10:00Z"),
        ({"format": "%d %b %Y"}, "1 окт. 2026 г.", "2026-10-01T10:00Z"),
        ({"format": "%d %b %Y г., %H:%M"}, "1 окт. 2026 г., 14:30", "2026-10-01T12:30Z"),
        ({"format": "%B %d, %Y %I:%M %p"}, "October 1st, 2026 12:05 p.m.", "2026-10-01T10:05Z"),
        ({"format": "%m/%d/%Y %I:%M %p"}, "10/1/2026 2:30\u202fPM", "2026-10-01T12:30Z"),
        ({"format": "%Y/%m/%d %I:%M:%S %p %Z"}, "2026/10/01 2:30:00 PM GMT+3", "2026-10-01T11:30Z"),
        ({"format": "%a %b %d %Y %T GMT%z"}, "Thu Oct 01 2026 14:30:00 GMT+0200 (CEST)", "2026-10-01T12:30Z"),
        ({"columns": ["a", "b"], "format": "%d.%m.%Y %H:%M"}, "01.10.2026", "2026-10-01T10:00Z"),
        ({"columns": ["a", "b"], "format": "%H:%M %d.%m.%Y"}, "01.10.2026", "2026-10-01T10:00Z"),
        ({"columns": ["a", "b"]}, "2026-10-01 14:30", "2026-10-01T12:30Z"),
        ({"timezone": "Asia/Tokyo"}, "2026-10-01 14:30", "2026-10-01T05:30Z"),
        ({"timezone": "Asia/Tokyo"}, "2026-10-01", "2026-10-01T10:00Z"),
        ({"zones": {"CST": "America/Chicago"}}, "2026-10-01 14:30 CST", "2026-10-01T19:30Z"),
        (
            {"zones": {"EDT": "America/New_York", "EST": "America/New_York"}},
            "2025-11-02 01:30 EDT",
            "2025-11-02T05:30Z",
        ),
        (
            {"zones": {"EDT": "America/New_York", "EST": "America/New_York"}},
            "2025-11-02 01:30 EST",
            "2025-11-02T06:30Z",
        ),
        ({"zones": {"CET": "Europe/Warsaw"}}, "2026-07-01 14:30 CET", "2026-07-01T12:30Z"),
        (
            {"format": "%d.%m.%Y %H:%M %Z", "zones": {"по  Москве": "Europe/Moscow"}},
            "01.10.2026 14:30 ПО МОСКВЕ",
            "2026-10-01T11:30Z",
        ),
        ({"format": "unix"}, "1790865000", "2026-10-01T14:30Z"),
        ({"format": "unix"}, "1790865000.25", "2026-10-01T14:30:00.250Z"),
        ({"format": "unix_ms"}, "1790865000123", "2026-10-01T14:30:00.123Z"),
        ({"format": "excel"}, "46296", "2026-10-01T10:00Z"),
        ({"format": "excel"}, "46296,604166666664", "2026-10-01T12:30Z"),
        ({"format": "excel1904"}, "44834.5", "2026-10-01T10:00Z"),
    ],
)
def test_a_column_says_how_its_times_are_written(column: dict[str, Any], text: str, at: str) -> None:
    check(reader(**column).read(text), at)


@pytest.mark.parametrize("text", ["2026-10-01T14:30:00", "01.10.2026 14:30"])
def test_a_workbooks_own_dates_are_read_beside_any_format(text: str) -> None:
    check(reader(typed=True, format="%d.%m.%Y %H:%M").read(text), "2026-10-01T12:30Z")


ISO = "is not a date such as 2026-10-01 or 2026-10-01T14:30+02:00"


def where(form: str) -> str:
    return f': write {{ column = "…", format = "{form}" }} in the column\'s place'


@pytest.mark.parametrize(
    ("column", "text", "sentence"),
    [
        ({}, "", "is empty"),
        ({}, "soon", ISO),
        ({}, "2026-W40", ISO),
        ({}, "01.10.2026 14:30", f"{ISO}; perhaps its format is %d.%m.%Y %H:%M{where('%d.%m.%Y %H:%M')}"),
        ({}, "03/04/2026", f"{ISO}; perhaps its format is %d/%m/%Y or %m/%d/%Y{where('%d/%m/%Y')}"),
        ({}, "1790865000", f"{ISO}; perhaps its format is unix{where('unix')}"),
        ({}, "1999-12-31", "is before the year 2000"),
        ({}, "2026-11-24", "is more than a day ahead of now"),
        ({}, "2025-02-29", "has a day or a time of day that does not exist"),
        ({}, "2026-10-01 24:00", "has a day or a time of day that does not exist"),
        ({}, "9999-12-31T23:59-14:00", "is outside of the calendar"),
        ({}, "2026-10-01 14:30+25:00", "has an offset that no time zone has; offsets are written as +02:00"),
        (
            {},
            "2026-07-01 14:30 CET",
            ('has the time zone CET at a date when it is not in force; if a place is meant, write '
             'zones = { CET = "Europe/Warsaw" }'),
        ),
        (
            {},
            "2026-10-01 14:30 cst",
            ("has the time zone CST, which is not the same everywhere; write its meaning, such as "
             'zones = { CST = "America/Chicago" }'),
        ),
        (
            {},
            "2026-10-01 14:30 Kowalski",
            'has a time zone with an unknown name; write its meaning: zones = { NAME = "Europe/Warsaw" }',
        ),
        ({"format": "%m/%d/%Y"}, "13/04/2026", "has a month above 12; perhaps day and month are exchanged: %d/%m/%Y"),
        ({"format": "%m/%d/%Y"}, "13/14/2026", "has a month above 12"),
        (
            {"format": "%a %m/%d/%Y"},
            "Fri 03/04/2026",
            "has a day of the week that is not the date's; perhaps day and month are exchanged: %a %d/%m/%Y",
        ),
        ({"format": "%a %m/%d/%Y"}, "Thu 03/04/2026", "has a day of the week that is not the date's"),
        ({"format": "%d.%m.%Y"}, "29.02.2025", "has a day that its month does not have"),
        ({"format": "%G-W%V-%u"}, "2025-W53-1", "has a week that its year does not have"),
        ({"format": "%Y %U %w"}, "2026 00 0", "has a week that its year does not have"),
        ({"format": "%Y-%j"}, "2025-366", "has a day of the year that does not exist"),
        ({"format": "%d.%m.%Y"}, "00.10.2026", "has a day that its month does not have"),
        ({"format": "%d.%m.%y"}, "01.10.69", "is before the year 2000"),
        ({"format": "%d.%m.%Y %H:%M"}, "01.10.2026 14:60", "has a time of day that does not exist"),
        ({"format": "%d.%m.%Y %I %p"}, "01.10.2026 14 pm", "has an hour that a 12-hour clock does not have"),
        (
            {"format": "%d.%m.%Y %H:%M"},
            "01.10.2026",
            "is not a date of the format %d.%m.%Y %H:%M, such as 31.10.2026 14:30; perhaps its format is %d.%m.%Y",
        ),
        (
            {"format": "%d%m%Y"},
            "1102026",  # 1 October or 11 of nothing: a digit is missing
            "is not a date of the format %d%m%Y, such as 31102026",
        ),
        (
            {"format": "%d.%m.%Y"},
            "2026-10-01",
            "is not a date of the format %d.%m.%Y, such as 31.10.2026; it is ISO 8601, which is read without a format",
        ),
        ({"format": "%d %B %Y", "language": "pl"}, "1 октября 2026",
         'has names of another language than "pl"; leave language out'),
        ({"columns": ["a", "b"], "format": "%d.%m.%Y %H:%M"}, "14:30",
         "is not a date of the format %d.%m.%Y %H:%M, such as 31.10.2026 14:30"),
        ({"format": "unix"}, "1790865000123", 'is far from today; perhaps it counts milliseconds, format = "unix_ms"'),
        ({"format": "unix_ms"}, "1790865000", 'is far from today; perhaps it counts seconds, format = "unix"'),
        ({"format": "unix"}, "1.79E+09", "is not a number of seconds since 1970, such as 1790865000"),
        ({"format": "excel"}, "60", "is before the year 2000"),
        ({"format": "excel"}, "9" * 16, "is outside of the calendar"),
        ({"format": "excel"}, "1 May", "is not a day number of a spreadsheet, such as 46296.5"),
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_meant_is_refused_with_its_reason(
    column: dict[str, Any], text: str, sentence: str
) -> None:
    times = reader(**column)
    for _ in range(2):  # a mistake is remembered as well
        with pytest.raises(CellError) as caught:
            times.read(text)
        assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("column", "path"),
    [
        ({"timezone": "localtime"}, "timezone"),
        ({"timezone": "MSK"}, "timezone"),
        ({"zones": {"CST": "CST"}}, "zones"),
        ({"zones": {"+5": "Asia/Karachi"}}, "zones"),
        ({"language": "de"}, "language"),
        ({"format": "%d.%m"}, "format"),
    ],
)
def test_a_column_with_a_wrong_setting_is_refused_when_the_mapping_is_read(column: dict[str, Any], path: str) -> None:
    with pytest.raises(ValueError, match=path):
        reader(**column)


SIGNS = st.text(st.sampled_from([*"0123456789.,:/-+ TZWAPMоктября(["]), max_size=30)
FORMS = st.sampled_from([None, "%d.%m.%Y", "%d %B %Y %H:%M %Z", "%G-W%V-%u", "%Y %U %w", "unix", "unix_ms", "excel"])


@settings(max_examples=choose_depth(40, 500), deadline=None)
@given(SIGNS | st.text(max_size=30) | st.decimals(allow_nan=False).map(str), FORMS)
def test_no_cell_ends_in_a_traceback_or_stands_in_the_message(text: str, form: str | None) -> None:
    clock = ColumnClock(ZoneInfo("Europe/Warsaw"), NOW)
    try:
        found, day = read_time(text, make_form(form, has_typed_cells=True), clock)
    except CellError as error:
        message = str(error)
    else:
        message = ""
        assert found.astimezone(clock.zone).date() == day
    assert len(text) < 4 or text not in message
