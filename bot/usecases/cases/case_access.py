"""Access of a chat to a case: each step of a team goes through `admit_actor`, most through `take_step`.

Helpers for the use cases of this room; each runs in its caller's transaction.

Invariants:

* A case may be worked on by everybody in the chat of a team with the case's journey, and by a manager of that journey
  in their private chat. Teams without journeys and managers without limits may work on every case, and all teams and
  managers on a case without a journey. All others are refused with a reason.
* A step locks the case first, so of two people who take it at once one is refused.
* A step on a message about a case that is gone takes this message away: nobody knew that it had arrived.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import AuditAction, AuditActor
from bot.db.cases import case_views, cases
from bot.db.cases.case_routing import CaseAccess, CaseReader, CaseRouting
from bot.db.cases.case_views import CaseView
from bot.db.delivery import letters, message_subjects, quoted_messages, recalls
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.delivery.recalls import RecallTarget
from bot.db.engine.database import Connection
from bot.outbox.kinds import LetterName
from cjm.address import Address
from cjm.cases.case import Case, CaseRefusal, CaseRefused, TeamMember

DOUBTED_KINDS = (LetterName.CASE_CARD, LetterName.CASE_NOTICE)
"""Kinds of letters to a team that may have arrived although nobody knows it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Person in a chat who wants to do something about a case. ``card`` is the id of the card that was tapped."""

    chat: Address
    person: Address
    name: str
    card: str | None = None

    @property
    def member(self) -> TeamMember:
        return TeamMember(str(self.person), self.name[:128])

    @property
    def in_audit(self) -> AuditActor:
        return AuditActor.of_person(self.person, self.name)


@dataclass(frozen=True, slots=True)
class CaseSnapshot:
    """Case after a step, with the cards (reader, message id) that are to show it.

    ``reader`` is the chat in which the step was taken, None if the customer took it.
    """

    view: CaseView
    cards: tuple[tuple[CaseReader, str], ...]
    reader: CaseReader | None = None

    @property
    def language(self) -> str | None:
        return self.reader.language if self.reader else None


@dataclass(frozen=True, slots=True)
class CaseStepRefused:
    """Reason why a step was not taken. ``holder`` is the name of the person who has the case, if that is the reason.

    ``snapshot`` is the case as it stands, for a team or manager who may see it; else None.
    """

    reason: CaseRefusal
    holder: str | None = None
    snapshot: CaseSnapshot | None = None


def admit_actor(tx: Connection, routing: CaseRouting, actor: Actor, number: int) -> tuple[Case, CaseAccess]:
    """Lock the case for a change and return it with what this chat may do.

    Raise CaseRefused for a chat that does not look after it, and for a case that does not exist.
    """
    access = routing.find_access(tx, actor.chat, actor.person)
    case = cases.find_for_update(tx, number)
    # A chat without any access gets the same answer for every number, so a stranger cannot probe which cases exist.
    if access is None or (case is not None and not access.covers(case.journey)):
        raise CaseRefused(CaseRefusal.STRANGER)
    if case is None:
        raise CaseRefused(CaseRefusal.UNKNOWN)
    return case, access


def take_step(
    tx: Connection,
    routing: CaseRouting,
    actor: Actor,
    number: int,
    now: datetime,
    step: Callable[[Case], Case],
    action: AuditAction | None = None,
) -> CaseSnapshot | CaseStepRefused:
    """Apply ``step`` to the case if the actor may, and return the case as it stands then.

    ``action`` is what the audit log calls the step; a step that changes nothing leaves no entry.
    """
    try:
        case, access = admit_actor(tx, routing, actor, number)
    except CaseRefused as refused:
        if actor.card is not None:
            return refuse_step(tx, actor, refused, number, actor.card, now)
        return CaseStepRefused(refused.reason)
    if actor.card is not None:
        # Only a card that we do not know yet can be the copy of a letter that may have arrived.
        if message_subjects.find(tx, actor.chat, actor.card) is None:
            letters.prove_arrival(tx, actor.chat, (LetterName.CASE_CARD,), {"case": number}, actor.card, now)
        # Saved again even if it is known: the cards that were tapped last are kept up to date.
        message_subjects.save(tx, actor.chat, actor.card, MessageSubject(SubjectKind.CARD, number), now)
    try:
        changed = step(case)
        cases.save(tx, case, changed)
        if action is not None and changed != case:
            record_case_action(tx, actor, case, action, now)
    except CaseRefused as refused:
        return CaseStepRefused(refused.reason, refused.holder_name, load_snapshot(tx, routing, number, access))
    return load_snapshot(tx, routing, number, access)


def record_case_action(tx: Connection, actor: Actor, case: Case, action: AuditAction, now: datetime) -> None:
    """Record in the audit log what somebody did with a case, or with the words in it."""
    subject, persons = f"case {case.number}", (case.customer_id,)
    audit_entries.record_entry(tx, now, actor.in_audit, action, journey=case.journey, subject=subject, persons=persons)


def refuse_step(
    tx: Connection, actor: Actor, refused: CaseRefused, number: int, message_id: str, now: datetime
) -> CaseStepRefused:
    """Say why a step on this message of ours is refused; a message about a case that is gone is taken away."""
    about = message_subjects.find(tx, actor.chat, message_id)
    is_about_another = about is not None and about.ref != number  # a forged button
    if refused.reason is not CaseRefusal.UNKNOWN or is_about_another:
        return CaseStepRefused(refused.reason)
    if quoted_messages.find_quotes(tx, actor.chat, message_id) is not None:  # forged, too: it shows words of others
        return CaseStepRefused(CaseRefusal.ERASED)
    # If its letter is known, it says what the message quotes, and may not be repeated.
    letters.prove_arrival(tx, actor.chat, DOUBTED_KINDS, {"case": number}, message_id, now)
    recalls.recall_late(tx, None, RecallTarget(actor.chat, message_id, case_number=number), now)
    return CaseStepRefused(CaseRefusal.ERASED)


def load_snapshot(tx: Connection, routing: CaseRouting, number: int, access: CaseAccess | None = None) -> CaseSnapshot:
    """Load a case with its cards. Raise CaseRefused when it does not exist."""
    view = case_views.find_view(tx, number)
    if view is None:
        raise CaseRefused(CaseRefusal.UNKNOWN)
    return CaseSnapshot(view, tuple(routing.list_cards(tx, number)), access.reader if access else None)
