"""Story of one question: what was decided about it, one step after the other, and what became of it.

Invariants:

* Steps come in the order of time. A decision that only repeats the one before is no step of its own.
* That a question was to be asked is a step only while it is on its way: what came of it says the rest.
* A hold is told as past once something else was decided; only the last one still *waits*.
* Of an anonymous question only that it was asked is told: not whether, when or how its reader answered.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cjm.asking.decision import Ask, AskingReason, Decision, Hold, Skip
from cjm.asking.invitation_state import InvitationState
from cjm.conversation.conversation import ClosingStep


class StoryStepKind(StrEnum):
    """Kind of a step; the value is part of the key of its words."""

    BEHIND = "behind"  # the customer was found to stay on a stage, or to have left the journey there
    HELD = "held"  # put off then; something else was decided since
    WAITING = "waiting"  # put off, and still waiting
    SKIPPED = "skipped"
    SENDING = "sending"  # nothing speaks against it: it is on its way
    SENT = "sent"
    REMINDED = "reminded"
    PUT_OFF = "put_off"  # by the customer
    PARTLY = "partly"
    ANSWERED = "answered"
    DECLINED = "declined"
    STOPPED = "stopped"
    EXPIRED = "expired"
    UNFINISHED = "unfinished"  # expired after at least one answer
    WITHDRAWN = "withdrawn"
    OPEN = "open"
    GIVEN_UP = "given_up"  # dropped without a decision
    UNDISCLOSED = "undisclosed"


@dataclass(frozen=True, slots=True)
class StoryStep:
    """Step of a story. ``at`` is None for what lasts, and where no time is known. ``reason`` is that of a decision.

    A wait with ``is_open_ended`` has no end of its own: ``until`` is how long it lasts at most.
    """

    kind: StoryStepKind
    at: datetime | None = None
    until: datetime | None = None
    reason: AskingReason | None = None
    is_open_ended: bool = False


class TimedDecision(NamedTuple):
    """Decision with its time."""

    at: datetime
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationFate:
    """Fate of an invitation: its state and deadlines, and how far its conversation went. Times are aware.

    ``step`` is where the conversation stands, None without one. ``started_at`` is when the first answer came,
    ``reminders`` are the times of reminders that arrived, ``snoozed_until`` is when the last one is due.
    """

    state: InvitationState
    due_at: datetime
    not_after: datetime
    reason: str | None = None
    trigger_at: datetime | None = None
    sent_at: datetime | None = None
    expires_at: datetime | None = None
    snoozed_until: datetime | None = None
    step: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    touched_at: datetime | None = None
    reminders: tuple[datetime, ...] = ()
    is_anonymous: bool = False


_ENDED_BY_OTHERS = frozenset({AskingReason.NO_CHAT, AskingReason.NO_CONSENT, AskingReason.OPEN_SURVEY})
"""Reasons of waits that end when the customer, or another question, is done: no time is known before."""

_ENDINGS = {
    ClosingStep.DECLINED: StoryStepKind.DECLINED,
    ClosingStep.STOPPED: StoryStepKind.STOPPED,
    ClosingStep.WITHDRAWN: StoryStepKind.WITHDRAWN,
}


def tell_story(decisions: Sequence[TimedDecision], fate: InvitationFate | None) -> tuple[StoryStep, ...]:
    """Return the steps of a question. ``decisions`` are in the order of time; no invitation has no fate."""
    told = list(_leave_out_repeats(decisions))
    steps = [_tell_decision(timed, fate, is_last=timed is told[-1]) for timed in told]
    found = [step for step in steps if step is not None]
    if fate is None:
        return tuple(found)
    if fate.trigger_at is not None:
        found.insert(0, StoryStep(StoryStepKind.BEHIND, fate.trigger_at))
    return (*found, *_tell_fate(fate, told))


def _leave_out_repeats(decisions: Iterable[TimedDecision]) -> Iterator[TimedDecision]:
    before: Decision | None = None
    for timed in decisions:
        if timed.decision != before:
            yield timed
        before = timed.decision


def _tell_decision(timed: TimedDecision, fate: InvitationFate | None, *, is_last: bool) -> StoryStep | None:
    match timed.decision:
        case Skip(reason):
            return StoryStep(StoryStepKind.SKIPPED, timed.at, reason=reason)
        case Hold(until, reason):
            is_open_ended = reason in _ENDED_BY_OTHERS
            if not is_last or fate is None or not _is_waiting(fate):
                return StoryStep(StoryStepKind.HELD, timed.at, until, reason, is_open_ended)
            # The tick stores a repeated wait with the invitation only.
            ends = fate.not_after if is_open_ended else _find_end_of_wait(until, fate)
            return StoryStep(StoryStepKind.WAITING, timed.at, ends, reason, is_open_ended)
        case Ask():
            is_on_its_way = is_last and (fate is None or _is_waiting(fate))
            return StoryStep(StoryStepKind.SENDING, timed.at) if is_on_its_way else None


def _is_waiting(fate: InvitationFate) -> bool:
    return fate.state in (InvitationState.WAITING, InvitationState.RESERVED)


def _find_end_of_wait(until: datetime, fate: InvitationFate) -> datetime:
    return fate.due_at if fate.state is InvitationState.WAITING else until


def _tell_fate(fate: InvitationFate, told: Sequence[TimedDecision]) -> Iterator[StoryStep]:
    if fate.state is InvitationState.DROPPED:
        if not (told and isinstance(told[-1].decision, Skip)):
            reason = AskingReason(fate.reason) if fate.reason in set(AskingReason) else None
            yield StoryStep(StoryStepKind.GIVEN_UP, reason=reason)
    elif fate.sent_at is not None:
        yield StoryStep(StoryStepKind.SENT, fate.sent_at)
        yield from [StoryStep(StoryStepKind.UNDISCLOSED)] if fate.is_anonymous else _tell_conversation(fate)


def _tell_conversation(fate: InvitationFate) -> Iterator[StoryStep]:
    steps = [StoryStep(StoryStepKind.REMINDED, at) for at in fate.reminders]
    is_whole = fate.state is InvitationState.DONE and fate.step not in (*_ENDINGS, ClosingStep.EXPIRED)
    if is_whole:
        steps.append(StoryStep(StoryStepKind.ANSWERED, fate.finished_at or fate.touched_at))
    else:
        steps += [StoryStep(StoryStepKind.PARTLY, fate.started_at)] if fate.started_at is not None else []
        steps.append(_tell_end(fate))
    timed = [(step.at, step) for step in steps if step.at is not None]
    yield from (step for _, step in sorted(timed, key=lambda pair: pair[0]))
    yield from (step for step in steps if step.at is None)
    if fate.step == ClosingStep.SNOOZED:
        yield _still_open(fate)


def _tell_end(fate: InvitationFate) -> StoryStep:
    """Return how a question that was not answered to its end has ended, or how it stands."""
    ending = _ENDINGS.get(ClosingStep(fate.step)) if fate.step in set(ClosingStep) else None
    if ending is not None:
        return StoryStep(ending, fate.touched_at)
    if fate.state in (InvitationState.DONE, InvitationState.EXPIRED):
        kind = StoryStepKind.EXPIRED if fate.started_at is None else StoryStepKind.UNFINISHED
        return StoryStep(kind, fate.expires_at)
    if fate.step == ClosingStep.SNOOZED:
        return StoryStep(StoryStepKind.PUT_OFF, fate.touched_at, fate.snoozed_until)
    return _still_open(fate)


def _still_open(fate: InvitationFate) -> StoryStep:
    return StoryStep(StoryStepKind.OPEN, until=fate.expires_at)
