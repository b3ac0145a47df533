"""Rules of asking for one question: those of the settings, as its survey and its reader's segments change them.

Invariants:

* The attention of a person is one budget: questions of all surveys and journeys count against it. A limit of a survey
  or a segment says how long *this* question waits after them, never that they count less for another question.
* Each limit is chosen by itself: that of the survey, else the strictest of the person's segments, else the settings'.
* A survey's days of the week replace those of the settings.
* A message of a volunteer diary has none of these limits: what its reader agreed to is its own promise.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from cjm.asking.allowed_time import EVERY_DAY
from cjm.asking.decision import MONTH, AskingRules
from cjm.journeys.journey import Journey, Segment
from cjm.journeys.survey import AskingLimits, Survey


def rules_for(rules: AskingRules, survey: Survey, segments: Iterable[Segment] = ()) -> AskingRules:
    """Return the rules for this survey and a person in these segments; ``rules`` are those of the settings."""
    if survey.is_diary:
        return _lift_limits(rules)
    of_segments = [segment.limits for segment in segments if segment.limits is not None]
    strictest = _find_strictest(of_segments)
    limited = _apply_limits(_apply_limits(rules, strictest), survey.limits)
    return limited if survey.weekdays is None else replace(limited, weekdays=frozenset(survey.weekdays))


def _lift_limits(rules: AskingRules) -> AskingRules:
    """Return the rules without any limit but the quiet hours."""
    none = timedelta()
    return replace(
        rules, any_survey=none, same_touchpoint=none, nps=none, per_month=0, weekdays=EVERY_DAY, patience=none
    )


def find_longest_wait(rules: AskingRules, journeys: Iterable[Journey]) -> timedelta:
    """Return the longest time for which an earlier question can keep another one from being sent, in any journey."""
    limited = (_apply_limits(rules, limits) for journey in journeys for limits in _list_limits(journey))
    return max(MONTH, *(max(one.any_survey, one.same_touchpoint, one.nps) for one in (rules, *limited)))


def find_most_a_month(per_month: int, journeys: Iterable[Journey]) -> int:
    """Return how many questions one person may get in 30 days, of all surveys; 0 if there is no limit.

    ``per_month`` is that of the settings. A survey or a segment that allows more raises it, so that what people agree
    to stays true for every survey.
    """
    limits = (each for journey in journeys for each in _list_limits(journey) if each is not None)
    numbers = [per_month, *(each.per_month for each in limits if each.per_month is not None)]
    return max(numbers) if all(numbers) else 0


def _list_limits(journey: Journey) -> Iterator[AskingLimits | None]:
    yield from (survey.limits for survey in journey.surveys)
    yield from (segment.limits for segment in journey.segments)


def _apply_limits(rules: AskingRules, limits: AskingLimits | None) -> AskingRules:
    if limits is None:
        return rules
    return replace(
        rules,
        any_survey=_as_wait(limits.any_survey_days, rules.any_survey),
        same_touchpoint=_as_wait(limits.same_touchpoint_days, rules.same_touchpoint),
        nps=_as_wait(limits.nps_days, rules.nps),
        per_month=rules.per_month if limits.per_month is None else limits.per_month,
    )


def _as_wait(days: int | None, default: timedelta) -> timedelta:
    return default if days is None else timedelta(days=days)


def _find_strictest(limits: Iterable[AskingLimits]) -> AskingLimits | None:
    """Return the strictest of each limit: the longest wait, and the smallest number a month; None without any."""
    several = list(limits)
    if not several:
        return None
    return AskingLimits(
        any_survey_days=_find_longest(one.any_survey_days for one in several),
        same_touchpoint_days=_find_longest(one.same_touchpoint_days for one in several),
        nps_days=_find_longest(one.nps_days for one in several),
        per_month=_find_fewest(one.per_month for one in several),
    )


def _find_longest(days: Iterable[int | None]) -> int | None:
    return max((each for each in days if each is not None), default=None)


def _find_fewest(numbers: Iterable[int | None]) -> int | None:
    known = [each for each in numbers if each is not None]
    # 0 is no limit, so any other number is stricter.
    return min((each for each in known if each), default=0) if known else None
