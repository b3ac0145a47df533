"""The state of a letter after each try: result × attempts → next state and delay.

=================  ==============================================================================
SentMessage        sent
LetterDropped      dropped
NeverLeft          retry, after 1, 2, 4 … 300 s, until ``not_after`` or until its kind drops it
Throttled          retry, after as long as the messenger asked for
ChatMoved          due again at once, at the new address; rejected from the fifth try on
Unreachable        unreachable
Rejected           rejected
Uncertain          unknown
RenderingFailed    retry, after 5, 10, 20, 40 s; rejected from the fifth try on
=================  ==============================================================================

A letter counts its tries, not their results: what is "rejected from the fifth try on" is rejected at once if four tries
before it failed for other reasons. The moves between all states are drawn in `bot.db.delivery.states`.

Invariants:

* Pure: nothing here sends, stores or reads a clock.
* A result that may mean that the message arrived leads to ``unknown``, which no delay ever ends.
* A state without a delay is an end, and ends are settled with the letter's kind, unless that fails.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.db.delivery.letters import Letter
from bot.db.delivery.states import LetterState
from bot.outbox.kinds import LetterDropped
from bot.outbox.messenger import ChatMoved, DeliveryError, NeverLeft, Rejected, SentMessage, Throttled, Unreachable

LONGEST_DELAY = 300.0  # seconds
MOST_RENDERINGS = 5  # tries of every kind, this one included
MOST_MOVES = 5  # as above
TOO_LATE = LetterDropped("too late")


@dataclass(frozen=True, slots=True)
class RenderingFailed:
    """The letter could not be rendered: a fault of ours, which ``reason`` names."""

    reason: str


AttemptResult = SentMessage | LetterDropped | DeliveryError | RenderingFailed


@dataclass(frozen=True, slots=True)
class NextLetterState:
    """State that a letter goes to; ``delay`` is set only when it will be tried again."""

    state: LetterState
    reason: str | None = None
    delay: timedelta | None = None

    @property
    def is_end(self) -> bool:
        return self.delay is None


def next_state(result: AttemptResult, attempts: int) -> NextLetterState:  # noqa: PLR0911 - one row of the table a case
    """Return the state after a try; ``attempts`` counts the tries, this one included."""
    match result:
        case SentMessage():
            return NextLetterState(LetterState.SENT)
        case LetterDropped(reason):
            return NextLetterState(LetterState.DROPPED, reason)
        case RenderingFailed(reason):
            if attempts >= MOST_RENDERINGS:
                return NextLetterState(LetterState.REJECTED, reason)
            return _try_again(LetterState.RETRY, reason, 5.0 * 2 ** (attempts - 1))
        case ChatMoved():
            if attempts >= MOST_MOVES:
                return NextLetterState(LetterState.REJECTED, "the group moved after too many tries")
            return _try_again(LetterState.DUE, "the group moved", 0)
        case Throttled(seconds=seconds):
            # Not cut to LONGEST_DELAY: the messenger decides.
            return NextLetterState(LetterState.RETRY, "throttled", timedelta(seconds=seconds))
        case NeverLeft():
            # 2 ** 20 is far above the longest delay, while 2.0 ** 5000 would overflow.
            return _try_again(LetterState.RETRY, "never left", 2.0 ** min(attempts - 1, 20))
        case Unreachable():
            return NextLetterState(LetterState.UNREACHABLE, str(result))
        case Rejected():
            return NextLetterState(LetterState.REJECTED, str(result))
        case _:  # Uncertain, or a DeliveryError without a row above: it may have arrived
            return NextLetterState(LetterState.UNKNOWN, str(result))


def _try_again(state: LetterState, reason: str, seconds: float) -> NextLetterState:
    return NextLetterState(state, reason, timedelta(seconds=min(seconds, LONGEST_DELAY)))


def is_too_late(letter: Letter, now: datetime) -> bool:
    return letter.not_after is not None and now > letter.not_after


def is_connection_broken(result: AttemptResult) -> bool:
    """Return whether the call failed without a clear answer about the message.

    That says more about the connection than about this letter: until a ping is answered, nothing else should leave.
    """
    is_answer = isinstance(result, (Throttled, ChatMoved, Unreachable, Rejected))
    return isinstance(result, DeliveryError) and not is_answer
