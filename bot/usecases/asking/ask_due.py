"""Ask what is due: decide again about invitations that wait, and post, hold or drop each of them. A tick calls it."""

from collections.abc import Mapping
from datetime import datetime

from bot.clock import Clock
from bot.db.asking import decisions, invitation_deadlines, invitations
from bot.db.asking.asking_facts import AskingFacts, list_asking_visits
from bot.db.asking.decisions import NewDecision
from bot.db.asking.invitations import Invitation, UnsentUpdate
from bot.db.delivery import letters
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.journeys.journeys import JourneyVersion
from bot.outbox.kinds import LetterName
from cjm.asking.decision import (
    LIMIT_REASONS,
    Ask,
    AskingReason,
    AskingRules,
    AskingVisit,
    Decision,
    Hold,
    Skip,
    decide,
)
from cjm.asking.invitation_state import InvitationState

BATCH = 200


class AskDue:
    """``await ask_due() -> number of invitations posted``. Two ticks at the same time ask nobody twice."""

    def __init__(self, db: Database, clock: Clock, rules: AskingRules) -> None:
        self._db, self._clock, self._rules = db, clock, rules

    async def __call__(self) -> int:
        # Most ticks find nothing: the read spares them the write transaction, which looks again.
        started_at = self._clock.now()
        if not await self._db.read(lambda tx: invitation_deadlines.is_any_due(tx, started_at)):
            return 0
        total_posted = 0
        while True:
            now = self._clock.now()
            decided, posted = await self._db.write(
                lambda tx: ask_due_batch(tx, self._rules, now)  # noqa: B023 - awaited before now changes
            )
            total_posted += posted
            if decided < BATCH:
                return total_posted


def ask_due_batch(tx: Connection, rules: AskingRules, now: datetime) -> tuple[int, int]:
    """Decide about a batch of due invitations; return how many were decided about, and how many of them were posted."""
    due = invitation_deadlines.list_due(tx, now, BATCH)
    facts = AskingFacts(tx, (i.customer_id for i in due), rules, now)
    about = list_asking_visits(tx, due)
    # Surveys are read from the journey in force now, not from the version that the visit was recorded with.
    in_force = journeys.list_versions_in_force(tx) if due else {}
    new_decisions: list[NewDecision] = []
    updates: list[UnsentUpdate] = []
    posted: list[NewLetter] = []
    # The most important question of each person first: once it is reserved, the others wait or are given up.
    for invitation in sorted(due, key=facts.order.find_importance, reverse=True):
        decision = _decide(facts, invitation, about[invitation.id], in_force, now)
        # If it is held again for the same reason, the stored decision is enough, however often the tick looks. A limit
        # is looked at when it should have ended: held again, the question waits for another end.
        is_held_on = isinstance(decision, Hold) and decision.reason == invitation.reason
        if not is_held_on or decision.reason in LIMIT_REASONS:
            new_decisions.append(decisions.make_new_of_invitation(invitation, decision, now))
        facts.order.note_decided(invitation, decision)
        updates.append(_waiting_update(invitation, decision, now))
        if isinstance(decision, Ask):
            posted.append(_reserve_letter(invitation, facts, in_force, now))
    decisions.insert_decisions(tx, new_decisions)
    invitations.update_unsent(tx, updates)
    letters.post(tx, posted, now)
    return len(due), len(posted)


def _decide(
    facts: AskingFacts,
    invitation: Invitation,
    visit: AskingVisit,
    in_force: Mapping[str, JourneyVersion],
    now: datetime,
) -> Decision:
    version = in_force.get(invitation.journey)
    survey = version.journey.find_survey(invitation.survey) if version else None
    if version is None or survey is None:  # a newer version of the journey has no such survey
        return Skip(AskingReason.WITHDRAWN)
    if version.archived_at is not None:
        return Skip(AskingReason.ARCHIVED)
    journey = version.journey
    if now >= invitation.not_after:
        return Skip(AskingReason.TOO_LATE)
    history = facts.history(invitation.customer_id, invitation.subject_name, journey)
    visit = facts.order.weigh(visit, journey, survey)
    return decide(visit, survey, history, facts.rules_for(journey, survey, invitation.cohort_id), now)


def _waiting_update(invitation: Invitation, decision: Decision, now: datetime) -> UnsentUpdate:
    if isinstance(decision, Hold):
        # Never due in the past: an invitation that is always due would keep the tick busy for ever.
        due_at = max(decision.until, now)
        return UnsentUpdate(invitation.id, InvitationState.WAITING, decision.reason, due_at)
    if isinstance(decision, Skip):
        return UnsentUpdate(invitation.id, InvitationState.DROPPED, decision.reason, invitation.due_at)
    return UnsentUpdate(invitation.id, InvitationState.RESERVED, None, invitation.due_at)


def _reserve_letter(
    invitation: Invitation, facts: AskingFacts, in_force: Mapping[str, JourneyVersion], now: datetime
) -> NewLetter:
    """Return the letter that asks. From here on the person has a question open, also for the rest of the batch."""
    address = facts.people[invitation.customer_id].address
    survey = in_force[invitation.journey].journey.find_survey(invitation.survey)
    assert address is not None  # decide() holds a customer without a chat
    assert survey is not None  # decide() was given it
    facts.reserve(invitation, survey)
    return NewLetter(
        key=invitations.letter_key(invitation.id),
        to=address,
        kind=LetterName.INVITATION,
        priority=LetterPriority.INVITATION,
        data={"invitation": invitation.id},
        due_at=now,
        not_after=invitation.not_after,
    )
