"""Who may work on a case: those in a chat that looks after it. Everybody else is refused with a reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.db.cases import case_views, cases
from bot.db.cases.case_routing import CaseReader, CaseRouting, CaseScope
from bot.db.cases.case_views import CaseView
from bot.db.delivery import letters, message_refs
from bot.db.delivery.message_refs import MessageSubject
from bot.db.engine.database import Connection
from cjm.address import Address
from cjm.cases.case import Case, CaseRefusal, CaseRefused, TeamMember


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody in a chat who wants to do something about a case."""

    chat: Address
    person: Address
    name: str
    card: str | None = None  # the id of the card that was tapped

    @property
    def member(self) -> TeamMember:
        return TeamMember(str(self.person), self.name[:128])


@dataclass(frozen=True, slots=True)
class CaseSnapshot:
    """A case after a step, with the cards that are to show it. ``reader`` is the chat it was done in, if a team's."""

    view: CaseView
    cards: tuple[tuple[CaseReader, str], ...]
    reader: CaseReader | None = None

    @property
    def language(self) -> str | None:
        return self.reader.language if self.reader else None


@dataclass(frozen=True, slots=True)
class CaseStepRefused:
    """Why nothing was done; ``name`` is who has the case. ``shown`` is how things stand, for those who may know."""

    reason: CaseRefusal
    name: str | None = None
    shown: CaseSnapshot | None = None


def admit(tx: Connection, desk: CaseRouting, hand: Actor, number: int) -> tuple[Case, CaseScope]:
    """The case, and what this chat may do. Raises CaseRefused for a chat that does not look after it."""
    scope = desk.scope(tx, hand.chat, hand.person)
    case = cases.get_to_change(tx, number)
    if scope is None or (case is not None and not scope.covers(case.journey)):
        raise CaseRefused(CaseRefusal.STRANGER)
    if case is None:
        raise CaseRefused(CaseRefusal.UNKNOWN)
    return case, scope


def step(
    tx: Connection, desk: CaseRouting, hand: Actor, number: int, now: datetime, do: Callable[[Case], Case]
) -> CaseSnapshot | CaseStepRefused:
    """Let somebody admitted take one step with a case, and see how it stands then. ``hand.card`` has arrived, then."""
    try:
        case, scope = admit(tx, desk, hand, number)
    except CaseRefused as refused:
        return CaseStepRefused(refused.reason)
    if hand.card is not None:
        letters.prove(tx, f"case_card:{number}:{hand.chat}", hand.card, now)
        message_refs.remember(tx, hand.chat, hand.card, MessageSubject(cases.CARD, number), now)
    try:
        cases.save(tx, case, do(case))
    except CaseRefused as refused:
        return CaseStepRefused(refused.reason, refused.name, shown(tx, desk, number, scope))
    return shown(tx, desk, number, scope)


def shown(tx: Connection, desk: CaseRouting, number: int, scope: CaseScope | None = None) -> CaseSnapshot:
    view = case_views.view(tx, number)
    if view is None:
        raise CaseRefused(CaseRefusal.UNKNOWN)
    return CaseSnapshot(view, tuple(desk.cards(tx, number)), scope.reader if scope else None)
