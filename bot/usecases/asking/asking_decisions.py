"""Deciding about asking, with facts fetched in batches; every decision is stored with its reason."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.db.asking import invitations
from bot.db.asking.invitations import EarlierInvitation, NewDecision, NewInvitation
from bot.db.engine.database import Connection
from bot.db.journeys.journeys import JourneyVersion
from bot.db.journeys.visits import Visit
from bot.db.people import customers
from bot.db.people.customers import Customer
from cjm.asking.decision import (
    Ask,
    AskingReason,
    AskingRules,
    AskingVerdict,
    AskingVisit,
    Decision,
    History,
    Hold,
    Skip,
    decide,
)
from cjm.asking.quiet_hours import QuietHours
from cjm.journeys.journey import Journey
from cjm.journeys.survey import Survey

_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A visit that may be asked about, by the surveys that hang on ``subject``. ``kind`` is a trigger's."""

    visit: Visit
    version: JourneyVersion
    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class SurveyDecision:
    """Decision about one survey for one visit, with its reason."""

    survey: str
    verdict: AskingVerdict
    reason: AskingReason


class AskingFacts:
    """What is known of some people, fetched at once; what was decided a moment ago counts already."""

    def __init__(self, tx: Connection, customer_ids: Iterable[int], rules: AskingRules, now: datetime) -> None:
        people = sorted(set(customer_ids))
        longest = max(rules.any_survey, rules.same_touchpoint, rules.nps, _MONTH)
        self.now = now
        self.people: Mapping[int, Customer] = customers.list_by_ids(tx, people)
        self._asked: defaultdict[int, list[EarlierInvitation]] = defaultdict(
            list, invitations.list_earlier(tx, people, now, longest)
        )
        self._mutes = invitations.list_mutes(tx, people)

    def history(self, customer_id: int, subject: str, journey: Journey) -> History:
        person, asked = self.people[customer_id], self._asked[customer_id]
        mutes = self._mutes.get(customer_id, {})
        snoozes = [until for until in (mutes.get(""), mutes.get(subject)) if until is not None and until > self.now]
        return History(
            zone=ZoneInfo(person.timezone or journey.timezone),
            has_chat=person.address is not None,
            consent=person.consent_at is not None,
            stopped=person.stopped_at is not None,
            unreachable=person.unreachable_at is not None,
            has_own_quiet_hours=person.quiet_hours is not None,
            quiet_hours=QuietHours.parse(person.quiet_hours or ""),
            last_asked=max((a.at for a in asked), default=None),
            last_asked_here=max((a.at for a in asked if a.subject == subject), default=None),
            last_nps=max((a.at for a in asked if a.nps), default=None),
            asked_last_30_days=sum(a.at > self.now - _MONTH for a in asked),
            open_survey=any(a.is_open for a in asked),
            muted=any(key in mutes and mutes[key] is None for key in ("", subject)),
            snoozed_until=max(snoozes, default=None),
        )

    def reserve(self, customer_id: int, survey: Survey) -> None:
        """This person is about to be asked: whatever comes next in the batch knows."""
        self._asked[customer_id].append(EarlierInvitation(survey.on.subject, survey.has_nps, self.now, is_open=True))


def decide_candidates(
    tx: Connection, candidates: Sequence[Candidate], rules: AskingRules, now: datetime
) -> dict[int, list[SurveyDecision]]:
    """Decide about each candidate's surveys and store invitations; return the decisions by the id of their visit."""
    facts = AskingFacts(tx, (c.visit.customer_id for c in candidates), rules, now)
    decisions: list[NewDecision] = []
    waiting: list[NewInvitation] = []
    decided: defaultdict[int, list[SurveyDecision]] = defaultdict(list)
    for c in candidates:
        for survey in _surveys(c):
            visit = AskingVisit(c.visit.event_id, c.visit.at, c.visit.withdrawn)
            decision = decide(
                visit, survey, facts.history(c.visit.customer_id, survey.on.subject, c.version.journey), rules, now
            )
            decisions.append(new_decision(decision, c.visit.id, c.visit.customer_id, survey.key, now))
            decided[c.visit.id].append(SurveyDecision(survey.key, decision.verdict, decision.reason))
            if not isinstance(decision, Skip):
                waiting.append(_invitation(c, survey, decision, now))
    invitations.insert_decisions(tx, decisions)
    invitations.insert_invitations(tx, waiting)
    return decided


def _surveys(c: Candidate) -> list[Survey]:
    return [
        s
        for s in c.version.journey.surveys
        if s.on.kind == c.kind and _same(c.version.journey, s.on.subject, c.subject)
    ]


def _same(journey: Journey, subject: str, met: str) -> bool:
    return subject == met or journey.place(subject) == journey.place(met)


def new_decision(decision: Decision, visit_id: int, customer_id: int, survey: str, now: datetime) -> NewDecision:
    """A decision as it is stored."""
    verdict = {Ask: "ask", Hold: "hold", Skip: "skip"}[type(decision)]
    until = decision.until if isinstance(decision, Hold) else None
    return NewDecision(visit_id, customer_id, survey, verdict, decision.reason.value, until, now)


def _invitation(c: Candidate, survey: Survey, decision: Decision, now: datetime) -> NewInvitation:
    deadline = c.visit.at + survey.greatest_age
    # Without a chat or consent the wait ends when they come, so it must be looked at just before it is too late.
    due = decision.until if isinstance(decision, Hold) else now
    place = c.version.journey.place(survey.on.subject)
    assert place is not None  # a journey that exists is whole
    return NewInvitation(
        customer_id=c.visit.customer_id,
        visit_id=c.visit.id,
        journey=c.version.key,
        version=c.version.version,
        survey=survey.key,
        subject=survey.on.subject,
        stage=place[0].key,
        channel=c.visit.channel,
        cohort_id=c.visit.cohort_id,
        day=c.visit.day,
        nps=survey.has_nps,
        due_at=due,
        not_after=deadline,
        created_at=now,
        reason=decision.reason.value if decision.reason is not AskingReason.FINE else None,
    )
