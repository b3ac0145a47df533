"""Three ways to decide whom to ask: as Tropa was first built, with holding alone, and as it is now.

The first is an honest copy of `cjm.asking.decision` of then; the second is today's function without what came since.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from cjm.asking.decision import (
    Ask,
    AskingReason,
    AskingRules,
    AskingVisit,
    Decision,
    History,
    Hold,
    Skip,
    decide,
    is_sampled,
)
from cjm.asking.quiet_hours import QuietHours
from cjm.journeys.survey import Survey

Decide = Callable[[AskingVisit, Survey, History, AskingRules, datetime], Decision]
NOW_RULES = AskingRules(quiet_hours=QuietHours.parse("21:00-09:00"))
HOLDING_RULES = replace(NOW_RULES, patience=timedelta(), is_adaptive=False)


class AskingPolicy(NamedTuple):
    """Policy: the function that decides, its rules, and whether the order of questions counts."""

    name: str
    decide: Decide
    rules: AskingRules
    has_order: bool


def decide_as_first_built(
    visit: AskingVisit, survey: Survey, history: History, rules: AskingRules, now: datetime
) -> Decision:
    """Decide as before: at the event and when it is due alike, each limit refuses for good, and the earliest wins."""
    deadline = visit.at + survey.greatest_age
    if now > deadline:
        return Skip(AskingReason.TOO_LATE)
    if not is_sampled(visit.event_id, survey):
        return Skip(AskingReason.NOT_SAMPLED)
    if (refusal := _refuse_by_frequency(survey, history, rules, now)) is not None:
        return Skip(refusal)
    hold = _hold_as_first_built(visit, survey, history, rules, deadline, now)
    if hold is None:
        return Ask()
    return hold if hold.until <= deadline else Skip(AskingReason.TOO_LATE)


def _refuse_by_frequency(survey: Survey, history: History, rules: AskingRules, now: datetime) -> AskingReason | None:
    def is_within(period: timedelta, last: datetime | None) -> bool:
        return last is not None and now - last < period

    if is_within(rules.same_touchpoint, history.last_asked_here):
        return AskingReason.ASKED_HERE_RECENTLY
    if survey.has_nps and is_within(rules.nps, history.last_nps):
        return AskingReason.NPS_RECENTLY
    if is_within(rules.any_survey, history.last_asked):
        return AskingReason.ASKED_RECENTLY
    return AskingReason.MONTHLY_LIMIT if len(history.asked_last_30_days) >= rules.per_month else None


def _hold_as_first_built(
    visit: AskingVisit, survey: Survey, history: History, rules: AskingRules, deadline: datetime, now: datetime
) -> Hold | None:
    assert rules.quiet_hours is not None
    due = visit.at + survey.delay
    if due > now:
        return Hold(rules.quiet_hours.end_after(due), AskingReason.DELAY)
    if rules.quiet_hours.covers(now):
        return Hold(rules.quiet_hours.end_after(now), AskingReason.QUIET_HOURS)
    if history.has_open_survey:
        return Hold(min(now + timedelta(hours=1), deadline), AskingReason.OPEN_SURVEY)
    return None


FIRST_BUILT = AskingPolicy("as first built", decide_as_first_built, HOLDING_RULES, has_order=False)
HOLDING = AskingPolicy("holding alone", decide, HOLDING_RULES, has_order=False)
NOW = AskingPolicy("now", decide, NOW_RULES, has_order=True)
