"""The moves of an invitation: every state is reachable, and the final ones are final."""

import pytest

from cjm.asking import invitation_state
from cjm.asking.invitation_state import (
    ANSWERABLE_STATES,
    ENDED_STATES,
    FINAL_STATES,
    OPEN_STATES,
    TRANSITIONS,
    UNASKED_STATES,
    UNSENT_STATES,
    InvitationState,
    may_become,
)


def reachable(start: InvitationState) -> set[InvitationState]:
    found, ahead = {start}, [start]
    while ahead:
        new = TRANSITIONS[ahead.pop()] - found
        found |= new
        ahead += new
    return found


def test_every_state_has_its_moves_and_is_reached_from_waiting() -> None:
    assert set(TRANSITIONS) == set(InvitationState)
    assert reachable(InvitationState.WAITING) == set(InvitationState)


def test_an_invitation_that_was_seen_never_goes_back_to_waiting_or_dropped() -> None:
    assert reachable(InvitationState.OPEN).isdisjoint({*UNSENT_STATES, InvitationState.DROPPED})


def test_closed_and_dropped_are_final() -> None:
    assert set(FINAL_STATES) == {InvitationState.CLOSED, InvitationState.DROPPED}


def test_what_has_ended_may_be_closed_and_nothing_else() -> None:
    assert {s for s in InvitationState if InvitationState.CLOSED in TRANSITIONS[s]} == set(ENDED_STATES)


@pytest.mark.parametrize("state", InvitationState)
def test_a_state_may_stay_as_it_is(state: InvitationState) -> None:
    assert may_become(state, state)


def test_an_expired_invitation_is_not_opened_again() -> None:
    assert may_become(InvitationState.RESERVED, InvitationState.OPEN)
    assert not may_become(InvitationState.EXPIRED, InvitationState.OPEN)


def test_the_groups_agree_with_the_moves() -> None:
    assert {s for s in InvitationState if InvitationState.DROPPED in TRANSITIONS[s]} == set(UNSENT_STATES)
    assert {s for s in InvitationState if InvitationState.EXPIRED in TRANSITIONS[s]} == set(ANSWERABLE_STATES)
    assert set(OPEN_STATES) == {InvitationState.RESERVED, *ANSWERABLE_STATES}
    assert set(UNASKED_STATES).isdisjoint(OPEN_STATES)


def test_the_drawing_names_every_state() -> None:
    drawing = (invitation_state.__doc__ or "").partition("The same moves")[0]
    assert all(state in drawing for state in InvitationState)
