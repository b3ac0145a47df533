"""A person is forgotten: rows, words and files go; what was counted stays, by week and without a name."""

from dataclasses import dataclass

from bot.db.asking import awaited_texts
from bot.db.cases import cases, drafts
from bot.db.delivery import inbox, letters, message_subjects
from bot.db.engine.database import Connection, Database
from bot.db.upkeep import counter_check
from bot.db.counters import tallies
from bot.db.counters.row_selection import RowSelection
from bot.db.journeys import journeys
from bot.db.people import customers
from cjm.address import Address
from cjm.figures.tally import settle_moves, reverse_moves


@dataclass(frozen=True, slots=True)
class CustomerForgotten:
    """Whether there was anybody to forget, and our messages elsewhere that still hold their words: to be taken away."""

    was_known: bool
    messages_to_delete: tuple[tuple[Address, str], ...] = ()


class ForgetCustomer:
    """By the business's name for the person, or by the address the person writes from. Twice changes nothing."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def by_external_id(self, external_id: str) -> CustomerForgotten:
        def write(tx: Connection) -> CustomerForgotten:
            person = customers.find_by_external_id(tx, external_id)
            return forget_customer(tx, person.id, person.address) if person else CustomerForgotten(was_known=False)

        return await self._db.write(write)

    async def by_address(self, address: Address) -> CustomerForgotten:
        def write(tx: Connection) -> CustomerForgotten:
            person = customers.find_by_address(tx, address)
            return forget_customer(tx, person.id, address) if person else CustomerForgotten(was_known=False)

        return await self._db.write(write)


def forget_customer(tx: Connection, customer_id: int, address: Address | None) -> CustomerForgotten:
    """Settle the person's counts and erase the rows, in this transaction."""
    for journey in journeys.list_current(tx).values():
        mine = counter_check.list_contributions(tx, journey, RowSelection(customer_id))
        tallies.add_moves(tx, [*reverse_moves(mine), *settle_moves(mine)])
    numbers = [case.number for case in cases.list_by_customer(tx, customer_id, limit=10_000)]
    cards = [found for number in numbers for found in cases.list_team_messages(tx, number)]
    customers.delete_customer(tx, customer_id)
    if address is not None:
        awaited_texts.delete_awaited(tx, address)
        drafts.delete_by_owner(tx, address)
        letters.delete_by_address(tx, address)
        message_subjects.delete_by_address(tx, address)
        inbox.blank_chat(tx, address.id)
    return CustomerForgotten(was_known=True, messages_to_delete=tuple(cards))
