"""Find the columns that tables of every kind have: row, customer, time, channel; and those to leave out.

Invariants:

* A column with names, addresses or telephones of people is never used; the finding says how to use it as a customer's
  id, where the reader wants that.
* The profile of a tool wins over words of headers.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cjm.tables.cell import CellError
from cjm.tables.cells.labels import ChannelFinder, fold_label
from cjm.tables.guessing.findings import Certainty, ColumnFinding
from cjm.tables.guessing.header_words import has_short_name, has_word
from cjm.tables.guessing.table_layout import TableLayout
from cjm.tables.guessing.table_sample import SampleColumn
from cjm.tables.guessing.time_guess import TimeGuess, guess_times, holds_clock
from cjm.tables.headers.plain_words import plain_words
from cjm.tables.tools.tool_profile import ToolProfile, matches_name
from cjm.time_zones import zone_names

_CHANNELS = {
    "web": "site", "website": "site", "desktop": "site", "link": "site", "mobile": "app", "in app": "app", "ios": "app",
    "android": "app", "e mail": "email", "mail": "email", "sms": "messenger", "telephone": "phone", "call": "phone",
    "live chat": "chat", "in store": "store", "shop": "store", "branch": "store", "сайт": "site", "приложение": "app",
    "почта": "email", "письмо": "email", "телефон": "phone", "звонок": "phone", "чат": "chat", "магазин": "store",
    "strona": "site", "www": "site", "aplikacja": "app", "sklep": "store", "infolinia": "phone", "czat": "chat",
}  # fmt: skip
_EMAIL = re.compile(r"\S+@\S+\.\S+")
_NAME_PART = r"[^\W\d_](?:[^\W\d_]|['’.-])*"
_FULL_NAME = re.compile(rf"{_NAME_PART}(?:(?:, ?| ){_NAME_PART}){{1,4}}")
_TIME_ZONE = re.compile(r'"timeZone"\s*:\s*"([^"]{1,60})"')
_UTC = re.compile(r"\b(?:utc|gmt)\b")
MOST_IN_A_NAME = 128  # characters of the name of a row, a customer or a walk
_BEST_TIME, _SOME_TIME, _NO_TIME_WORD, _WORSE_TIME = range(4)  # how a header fits the time that is meant
PERSONAL = "personal: never stored"


@dataclass(slots=True)
class ColumnRoles:
    """Columns of a table apart from its questions or events.

    ``at`` are the columns of the time, several if the day and the time of day stand apart, with its ``time`` format;
    ``timezone`` is the zone of times without one, where the file says it. ``rest`` are the columns without a role.
    """

    row: SampleColumn | None = None
    customer: SampleColumn | None = None
    at: Sequence[SampleColumn] = ()
    time: TimeGuess | None = None
    timezone: str | None = None
    channel: SampleColumn | None = None
    channels: dict[str, str] = field(default_factory=dict)
    filter: dict[str, Any] | None = None
    rest: list[SampleColumn] = field(default_factory=list)
    findings: list[ColumnFinding] = field(default_factory=list)

    def take(self, column: SampleColumn, taken_for: str, reason: str, *, is_sure: bool = True) -> None:
        """Give a column a role."""
        certainty = Certainty.SURE if is_sure else Certainty.UNSURE
        self.findings.append(ColumnFinding(column.shown_name, taken_for, reason, certainty))
        self.rest.remove(column)

    def leave_out(self, column: SampleColumn, reason: str) -> None:
        """Leave a column out."""
        self.findings.append(ColumnFinding(column.shown_name, "", reason, Certainty.LEFT_OUT))
        if column in self.rest:
            self.rest.remove(column)

    def forget_role(self, taken_for: str) -> None:
        """Drop the findings about columns that were taken for this."""
        self.findings = [finding for finding in self.findings if finding.taken_for != taken_for]

    def forget_column(self, column: SampleColumn) -> None:
        """Drop the findings about a column."""
        self.findings = [finding for finding in self.findings if finding.column != column.shown_name]


def find_roles(layout: TableLayout, now: datetime) -> ColumnRoles:
    """Return the roles of a table's columns; `ColumnRoles.rest` may be questions."""
    roles = ColumnRoles(rest=list(layout.columns))
    _leave_out_empty(roles)
    _find_filter(roles, layout)
    _find_time(roles, layout, now)
    _find_row(roles, layout)
    _find_customer(roles, layout)
    _leave_out_personal(roles, layout)
    _leave_out_technical(roles, layout)
    _find_channel(roles)
    return roles


def _leave_out_empty(roles: ColumnRoles) -> None:
    for column in [c for c in roles.rest if not c.filled_cells]:
        roles.leave_out(column, "empty")


def _find_filter(roles: ColumnRoles, layout: TableLayout) -> None:
    rule = layout.profile.leave_out if layout.profile else None
    column = _find_named(layout, [str(rule.column)] if rule else [])
    if rule and column in roles.rest:
        roles.filter = {"column": column.reference, "cells": rule.cells}
        roles.take(column, "leave_out", f"rows of tests, previews and spam, as {_title(layout)} marks them")


def _title(layout: TableLayout) -> str:
    return layout.profile.title if layout.profile else ""


def _find_named(layout: TableLayout, names: Sequence[str]) -> SampleColumn | None:
    """Return the first column that has one of these names, in their order."""
    for name in names:
        for column in layout.columns:
            if matches_name(column.names, (name,)):
                return column
    return None


# ---- the time


def _find_time(roles: ColumnRoles, layout: TableLayout, now: datetime) -> None:
    profile = layout.profile
    formats = profile.formats if profile else ()
    named = [c for name in (profile.at if profile else ()) if (c := _find_named(layout, [name])) in roles.rest]
    others = [c for c in roles.rest if not has_short_name(c.names, "personal")]  # such as a date of birth
    found = list[tuple[SampleColumn, TimeGuess]]()
    for column in dict.fromkeys(named) or sorted(others, key=_rank_time):
        takes_numbers = column in named or _rank_time(column) != _NO_TIME_WORD
        if guess := guess_times(column, now, formats, takes_numbers=takes_numbers):
            found.append((column, guess))
    if not found:
        return
    # An empty time refuses its row, so a column that is always filled is better than a fitting name.
    fitting = [(c, g) for c, g in found if c in named or _rank_time(c) <= _NO_TIME_WORD] or found
    column, guess = next(((c, g) for c, g in fitting if len(c.values) == len(c.cells)), fitting[0])
    _take_time(roles, column, guess, layout)


def _rank_time(column: SampleColumn) -> int:
    for rank, group in ((_WORSE_TIME, "worse"), (_BEST_TIME, "best"), (_SOME_TIME, "any")):
        if has_short_name(column.names, "time", group):
            return rank
    return _NO_TIME_WORD


def _take_time(roles: ColumnRoles, column: SampleColumn, guess: TimeGuess, layout: TableLayout) -> None:
    clock = next((c for c in roles.rest if c.place == column.place + 1 and guess.is_day and holds_clock(c)), None)
    columns, reason = [column], _describe_times(guess)
    if clock is not None:
        columns, guess = [column, clock], _join_clock(guess, clock)
        reason = "days and, beside them, times of day"
    roles.at, roles.time = columns, guess
    needs_zone = not guess.has_zone and not (guess.is_day and clock is None) and guess.format not in ("unix", "unix_ms")
    if needs_zone:
        roles.timezone = _find_zone(column, layout)
        known = f"clocks of {roles.timezone}" if roles.timezone else "no time zone: that of the journey is taken"
        reason = f"{reason}, {known}"
    missing = len(column.cells) - len(column.values)
    if missing:
        reason = f"{reason}; {missing} of {len(column.cells)} rows have none and will be refused"
    if guess.other:
        reason = f"{reason}; could also be {guess.other}: check one date that you know"
    is_zone_open = needs_zone and roles.timezone is None
    roles.take(column, "at", reason, is_sure=not (guess.other or missing or is_zone_open))
    if clock is not None:
        roles.take(clock, "at", "times of day that belong to the days beside them")


def _describe_times(guess: TimeGuess) -> str:
    if guess.format is None:
        return "days, ISO 8601" if guess.is_day else "times, ISO 8601"
    return f"{'days' if guess.is_day else 'times'} of the format {guess.format}"


def _join_clock(guess: TimeGuess, clock: SampleColumn) -> TimeGuess:
    cell = clock.values[0].upper()
    clock_format = "%I:%M" if "M" in cell else "%H:%M"
    clock_format += ":%S" if cell.count(":") > 1 else ""
    clock_format += " %p" if "M" in cell else ""
    is_iso = guess.format is None and "M" not in cell
    return TimeGuess(None if is_iso else f"{guess.format or '%Y-%m-%d'} {clock_format}", guess.other)


def _find_zone(column: SampleColumn, layout: TableLayout) -> str | None:
    """Return the zone that the header tells, as Qualtrics and Typeform do, or else that of the tool."""
    for cell in column.header_cells:
        if (found := _TIME_ZONE.search(cell)) and found[1] in zone_names():
            return found[1]
    if any(_UTC.search(name) for name in column.names):
        return "UTC"
    return layout.profile.timezone if layout.profile else None


# ---- who and which


def _find_row(roles: ColumnRoles, layout: TableLayout) -> None:
    column = _find_named(layout, layout.profile.row if layout.profile else ())
    is_of_tool = column is not None
    if column is None:
        column = next((c for c in roles.rest if has_short_name(c.names, "row") and _may_name_rows(c)), None)
    if column not in roles.rest or column is None or not _may_name_rows(column):
        return
    names_people = has_short_name(column.names, "customer") and not is_of_tool
    if not names_people:
        roles.row = column
        roles.take(column, "row", "a different name in each row")


def _may_name_rows(column: SampleColumn) -> bool:
    return column.is_unique and all(len(cell) <= MOST_IN_A_NAME and cell.isprintable() for cell in column.cells)


def _find_customer(roles: ColumnRoles, layout: TableLayout) -> None:
    column = _find_named(layout, layout.profile.customer if layout.profile else ())
    if column not in roles.rest or column is None or not _may_name_people(column):
        column = next((c for c in roles.rest if has_short_name(c.names, "customer") and _may_name_people(c)), None)
    if column is None:
        return
    missing = len(column.cells) - len(column.filled_cells)
    if missing:
        roles.leave_out(column, f"could be your id of the customer, but {missing} rows have none and would be refused")
        return
    roles.customer = column
    roles.take(column, "customer", "your own id of the person, the one that events use", is_sure=bool(layout.tool))


def _may_name_people(column: SampleColumn) -> bool:
    return not (_holds_emails(column) or _holds_full_names(column)) and all(
        len(c) <= MOST_IN_A_NAME and c.isprintable() for c in column.filled_cells
    )


def _holds_emails(column: SampleColumn) -> bool:
    """Return whether most cells are e-mail addresses."""
    emails = sum(_EMAIL.fullmatch(cell) is not None for cell in column.filled_cells)
    return 2 * emails > len(column.filled_cells)


def _holds_full_names(column: SampleColumn) -> bool:
    """Return whether most cells are two to five words without a digit, as full names of people are."""
    names = sum(_FULL_NAME.fullmatch(cell) is not None for cell in column.filled_cells)
    return 2 * names > len(column.filled_cells)


# ---- what is left out


def _leave_out_personal(roles: ColumnRoles, layout: TableLayout) -> None:
    profile = layout.profile
    for column in list(roles.rest):
        if profile and matches_name(column.names, profile.your_own):
            how = f'if it is your id of the customer, write customer = "{column.shown_name}"'
            roles.leave_out(column, f"your own data, which may be personal; {how}")
        elif _is_personal(column, profile):
            roles.leave_out(column, PERSONAL)


def _is_personal(column: SampleColumn, profile: ToolProfile | None) -> bool:
    is_of_tool = profile is not None and matches_name(column.names, profile.personal)
    has_name = has_short_name(column.names, "personal") or _names_people(column)
    is_full_name = has_short_name(column.names, "customer") and _holds_full_names(column)
    return is_of_tool or has_name or is_full_name or _holds_emails(column)


def _names_people(column: SampleColumn) -> bool:
    """Return whether a header asks for a name, and not for that of a thing; a long one only above full names."""
    if has_word(column.names, "personal", "name_of_thing"):
        return False
    is_short = has_short_name(column.names, "personal", "name")
    return is_short or (has_word(column.names, "personal", "name") and _holds_full_names(column))


def _find_channel(roles: ColumnRoles) -> None:
    for column in [c for c in roles.rest if has_short_name(c.names, "channel")]:
        meanings = {cell: _channel_of(cell) for cell in column.counts}
        known = {cell: channel for cell, channel in meanings.items() if channel}
        if not known or len(known) < len(meanings) or any(not cell.isprintable() for cell in known):
            continue
        roles.channel = column
        roles.channels = {cell: channel for cell, channel in known.items() if fold_label(cell) != channel}
        roles.take(column, "channel", "where it happened")
        return


def _channel_of(cell: str) -> str | None:
    try:
        return ChannelFinder().find(cell)
    except CellError:
        return _CHANNELS.get(plain_words(cell))


def _leave_out_technical(roles: ColumnRoles, layout: TableLayout) -> None:
    profile = layout.profile
    for column in list(roles.rest):
        if profile is None:
            if has_short_name(column.names, "technical"):
                roles.leave_out(column, "about the response, not an answer")
        elif matches_name(column.names, profile.technical) and not profile.find_score(column.names):
            roles.leave_out(column, f"about the response, from {profile.title}")


def list_time_columns(roles: ColumnRoles, now: datetime) -> Iterator[tuple[SampleColumn, TimeGuess]]:
    """Yield the columns without a role that hold times."""
    for column in roles.rest:
        if guess := guess_times(column, now, takes_numbers=has_word(column.names, "time")):
            yield column, guess
