"""Decisions about asking, for the visits of a batch.

Helpers for the use cases of this room; each runs in its caller's transaction. The rules are `cjm.asking`'s.

Invariants:

* Every decision is stored with its reason, so that `tropa why` can show it; a hold is stored once, however often it is
  repeated for the same reason.
* A customer who is asked about one visit of a batch is not asked about the next one too (`AskingFacts.reserve`).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.db.asking import decisions, invitations
from bot.db.asking.asking_facts import AskingFacts
from bot.db.asking.decisions import NewDecision
from bot.db.asking.invitations import NewInvitation
from bot.db.engine.database import Connection
from bot.db.journeys.journeys import JourneyVersion
from bot.db.journeys.visits import Visit
from cjm.asking.decision import (
    AskingReason,
    AskingRules,
    AskingVerdict,
    AskingVisit,
    Decision,
    Hold,
    Skip,
    decide,
)
from cjm.asking.subject_names import SubjectName
from cjm.journeys.survey import Survey, TriggerKind


@dataclass(frozen=True, slots=True)
class Candidate:
    """Visit that may be asked about, with one trigger that it pulled: ``kind`` and ``subject`` are the trigger's.

    ``trigger_at`` is the time of a trigger that came later than the visit: see `cjm.asking.triggers`.
    """

    visit: Visit
    version: JourneyVersion
    kind: TriggerKind
    subject: str
    trigger_at: datetime | None = None

    @property
    def at(self) -> datetime:
        """Time from which the delay and the greatest age of a survey count."""
        return self.trigger_at or self.visit.at


@dataclass(frozen=True, slots=True)
class SurveyDecision:
    """Decision about one survey for one visit, with its reason."""

    survey: str
    verdict: AskingVerdict
    reason: AskingReason


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
        surveys = _list_surveys(candidate)
        if not surveys:
            continue
        journey = version.journey
        visit = AskingVisit(stored.event_id, candidate.at, stored.withdrawn)
        for survey in surveys:
            subject = SubjectName(version.key, version.version, survey.on.subject)
            history = facts.history(stored.customer_id, subject, journey)
            own_rules = facts.rules_for(journey, survey, stored.cohort_id)
            about = facts.order.draw(facts.order.weigh(visit, journey, survey), journey, survey)
            decision = decide(about, survey, history, own_rules, now)
            new_decisions.append(decisions.make_new(decision, stored.id, stored.customer_id, survey.key, now))
            decided[stored.id].append(SurveyDecision(survey.key, decision.verdict, decision.reason))
            # A skipped visit leaves its decision and no invitation: it is never looked at again.
            if not isinstance(decision, Skip):
                waiting.append(_new_invitation(candidate, survey, decision, now))
    decisions.insert_decisions(tx, new_decisions)
    invitations.insert_invitations(tx, waiting)
    facts.order.attention.save()
    return decided


def _list_surveys(candidate: Candidate) -> Sequence[Survey]:
    # Present keys are compared, so that a former key matches too.
    journey = candidate.version.journey
    return journey.surveys_by_trigger.get((candidate.kind, journey.current_key(candidate.subject)), ())


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
        not_after=candidate.at + survey.greatest_age,
        created_at=now,
        reason=decision.reason if decision.reason is not AskingReason.FINE else None,
        trigger_at=candidate.trigger_at,
        part=None if version.journey.anonymous else visit.part,
    )
