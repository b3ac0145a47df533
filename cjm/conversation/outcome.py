"""Outcome of a conversation: the state that it gives its invitation."""

from collections.abc import Mapping
from typing import NamedTuple

from cjm.asking.invitation_state import InvitationState
from cjm.conversation.conversation import ClosingStep, Conversation

_STATE_BY_STEP: Mapping[str, InvitationState] = {
    ClosingStep.DECLINED: InvitationState.DECLINED,
    ClosingStep.STOPPED: InvitationState.DECLINED,
    ClosingStep.EXPIRED: InvitationState.EXPIRED,
}


class InvitationOutcome(NamedTuple):
    """State of an invitation, with the reason of an early ending ("declined", "stopped", "expired")."""

    state: InvitationState
    reason: str | None = None


def invitation_outcome(conversation: Conversation) -> InvitationOutcome:
    """Return the state that a conversation gives its invitation.

    One answer is enough for DONE, also when the customer declined the rest: DECLINED and EXPIRED count as silence.
    """
    ending = _STATE_BY_STEP.get(conversation.step)
    if ending is not None:
        state = InvitationState.DONE if conversation.answers else ending
        return InvitationOutcome(state, conversation.step.removeprefix("@"))
    if conversation.finished_at is not None:
        return InvitationOutcome(InvitationState.DONE)
    is_begun = conversation.answers or conversation.skipped
    return InvitationOutcome(InvitationState.ANSWERING if is_begun else InvitationState.OPEN)
