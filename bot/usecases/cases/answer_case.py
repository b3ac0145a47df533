"""Answer a case: a team member replies to its card, or to any message of the case, and the customer gets the words."""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.db.audit.audit_actions import AuditAction
from bot.db.cases import cases
from bot.db.cases.case_routing import CaseRouting
from bot.db.delivery import letters, message_subjects
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.engine.database import Connection, Database
from bot.outbox import case_letters
from bot.outbox.kinds import LetterName
from bot.usecases.cases.case_access import (
    DOUBTED_KINDS,
    Actor,
    CaseSnapshot,
    CaseStepRefused,
    admit_actor,
    load_snapshot,
    record_case_action,
    refuse_step,
    take_step,
)
from cjm.address import Address
from cjm.cases.case import CaseAuthor, CaseRefusal, CaseRefused, CaseText, answer_case


@dataclass(frozen=True, slots=True)
class CustomerUnreachable:
    """Answer that was stored but not sent, because the customer has no chat with us any more."""

    snapshot: CaseSnapshot


TEAM_SUBJECTS = (SubjectKind.CARD, SubjectKind.TEAM_MESSAGE)


class AnswerCase:
    def __init__(self, db: Database, clock: Clock, routing: CaseRouting) -> None:
        self._db = db
        self._clock = clock
        self._routing = routing

    async def find_case(self, actor: Actor, message_id: str, own_words: str | None) -> int | None:
        """Return the number of the case that a message is about; None if it is about none or the chat has no access.

        ``own_words``: what the message says, if the bot has written it. It tells the case where the message is not
        known, because nobody knew whether it arrived.
        """

        def find(tx: Connection) -> int | None:
            about = message_subjects.find(tx, actor.chat, message_id)
            if about is None and own_words is not None:
                number = _find_doubted_case(tx, actor.chat, own_words)
            else:
                number = about.ref if about is not None and about.kind in TEAM_SUBJECTS else None
            # A chat that lost its access gets None, so its replies are ordinary messages and reach no customer.
            return number if number is not None and self._routing.find_access(tx, actor.chat, actor.person) else None

        return await self._db.read(find)

    async def __call__(
        self, actor: Actor, number: int, message_id: str, text: CaseText, reply_to: str
    ) -> CaseSnapshot | CaseStepRefused | CustomerUnreachable:
        """Send ``text`` to the customer.

        ``message_id`` is the member's own message, in reply to ours with the id ``reply_to``. If the answer cannot be
        delivered, they are told in reply to it.
        """
        now = self._clock.now()
        return await self._db.write(lambda tx: self._answer(tx, actor, number, message_id, text, reply_to, now))

    def _answer(
        self, tx: Connection, actor: Actor, number: int, message_id: str, text: CaseText, reply_to: str, now: datetime
    ) -> CaseSnapshot | CaseStepRefused | CustomerUnreachable:
        try:
            before, access = admit_actor(tx, self._routing, actor, number)
        except CaseRefused as refused:
            return refuse_step(tx, actor, refused, number, reply_to, now)
        _save_subject(tx, actor.chat, reply_to, number, now)
        case = cases.save(tx, before, answer_case(before, actor.member, now))
        answer_id = cases.insert_message(tx, number, CaseAuthor.TEAM, text, now, actor.member.name)
        record_case_action(tx, actor, case, AuditAction.ANSWER_CASE, now)
        is_posted = case_letters.post_reply(tx, case, answer_id, access.reader, message_id, now)
        snapshot = load_snapshot(tx, self._routing, number, access)
        # The words are kept in either case: colleagues see that the case was answered, and by whom.
        return snapshot if is_posted else CustomerUnreachable(snapshot)

    async def send_again(self, actor: Actor, number: int, message_id: int) -> CaseSnapshot | CaseStepRefused:
        """Send an answer again if it may or may not have arrived. ``message_id`` is the answer's id in the case."""
        now = self._clock.now()
        return await self._db.write(lambda tx: self._send_again(tx, actor, number, message_id, now))

    def _send_again(
        self, tx: Connection, actor: Actor, number: int, message_id: int, now: datetime
    ) -> CaseSnapshot | CaseStepRefused:
        letter = letters.find_by_key(tx, f"case_reply:{message_id}")
        # A forged button could name an answer of another case: the case in the letter decides.
        if letter is None or letter.data["case"] != number:
            return CaseStepRefused(CaseRefusal.UNKNOWN)
        result = take_step(tx, self._routing, actor, number, now, lambda case: case)
        if isinstance(result, CaseSnapshot):
            letters.send_again(tx, letter.id, now)
        return result


def _find_doubted_case(tx: Connection, chat: Address, own_words: str) -> int | None:
    """Return the case that a message of ours names, if a letter about it may have arrived in this chat."""
    # Every card and notice names its case before any other number.
    named = re.search(r"[0-9]+", own_words.partition("\n")[0])
    number = int(named[0]) if named is not None else None
    return number if letters.find_doubted(tx, chat, DOUBTED_KINDS, {"case": number}) is not None else None


def _save_subject(tx: Connection, chat: Address, message_id: str, number: int, now: datetime) -> None:
    """Store what a message is about that nobody knew to have arrived; the reply to it proves it."""
    if message_subjects.find(tx, chat, message_id) is None:
        letter = letters.prove_arrival(tx, chat, DOUBTED_KINDS, {"case": number}, message_id, now)
        is_card = letter is not None and letter.kind == LetterName.CASE_CARD
        kind = SubjectKind.CARD if is_card else SubjectKind.TEAM_MESSAGE
        message_subjects.save(tx, chat, message_id, MessageSubject(kind, number), now)
