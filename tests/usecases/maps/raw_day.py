"""Parts of the day of a map, computed again from raw rows of `raw_figures`."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from cjm.figures.day.day_figures import DayPart
from cjm.figures.journey_map import JourneyMap
from cjm.figures.score import Verdict
from tests.usecases.maps.raw_figures import RawRows, RawScope, score

ENDS = {"night": 6, "morning": 11, "midday": 14, "afternoon": 18, "evening": 24}


def find_part(at: datetime, zone: ZoneInfo) -> str | None:
    """Return the part of the day of a visit that no import told, of a person without a zone of their own."""
    clock = at.astimezone(zone)
    if time() in (clock.time(), at.time()):
        return None
    return next(name for name, end in ENDS.items() if clock.hour < end)


def check_day(found: JourneyMap, rows: RawRows, scope: RawScope, zone: ZoneInfo, minimum: int) -> None:
    """Check visits and scores of each part against the rows that are there and those that are gone."""
    day = found.day
    assert day is not None
    visits = [v for gone in (False, True) for v in scope.select(rows, "visit", gone=gone) if not v["withdrawn"]]
    parts = [find_part(v["at"], zone) for v in visits]
    assert [v["part"] for v in visits] == parts
    assert (day.timed_visits, day.unknown) == (len(parts) - parts.count(None), parts.count(None))
    for part in day.parts:
        assert part.visits == parts.count(part.part)
        assert sum(place.visits for place in part.places) <= part.visits
        if scope.segment is None or not scope.select(rows, "answer", gone=True):
            check_score(part, rows, scope, found, minimum)


def check_score(part: DayPart, rows: RawRows, scope: RawScope, found: JourneyMap, minimum: int) -> None:
    raw = score(rows, scope, found.scale, lambda a: a["part"] == part.part)
    if raw is None:
        assert part.score is None
        return
    assert part.score is not None
    assert part.score.n == raw.n
    if part.score.verdict is Verdict.WITHHELD:
        assert part.score.value is None
        return
    assert raw.n >= minimum
    assert part.score.value == pytest.approx(raw.value, abs=1e-6)
    assert part.score.low is not None
    assert part.score.high is not None
    assert part.score.low <= raw.value <= part.score.high
