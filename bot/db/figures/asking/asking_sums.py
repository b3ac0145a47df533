"""Sums of what became of the delivered questions of a scope: by survey, by channel, by hour.

* They are sums of counters. Only the questions that are still open are read from rows, at most `MOST_OPEN` of them;
  of more, the counters of the latest visits say how many are young.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from sqlalchemy import func, or_, select, text

from bot.db.asking.tables import invitation_table, response_table
from bot.db.counters.tables import tally_table
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, is_counted_in, row_condition
from bot.db.figures.still_open import AFTER_REMINDER, MOST_OPEN
from cjm.figures.asking.asking_outcome import AskingOutcome
from cjm.figures.asking.outcome import split_hour_bucket
from cjm.figures.findings.asking.report import AskingTally
from cjm.figures.tally import ASKED, ASKED_AT

# Written out, as in the index: no engine finds a part of an index by parameters.
_IS_ANSWERABLE = text("invitation.state IN ('open', 'answering')")
_UNSETTLED = (AskingOutcome.OPEN, AskingOutcome.SNOOZED, AskingOutcome.BLOCKED)
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class AskingSums:
    """Delivered questions of a scope: by survey, by channel, and by the hour of their readers' clocks."""

    surveys: Mapping[str, AskingTally]
    channels: Mapping[str, AskingTally]
    hours: Mapping[int, AskingTally]


class _Count(NamedTuple):
    """Number of questions of a survey and a channel, or of an hour: a counter tells one of the two, a row both."""

    survey: str | None
    channel: str | None
    hour: int | None
    outcome: AskingOutcome
    n: int


def read_asking(tx: Connection, scope: MapScope, remind_after: timedelta, now: datetime) -> AskingSums:
    """Return what became of the questions of a scope; one of the last ``remind_after`` + 24 h may be young."""
    since = now - remind_after - AFTER_REMINDER
    counts = _list_counts(tx, scope)
    young = _list_young(tx, scope, since)
    if young is None:
        first = max(scope.first, since.astimezone(scope.journey.zone).date())
        latest = _list_counts(tx, replace(scope, first=first)) if first <= scope.last else []
        young = [each for each in latest if each.outcome in _UNSETTLED]
    return AskingSums(
        _sum_by(lambda each: each.survey, counts, young),
        _sum_by(lambda each: each.channel, counts, young),
        _sum_by(lambda each: each.hour, counts, young),
    )


def _sum_by(
    choose: Callable[[_Count], K | None], counts: Iterable[_Count], young: Iterable[_Count]
) -> dict[K, AskingTally]:
    """Return the tallies by what ``choose`` takes of a count; where it takes None, the count belongs to no part."""
    outcomes: defaultdict[K, Counter[AskingOutcome]] = defaultdict(Counter)
    for each in counts:
        if (key := choose(each)) is not None and each.n:
            outcomes[key][each.outcome] += each.n
    of_young: Counter[K] = Counter()
    for each in young:
        if (key := choose(each)) is not None:
            of_young[key] += each.n
    return {key: AskingTally(dict(found), of_young[key]) for key, found in outcomes.items()}


def _list_counts(tx: Connection, scope: MapScope) -> list[_Count]:
    key = (tally_table.c.measure, tally_table.c.bucket, tally_table.c.channel)
    is_meant = or_(tally_table.c.measure == ASKED_AT, tally_table.c.measure.startswith(ASKED, autoescape=True))
    is_ours = is_counted_in(scope) & (tally_table.c.subject == "") & is_meant
    rows = tx.execute(select(*key, func.sum(tally_table.c.n).label("n")).where(is_ours).group_by(*key))
    return [_read_count(row.measure, row.bucket, row.channel, int(row.n)) for row in rows]


def _read_count(measure: str, bucket: str, channel: str, n: int) -> _Count:
    if measure == ASKED_AT:
        hour, outcome = split_hour_bucket(bucket)
        return _Count(None, None, hour, outcome, n)
    return _Count(measure.removeprefix(ASKED), channel, None, AskingOutcome(bucket), n)


def _list_young(tx: Connection, scope: MapScope, since: datetime) -> list[_Count] | None:
    """Return the open questions delivered after ``since`` without an answer; None if more are open than are read."""
    i = invitation_table.c
    columns = (i.id, i.survey, i.channel, i.sent_hour, i.sent_at)
    is_question = row_condition(scope, invitation_table) & i.diary_id.is_(None)
    read = select(*columns).where(_IS_ANSWERABLE, is_question).limit(MOST_OPEN + 1)
    open_now = read.subquery()
    answered = response_table.c.started_at.is_not(None).label("is_answered")
    with_response = open_now.outerjoin(response_table, response_table.c.invitation_id == open_now.c.id)
    rows = tx.execute(select(open_now, answered).select_from(with_response)).all()
    if len(rows) > MOST_OPEN:
        return None
    return [
        _Count(row.survey, row.channel, row.sent_hour, AskingOutcome.OPEN, 1)
        for row in rows
        if row.sent_hour is not None and row.sent_at > since and not row.is_answered
    ]
