"""Whom to ask, and when: ``decide(visit, survey, history, rules, now) -> Ask | Hold | Skip``.

It is decided when the event comes and again when the invitation is due; each refusal has a reason, which is stored.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from cjm.asking.quiet_hours import QuietHours
from cjm.journeys.survey import Survey


class AskingReason(StrEnum):
    """Why somebody is asked, asked later, or not asked."""

    FINE = "fine"
    DELAY = "delay"
    QUIET_HOURS = "quiet_hours"
    OPEN_SURVEY = "open_survey"
    NO_CONSENT = "no_consent"
    NO_CHAT = "no_chat"
    UNREACHABLE = "unreachable"
    STOPPED = "stopped"
    SNOOZED = "snoozed"
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
    """Decision to wait and to decide again at ``until``."""

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
    """The attention a person may be asked for; a clock of zero is switched off. ``per_month`` counts 30 days."""

    any_survey: timedelta = timedelta(days=7)
    same_touchpoint: timedelta = timedelta(days=30)
    nps: timedelta = timedelta(days=90)
    per_month: int = 4
    quiet_hours: QuietHours | None = None


@dataclass(frozen=True, slots=True)
class AskingVisit:
    """The visit that might be asked about: its event's id, when it was, and whether it still stands."""

    event_id: str
    at: datetime
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """Facts about one person, as far as one subject is concerned. Times are aware.

    ``quiet_hours`` count when ``has_own_quiet_hours``. ``asked_last_30_days`` counts questions delivered or on their
    way. ``muted`` is for good, ``snoozed_until`` ends.
    """

    zone: ZoneInfo
    has_chat: bool = True
    consent: bool = True
    stopped: bool = False
    unreachable: bool = False
    has_own_quiet_hours: bool = False
    quiet_hours: QuietHours | None = None
    last_asked: datetime | None = None
    last_asked_here: datetime | None = None
    last_nps: datetime | None = None
    asked_last_30_days: int = 0
    open_survey: bool = False
    muted: bool = False
    snoozed_until: datetime | None = None


def decide(visit: AskingVisit, survey: Survey, history: History, rules: AskingRules, now: datetime) -> Decision:
    """Whether to ask this person about this visit now, later or never."""
    deadline = visit.at + survey.greatest_age
    refusal = _permanent_refusal(visit, survey, history, deadline, now) or _frequency_refusal(
        survey, history, rules, now
    )
    if refusal is not None:
        return Skip(refusal)
    hold = _find_hold(visit, survey, history, rules, deadline, now)
    if hold is None:
        return Ask()
    return hold if hold.until <= deadline else Skip(AskingReason.TOO_LATE)


def is_sampled(event_id: str, survey: Survey) -> bool:
    """Whether this visit is among the share that is asked; the same visit always gets the same answer."""
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
    def within(last: datetime | None, clock: timedelta) -> bool:
        return last is not None and clock > timedelta() and now - last < clock

    if within(history.last_asked_here, rules.same_touchpoint):
        return AskingReason.ASKED_HERE_RECENTLY
    if survey.has_nps and within(history.last_nps, rules.nps):
        return AskingReason.NPS_RECENTLY
    if within(history.last_asked, rules.any_survey):
        return AskingReason.ASKED_RECENTLY
    return AskingReason.MONTHLY_LIMIT if rules.per_month and history.asked_last_30_days >= rules.per_month else None


def _find_hold(
    visit: AskingVisit, survey: Survey, history: History, rules: AskingRules, deadline: datetime, now: datetime
) -> Hold | None:
    if not history.has_chat or not history.consent:
        # Whoever opens his link in time is still asked: the event often comes before the person has scanned the code.
        return Hold(deadline, AskingReason.NO_CONSENT if history.has_chat else AskingReason.NO_CHAT)
    if visit.at + survey.delay > now:
        return Hold(_outside_quiet_hours(visit.at + survey.delay, history, rules), AskingReason.DELAY)
    if history.snoozed_until is not None and history.snoozed_until > now:
        return Hold(_outside_quiet_hours(history.snoozed_until, history, rules), AskingReason.SNOOZED)
    if (decent := _outside_quiet_hours(now, history, rules)) > now:
        return Hold(decent, AskingReason.QUIET_HOURS)
    return Hold(min(now + timedelta(hours=1), deadline), AskingReason.OPEN_SURVEY) if history.open_survey else None


def _outside_quiet_hours(moment: datetime, history: History, rules: AskingRules) -> datetime:
    """The first moment at or after ``moment`` outside the person's quiet hours."""
    quiet = history.quiet_hours if history.has_own_quiet_hours else rules.quiet_hours
    local = moment.astimezone(history.zone)
    return quiet.end_after(local).astimezone(moment.tzinfo) if quiet is not None and quiet.covers(local) else moment
