"""Decide whether to ask a person about a visit: ``decide(visit, survey, history, rules, now) -> Ask | Hold | Skip``.

Invariants:

* The decision is made when the event comes, again when its invitation is due, and again each time a letter about it is
  about to leave (`decide_to_send`), from the same function.
* Every decision has a reason, which is stored and can be looked up.
* The first check that fails gives the reason. Reasons to skip are checked before reasons to hold, so that nothing is
  held that would be skipped now.
* A limit on how often a person is asked holds a question until the limit ends. It skips the question only if that is
  after the visit's greatest age. While a question is delayed, limits are not looked at: they are judged when it is due.
* Of several limits, the one that ends last decides and gives the reason.
* A visit is never asked about after its greatest age, and never held beyond it.
* A question gives way to a more important one of the same person, and a routine one waits a while for a moment of
  truth (`cjm.asking.priority`). Both are looked at last, when nothing else stands in the way.
* A question that waits for anything waits on until a day of the week and an hour at which its reader may be asked.
* Staff are never asked; their visits count like all others.
* A message of a volunteer diary is bound by none of the limits, nor by "not about this" and "less often": its reader
  agreed to so many of them. Who stopped all questions gets none of them either.
"""

import hashlib
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from cjm.asking.allowed_time import EVERY_DAY, find_allowed_time
from cjm.asking.priority import Importance, RivalQuestion, find_displacing_rival, find_end_of_patience
from cjm.asking.quiet_hours import QuietHours
from cjm.journeys.survey import Survey
from cjm.weekly import Weekday

MONTH = timedelta(days=30)
"""Period of the monthly limit."""

LESS_OFTEN = timedelta(days=30)
"""Shortest time between two surveys for a person who wishes to be asked less often; a longer limit stays."""


class AskingReason(StrEnum):
    """Reason of a decision; the values are stored."""

    FINE = "fine"
    DELAY = "delay"
    QUIET_HOURS = "quiet_hours"
    OPEN_SURVEY = "open_survey"
    NO_CONSENT = "no_consent"
    NO_CHAT = "no_chat"
    UNREACHABLE = "unreachable"
    STOPPED = "stopped"
    MUTED = "muted"
    WITHDRAWN = "withdrawn"
    WENT_ON = "went_on"
    TOO_LATE = "too_late"
    NOT_SAMPLED = "not_sampled"
    ASKED_RECENTLY = "asked_recently"
    LESS_OFTEN = "less_often"  # asked recently enough for somebody who wishes to be asked less often
    ASKED_HERE_RECENTLY = "asked_here_recently"
    NPS_RECENTLY = "nps_recently"
    MONTHLY_LIMIT = "monthly_limit"
    FORGOTTEN = "forgotten"
    CAMPAIGN_STOPPED = "campaign_stopped"
    ENOUGH_ANSWERS = "enough_answers"
    PATIENCE = "patience"
    DISPLACED = "displaced"
    STAFF = "staff"
    WEEKDAY = "weekday"
    DIARY_ENDED = "diary_ended"
    ARCHIVED = "archived"


LIMIT_REASONS = (
    AskingReason.ASKED_RECENTLY,
    AskingReason.LESS_OFTEN,
    AskingReason.ASKED_HERE_RECENTLY,
    AskingReason.NPS_RECENTLY,
    AskingReason.MONTHLY_LIMIT,
)
"""Reasons that are limits on how often a person is asked: time ends each of them."""

LASTING_REASONS = (AskingReason.WEEKDAY, AskingReason.DISPLACED)
"""Reasons to hold that are also the reason to skip, where the question would have to be held for too long."""


class AskingVerdict(StrEnum):
    """Name of a decision, as it is stored and shown."""

    ASK = "ask"
    HOLD = "hold"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Ask:
    """Decision to ask now."""

    reason: AskingReason = AskingReason.FINE

    @property
    def verdict(self) -> AskingVerdict:
        return AskingVerdict.ASK


@dataclass(frozen=True, slots=True)
class Hold:
    """Decision to wait and to decide again at ``until``, or sooner if the person consents or ends a stop."""

    until: datetime
    reason: AskingReason

    @property
    def verdict(self) -> AskingVerdict:
        return AskingVerdict.HOLD


@dataclass(frozen=True, slots=True)
class Skip:
    """Decision never to ask about this visit."""

    reason: AskingReason

    @property
    def verdict(self) -> AskingVerdict:
        return AskingVerdict.SKIP


Decision = Ask | Hold | Skip


@dataclass(frozen=True, slots=True)
class AskingRules:
    """Limits on how often one person is asked.

    ``any_survey``, ``same_touchpoint`` and ``nps`` are the shortest times between two surveys of that sort; zero
    switches one off. ``per_month`` is the greatest number of surveys in 30 days, 0 for no limit. ``weekdays`` are the
    days on which questions are sent. What holds for one survey and one person: `cjm.asking.limits.rules_for`.

    ``patience`` is how long a routine question waits for a moment of truth, zero for not at all. ``is_adaptive``: of
    each survey so many visits are asked about that it reaches its number of people; else its share alone decides.
    """

    any_survey: timedelta = timedelta(days=7)
    same_touchpoint: timedelta = timedelta(days=30)
    nps: timedelta = timedelta(days=90)
    per_month: int = 4
    quiet_hours: QuietHours | None = None
    weekdays: Set[Weekday] = EVERY_DAY
    patience: timedelta = timedelta(days=3)
    is_adaptive: bool = True


@dataclass(frozen=True, slots=True)
class AskingVisit:
    """Visit that may be asked about: its event's id, its time (aware), and whether it was withdrawn since.

    ``answerable_until``, once its question was sent, is how long that may be answered: a reminder may come until then.
    Delay, greatest age and sampling were decided when the question was sent, and are not looked at any more.

    ``wanted_share`` is the part of such visits that is to be asked about (`cjm.asking.adaptive_sampling`). It counts
    when the event comes, and is 1 later, so that each visit is drawn once. ``is_patient``: the question waits for a
    moment of truth that may still come.
    """

    event_id: str
    at: datetime
    withdrawn: bool = False
    answerable_until: datetime | None = None
    importance: Importance = Importance.ROUTINE
    wanted_share: float = 1.0
    is_patient: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """Facts about one person that decide about one subject (a touchpoint or a stage). Times are aware.

    ``last_asked`` is when any survey was last sent, ``last_asked_here`` when one about this subject was; now if it is
    on its way. Messages of volunteer diaries are no surveys here.
    ``asked_last_30_days`` are the times of all surveys delivered or on their way, in any order.
    ``has_open_survey``: another invitation is open.
    ``asks_less_often``: they wish that `LESS_OFTEN` passes between two surveys, at least.
    ``rivals``: other questions that wait for them.
    ``muted``: they want no questions about this subject. ``forgotten``: they had themselves forgotten, and have not
    consented again since. ``is_staff``: they work for the business. ``quiet_hours`` replace those of the rules only if
    ``has_own_quiet_hours``: None is then the person's wish to have none.
    """

    zone: ZoneInfo
    has_chat: bool = True
    forgotten: bool = False
    has_consent: bool = True
    stopped: bool = False
    unreachable: bool = False
    has_own_quiet_hours: bool = False
    quiet_hours: QuietHours | None = None
    last_asked: datetime | None = None
    last_asked_here: datetime | None = None
    last_nps: datetime | None = None
    asked_last_30_days: tuple[datetime, ...] = ()
    has_open_survey: bool = False
    muted: bool = False
    is_staff: bool = False
    asks_less_often: bool = False
    rivals: tuple[RivalQuestion, ...] = ()


def decide(visit: AskingVisit, survey: Survey, history: History, rules: AskingRules, now: datetime) -> Decision:
    """Decide whether to ask this person about this visit now, later or never. ``now`` is aware."""
    deadline = visit.answerable_until or visit.at + survey.greatest_age
    due = visit.at + survey.delay if visit.answerable_until is None else visit.at
    if (refusal := _permanent_refusal(visit, survey, history, deadline, now)) is not None:
        return Skip(refusal)
    limit = _find_limit(survey, history, rules, now) if now >= due else None
    if limit is not None and limit.until > deadline:
        return Skip(limit.reason)
    hold = (
        _find_hold(history, rules, limit, due, deadline, now)
        or _find_displacement(visit, history, rules, now)
        or _find_wait(visit, history, rules, due, deadline, now)
    )
    if hold is None:
        return Ask()
    if hold.until <= deadline:
        return hold
    return Skip(hold.reason if hold.reason in LASTING_REASONS else AskingReason.TOO_LATE)


def decide_to_send(visit: AskingVisit, survey: Survey, history: History, rules: AskingRules, now: datetime) -> Decision:
    """Decide whether a letter about this visit may leave now, by the same rules as `decide`.

    Chat and consent were there when the letter was posted. Without them now, it is never sent.
    """
    decision = decide(visit, survey, history, rules, now)
    is_lost = decision.reason in (AskingReason.NO_CHAT, AskingReason.NO_CONSENT)
    return Skip(decision.reason) if is_lost else decision


def is_sampled(event_id: str, survey: Survey) -> bool:
    """Return whether the visit is in the survey's sampling share.

    It is decided by a hash of the event's id, so a repeated event gets the same answer on every replica.
    """
    return _draw_lot(event_id, survey) < survey.share


def is_drawn(event_id: str, survey: Survey, wanted_share: float) -> bool:
    """Return whether the visit is in the sampling share, and in the part of it that is to be asked about now."""
    return _draw_lot(event_id, survey) < min(survey.share, wanted_share)


def _draw_lot(event_id: str, survey: Survey) -> float:
    """Return the visit's lot, from 0 to 1: below the share of visits to ask about, it is asked about."""
    # The survey's key is hashed too, so that two surveys sample different visits.
    digest = hashlib.blake2b(f"{survey.key}\0{event_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def _permanent_refusal(
    visit: AskingVisit, survey: Survey, history: History, deadline: datetime, now: datetime
) -> AskingReason | None:
    if visit.withdrawn:
        return AskingReason.WITHDRAWN
    if now > deadline:
        return AskingReason.TOO_LATE
    if (refusal := _personal_refusal(survey, history)) is not None:
        return refusal
    if visit.answerable_until is not None:  # it was in the sampling share when it was asked about
        return None
    if not is_sampled(visit.event_id, survey):
        return AskingReason.NOT_SAMPLED
    is_wanted = is_drawn(visit.event_id, survey, visit.wanted_share)
    return None if is_wanted else AskingReason.ENOUGH_ANSWERS


def _personal_refusal(survey: Survey, history: History) -> AskingReason | None:
    if history.forgotten:
        return AskingReason.FORGOTTEN
    if history.is_staff:
        return AskingReason.STAFF
    if history.stopped:
        return AskingReason.STOPPED
    if history.unreachable:
        return AskingReason.UNREACHABLE
    return AskingReason.MUTED if history.muted and not survey.is_diary else None


def _find_limit(survey: Survey, history: History, rules: AskingRules, now: datetime) -> Hold | None:
    """Return the limit on how often this person is asked that ends last, None if all of them have ended by ``now``."""
    lasts = [
        (AskingReason.ASKED_HERE_RECENTLY, rules.same_touchpoint, history.last_asked_here),
        (AskingReason.NPS_RECENTLY, rules.nps, history.last_nps if survey.has_nps else None),
        (AskingReason.ASKED_RECENTLY, rules.any_survey, history.last_asked),
        (AskingReason.LESS_OFTEN, _find_wished_time(survey, history), history.last_asked),
        (AskingReason.MONTHLY_LIMIT, MONTH, _find_asked_before_limit(history, rules)),
    ]
    ends = [Hold(last + period, reason) for reason, period, last in lasts if last is not None and period > timedelta()]
    limit = max(ends, key=lambda hold: hold.until, default=None)
    if limit is None or limit.until <= now:
        return None
    return Hold(_find_allowed(limit.until, history, rules), limit.reason)


def _find_wished_time(survey: Survey, history: History) -> timedelta:
    """Return how much time this person wishes between two surveys."""
    return LESS_OFTEN if history.asks_less_often and not survey.is_diary else timedelta()


def _find_asked_before_limit(history: History, rules: AskingRules) -> datetime | None:
    """Return the time of the survey that must be a month old before another one is within the monthly limit."""
    asked = sorted(history.asked_last_30_days, reverse=True)
    return asked[rules.per_month - 1] if 0 < rules.per_month <= len(asked) else None


def _find_hold(
    history: History, rules: AskingRules, limit: Hold | None, due: datetime, deadline: datetime, now: datetime
) -> Hold | None:
    if not history.has_chat or not history.has_consent:
        # The event often comes before the person opens their link: held until the deadline, they can still be asked.
        return Hold(deadline, AskingReason.NO_CONSENT if history.has_chat else AskingReason.NO_CHAT)
    if due > now:
        return Hold(_find_allowed(due, history, rules), AskingReason.DELAY)
    if limit is not None:
        return limit
    if (allowed := _find_allowed(now, history, rules)) > now:
        # Of both, the one that ends last gives the reason, as with limits.
        end_of_quiet = find_allowed_time(now, history.zone, _choose_quiet_hours(history, rules))
        return Hold(allowed, AskingReason.WEEKDAY if allowed > end_of_quiet else AskingReason.QUIET_HOURS)
    if not history.has_open_survey:
        return None
    # No event says when the other survey ends, so this one is looked at again every hour.
    return Hold(min(now + timedelta(hours=1), deadline), AskingReason.OPEN_SURVEY)


def _find_displacement(visit: AskingVisit, history: History, rules: AskingRules, now: datetime) -> Hold | None:
    """Return the wait for a more important question, which would lose its chance if this one were asked now."""
    rival = find_displacing_rival(visit.importance, history.rivals, now, rules.any_survey)
    if rival is None:
        return None
    # Once that one is asked, the limits decide. No event says when it is, so this one is looked at again every hour.
    return Hold(_find_allowed(max(rival.due_at, now + timedelta(hours=1)), history, rules), AskingReason.DISPLACED)


def _find_wait(
    visit: AskingVisit, history: History, rules: AskingRules, due: datetime, deadline: datetime, now: datetime
) -> Hold | None:
    """Return the wait for a moment of truth that may still come; None if it is over, or too late to be asked after."""
    end = find_end_of_patience(due, deadline, rules.patience)
    if not visit.is_patient or end <= now:
        return None
    until = _find_allowed(end, history, rules)
    return Hold(until, AskingReason.PATIENCE) if until < deadline else None


def _find_allowed(time: datetime, history: History, rules: AskingRules) -> datetime:
    """Return the first time at or after ``time`` outside the person's quiet hours, on a day that is allowed."""
    return find_allowed_time(time, history.zone, _choose_quiet_hours(history, rules), rules.weekdays)


def _choose_quiet_hours(history: History, rules: AskingRules) -> QuietHours | None:
    return history.quiet_hours if history.has_own_quiet_hours else rules.quiet_hours
