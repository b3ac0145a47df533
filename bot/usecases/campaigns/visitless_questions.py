"""Questions without a visit: decide about them, and store them as invitations that wait.

Helpers for the pulse, for campaigns and for diaries; each runs in its caller's transaction.

Invariants:

* The rules are those for every other question (`cjm.asking`): one attention budget a person. `ask_due_batch` decides
  again when a question is due, and its letter once more when it leaves.
* What a question counts under (day, channel, cohort) is of the moment at which it is decided.
* A question that is skipped leaves an invitation too, so that its occasion is decided once. Somebody without a chat or
  a consent leaves nothing: they were never to be asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.db.asking import decisions, invitations
from bot.db.asking.asking_facts import AskingFacts
from bot.db.asking.decisions import NewDecision
from bot.db.asking.invitations import NewInvitation
from bot.db.campaigns import participants
from bot.db.engine.database import Connection
from bot.db.journeys import cohorts
from bot.db.journeys.journeys import JourneyVersion
from bot.db.people import attributes, customers
from cjm.asking.decision import AskingReason, AskingRules, AskingVisit, Decision, Hold, Skip, decide
from cjm.asking.invitation_state import InvitationState
from cjm.asking.limits import rules_for
from cjm.asking.subject_names import SubjectName
from cjm.journeys.event_content import NO_PLACE_CHANNEL
from cjm.journeys.journey import Journey, JourneyPlace, Segment
from cjm.journeys.survey import Survey

UNREACHED = (AskingReason.NO_CHAT, AskingReason.NO_CONSENT)
"""Reasons that hold a question about a visit. Without a visit they mean that somebody is not asked."""


@dataclass(frozen=True, slots=True)
class VisitlessQuestion:
    """Survey to be asked of one person on one occasion.

    ``campaign_id`` if a manager asked it by hand, ``diary_id`` if it is a message of a volunteer diary.
    """

    customer_id: int
    version: JourneyVersion
    survey: Survey
    occasion: str
    campaign_id: int | None = None
    diary_id: int | None = None


@dataclass(frozen=True, slots=True)
class DecidedQuestion:
    """Question with its decision. ``cohort`` is who its person is now, by the journey's attributes."""

    question: VisitlessQuestion
    decision: Decision
    cohort: dict[str, str]


def decide_questions(
    tx: Connection, questions: Sequence[VisitlessQuestion], rules: AskingRules, now: datetime
) -> list[DecidedQuestion]:
    """Decide about questions, and store nothing. Those of people who were forgotten meanwhile are left out."""
    facts = AskingFacts(tx, (q.customer_id for q in questions), rules, now)
    known = attributes.list_known(tx, facts.people, now, now)
    decided = []
    for question in questions:
        if question.customer_id in facts.people:
            cohort = question.version.journey.cohort(known.find_at(question.customer_id, now))
            decided.append(DecidedQuestion(question, _decide(facts, question, cohort, rules, now), dict(cohort)))
    return decided


def list_in_segment(
    tx: Connection, questions: Sequence[VisitlessQuestion], segment: Segment, now: datetime
) -> list[VisitlessQuestion]:
    """Return the questions to people who are in a segment now."""
    known = attributes.list_known(tx, (q.customer_id for q in questions), now, now)
    return [q for q in questions if segment.includes(q.version.journey.cohort(known.find_at(q.customer_id, now)))]


def _decide(
    facts: AskingFacts, question: VisitlessQuestion, cohort: dict[str, str], rules: AskingRules, now: datetime
) -> Decision:
    version, survey = question.version, question.survey
    subject = SubjectName(version.key, version.version, survey.on.subject)
    history = facts.history(question.customer_id, subject, version.journey)
    limiting = (segment for segment in version.journey.segments if segment.includes(cohort))
    about = facts.order.weigh(AskingVisit(question.occasion, now), version.journey, survey)
    return decide(about, survey, history, rules_for(rules, survey, limiting), now)


def plan_questions(
    tx: Connection, questions: Sequence[VisitlessQuestion], rules: AskingRules, now: datetime
) -> list[DecidedQuestion]:
    """Decide about questions and store them, each occasion once; return those that were decided now."""
    customers.lock_by_ids(tx, (q.customer_id for q in questions))
    stored = participants.list_occasions(tx, {q.occasion for q in questions})
    new = [q for q in questions if q.occasion not in stored]
    decided = [one for one in decide_questions(tx, new, rules, now) if one.decision.reason not in UNREACHED]
    invitations.insert_invitations(tx, _make_invitations(tx, decided, now))
    numbers = participants.list_occasions(tx, {one.question.occasion for one in decided})
    decisions.insert_decisions(tx, [_make_decision(one, numbers[one.question.occasion], now) for one in decided])
    return decided


def _make_invitations(tx: Connection, decided: Sequence[DecidedQuestion], now: datetime) -> list[NewInvitation]:
    made = []
    for key in sorted({one.question.version.key for one in decided}):
        here = [one for one in decided if one.question.version.key == key]
        cohort_ids = cohorts.ensure_ids(tx, here[0].question.version.journey, [one.cohort for one in here])
        made += [_make_invitation(one, number, now) for one, number in zip(here, cohort_ids, strict=True)]
    return made


def _make_invitation(one: DecidedQuestion, cohort_id: int, now: datetime) -> NewInvitation:
    question, decision, reason = one.question, one.decision, one.decision.reason
    survey, journey = question.survey, question.version.journey
    place = _find_place(journey, survey)
    return NewInvitation(
        customer_id=question.customer_id,
        visit_id=None,
        journey=journey.key,
        version=question.version.version,
        survey=survey.key,
        subject=survey.on.subject,
        stage=place.stage.key,
        channel=place.touchpoint.channel if place.touchpoint else NO_PLACE_CHANNEL,
        cohort_id=cohort_id,
        day=now.astimezone(journey.zone).date(),
        nps=survey.has_nps,
        due_at=decision.until if isinstance(decision, Hold) else now,
        not_after=now + survey.greatest_age,
        created_at=now,
        state=InvitationState.DROPPED if isinstance(decision, Skip) else InvitationState.WAITING,
        reason=reason if reason is not AskingReason.FINE else None,
        occasion=question.occasion,
        campaign_id=question.campaign_id,
        diary_id=question.diary_id,
    )


def _find_place(journey: Journey, survey: Survey) -> JourneyPlace:
    place = journey.find_place(survey.on.subject)
    assert place is not None  # the journey was checked when it was applied
    return place


def _make_decision(one: DecidedQuestion, invitation_id: int, now: datetime) -> NewDecision:
    question = one.question
    return decisions.make_new(one.decision, None, question.customer_id, question.survey.key, now, invitation_id)
