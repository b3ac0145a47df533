"""Outcome of a delivered question, and what it adds to the counters.

* Each delivered question has exactly one outcome, so that the outcomes of a period add up to what was delivered.
* A question of an anonymous journey has no outcome that is told, neither before it is closed nor after: it counts as
  delivered. Its conversation has no hour either.
* They count for the whole journey, by survey and by the hour of the reader's clock at which the question arrived. What
  a stage's questions came to is told by ``invited``, ``answered``, ``declined`` and ``ignored``.
"""

from collections.abc import Iterator
from typing import NamedTuple

from cjm.asking.decision import AskingReason
from cjm.asking.invitation_state import InvitationState
from cjm.figures.asking.asking_outcome import AskingOutcome
from cjm.figures.facts.presence import WHOLE_JOURNEY
from cjm.figures.tally import ASKED, ASKED_AT, CounterKey, CounterSums, Move

PUT_OFF = "snoozed"
"""Reason of an invitation that its reader has put off and not answered since."""

UNKNOWN_HOUR = -1
"""Hour of a question that arrived before hours were stored."""

_KEPT_REASONS = (PUT_OFF, AskingReason.UNREACHABLE)


_BY_REASON = {PUT_OFF: AskingOutcome.SNOOZED, AskingReason.UNREACHABLE: AskingOutcome.BLOCKED}
_UNANSWERED = {
    InvitationState.DONE: AskingOutcome.SILENT,  # every question was skipped
    InvitationState.EXPIRED: AskingOutcome.SILENT,
    InvitationState.DECLINED: AskingOutcome.DECLINED,
}


class AskedQuestion(NamedTuple):
    """Delivered question, as its invitation stands.

    ``hour`` is that of the reader's clock when it arrived; None in an anonymous journey.
    """

    survey: str
    state: InvitationState
    reason: str | None
    is_answered: bool
    hour: int | None


def find_outcome(asked: AskedQuestion) -> AskingOutcome:
    """Return what became of a delivered question so far."""
    if asked.hour is None:
        return AskingOutcome.UNTOLD
    if asked.is_answered:
        is_whole = asked.state is InvitationState.DONE and asked.reason is None
        return AskingOutcome.ANSWERED if is_whole else AskingOutcome.PARTLY
    if asked.state is InvitationState.DECLINED and asked.reason == AskingReason.STOPPED:
        return AskingOutcome.STOPPED
    if asked.state is InvitationState.DECLINED:
        return AskingOutcome.DECLINED
    return _BY_REASON.get(asked.reason or "", _UNANSWERED.get(asked.state, AskingOutcome.OPEN))


def keep_reason(before: str | None, after: str | None) -> str | None:
    """Return the reason of an invitation that ends: "put off" and "blocked" outlast the end of its time."""
    return before if after == "expired" and before in _KEPT_REASONS else after


def outcome_moves(asked: AskedQuestion, counted_in: CounterKey) -> Iterator[Move]:
    """Yield what a delivered question adds to the counters; ``counted_in`` has its day, cohort and channel."""
    outcome = find_outcome(asked)
    of_journey = counted_in._replace(subject=WHOLE_JOURNEY, bucket=outcome)
    yield of_journey._replace(measure=ASKED + asked.survey), CounterSums()
    if asked.hour is not None and asked.hour != UNKNOWN_HOUR:
        yield of_journey._replace(measure=ASKED_AT, bucket=hour_bucket(asked.hour, outcome)), CounterSums()


def hour_bucket(hour: int, outcome: AskingOutcome) -> str:
    """Return the bucket of questions that arrived in an hour of their readers' clocks."""
    return f"{hour:02d}:{outcome}"


def split_hour_bucket(bucket: str) -> tuple[int, AskingOutcome]:
    """Return the hour and the outcome of a bucket."""
    hour, _, outcome = bucket.partition(":")
    return int(hour), AskingOutcome(outcome)
