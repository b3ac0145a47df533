"""The port of a kind of letter: it renders a letter just before it leaves, and settles what became of it.

Invariants:

* The kinds are in `bot.outbox.letters`; `bot.app.letters` hands them to the outbox, which finds each by its name.
* ``write`` may run several times for one letter, so it reads and draws but stores nothing.
* ``settle`` runs in the transaction that records the end. An end is recorded without it only when it fails.
* A letter that may have arrived is sent again without a person's wish only if its kind ``is_repeated``. Those are
  letters whose loss nobody would notice, or for which a person waits; a survey that comes twice would annoy, and a lost
  one costs little.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.db.delivery.letters import Letter
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection
from bot.messages.message import Message


class LetterName(StrEnum):
    """Names of the kinds of letters, as the ``kind`` column stores them; they never change."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    STEP = "step"
    CASE_CARD = "case_card"
    CASE_NOTICE = "case_notice"
    CASE_REPLY = "case_reply"
    CASE_RECEIPT = "case_receipt"
    DIGEST = "digest"
    NOTICE = "notice"
    GREETING = "greeting"
    DRAFT_QUESTION = "draft_question"
    MANAGER_WELCOME = "manager_welcome"
    RECALL_LIST = "recall_list"
    ERASURE_REPORT = "erasure_report"
    ZONE_NOTICE = "zone_notice"
    CAMPAIGN_NOTICE = "campaign_notice"
    DIARY_THANKS = "diary_thanks"


PASSED_ON = (LetterState.UNREACHABLE, LetterState.REJECTED, LetterState.UNKNOWN)
"""Ends after which others are told what a team's chat did not get, or may not have got."""


@dataclass(frozen=True, slots=True)
class LetterDropped:
    """Answer of a kind whose letter must not be sent any more, with the reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class LetterHeld:
    """Answer of a kind whose letter must not be sent before ``until``, with the reason.

    Meanwhile the chat's other letters go before it. It is dropped if it would be too late then.
    """

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class LetterOutcome:
    """Outcome of a letter that its kind settles: its end, or that it is held.

    An end is ``sent`` (with ``message_id``), ``unreachable``, ``rejected``, ``dropped`` or ``unknown``. A held letter
    is ``due`` again at ``until``, which is None otherwise. ``unknown`` may become ``sent`` later; it is settled again
    only if the call itself reports that late. ``reason`` is a sentence of ours or of the messenger, not of a customer.
    """

    state: LetterState
    at: datetime
    reason: str | None = None
    message_id: str | None = None
    until: datetime | None = None


class LetterKind(Protocol):
    """Kind of letter: the words for it, and the consequences of its end."""

    @property
    def name(self) -> str:
        """Value in the letter's ``kind`` column; it never changes."""

    @property
    def is_repeated(self) -> bool:
        """True if a letter that may or may not have arrived is sent once more by itself."""

    async def write(self, letter: Letter) -> Message | LetterDropped | LetterHeld:
        """Render the letter as things stand now, or say why it must not be sent, or not yet."""

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        """Store the consequences of the letter's end, or of the hold that ``write`` asked for.

        Not called while the letter will be tried again because a try failed.
        """
