"""Take back the questions to those who were thought to stay behind, once a visit shows that they did not.

It runs in the transaction that stores the visits. One that was not sent is dropped, with a decision that says why; one
that waits for its first answer is closed. What was answered stays. Of an anonymous question that was sent no decision
is stored: it would tell that nothing had been answered.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.db.asking import decisions, invitations
from bot.db.asking.invitations import Invitation, UnsentUpdate
from bot.db.engine.database import Connection
from bot.db.journeys import visits
from bot.db.journeys.visits import Visit
from bot.usecases.asking.visit_changes import close_unanswered
from cjm.asking.decision import AskingReason, Skip
from cjm.asking.invitation_state import ANSWERABLE_STATES, UNSENT_STATES, InvitationState
from cjm.asking.triggers import AskedTrigger, is_overtaken
from cjm.journeys.journey import Journey
from cjm.journeys.survey import STAY_BEHIND


def take_back_overtaken(
    tx: Connection, in_force: Mapping[str, Journey], stored: Sequence[Visit], now: datetime
) -> None:
    """Take back what these new visits overtake."""
    asking = {key for key, journey in in_force.items() if any(s.on.kind in STAY_BEHIND for s in journey.surveys)}
    standing = [visit for visit in stored if visit.journey in asking and not visit.withdrawn]
    if not standing:
        return
    people = sorted({visit.customer_id for visit in standing})
    asked = invitations.list_staying(tx, people, [*UNSENT_STATES, *ANSWERABLE_STATES])
    entered = {
        visit.id: visit for visit in visits.list_by_ids(tx, [i.visit_id for i in asked if i.visit_id is not None])
    }
    overtaken = [i for i in asked if _is_overtaken(i, entered, in_force, standing)]
    unsent = [i for i in overtaken if i.state in UNSENT_STATES]
    reason = AskingReason.WENT_ON
    invitations.update_unsent(tx, [UnsentUpdate(i.id, InvitationState.DROPPED, reason, i.due_at) for i in unsent])
    closed = close_unanswered(tx, [i for i in overtaken if i.state in ANSWERABLE_STATES], now)
    told = [*unsent, *(i for i in closed if not in_force[i.journey].anonymous)]
    decisions.insert_decisions(tx, [decisions.make_new_of_invitation(i, Skip(reason), now) for i in told])


def _is_overtaken(
    asked: Invitation, entered: Mapping[int, Visit], in_force: Mapping[str, Journey], standing: Sequence[Visit]
) -> bool:
    journey = in_force.get(asked.journey)
    survey = journey.find_survey(asked.survey) if journey else None
    entry = entered.get(asked.visit_id or 0)
    # Without its survey in force the question is taken back when it is due.
    if journey is None or survey is None or entry is None or asked.trigger_at is None:
        return False
    if asked.stage not in journey.stages_by_key or survey.on.kind not in STAY_BEHIND:
        return False
    trigger = AskedTrigger(survey.on.kind, journey.stage_index(asked.stage), entry.at, asked.trigger_at)
    return any(
        is_overtaken(trigger, journey.stage_index(visit.stage), visit.at, journey.window)
        for visit in standing
        if (visit.customer_id, visit.journey) == (asked.customer_id, asked.journey)
    )
