"""Parts of the day: every hour is in one, and a day alone is in none."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from cjm.figures.day.day_places import find_part, part_place, read_part_place
from cjm.figures.day.parts import PartOfDay, hours_of, part_of

MOSCOW, TOKYO = ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Tokyo")


def test_each_hour_is_in_the_one_part_whose_hours_have_it() -> None:
    for hour in range(24):
        assert [part for part in PartOfDay if hour in hours_of(part)] == [part_of(time(hour, 59))]
    for part in PartOfDay:
        assert read_part_place(part_place(part)) is part


@pytest.mark.parametrize(
    ("at", "own_zone", "is_imported", "part"),
    [
        ("2026-11-20T04:30", None, False, PartOfDay.MORNING),  # 07:30 in Moscow
        ("2026-11-20T04:30", TOKYO, False, PartOfDay.MIDDAY),  # 13:30 by the customer's clock
        ("2026-11-20T21:00:01", None, False, PartOfDay.NIGHT),  # a second after midnight is a time
        ("2026-11-20T21:00", None, False, None),  # midnight in Moscow: a day alone
        ("2026-11-20T00:00", None, False, None),  # midnight in UTC: a sender without times
        ("2026-11-20T00:00", TOKYO, False, None),
        ("2026-11-20T09:00", None, True, None),  # noon in Moscow: a day alone of a table
        ("2026-11-20T09:00", None, False, PartOfDay.MIDDAY),
    ],
)
def test_part_is_by_the_customers_clock_and_unknown_where_only_the_day_is_told(
    at: str, own_zone: ZoneInfo | None, is_imported: bool, part: PartOfDay | None
) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert find_part(moment, MOSCOW, own_zone, is_imported=is_imported) is part
