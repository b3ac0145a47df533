"""Move a customer to another account: what the account before them knew is theirs no longer.

Invariants:

* The account that a customer leaves may be somebody else's now: nothing that is sent there later, and nothing that is
  kept of that chat, shows the customer's words.
* Messages there that show them are taken away, as soon as that chat can be reached, and so are questions that have
  buttons still: the account would be told that they are not for it.
* Answers of the team that have not arrived follow to the new account. So do questions: they are dropped there unless
  the customer consents again. All else that was to be sent goes.
* Consent is given by an account. It ends here, with a record, and is asked for again.
"""

from datetime import datetime

from bot.db.asking import awaited_texts, responses
from bot.db.cases import drafts
from bot.db.cases.strangers import merge_stranger
from bot.db.conversation import left_messages
from bot.db.delivery import inbox, letters, message_subjects, quoted_messages
from bot.db.delivery.message_subjects import SubjectKind
from bot.db.engine.database import Connection
from bot.db.people import consent_records, customers
from bot.db.people.consent_states import ConsentWay
from bot.db.people.customers import Customer
from bot.outbox.kinds import LetterName
from cjm.address import Address
from cjm.conversation.conversation import CHANGE_PERIOD

FOLLOWING = (LetterName.INVITATION, LetterName.REMINDER, LetterName.DIARY_THANKS, LetterName.CASE_REPLY)
"""Kinds of letters that follow a customer to another account while they are unfinished."""

LEFT_LETTERS = (
    *FOLLOWING,
    LetterName.STEP,
    LetterName.CASE_RECEIPT,
    LetterName.GREETING,
    LetterName.DRAFT_QUESTION,
    LetterName.ZONE_NOTICE,
)
"""Kinds of letters to customers that a chat loses which is theirs no longer."""

CUSTOMER_SUBJECTS = (
    SubjectKind.RESPONSE,
    SubjectKind.COMMENT,
    SubjectKind.JOINED_COMMENT,
    SubjectKind.CUSTOMER_MESSAGE,
)
"""What messages in a customer's own chat are about."""


def change_account(tx: Connection, person: Customer, address: Address, now: datetime) -> None:
    """Make the account this customer's; cases that it opened as a stranger become the customer's."""
    merge_stranger(tx, address, person.id)
    if person.address is not None:
        live = left_messages.list_live(tx, person.id, now - CHANGE_PERIOD)  # read before it is forgotten
        _leave_chat(tx, person, person.address, address)
        questions = [number for chat, number in live if chat == person.address]
        quoted_messages.recall_in_chat(tx, person.id, person.address, now, questions)
        if person.consent_at is not None:
            consent_records.record_withdrawn(tx, person, ConsentWay.ACCOUNT_CHANGE, now)
        customers.update_customer(tx, person.id, consent_at=None, stopped_at=None)


def _leave_chat(tx: Connection, person: Customer, old: Address, new: Address) -> None:
    # The chat may be a manager's too: only what a customer is sent and asked there goes.
    letters.readdress(tx, old, new, FOLLOWING)
    letters.delete_by_address(tx, old, LEFT_LETTERS)
    awaited_texts.delete_awaited(tx, old)
    drafts.delete_by_owner(tx, old)
    message_subjects.delete_by_address(tx, old, CUSTOMER_SUBJECTS)
    responses.leave_chat(tx, person.id, old)
    left_messages.delete_by_customer(tx, person.id)
    inbox.blank_chat(tx, old.id)
