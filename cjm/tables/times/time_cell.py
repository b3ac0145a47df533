"""Read the cell of a date or time: the time in UTC, and its day in the journey's zone.

Invariants:

* No message holds what the cell holds.
* A time without a zone is what clocks in the column's zone, else the journey's, show: of a time that they show twice
  it is the first one, and a time that they skip is the time of the jump (`cjm.wall_clock`).
* A day alone is noon of that day in the journey's zone: it stays the same day in every zone that is near.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from cjm.journeys.visit import EARLIEST, MOST_AHEAD
from cjm.tables.cell import CellError
from cjm.tables.times.cell_time import CellTime, FormatMismatchError, TimeForm
from cjm.tables.times.time_hints import suggest_format
from cjm.tables.times.zone_text import zone_to_utc
from cjm.wall_clock import wall_to_utc


@dataclass(frozen=True, slots=True)
class ColumnClock:
    """Zones and present time that the times of a column are read by.

    ``zone`` is the journey's, ``own_zone`` the column's, which may be missing; ``zones`` holds the meaning of names of
    zones in the cells, by `plain_zone`.
    """

    zone: ZoneInfo
    now: datetime
    own_zone: ZoneInfo | None = None
    zones: Mapping[str, str] = field(default_factory=dict)


def read_time(text: str, form: TimeForm, clock: ColumnClock) -> tuple[datetime, date]:
    """Read a date or a time; return it in UTC with its day in the journey's zone. Raises CellError."""
    if not text:
        raise CellError("is empty")
    try:
        said = form.parse(text)
    except FormatMismatchError as error:
        raise CellError(f"{error}{suggest_format(text, form)}") from None
    try:
        found = _to_utc(said, clock)
        day = said.wall.date() if said.is_day else found.astimezone(clock.zone).date()
    except CellError:
        raise
    except (OverflowError, ValueError):
        raise CellError("is outside of the calendar") from None
    if found < EARLIEST:
        raise CellError(f"is before the year {EARLIEST.year}")
    if found > clock.now + MOST_AHEAD:
        raise CellError("is more than a day ahead of now")
    return found, day


def _to_utc(said: CellTime, clock: ColumnClock) -> datetime:
    if said.is_day:
        return wall_to_utc(datetime.combine(said.wall, time(12)), clock.zone)
    if said.zone:
        return zone_to_utc(said.wall, said.zone, clock.zones).astimezone(UTC)
    return wall_to_utc(said.wall, clock.own_zone or clock.zone)
