"""Decisions about asking, with their facts fetched in batches.

Helpers for the use cases of this room; each runs in its caller's transaction. The rules are `cjm.asking`'s.

Invariants:

* Every decision is stored with its reason, so that `tropa why` can show it; a hold is stored once, however often it is
  repeated for the same reason.
* A customer who is asked about one visit of a batch is not asked about the next one too (`AskingFacts.reserve`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.db.asking import decisions, invitations, mutes
from bot.db.asking.decisions import NewDecision
from bot.db.asking.invitations import EarlierInvitation, NewInvitation
from bot.db.engine.database import Connection
from bot.db.journeys.journeys import JourneyVersion
from bot.db.journeys.visits import Visit
from bot.db.people import customers
from bot.db.people.customers import Customer
from cjm.asking.decision import (
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
from cjm.journeys.survey import Survey, TriggerKind

_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Visit that may be asked about, with one trigger that it pulled: ``kind`` and ``subject`` are the trigger's."""

    visit: Visit
    version: JourneyVersion
    kind: TriggerKind
    subject: str


@dataclass(frozen=True, slots=True)
class SurveyDecision:
    """Decision about one survey for one visit, with its reason."""

    survey: str
    verdict: AskingVerdict
    reason: AskingReason


class AskingFacts:
    """Facts about some customers that decide whether they may be asked, fetched for all of them at once."""

    def __init__(self, tx: Connection, customer_ids: Iterable[int], rules: AskingRules, now: datetime) -> None:
        people = sorted(set(customer_ids))
        # Older questions are not read: only one that is still open could change a decision.
        longest = max(rules.any_survey, rules.same_touchpoint, rules.nps, _MONTH)
        self.now = now
        self.people: Mapping[int, Customer] = customers.list_by_ids(tx, people)
        self._earlier: defaultdict[int, list[EarlierInvitation]] = defaultdict(
            list, invitations.list_earlier(tx, people, now, longest)
        )
        self._mutes = mutes.list_by_customers(tx, people)

    def history(self, customer_id: int, subject: str, journey: Journey) -> History:
        """Return what `cjm.asking` needs to know of this customer to decide about ``subject``."""
        person, earlier = self.people[customer_id], self._earlier[customer_id]
        return History(
            zone=ZoneInfo(person.timezone or journey.timezone),
            has_chat=person.address is not None,
            has_consent=person.consent_at is not None,
            stopped=person.stopped_at is not None,
            unreachable=person.unreachable_at is not None,
            has_own_quiet_hours=person.quiet_hours is not None,
            quiet_hours=QuietHours.parse(person.quiet_hours or ""),
            last_asked=max((a.at for a in earlier), default=None),
            last_asked_here=max((a.at for a in earlier if a.subject == subject), default=None),
            last_nps=max((a.at for a in earlier if a.nps), default=None),
            asked_last_30_days=sum(a.at > self.now - _MONTH for a in earlier),
            has_open_survey=any(a.is_open for a in earlier),
            muted=subject in self._mutes.get(customer_id, ()),
        )

    def reserve(self, customer_id: int, survey: Survey) -> None:
        """Count this survey as asked, for all later decisions of the batch."""
        self._earlier[customer_id].append(EarlierInvitation(survey.on.subject, survey.has_nps, self.now, is_open=True))


def decide_candidates(
    tx: Connection, candidates: Sequence[Candidate], rules: AskingRules, now: datetime
) -> dict[int, list[SurveyDecision]]:
    """Decide about each candidate's surveys and store invitations; return the decisions by the id of their visit.

    Nobody is asked here: an invitation waits until `ask_due_batch` decides about it again.
    """
    facts = AskingFacts(tx, (c.visit.customer_id for c in candidates), rules, now)
    new_decisions: list[NewDecision] = []
    waiting: list[NewInvitation] = []
    decided: defaultdict[int, list[SurveyDecision]] = defaultdict(list)
    for candidate in candidates:
        version, stored = candidate.version, candidate.visit
        visit = AskingVisit(stored.event_id, stored.at, stored.withdrawn)
        for survey in _list_surveys(candidate):
            history = facts.history(stored.customer_id, survey.on.subject, version.journey)
            decision = decide(visit, survey, history, rules, now)
            new_decisions.append(new_decision(decision, stored.id, stored.customer_id, survey.key, now))
            decided[stored.id].append(SurveyDecision(survey.key, decision.verdict, decision.reason))
            # A skipped visit leaves its decision and no invitation: it is never looked at again.
            if not isinstance(decision, Skip):
                waiting.append(_new_invitation(candidate, survey, decision, now))
    decisions.insert_decisions(tx, new_decisions)
    invitations.insert_invitations(tx, waiting)
    return decided


def _list_surveys(candidate: Candidate) -> list[Survey]:
    journey, kind = candidate.version.journey, candidate.kind
    same_kind = (survey for survey in journey.surveys if survey.on.kind is kind)
    return [survey for survey in same_kind if _is_same_place(journey, survey.on.subject, candidate.subject)]


def _is_same_place(journey: Journey, subject: str, other: str) -> bool:
    # Present keys are compared, so that a former key matches too.
    return subject == other or journey.current_key(subject) == journey.current_key(other)


def new_decision(decision: Decision, visit_id: int, customer_id: int, survey: str, now: datetime) -> NewDecision:
    """Return the row of a decision."""
    until = decision.until if isinstance(decision, Hold) else None
    return NewDecision(visit_id, customer_id, survey, decision.verdict, decision.reason, until, now)


def _new_invitation(candidate: Candidate, survey: Survey, decision: Decision, now: datetime) -> NewInvitation:
    visit, version = candidate.visit, candidate.version
    place = version.journey.find_place(survey.on.subject)
    assert place is not None  # the journey was checked when it was applied
    return NewInvitation(
        customer_id=visit.customer_id,
        visit_id=visit.id,
        journey=version.key,
        version=version.version,
        survey=survey.key,
        subject=survey.on.subject,
        stage=place.stage.key,
        channel=visit.channel,
        cohort_id=visit.cohort_id,
        day=visit.day,
        nps=survey.has_nps,
        due_at=decision.until if isinstance(decision, Hold) else now,
        not_after=visit.at + survey.greatest_age,
        created_at=now,
        reason=decision.reason if decision.reason is not AskingReason.FINE else None,
    )
