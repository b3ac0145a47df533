"""Close a case, by the team, and reopen it, by the team or by its customer."""

from datetime import datetime

from bot.clock import Clock
from bot.db.audit.audit_actions import AuditAction
from bot.db.cases import cases, writer_mutes
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import letters
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.outbox import case_letters
from bot.outbox.case_letters import ReceiptCause
from bot.usecases.cases.case_access import Actor, CaseSnapshot, CaseStepRefused, load_snapshot, take_step
from cjm.address import Address
from cjm.cases.case import Case, CaseKind, CaseRefusal, close_case, reopen_case


class CloseCase:
    def __init__(self, db: Database, clock: Clock, routing: CaseRouting) -> None:
        self._db = db
        self._clock = clock
        self._routing = routing

    async def __call__(self, actor: Actor, number: int) -> CaseSnapshot | CaseStepRefused:
        """Close the case. The customer is told after some seconds, in which the team can still reopen it."""
        return await self._close(actor, number, may_be_unanswered=True)

    async def close_if_answered(self, actor: Actor, number: int) -> CaseSnapshot | CaseStepRefused:
        """Close the case, or refuse it because nobody has answered its customer: the team is asked whether it may."""
        return await self._close(actor, number, may_be_unanswered=False)

    async def _close(self, actor: Actor, number: int, *, may_be_unanswered: bool) -> CaseSnapshot | CaseStepRefused:
        now = self._clock.now()

        def write(tx: Connection) -> CaseSnapshot | CaseStepRefused:
            def close(case: Case) -> Case:
                closed = close_case(case, actor.member, now, may_be_unanswered=may_be_unanswered)
                return _tell_of_closing(tx, case, closed, now)

            return take_step(tx, self._routing, actor, number, now, close, AuditAction.CLOSE_CASE)

        return await self._db.write(write)

    async def reopen(self, actor: Actor, number: int) -> CaseSnapshot | CaseStepRefused:
        """Reopen the case for the team. If the customer was not told yet that it was closed, they never are."""
        now = self._clock.now()

        def write(tx: Connection) -> CaseSnapshot | CaseStepRefused:
            def reopen(case: Case) -> Case:
                return _reopen_and_withdraw_receipt(tx, case)

            return take_step(tx, self._routing, actor, number, now, reopen, AuditAction.REOPEN_CASE)

        return await self._db.write(write)

    async def reopen_by_customer(self, address: Address, number: int) -> CaseSnapshot | CaseStepRefused:
        """Reopen a case that its customer calls not solved.

        Their next message is added to it, unless a survey question or a setting awaits a text.
        """
        now = self._clock.now()
        return await self._db.write(lambda tx: self._reopen_by_customer(tx, address, number, now))

    def _reopen_by_customer(
        self, tx: Connection, address: Address, number: int, now: datetime
    ) -> CaseSnapshot | CaseStepRefused:
        case, person = cases.find_for_update(tx, number), customers.find_by_address(tx, address)
        # Only the case's own customer may reopen it; any other number gets the same refusal.
        if case is None or person is None or case.customer_id != person.id:
            return CaseStepRefused(CaseRefusal.STRANGER)
        # A case that is not closed is no news for the team, and a praise has nothing to solve.
        if case.is_closed and case.kind is not CaseKind.PRAISE:
            self._tell_team(tx, case, now)
        cases.save(tx, case, reopen_case(case))
        case_letters.await_addition(tx, address, number, now)
        return load_snapshot(tx, self._routing, number)

    def _tell_team(self, tx: Connection, case: Case, now: datetime) -> None:
        mute = writer_mutes.find_mute(tx, case.customer_id, case.journey)
        if mute is None or mute.until <= now:
            case_letters.post_not_solved(tx, self._routing, case, now)
        else:  # a person who floods could else ring with this button
            case_letters.post_card_later(tx, self._routing, case, mute.until, now)


def _tell_of_closing(tx: Connection, case: Case, closed: Case, now: datetime) -> Case:
    # Closing it again changes nothing, so the customer is told once.
    if closed != case:
        due_at = now + case_letters.TIME_TO_REOPEN
        case_letters.post_receipt(tx, closed, ReceiptCause.CLOSED, _closing_key(case.number, now), now, due_at)
    return closed


def _reopen_and_withdraw_receipt(tx: Connection, case: Case) -> Case:
    if case.closed_at is not None and case.kind is not CaseKind.PRAISE:
        letters.withdraw(tx, f"case_closed:{_closing_key(case.number, case.closed_at)}", "the case was reopened")
    return reopen_case(case)


def _closing_key(number: int, at: datetime) -> str:
    """Return the key of one closing: a case that is closed, reopened and closed again tells its customer twice."""
    return f"{number}:{at.timestamp():.0f}"
