"""The invitation: the first question about a visit, checked once more just before it leaves.

Invariants:

* Just before it leaves it is decided again, from the facts of that moment and by the rules that decided to ask
  (`decide_departure`): it is held until what forbids it now has ended, or dropped if that is too late. Between the
  decision and the sending lie the pace, retries and outages.
* While it is held it stays the one question of its customer: nothing else is asked.
* A hold and a drop are stored as decisions, so that `tropa why` shows them.
* The language is fixed when the invitation is sent.
* An invitation that may or may not have arrived opens its conversation all the same. A tap on it is the proof, and
  without one the reminder is the second chance.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.conversation.context import ConversationContext, load_context
from bot.conversation.opening import open_conversation, record_message
from bot.db.asking import decisions, invitations
from bot.db.asking.asking_facts import AskingFacts, list_asking_visits
from bot.db.asking.invitations import Invitation
from bot.db.campaigns import campaigns
from bot.db.delivery.letters import Letter
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.messages.message import Message
from bot.outbox import policy
from bot.outbox.kinds import LetterDropped, LetterHeld, LetterName, LetterOutcome
from bot.outbox.letters.question import render_step
from cjm.asking.allowed_time import EVERY_DAY
from cjm.asking.campaign_state import CampaignState
from cjm.asking.decision import Ask, AskingReason, AskingRules, Decision, Hold, Skip, decide_to_send
from cjm.asking.invitation_state import InvitationState


class InvitationLetter:
    """Kind of letter with a survey's first question. ``data``: ``invitation`` (its id).

    ``answer_period`` is how long it may be answered.
    """

    name = LetterName.INVITATION
    is_repeated = False  # the reminder is the second chance

    def __init__(self, db: Database, clock: Clock, answer_period: timedelta, rules: AskingRules) -> None:
        self._db, self._clock, self._answer_period, self._rules = db, clock, answer_period, rules

    async def write(self, letter: Letter) -> Message | LetterDropped | LetterHeld:
        now = self._clock.now()

        def render(tx: Connection) -> Message | LetterDropped | LetterHeld:
            context = load_context(tx, letter.data["invitation"])
            if context is None or context.invitation.state != InvitationState.RESERVED:
                return LetterDropped(AskingReason.WITHDRAWN)
            if context.customer.address != letter.to:
                return LetterDropped(AskingReason.NO_CHAT)  # the chat that it was written to is not theirs any more
            return find_objection(tx, context, self._rules, now) or render_step(context, now)

        return await self._db.read(render)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        context = load_context(tx, letter.data["invitation"], lock=True)
        if context is None:
            return
        invitation = context.invitation
        if outcome.state in (LetterState.SENT, LetterState.UNKNOWN):
            opened = open_conversation(tx, context, outcome.at, self._answer_period)
            if outcome.message_id is not None:
                record_message(tx, opened, letter.to, outcome.message_id, outcome.at)
            if invitation.reason is not None:  # it was held: else the last decision to be seen would be the hold
                _store_decision(tx, invitation, Ask(), outcome.at)
            return
        if outcome.state is LetterState.UNREACHABLE:
            customers.update_customer(tx, context.customer.id, unreachable_at=outcome.at)
        if invitation.state == InvitationState.RESERVED:
            _hold_or_drop(tx, invitation, outcome)


def _hold_or_drop(tx: Connection, invitation: Invitation, outcome: LetterOutcome) -> None:
    reason = _drop_reason(outcome)
    state = InvitationState.DROPPED if outcome.until is None else InvitationState.RESERVED
    invitations.set_state(tx, invitation.id, state, reason=reason)
    if reason in set(AskingReason):  # not if the messenger refused it
        known = AskingReason(reason)
        decision = Skip(known) if outcome.until is None else Hold(outcome.until, known)
        _store_decision(tx, invitation, decision, outcome.at)


def _store_decision(tx: Connection, invitation: Invitation, decision: Decision, now: datetime) -> None:
    decisions.insert_decisions(tx, [decisions.make_new_of_invitation(invitation, decision, now)])


def _drop_reason(outcome: LetterOutcome) -> str:
    if outcome.reason == policy.TOO_LATE.reason:
        return AskingReason.TOO_LATE
    # Only an AskingReason can be looked up; instead of a messenger's own sentence the letter's state is stored.
    return outcome.reason if outcome.reason in set(AskingReason) else str(outcome.state)


def find_objection(
    tx: Connection, context: ConversationContext, rules: AskingRules, now: datetime, *, is_wanted: bool = False
) -> LetterDropped | LetterHeld | None:
    """Return what keeps a letter with this conversation's question from leaving now; None if it may leave."""
    decision = decide_departure(tx, context, rules, now, is_wanted=is_wanted)
    if isinstance(decision, Skip):
        return LetterDropped(decision.reason)
    return LetterHeld(decision.until, decision.reason) if isinstance(decision, Hold) else None


def decide_departure(
    tx: Connection, context: ConversationContext, rules: AskingRules, now: datetime, *, is_wanted: bool = False
) -> Decision:
    """Decide about the letter of this invitation, which is about to leave: its question, or a reminder of it.

    A reminder may leave until the question's time is over. It weighs what its reader was asked since the question came.
    One that is wanted, as its reader said "later", may leave on any day of the week, and also after its campaign was
    stopped or its journey archived. Else nothing of these leaves: the stop may have met a letter that is to be tried
    again.
    """
    invitation, journey = context.invitation, context.current_journey
    survey = journey.find_survey(invitation.survey)
    visit = list_asking_visits(tx, [invitation]).get(invitation.id)
    if survey is None or visit is None:  # a newer version of the journey has no such survey
        return Skip(AskingReason.WITHDRAWN)
    if not is_wanted and _is_stopped(tx, invitation):
        return Skip(AskingReason.CAMPAIGN_STOPPED)
    if not is_wanted and journeys.is_archived(tx, invitation.journey):
        return Skip(AskingReason.ARCHIVED)
    if invitation.diary_id is not None and (context.diary is None or not context.diary.is_running):
        return Skip(AskingReason.DIARY_ENDED)
    facts = AskingFacts(tx, [context.customer.id], rules, now)
    history = facts.history(context.customer.id, invitation.subject_name, journey, leaving=invitation)
    about = replace(visit, answerable_until=invitation.expires_at)
    own_rules = facts.rules_for(journey, survey, invitation.cohort_id)
    if is_wanted:
        own_rules = replace(own_rules, weekdays=EVERY_DAY)
    return decide_to_send(about, survey, history, own_rules, now)


def _is_stopped(tx: Connection, invitation: Invitation) -> bool:
    """Return whether a manager stopped the campaign that asks this."""
    campaign = campaigns.find_by_id(tx, invitation.campaign_id) if invitation.campaign_id is not None else None
    return campaign is not None and campaign.state is CampaignState.STOPPED
