"""States of an invitation and the moves between them.

::

    waiting ──► reserved ──► open ──► answering
       │            │          │          │
       └─► dropped ◄┘          └──────────┴──► done | declined | expired

    declined ──► open | answering    the customer takes "not about this" or "stop" back, within the change period
    done     ──► answering           the same, after an answer: what was answered had made it done

    done | declined | expired ──► closed    in an anonymous journey, when nothing can be changed any more

The same moves stand as data in `TRANSITIONS`. The values are what the database stores.

Invariants:

* A person has at most one invitation in `OPEN_STATES`; a partial unique index of the database enforces it.
* An invitation that the customer never saw (waiting, reserved, dropped) counts for nothing on the map.
* One answer is enough for ``done``: declined and expired mean that nothing was answered.
* A closed invitation tells that somebody was asked, and nothing of what became of it; its answers are *sealed*:
  separated from the person for good (`bot.usecases.sealing.seal_conversations`).
"""

from collections.abc import Mapping
from enum import StrEnum


class InvitationState(StrEnum):
    """Progress of one invitation, from the decision to ask until nothing more can be answered."""

    WAITING = "waiting"  # held by the rules of asking; decided again when it is due
    RESERVED = "reserved"  # its letter is posted: from here on nothing else is asked of this person
    OPEN = "open"  # it arrived, or may have; nothing is settled yet
    ANSWERING = "answering"  # at least one question is answered or skipped
    DONE = "done"
    DECLINED = "declined"
    EXPIRED = "expired"
    CLOSED = "closed"  # of an anonymous journey: that they were asked is all that is kept
    DROPPED = "dropped"  # given up before the customer saw it; the invitation's reason says why


_S = InvitationState

TRANSITIONS: Mapping[InvitationState, frozenset[InvitationState]] = {
    _S.WAITING: frozenset({_S.RESERVED, _S.DROPPED}),
    _S.RESERVED: frozenset({_S.OPEN, _S.DROPPED}),
    _S.OPEN: frozenset({_S.ANSWERING, _S.DONE, _S.DECLINED, _S.EXPIRED}),
    _S.ANSWERING: frozenset({_S.DONE, _S.DECLINED, _S.EXPIRED}),
    _S.DONE: frozenset({_S.ANSWERING, _S.CLOSED}),
    _S.DECLINED: frozenset({_S.OPEN, _S.ANSWERING, _S.CLOSED}),
    _S.EXPIRED: frozenset({_S.CLOSED}),
    _S.CLOSED: frozenset(),
    _S.DROPPED: frozenset(),
}
"""The states that each state may change to."""

OPEN_STATES = (_S.RESERVED, _S.OPEN, _S.ANSWERING)
"""States that keep the person from being asked anything else."""

ANSWERABLE_STATES = (_S.OPEN, _S.ANSWERING)
"""States in which the customer has the question and may answer it."""

UNSENT_STATES = (_S.WAITING, _S.RESERVED)
"""States from which the invitation can still be dropped."""

UNASKED_STATES = (_S.WAITING, _S.DROPPED)
"""States that mean "not asked": they count towards no limit, and a tap that names such an invitation is refused."""

ENDED_STATES = (_S.DONE, _S.DECLINED, _S.EXPIRED)
"""States of an invitation that was answered, declined or left; in an anonymous journey it is closed from there."""

FINAL_STATES = tuple(state for state in InvitationState if not TRANSITIONS[state])


def may_become(before: InvitationState, after: InvitationState) -> bool:
    """Return whether an invitation may change from ``before`` to ``after``; staying as it is, is always allowed."""
    return before is after or after in TRANSITIONS[before]
