"""Forget a person.

Invariants:
* Their rows and words are erased in one transaction, so a crash leaves nothing half forgotten.
* Their counts stay under their day, without a name, and their answers without cohort and channel unless many gave the
  same at once (`cjm.figures.settling`). So no figure of everyone changes, in no window; of people who are forgotten
  only the most is known.
* They are not asked again, also when the business sends events about them, until they open a new link and consent.
* Rows of imports that told of them name nobody any more, and stay, so that no file brings them back.
* Messages of ours that show their words or files are taken away, and their questions that have buttons still: a recall
  for each is stored in the same transaction (`bot.usecases.people.recall_messages`). A letter about them that is on its
  way is recalled as soon as it is known to have arrived (`bot.db.delivery.quoted_messages`).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.db.asking import answers, awaited_texts
from bot.db.audit.audit_actions import CUSTOMER, HTTP
from bot.db.cases import cases, drafts
from bot.db.conversation import left_messages
from bot.db.counters import tallies
from bot.db.delivery import inbox, letters, message_subjects, pictures, quoted_messages, recalls
from bot.db.delivery.recalls import RecallTarget
from bot.db.delivery.states import ErasureCause, MessageCarrier
from bot.db.engine.database import Connection, Database, lock_customer
from bot.db.imports import imported_rows
from bot.db.people import customers
from bot.db.people.consent_states import ConsentActor
from bot.db.sealing import closed_messages
from bot.db.upkeep.settlement import settle_person
from bot.outbox.kinds import LetterName
from bot.usecases.audit.forget_in_audit import forget_in_audit
from bot.usecases.people.change_account import CUSTOMER_SUBJECTS, LEFT_LETTERS
from bot.usecases.people.keep_hashes import keep_hashes
from cjm.address import Address
from cjm.conversation.conversation import CHANGE_PERIOD

CUSTOMER_LETTERS = (*LEFT_LETTERS, LetterName.ERASURE_REPORT)
"""Kinds of letters to people about themselves."""

LONGEST_DELETABLE = timedelta(hours=48)
"""Age beyond which no messenger of ours lets a bot delete its message; a voice message of that age remains."""


@dataclass(frozen=True, slots=True)
class CustomerForgotten:
    """Outcome of forgetting; ``was_known`` is False when there was nobody to forget.

    ``recalled`` is how many of our messages in other chats are being taken away, those in ``lasting`` included: these
    hold a voice message that is too old to be deleted, and surely remain. ``in_doubt`` letters about the person may
    have arrived or not; each is taken away once somebody taps or answers it.
    """

    was_known: bool
    recalled: int = 0
    lasting: tuple[RecallTarget, ...] = ()
    in_doubt: int = 0


NOBODY = CustomerForgotten(was_known=False)
"""Outcome where there was nobody to forget."""


@dataclass(frozen=True, slots=True)
class ErasureReader:
    """Person who asked to be forgotten and is told later what became of the messages, in their language."""

    address: Address
    language: str


class ForgetCustomer:
    """Forget a person by the business's id or by their address. Forgetting twice changes nothing.

    Counts of answers of fewer people than ``minimum`` lose cohort and channel.
    """

    def __init__(self, db: Database, clock: Clock, minimum: int) -> None:
        self._db, self._clock, self._minimum = db, clock, minimum

    async def is_known(self, address: Address) -> bool:
        """Return whether a person with this address is stored."""
        return await self._db.read(lambda tx: customers.find_by_address(tx, address)) is not None

    async def by_external_id(self, external_id: str) -> CustomerForgotten:
        """Forget a person at the business's wish, with what they have just sent and nobody has handled yet."""

        def write(tx: Connection) -> CustomerForgotten:
            person = customers.find_by_external_id(tx, external_id)
            if person is None:
                return NOBODY
            if person.address is not None:
                inbox.drop_waiting(tx, person.address.id)
            return forget_customer(tx, person.id, person.address, self._minimum, self._clock.now())

        return await self._db.write(write)

    async def by_address(self, address: Address, language: str) -> CustomerForgotten:
        """Forget a person at their own wish. What they send after it is handled, as from a stranger.

        They are told later, in ``language``, what became of our messages that show their words.
        """

        def write(tx: Connection) -> CustomerForgotten:
            person = customers.find_by_address(tx, address)
            if person is None:
                return NOBODY
            reader = ErasureReader(address, language)
            return forget_customer(tx, person.id, address, self._minimum, self._clock.now(), reader)

        return await self._db.write(write)


def forget_customer(
    tx: Connection,
    customer_id: int,
    address: Address | None,
    minimum: int,
    now: datetime,
    reader: ErasureReader | None = None,
) -> CustomerForgotten:
    """Move the person's counts from live to settled, erase their rows and recall messages, in this transaction.

    ``reader`` is told later what became of the messages, None: nobody waits for that.
    """
    lock_customer(tx, customer_id)  # what comes in about them meanwhile waits, and then finds a stranger
    targets = _list_targets(tx, customer_id, address, now)
    lasting = _list_lasting(tx, customer_id, address, now)
    in_doubt = letters.count_doubted_about(tx, customer_id)
    if any(answer.text for answer in answers.list_by_customer(tx, customer_id)):
        pictures.delete_all(tx)  # maps with quotes; whoever has the id of one gets it from the messenger
    with tallies.gather_moves(tx):
        settle_person(tx, customer_id, minimum)
        imported_rows.mark_erased_by_customer(tx, customer_id)
        forget_in_audit(tx, customer_id, CUSTOMER if reader is not None else HTTP, now)
        keep_hashes(tx, customer_id, ConsentActor.BUSINESS if reader is None else ConsentActor.CUSTOMER, now)
        customers.delete_customer(tx, customer_id)
    letters.forget_about(tx, customer_id)
    if address is not None:
        awaited_texts.delete_awaited(tx, address)
        drafts.delete_by_owner(tx, address)
        # The chat may be a manager's too: cards and lists there are about others, and somebody has to answer them.
        letters.delete_by_address(tx, address, CUSTOMER_LETTERS)
        message_subjects.delete_by_address(tx, address, CUSTOMER_SUBJECTS)
        closed_messages.delete_by_address(tx, address)
        # Updates that were set aside lose their chat now; those that wait lose it when they are handled.
        inbox.blank_chat(tx, address.id)
        recalls.delete_unreported(tx, address)
    recalled = _recall_messages(tx, targets, customer_id, now, reader)
    return CustomerForgotten(was_known=True, recalled=recalled, lasting=lasting, in_doubt=in_doubt)


def _list_targets(tx: Connection, customer_id: int, address: Address | None, now: datetime) -> list[RecallTarget]:
    """Return each message of ours that shows the person's words, or asks them something, as far as it is known."""
    found: dict[tuple[Address, str], RecallTarget] = {}
    for target in quoted_messages.list_by_customer(tx, customer_id):
        found[target.to, target.message_id] = target
    # Of messages that an earlier version sent only the case is known, not what they show.
    for case in cases.list_by_customer(tx, customer_id, limit=None):
        for chat, message_id in cases.list_team_messages(tx, case.number):
            target = found.setdefault((chat, message_id), RecallTarget(chat, message_id))
            found[chat, message_id] = replace(target, case_number=case.number)
    for chat, message_id in left_messages.list_live(tx, customer_id, now - CHANGE_PERIOD):
        found.setdefault((chat, message_id), RecallTarget(chat, message_id, MessageCarrier.TEXT))
    # An anonymous question that is closed quotes nobody any more, and may still show what they answered.
    for closed in closed_messages.list_by_address(tx, address) if address is not None else ():
        found[closed.address, closed.message_id] = RecallTarget(closed.address, closed.message_id, MessageCarrier.TEXT)
    return [replace(target, is_own=target.to == address) for target in found.values()]


def _list_lasting(tx: Connection, customer_id: int, address: Address | None, now: datetime) -> tuple[RecallTarget, ...]:
    voices = quoted_messages.list_voices(tx, customer_id, before=now - LONGEST_DELETABLE)
    return tuple(target for target in voices if target.to != address)


def _recall_messages(
    tx: Connection, targets: list[RecallTarget], customer_id: int, now: datetime, reader: ErasureReader | None
) -> int:
    """Store recalls of the messages, and return how many are in the chats of others."""
    own, others = [each for each in targets if each.is_own], [each for each in targets if not each.is_own]
    cause = ErasureCause.WISH if reader is not None else ErasureCause.GONE
    # Apart, because nobody waits for these: a person who has blocked the bot holds up no report to the team.
    if own:
        recalls.insert_erasure(tx, cause, own, now, language=reader.language if reader else None)
    if others:
        to, language = (reader.address, reader.language) if reader is not None else (None, None)
        recalls.insert_erasure(tx, cause, others, now, about=customer_id, report_to=to, language=language)
    return len(others)
