"""Measures, amounts and starts of walks of a map, computed again from raw rows of `raw_figures`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

import pytest

from cjm.figures.journey_map import StageFigures
from tests.usecases.maps.raw_figures import RawRows, RawScope, Row


def check_facts(
    stage: StageFigures, rows: RawRows, scope: RawScope, now: datetime, window: timedelta, *, place: int, is_last: bool
) -> None:
    """Check a stage's facts against the rows that are there and those that are gone; the minimum is two."""
    visits, entries = (
        [row for gone in (False, True) for row in scope.select(rows, table, gone=gone) if row["stage"] == stage.key]
        for table in ("visit", "stage_entry")
    )
    # Who was forgotten is known to be somebody else only within a day.
    people = {row["customer_id"] for row in visits if not row["withdrawn"]}
    is_few = len(people) < 2 or any(scope.select(rows, "visit", gone=True))
    check_measures(stage, visits, is_few=is_few)
    starts = [(e["at"] - e["started_at"]).total_seconds() for e in entries if e["started_at"] is not None]
    if place == 0 or len(starts) < 2:
        assert stage.start_time is None
    else:
        assert stage.start_time is not None
        assert stage.start_time.n == len(starts)
        assert stage.start_time.median_s == pytest.approx(quantile(starts, 0.5), rel=0.025, abs=1.1)
    everyone = replace(scope, segment=None, channel=None)
    told = [e for e in entries if e["amount"] is not None]
    others = list_told(rows, everyone, stage.key, without=told)
    # A single walk of a class at a channel may follow from several parts, so some of these are withheld.
    groups = Counter((tuple(rows.cohorts[e["cohort_id"]].items()), e["channel"]) for e in (*told, *others))
    may_tell_one = scope != everyone and 1 in groups.values()
    check_amount(stage, told, others, now - window, is_last=is_last, is_few=is_few or may_tell_one)
    assert not stage.amount or len(others) != 1


def check_measures(stage: StageFigures, visits: Sequence[Row], *, is_few: bool) -> None:
    values = [v["measures"]["wait"] for v in visits if v["measures"] and not v["withdrawn"]]
    if not stage.measures:
        assert is_few or len(values) < 2
        return
    [wait] = stage.measures
    assert wait.n == len(values) >= 2
    assert (wait.key, wait.unit) == ("wait", "min")
    assert wait.median == pytest.approx(quantile(values, 0.5), rel=0.01)
    assert wait.p90 == pytest.approx(quantile(values, 0.9), rel=0.01)
    if wait.low is not None and wait.high is not None:
        assert min(values) * 1.01 - 1 < wait.low <= wait.median <= wait.high <= max(values) * 1.01 + 1


def check_amount(
    stage: StageFigures, told: Sequence[Row], others: Sequence[Row], end: datetime, *, is_last: bool, is_few: bool
) -> None:
    if stage.amount is None:
        assert is_few or len(told) < 2
        return
    assert stage.amount.n == len(told) >= 2
    assert stage.amount.total == pytest.approx(sum(e["amount"] for e in told), abs=0.01)
    lost, others_lost = (
        [e for e in each if full_hour(e["at"]) <= end and not has_gone_on(e, stage.key)] for each in (told, others)
    )
    if is_last:
        assert (stage.amount.lost_n, stage.amount.lost) == (0, 0)
        return
    assert stage.amount.lost_n == len(lost)
    if 1 in (len(lost), len(told) - len(lost), len(others_lost), len(others) - len(others_lost)):
        assert stage.amount.lost is None
    else:
        assert stage.amount.lost == pytest.approx(sum(e["amount"] for e in lost), abs=0.01)


def has_gone_on(entry: Row, stage: str) -> bool:
    assert entry["stage"] == stage
    return entry["next_at"] is not None and entry["next_at"] - entry["at"] <= timedelta(days=3)


def full_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def list_told(rows: RawRows, scope: RawScope, stage: str, *, without: Sequence[Row]) -> list[Row]:
    """Return the other walks at a stage that told an amount."""
    entries = [e for gone in (False, True) for e in scope.select(rows, "stage_entry", gone=gone)]
    return [e for e in entries if e["stage"] == stage and e["amount"] is not None and e not in without]


def quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[ceil(share * len(values)) - 1]
