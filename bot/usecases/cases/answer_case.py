"""Somebody of the team replies to a card, or to any message of a case: the customer gets the answer."""

from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.db.cases import cases
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import letters, message_refs
from bot.db.engine.database import Connection, Database
from bot.outbox import case_letters
from bot.usecases.cases.admit_to_case import Actor, CaseSnapshot, CaseStepRefused, admit, shown, step
from cjm.cases.case import CaseAuthor, CaseRefusal, CaseRefused, CaseText, answer


@dataclass(frozen=True, slots=True)
class CustomerUnreachable:
    """The answer is kept, but the customer has no chat with us any more."""

    shown: CaseSnapshot


class AnswerCase:
    def __init__(self, db: Database, clock: Clock, desk: CaseRouting) -> None:
        self._db = db
        self._clock = clock
        self._desk = desk

    async def case_of(self, hand: Actor, message_id: str) -> int | None:
        """The case that a message in this chat is about, for those who look after cases here."""

        def find(tx: Connection) -> int | None:
            about = message_refs.find(tx, hand.chat, message_id)
            if about is None or about.kind not in (cases.CARD, cases.TALK):
                return None
            return about.ref if self._desk.scope(tx, hand.chat, hand.person) else None

        return await self._db.read(find)

    async def __call__(
        self, hand: Actor, number: int, message_id: str, said: CaseText
    ) -> CaseSnapshot | CaseStepRefused | CustomerUnreachable:
        """Send ``said`` to the customer; ``message_id`` is the member's own message, where its fate will be told."""
        now = self._clock.now()
        return await self._db.write(lambda tx: self._answer(tx, hand, number, message_id, said, now))

    def _answer(
        self, tx: Connection, hand: Actor, number: int, message_id: str, said: CaseText, now: datetime
    ) -> CaseSnapshot | CaseStepRefused | CustomerUnreachable:
        try:
            before, scope = admit(tx, self._desk, hand, number)
        except CaseRefused as refused:
            return CaseStepRefused(refused.reason)
        case = cases.save(tx, before, answer(before, hand.member, now))
        kept = cases.add_message(tx, number, CaseAuthor.TEAM, said, now, hand.member.name)
        sent = case_letters.answer_customer(tx, case, kept, scope.reader, message_id, now)
        result = shown(tx, self._desk, number, scope)
        return result if sent else CustomerUnreachable(result)

    async def again(self, hand: Actor, number: int, message_id: int) -> CaseSnapshot | CaseStepRefused:
        """Send an answer once more of which nobody knows whether it arrived."""
        now = self._clock.now()

        def send(tx: Connection) -> CaseSnapshot | CaseStepRefused:
            letter = letters.get(tx, f"case_reply:{message_id}")
            if letter is None or letter.data["case"] != number:
                return CaseStepRefused(CaseRefusal.UNKNOWN)
            done = step(tx, self._desk, hand, number, now, lambda case: case)
            if isinstance(done, CaseSnapshot):
                letters.send_again(tx, letter.id, now)
            return done

        return await self._db.write(send)
