"""Story of a question: its steps in order, what still waits told from what never comes, and what is kept from all."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cjm.asking.decision import Ask, AskingReason, Decision, Hold, Skip
from cjm.asking.invitation_state import InvitationState
from cjm.conversation.asking_story import InvitationFate, StoryStep, StoryStepKind, TimedDecision, tell_story
from cjm.conversation.conversation import ClosingStep

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DELAY, NIGHT = Hold(NOON + 6 * HOUR, AskingReason.DELAY), Hold(NOON + 21 * HOUR, AskingReason.QUIET_HOURS)
SENT = NOON + 21 * HOUR


def make_fate(state: InvitationState, **facts: Any) -> InvitationFate:
    return InvitationFate(state=state, due_at=NOON + DAY, not_after=NOON + 3 * DAY, **facts)


def tell_kinds(decisions: list[Decision], fate: InvitationFate | None) -> list[StoryStepKind]:
    """Return the kinds of the steps; the decisions are an hour apart."""
    timed = [TimedDecision(NOON + n * HOUR, decision) for n, decision in enumerate(decisions)]
    return [step.kind for step in tell_story(timed, fate)]


def answered_fate(state: InvitationState, step: str | None = None, **facts: Any) -> InvitationFate:
    """Return the fate of a question that was sent, and expires after a week."""
    return make_fate(state, sent_at=SENT, expires_at=SENT + 7 * DAY, step=step, **facts)


def test_question_is_put_off_asked_and_answered_in_this_order() -> None:
    decisions = [TimedDecision(NOON, DELAY), TimedDecision(NOON + 6 * HOUR, NIGHT), TimedDecision(SENT, Ask())]
    fate = answered_fate(InvitationState.DONE, ClosingStep.DONE, started_at=SENT + HOUR, finished_at=SENT + 2 * HOUR)
    assert tell_story(decisions, fate) == (
        StoryStep(StoryStepKind.HELD, NOON, DELAY.until, AskingReason.DELAY),
        StoryStep(StoryStepKind.HELD, NOON + 6 * HOUR, NIGHT.until, AskingReason.QUIET_HOURS),
        StoryStep(StoryStepKind.SENT, SENT),
        StoryStep(StoryStepKind.ANSWERED, SENT + 2 * HOUR),
    )


def test_only_the_last_hold_waits_and_its_end_is_that_of_the_invitation() -> None:
    decisions = [TimedDecision(NOON, DELAY), TimedDecision(NOON + HOUR, NIGHT)]
    held, waiting = tell_story(decisions, make_fate(InvitationState.WAITING))
    assert held.kind is StoryStepKind.HELD
    assert (waiting.kind, waiting.until) == (StoryStepKind.WAITING, NOON + DAY), "it was held again since"
    *_, letter = tell_story(decisions, make_fate(InvitationState.RESERVED))
    assert (letter.kind, letter.until) == (StoryStepKind.WAITING, NIGHT.until), "a letter waits as it was decided"


def test_wait_that_a_person_ends_has_only_a_latest_end() -> None:
    no_chat = Hold(NOON + HOUR, AskingReason.NO_CHAT)
    [step] = tell_story([TimedDecision(NOON, no_chat)], make_fate(InvitationState.WAITING))
    assert (step.is_open_ended, step.until) == (True, NOON + 3 * DAY)


@pytest.mark.parametrize(
    ("decisions", "fate", "kinds"),
    [
        ([Skip(AskingReason.STAFF)], None, ["skipped"]),
        ([Ask()], make_fate(InvitationState.WAITING), ["sending"]),
        ([Ask(), Ask()], make_fate(InvitationState.RESERVED), ["sending"]),  # decided with the event, and when due
        ([Ask(), NIGHT], make_fate(InvitationState.RESERVED), ["waiting"]),
        ([Ask(), Skip(AskingReason.STOPPED)], make_fate(InvitationState.DROPPED, reason="stopped"), ["skipped"]),
        ([DELAY], make_fate(InvitationState.DROPPED, reason="withdrawn"), ["held", "given_up"]),
        ([Ask()], make_fate(InvitationState.DROPPED, reason="rejected"), ["given_up"]),
        ([DELAY, DELAY], make_fate(InvitationState.WAITING), ["waiting"]),  # the same again is no step
        ([Ask()], make_fate(InvitationState.WAITING, trigger_at=NOON), ["behind", "sending"]),
    ],
)
def test_decisions_before_a_question_was_sent(
    decisions: list[Decision], fate: InvitationFate | None, kinds: list[str]
) -> None:
    assert tell_kinds(decisions, fate) == kinds


_S, _C = InvitationState, ClosingStep
BEGUN = {"started_at": SENT + HOUR, "touched_at": SENT + 2 * HOUR}


@pytest.mark.parametrize(
    ("fate", "kinds"),
    [
        (answered_fate(_S.OPEN, "felt"), ["open"]),
        (answered_fate(_S.OPEN, "felt", reminders=(SENT + 2 * DAY,)), ["reminded", "open"]),
        (answered_fate(_S.OPEN, _C.SNOOZED, touched_at=SENT + HOUR, snoozed_until=SENT + DAY), ["put_off", "open"]),
        (answered_fate(_S.ANSWERING, "csat", **BEGUN), ["partly", "open"]),
        (answered_fate(_S.DONE, _C.CONTACT, **BEGUN, reminders=(SENT,)), ["reminded", "answered"]),
        (answered_fate(_S.DONE, _C.EXPIRED, **BEGUN), ["partly", "unfinished"]),
        (answered_fate(_S.DONE, _C.STOPPED, **BEGUN), ["partly", "stopped"]),
        (answered_fate(_S.DECLINED, _C.DECLINED, touched_at=SENT + HOUR), ["declined"]),
        (answered_fate(_S.EXPIRED, _C.EXPIRED, touched_at=SENT + 8 * DAY), ["expired"]),
        (answered_fate(_S.EXPIRED), ["expired"]),
        (answered_fate(_S.EXPIRED, _C.WITHDRAWN, touched_at=SENT + HOUR), ["withdrawn"]),
    ],
)
def test_what_became_of_a_question_that_was_sent(fate: InvitationFate, kinds: list[str]) -> None:
    assert tell_kinds([Ask()], fate) == ["sent", *kinds]


@pytest.mark.parametrize("state", [_S.OPEN, _S.ANSWERING, _S.DONE, _S.DECLINED, _S.EXPIRED, _S.CLOSED])
def test_story_of_an_anonymous_question_is_the_same_whatever_became_of_it(state: InvitationState) -> None:
    facts = BEGUN if state in (_S.ANSWERING, _S.DONE) else {}
    told = tell_story([TimedDecision(SENT, Ask())], answered_fate(state, "felt", **facts, is_anonymous=True))
    assert told == (StoryStep(StoryStepKind.SENT, SENT), StoryStep(StoryStepKind.UNDISCLOSED))
