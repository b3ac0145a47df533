"""What becomes of a letter after each try: outcome × attempts → state, delay. Nothing here sends or stores.

=================  ==============================================================================
Sent               sent
Dropped            dropped
NeverLeft          retry, after 1, 2, 4 … 300 s, as long as it takes: only ``not_after`` ends it
Throttled          retry, after as long as the messenger asked for
Moved              due again at once, at the new address; rejected when that goes round in circles
Unreachable        unreachable
Rejected           rejected
Uncertain          unknown
Unwritten          retry, after 5, 10, 20, 40 s; rejected after the fifth failure
=================  ==============================================================================
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.db.delivery.letters import Letter, LetterState
from bot.outbox.kinds import LetterDropped
from bot.outbox.messenger import ChatMoved, DeliveryError, NeverLeft, Rejected, SentMessage, Throttled, Unreachable

LONGEST_DELAY = 300.0
MOST_WRITING = 5
MOST_MOVES = 5
TOO_LATE = LetterDropped("too late")


@dataclass(frozen=True, slots=True)
class RenderingFailed:
    """The letter could not be rendered: a fault of ours, which ``reason`` names."""

    reason: str


Happened = SentMessage | LetterDropped | DeliveryError | RenderingFailed


@dataclass(frozen=True, slots=True)
class NextLetterState:
    """The state a letter goes to; ``delay`` only for those that will be tried again."""

    state: LetterState
    reason: str | None = None
    delay: timedelta | None = None

    @property
    def is_end(self) -> bool:
        return self.delay is None


def after(happened: Happened, attempts: int) -> NextLetterState:  # noqa: PLR0911 - a table reads best as one
    """``attempts`` counts the tries, this one included."""
    match happened:
        case SentMessage():
            return NextLetterState(LetterState.SENT)
        case LetterDropped(reason):
            return NextLetterState(LetterState.DROPPED, reason)
        case RenderingFailed(reason):
            if attempts >= MOST_WRITING:
                return NextLetterState(LetterState.REJECTED, reason)
            return _again(LetterState.RETRY, reason, 5.0 * 2 ** (attempts - 1))
        case ChatMoved():
            if attempts >= MOST_MOVES:
                return NextLetterState(LetterState.REJECTED, "moved in circles")
            return _again(LetterState.DUE, "the group moved", 0)
        case Throttled(seconds=seconds):
            return _again(LetterState.RETRY, "throttled", seconds)
        case NeverLeft():
            return _again(LetterState.RETRY, "never left", 2.0 ** min(attempts - 1, 20))
        case Unreachable():
            return NextLetterState(LetterState.UNREACHABLE, str(happened))
        case Rejected():
            return NextLetterState(LetterState.REJECTED, str(happened))
        case _:  # Uncertain, and whatever a messenger may raise against its word: it may have arrived
            return NextLetterState(LetterState.UNKNOWN, str(happened))


def _again(state: LetterState, reason: str, seconds: float) -> NextLetterState:
    longest = seconds if reason == "throttled" else min(seconds, LONGEST_DELAY)
    return NextLetterState(state, reason, timedelta(seconds=longest))


def is_too_late(letter: Letter, now: datetime) -> bool:
    return letter.not_after is not None and now > letter.not_after


def breaks(happened: Happened) -> bool:
    """Whether this says that the way to the messenger is broken, so that nothing more should leave for now."""
    passing = (Throttled, ChatMoved, Unreachable, Rejected)
    return isinstance(happened, DeliveryError) and not isinstance(happened, passing)
