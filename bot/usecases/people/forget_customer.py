"""A person is forgotten: rows, words and files go; what was counted stays, by week and without a name."""

from dataclasses import dataclass

from bot.db.asking import awaited_texts
from bot.db.cases import cases, drafts
from bot.db.delivery import inbox, letters, message_refs
from bot.db.engine.database import Connection, Database
from bot.db.figures import proof, tallies
from bot.db.figures.row_selection import RowSelection
from bot.db.journeys import journeys
from bot.db.people import customers
from cjm.address import Address
from cjm.figures.tally import settled, taken_back


@dataclass(frozen=True, slots=True)
class CustomerForgotten:
    """Whether there was anybody to forget, and our messages elsewhere that still hold their words: to be taken away."""

    found: bool
    messages: tuple[tuple[Address, str], ...] = ()


class ForgetCustomer:
    """By the business's name for the person, or by the address the person writes from. Twice changes nothing."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def by_external(self, external_id: str) -> CustomerForgotten:
        def write(tx: Connection) -> CustomerForgotten:
            person = customers.by_external(tx, external_id)
            return forget(tx, person.id, person.address) if person else CustomerForgotten(found=False)

        return await self._db.write(write)

    async def by_address(self, address: Address) -> CustomerForgotten:
        def write(tx: Connection) -> CustomerForgotten:
            person = customers.by_address(tx, address)
            return forget(tx, person.id, address) if person else CustomerForgotten(found=False)

        return await self._db.write(write)


def forget(tx: Connection, customer_id: int, address: Address | None) -> CustomerForgotten:
    """Settle the person's counts and erase the rows, in this transaction."""
    for journey in journeys.current(tx).values():
        mine = proof.contributions(tx, journey, RowSelection(customer_id))
        tallies.move(tx, [*taken_back(mine), *settled(mine)])
    numbers = [case.number for case in cases.of_customer(tx, customer_id, most=10_000)]
    cards = [found for number in numbers for found in cases.in_chats(tx, number)]
    customers.erase(tx, customer_id)
    if address is not None:
        awaited_texts.clear(tx, address)
        drafts.forget(tx, address)
        letters.erase(tx, address)
        message_refs.forget(tx, address)
        inbox.forget_chat(tx, address.id)
    return CustomerForgotten(found=True, messages=tuple(cards))
