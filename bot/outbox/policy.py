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

from bot.db.delivery.letters import Letter, State
from bot.outbox.kinds import Dropped
from bot.outbox.messenger import DeliveryError, Moved, NeverLeft, Rejected, Sent, Throttled, Unreachable

LONGEST_DELAY = 300.0
MOST_WRITING = 5
MOST_MOVES = 5
TOO_LATE = Dropped("too late")


@dataclass(frozen=True, slots=True)
class Unwritten:
    """The letter could not be rendered: a fault of ours, which ``reason`` names."""

    reason: str


Happened = Sent | Dropped | DeliveryError | Unwritten


@dataclass(frozen=True, slots=True)
class Next:
    """The state a letter goes to; ``delay`` only for those that will be tried again."""

    state: State
    reason: str | None = None
    delay: timedelta | None = None

    @property
    def is_end(self) -> bool:
        return self.delay is None


def after(happened: Happened, attempts: int) -> Next:  # noqa: PLR0911 - a table reads best as one
    """``attempts`` counts the tries, this one included."""
    match happened:
        case Sent():
            return Next(State.SENT)
        case Dropped(reason):
            return Next(State.DROPPED, reason)
        case Unwritten(reason):
            if attempts >= MOST_WRITING:
                return Next(State.REJECTED, reason)
            return _again(State.RETRY, reason, 5.0 * 2 ** (attempts - 1))
        case Moved():
            if attempts >= MOST_MOVES:
                return Next(State.REJECTED, "moved in circles")
            return _again(State.DUE, "the group moved", 0)
        case Throttled(seconds=seconds):
            return _again(State.RETRY, "throttled", seconds)
        case NeverLeft():
            return _again(State.RETRY, "never left", 2.0 ** min(attempts - 1, 20))
        case Unreachable():
            return Next(State.UNREACHABLE, str(happened))
        case Rejected():
            return Next(State.REJECTED, str(happened))
        case _:  # Uncertain, and whatever a messenger may raise against its word: it may have arrived
            return Next(State.UNKNOWN, str(happened))


def _again(state: State, reason: str, seconds: float) -> Next:
    longest = seconds if reason == "throttled" else min(seconds, LONGEST_DELAY)
    return Next(state, reason, timedelta(seconds=longest))


def is_too_late(letter: Letter, now: datetime) -> bool:
    return letter.not_after is not None and now > letter.not_after


def breaks(happened: Happened) -> bool:
    """Whether this says that the way to the messenger is broken, so that nothing more should leave for now."""
    passing = (Throttled, Moved, Unreachable, Rejected)
    return isinstance(happened, DeliveryError) and not isinstance(happened, passing)
