"""Conversation about one invitation, as a value: its step, its answers, and what a turn can lead to.

A step is a question's key or a `ClosingStep`::

    question ──► question ──► @contact ──► @done
      ▲  │         ▲  │           ▲           │
      │  ▼         └──┴── change ─┴───────────┘      until the change period is over
     @later

    every step before the last question is settled ──► @declined | @stopped | @expired
    @declined | @stopped ──► question                 the customer takes it back within the change period

``@contact`` comes after a low score where the survey wants it. ``@expired`` is final.

Invariants, kept by `cjm.conversation.turns`:

* The questions asked are exactly those that the answers so far call for. Each answer belongs to one of them, or is in
  the customer's own words.
* The step is a question that is asked, or a closing step; from every step there is a way to a closing step.
* Each tap on one of several choices is an answer. The question is settled once the customer says that these are all:
  until then it is ``choosing``, and a conversation that is resumed comes back to it.
* A changed answer that closes a branch *withdraws* the answers tapped on it: they were about a score that the customer
  took back, so they leave the database and the counters. If the branch opens again, its questions are asked again.
  Words stay: what somebody wrote is never erased by a tap.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from cjm.journeys.survey import Question, Survey
from cjm.raw_answer import RawAnswer

CHANGE_PERIOD = timedelta(hours=24)
"""Answers can be changed so long after the last question was first settled."""

ANONYMOUS_CHANGE_PERIOD = timedelta(hours=1)
"""The same in an anonymous journey; when it is over, the answers are separated from the person for good."""


class ClosingStep(StrEnum):
    """Step of a conversation that is not a question. The values are stored; no question's key begins with an @."""

    CONTACT = "@contact"  # "may we contact you about it?"
    DONE = "@done"
    SNOOZED = "@later"  # put off by the customer ("later"); the next tap goes on
    DECLINED = "@declined"  # "not about this"
    STOPPED = "@stopped"  # "no more questions at all"
    EXPIRED = "@expired"
    WITHDRAWN = "@withdrawn"  # the business took the event back before anything was answered


CLOSED_STEPS = frozenset({ClosingStep.DECLINED, ClosingStep.STOPPED, ClosingStep.EXPIRED, ClosingStep.WITHDRAWN})
"""Steps at which no answer is taken any more."""


class TapEffect(StrEnum):
    """Effect of a tap that was taken."""

    SAVED = "saved"
    CHANGED = "changed"
    SAME = "same"  # a repeated tap: nothing new
    SKIPPED = "skipped"
    MOVED = "moved"  # another step is shown; no answer was touched


class TapRefusalReason(StrEnum):
    """Reason why a tap is not taken."""

    ENDED = "ended"  # the conversation is closed, or too far for this turn
    TOO_LATE = "too_late"  # the change period is over
    NOT_ASKED = "not_asked"  # the answers so far do not lead to this question, or not yet
    NOT_LEGAL = "not_legal"  # the value is not one of this question's


@dataclass(frozen=True, slots=True)
class Conversation:
    """Progress of one customer in one survey.

    ``answers`` are by question key. ``skipped`` holds keys of questions and, after "enough", ``ClosingStep.CONTACT``.
    ``choosing`` is the key of a question with several choices to which more may come, None if there is none.
    ``contact`` is the answer to "may we contact you?", None before it. ``finished_at`` is the time at which the last
    question was first settled, or the conversation was closed. Changing an answer does not move it; reopening clears
    it. Answers can be changed for ``change_period`` from then on.
    """

    survey: Survey
    step: str
    answers: Mapping[str, RawAnswer] = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()
    choosing: str | None = None
    contact: bool | None = None
    finished_at: datetime | None = None
    change_period: timedelta = CHANGE_PERIOD

    @property
    def question(self) -> Question | None:
        """Question of this step; None at a closing step."""
        return self.survey.find_question(self.step)

    @property
    def is_closed(self) -> bool:
        """True once it was declined, stopped or expired: then no turn is taken, except to reopen it."""
        return self.step in CLOSED_STEPS

    def is_settled(self, key: str) -> bool:
        """Return whether the question was answered or skipped, and no more choices are to come."""
        return key != self.choosing and self.is_begun(key)

    def is_begun(self, key: str) -> bool:
        """Return whether the question was answered or skipped, or has choices to which more may come."""
        return key in self.answers or key in self.skipped

    def may_change(self, now: datetime) -> bool:
        """Return whether answers may still be given and changed."""
        return self.finished_at is None or now < self.finished_at + self.change_period

    @property
    def ends_at(self) -> datetime | None:
        """Time from which on nothing can be changed any more; None while it is not finished."""
        if self.finished_at is None or self.step in (ClosingStep.EXPIRED, ClosingStep.WITHDRAWN):
            return self.finished_at
        return self.finished_at + self.change_period


@dataclass(frozen=True, slots=True)
class ConversationMove:
    """Turn that was taken. ``withdrawn`` are the keys of questions whose answers no longer stand."""

    conversation: Conversation
    effect: TapEffect
    withdrawn: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TapRefusal:
    """Turn that was not taken; the conversation stays as it is."""

    reason: TapRefusalReason
