"""The state of a letter after each try: result × attempts → next state and delay.

=================  ==============================================================================
SentMessage        sent
LetterDropped      dropped
LetterHeld         due again when its kind wants; the hold counts as no try
NeverLeft          retry, after 1, 2, 4 … 300 s, until ``not_after`` or until its kind drops it
Throttled          retry, after as long as the messenger asked for
ChatMoved          due again at once, at the new address; from the fifth try on as NeverLeft
Unreachable        unreachable
Rejected           rejected
Uncertain          once: retry, after `REPEAT_DELAY`, if the letter's kind is repeated; else unknown
RenderingFailed    retry, after 5, 10, 20, 40 s; rejected from the fifth try on
=================  ==============================================================================

A letter counts its tries, not their results: what is "rejected from the fifth try on" is rejected at once if four tries
before it failed for other reasons. The moves between all states are drawn in `bot.db.delivery.states`.

Invariants:

* Pure: nothing here sends, stores or reads a clock.
* A letter that may have arrived is sent once more at most, and only if its kind is repeated: card, notice and receipt
  of a case, notice, greeting, a manager's welcome, the question about a draft, the step below written words, and what
  tells of messages that were taken away.
  Surveys (invitation, reminder) are sent at most once; digests and a team's answers once, unless a person asks.
* A state without a delay is an end, and ends are settled with the letter's kind, unless that fails.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.db.delivery.letters import Letter
from bot.db.delivery.states import LetterState
from bot.outbox.kinds import LetterDropped, LetterHeld
from bot.outbox.messenger import ChatMoved, DeliveryError, NeverLeft, Rejected, SentMessage, Throttled, Unreachable

LONGEST_DELAY = 300.0  # seconds
MOST_RENDERINGS = 5  # tries of every kind, this one included
LATEST_RETRY = timedelta(days=1, seconds=LONGEST_DELAY)  # no try is put off longer: a messenger asks for a day at most
MOST_QUICK_MOVES = 4  # tries of every kind after which a letter follows its group at once
REPEAT_DELAY = timedelta(seconds=5)  # time for a tap to prove that the letter arrived, and for the connection to heal
TOO_LATE = LetterDropped("too late")


@dataclass(frozen=True, slots=True)
class RenderingFailed:
    """The letter could not be rendered: a fault of ours, which ``reason`` names."""

    reason: str


AttemptResult = SentMessage | LetterDropped | LetterHeld | DeliveryError | RenderingFailed


@dataclass(frozen=True, slots=True)
class NextLetterState:
    """State that a letter goes to.

    ``delay`` is set only when it will be tried again, ``until`` only when its kind holds it.
    """

    state: LetterState
    reason: str | None = None
    delay: timedelta | None = None
    until: datetime | None = None

    @property
    def is_end(self) -> bool:
        return self.delay is None and self.until is None

    @property
    def counts_as_try(self) -> bool:
        return self.until is None

    def due_after(self, now: datetime) -> datetime | None:
        """Return when the letter is due again, None at its end."""
        return now + self.delay if self.delay is not None else self.until


def next_state(  # noqa: PLR0911, PLR0912 - one row of the table a case
    result: AttemptResult, attempts: int, *, can_repeat: bool
) -> NextLetterState:
    """Return the state after a try; ``attempts`` counts the tries, this one included.

    ``can_repeat``: the kind is repeated, and no earlier try of this letter may have arrived.
    """
    match result:
        case SentMessage():
            return NextLetterState(LetterState.SENT)
        case LetterDropped(reason):
            return NextLetterState(LetterState.DROPPED, reason)
        case LetterHeld(until, reason):
            return NextLetterState(LetterState.DUE, reason, until=until)
        case RenderingFailed(reason):
            if attempts >= MOST_RENDERINGS:
                return NextLetterState(LetterState.REJECTED, reason)
            return _try_again(LetterState.RETRY, reason, 5.0 * 2 ** (attempts - 1))
        case ChatMoved():
            if attempts > MOST_QUICK_MOVES:  # two groups that each name the other must not keep us busy
                return _try_again(LetterState.RETRY, "the group moved", 2.0 ** min(attempts - 1, 20))
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
        case _ if can_repeat:  # may_have_arrived(result)
            return NextLetterState(LetterState.RETRY, str(result), REPEAT_DELAY)
        case _:
            return NextLetterState(LetterState.UNKNOWN, str(result))


def _try_again(state: LetterState, reason: str, seconds: float) -> NextLetterState:
    return NextLetterState(state, reason, timedelta(seconds=min(seconds, LONGEST_DELAY)))


def may_have_arrived(result: AttemptResult) -> bool:
    """Return whether the message may have arrived or not: Uncertain, or a DeliveryError without a row in the table."""
    is_known = isinstance(result, (NeverLeft, Throttled, ChatMoved, Unreachable, Rejected))
    return isinstance(result, DeliveryError) and not is_known


def is_too_late(letter: Letter, now: datetime) -> bool:
    return letter.not_after is not None and now > letter.not_after


def is_connection_broken(result: AttemptResult) -> bool:
    """Return whether the call failed without a clear answer about the message.

    That says more about the connection than about this letter: until a ping is answered, nothing else should leave.
    """
    return isinstance(result, DeliveryError) and not is_answer(result)


def is_answer(result: AttemptResult) -> bool:
    """Return whether the messenger said what became of the call: it takes letters, though perhaps not this one."""
    return isinstance(result, (SentMessage, Throttled, ChatMoved, Unreachable, Rejected))
