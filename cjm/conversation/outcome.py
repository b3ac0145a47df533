"""Outcome of a conversation: the state that it gives its invitation."""

from collections.abc import Mapping
from typing import NamedTuple

from cjm.asking.invitation_state import InvitationState
from cjm.conversation.conversation import ClosingStep, Conversation

# States after an early ending at which nothing was answered.
_UNANSWERED_STATES: Mapping[str, InvitationState] = {
    ClosingStep.DECLINED: InvitationState.DECLINED,
    ClosingStep.STOPPED: InvitationState.DECLINED,
    ClosingStep.EXPIRED: InvitationState.EXPIRED,
    ClosingStep.WITHDRAWN: InvitationState.EXPIRED,
}


class InvitationOutcome(NamedTuple):
    """State of an invitation, and the reason of an early end: "declined", "stopped", "expired" or "withdrawn"."""

    state: InvitationState
    reason: str | None = None


def invitation_outcome(conversation: Conversation) -> InvitationOutcome:
    """Return the state that a conversation gives its invitation.

    An early ending after at least one answer is DONE, because DECLINED and EXPIRED count as silence on the map.
    """
    unanswered_state = _UNANSWERED_STATES.get(conversation.step)
    if unanswered_state is not None:
        state = InvitationState.DONE if conversation.answers else unanswered_state
        return InvitationOutcome(state, conversation.step.removeprefix("@"))
    if conversation.finished_at is not None:  # the last question was answered or skipped; all may have been skipped
        return InvitationOutcome(InvitationState.DONE)
    is_begun = conversation.answers or conversation.skipped
    return InvitationOutcome(InvitationState.ANSWERING if is_begun else InvitationState.OPEN)
