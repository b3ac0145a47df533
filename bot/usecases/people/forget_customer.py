"""Forget a person.

Invariants:
* Their rows and words are erased in one transaction, so a crash leaves nothing half forgotten.
* Their counts stay under their day, without a name, and their answers without cohort and channel unless many gave the
  same at once (`cjm.figures.settling`). So no figure of everyone changes, in no window; of people who are forgotten
  only the most is known.
* Rows of imports that told of them name nobody any more, and stay, so that no file brings them back.
* Messages that other chats hold are returned, because only the messenger can delete them.
"""

from dataclasses import dataclass

from bot.db.asking import awaited_texts
from bot.db.cases import cases, drafts
from bot.db.counters import tallies
from bot.db.delivery import inbox, letters, message_subjects
from bot.db.engine.database import Connection, Database, lock_customer
from bot.db.imports import imported_rows
from bot.db.people import customers
from bot.db.upkeep.settlement import settle_person
from cjm.address import Address


@dataclass(frozen=True, slots=True)
class CustomerForgotten:
    """Outcome of forgetting.

    ``was_known`` is False when there was nobody to forget. ``messages_to_delete`` are our messages in other chats that
    hold the person's words, as (chat, message id).
    """

    was_known: bool
    messages_to_delete: tuple[tuple[Address, str], ...] = ()


class ForgetCustomer:
    """Forget a person by the business's id or by their address. Forgetting twice changes nothing.

    Counts of answers of fewer people than ``minimum`` lose cohort and channel.
    """

    def __init__(self, db: Database, minimum: int) -> None:
        self._db, self._minimum = db, minimum

    async def is_known(self, address: Address) -> bool:
        """Return whether a person with this address is stored."""
        return await self._db.read(lambda tx: customers.find_by_address(tx, address)) is not None

    async def by_external_id(self, external_id: str) -> CustomerForgotten:
        """Forget a person at the business's wish, with what they have just sent and nobody has handled yet."""

        def write(tx: Connection) -> CustomerForgotten:
            person = customers.find_by_external_id(tx, external_id)
            if person is None:
                return CustomerForgotten(was_known=False)
            if person.address is not None:
                inbox.drop_waiting(tx, person.address.id)
            return forget_customer(tx, person.id, person.address, self._minimum)

        return await self._db.write(write)

    async def by_address(self, address: Address) -> CustomerForgotten:
        """Forget a person at their own wish. What they send after it is handled, as from a stranger."""

        def write(tx: Connection) -> CustomerForgotten:
            person = customers.find_by_address(tx, address)
            if person is None:
                return CustomerForgotten(was_known=False)
            return forget_customer(tx, person.id, address, self._minimum)

        return await self._db.write(write)


def forget_customer(tx: Connection, customer_id: int, address: Address | None, minimum: int) -> CustomerForgotten:
    """Move the person's counts from live to settled and erase their rows, in this transaction."""
    lock_customer(tx, customer_id)  # what comes in about them meanwhile waits, and then finds a stranger
    numbers = [case.number for case in cases.list_by_customer(tx, customer_id, limit=None)]
    cards = [card for number in numbers for card in cases.list_team_messages(tx, number)]
    with tallies.gather_moves(tx):
        settle_person(tx, customer_id, minimum)
        imported_rows.mark_erased_by_customer(tx, customer_id)
        customers.delete_customer(tx, customer_id)
    letters.forget_about(tx, customer_id)
    if address is not None:
        awaited_texts.delete_awaited(tx, address)
        drafts.delete_by_owner(tx, address)
        letters.delete_by_address(tx, address)
        message_subjects.delete_by_address(tx, address)
        # Updates that were set aside lose their chat now; those that wait lose it when they are handled.
        inbox.blank_chat(tx, address.id)
    return CustomerForgotten(was_known=True, messages_to_delete=tuple(cards))
