"""Decide whether to ask a person about a visit: ``decide(visit, survey, history, rules, now) -> Ask | Hold | Skip``.

Invariants:

* The decision is made when the event comes and again when its invitation is due, from the same function.
* Every decision has a reason, which is stored and can be looked up.
* The first check that fails gives the reason. Reasons to skip are checked before reasons to hold, so that nothing is
  held that would be skipped now.
* A visit is never asked about after its greatest age, and never held beyond it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from cjm.asking.quiet_hours import QuietHours
from cjm.journeys.survey import Survey


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
    TOO_LATE = "too_late"
    NOT_SAMPLED = "not_sampled"
    ASKED_RECENTLY = "asked_recently"
    ASKED_HERE_RECENTLY = "asked_here_recently"
    NPS_RECENTLY = "nps_recently"
    MONTHLY_LIMIT = "monthly_limit"


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
    switches one off. ``per_month`` is the greatest number of surveys in 30 days, 0 for no limit.
    """

    any_survey: timedelta = timedelta(days=7)
    same_touchpoint: timedelta = timedelta(days=30)
    nps: timedelta = timedelta(days=90)
    per_month: int = 4
    quiet_hours: QuietHours | None = None


@dataclass(frozen=True, slots=True)
class AskingVisit:
    """Visit that may be asked about: its event's id, its time (aware), and whether it was withdrawn since."""

    event_id: str
    at: datetime
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """Facts about one person that decide about one subject (a touchpoint or a stage). Times are aware.

    ``last_asked`` is when any survey was last sent, ``last_asked_here`` when one about this subject was; now if it is
    on its way.
    ``asked_last_30_days`` counts surveys delivered or on their way. ``has_open_survey``: another invitation is open.
    ``muted``: they want no questions about this subject. ``quiet_hours`` replace those of the rules only if
    ``has_own_quiet_hours``: None is then the person's wish to have none.
    """

    zone: ZoneInfo
    has_chat: bool = True
    has_consent: bool = True
    stopped: bool = False
    unreachable: bool = False
    has_own_quiet_hours: bool = False
    quiet_hours: QuietHours | None = None
    last_asked: datetime | None = None
    last_asked_here: datetime | None = None
    last_nps: datetime | None = None
    asked_last_30_days: int = 0
    has_open_survey: bool = False
    muted: bool = False


def decide(visit: AskingVisit, survey: Survey, history: History, rules: AskingRules, now: datetime) -> Decision:
    """Decide whether to ask this person about this visit now, later or never. ``now`` is aware."""
    deadline = visit.at + survey.greatest_age
    refusal = _permanent_refusal(visit, survey, history, deadline, now)
    refusal = refusal or _frequency_refusal(survey, history, rules, now)
    if refusal is not None:
        return Skip(refusal)
    hold = _find_hold(visit, survey, history, rules, deadline, now)
    if hold is None:
        return Ask()
    return hold if hold.until <= deadline else Skip(AskingReason.TOO_LATE)


def is_sampled(event_id: str, survey: Survey) -> bool:
    """Return whether the visit is in the survey's sampling share.

    It is decided by a hash of the event's id, so a repeated event gets the same answer on every replica.
    """
    # The survey's key is hashed too, so that two surveys sample different visits.
    digest = hashlib.blake2b(f"{survey.key}\0{event_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") < survey.share * 2**64


def _permanent_refusal(
    visit: AskingVisit, survey: Survey, history: History, deadline: datetime, now: datetime
) -> AskingReason | None:
    if visit.withdrawn:
        return AskingReason.WITHDRAWN
    if now > deadline:
        return AskingReason.TOO_LATE
    if history.stopped:
        return AskingReason.STOPPED
    if history.unreachable:
        return AskingReason.UNREACHABLE
    if history.muted:
        return AskingReason.MUTED
    return None if is_sampled(visit.event_id, survey) else AskingReason.NOT_SAMPLED


def _frequency_refusal(survey: Survey, history: History, rules: AskingRules, now: datetime) -> AskingReason | None:
    def is_within(period: timedelta, last: datetime | None) -> bool:
        return last is not None and period > timedelta() and now - last < period

    if is_within(rules.same_touchpoint, history.last_asked_here):
        return AskingReason.ASKED_HERE_RECENTLY
    if survey.has_nps and is_within(rules.nps, history.last_nps):
        return AskingReason.NPS_RECENTLY
    if is_within(rules.any_survey, history.last_asked):
        return AskingReason.ASKED_RECENTLY
    is_over_limit = rules.per_month and history.asked_last_30_days >= rules.per_month
    return AskingReason.MONTHLY_LIMIT if is_over_limit else None


def _find_hold(
    visit: AskingVisit, survey: Survey, history: History, rules: AskingRules, deadline: datetime, now: datetime
) -> Hold | None:
    if not history.has_chat or not history.has_consent:
        # The event often comes before the person opens their link: held until the deadline, they can still be asked.
        return Hold(deadline, AskingReason.NO_CONSENT if history.has_chat else AskingReason.NO_CHAT)
    if visit.at + survey.delay > now:
        return Hold(_outside_quiet_hours(visit.at + survey.delay, history, rules), AskingReason.DELAY)
    if (end_of_quiet := _outside_quiet_hours(now, history, rules)) > now:
        return Hold(end_of_quiet, AskingReason.QUIET_HOURS)
    if not history.has_open_survey:
        return None
    # No event says when the other survey ends, so this one is looked at again every hour.
    return Hold(min(now + timedelta(hours=1), deadline), AskingReason.OPEN_SURVEY)


def _outside_quiet_hours(time: datetime, history: History, rules: AskingRules) -> datetime:
    """Return the first time at or after ``time`` outside the person's quiet hours."""
    quiet = history.quiet_hours if history.has_own_quiet_hours else rules.quiet_hours
    local = time.astimezone(history.zone)
    return quiet.end_after(local).astimezone(time.tzinfo) if quiet is not None and quiet.covers(local) else time
