"""Names of customers, as far as they are stored: their id in the business, and names that events told of them.

The names of their account are not stored, only those of its words that stand in what they wrote (``own_names`` of an
answer and of a message of a case).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, select

from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.people.tables import customer_attribute_table, customer_table

NAME_KEYS = (
    "name", "first_name", "firstname", "last_name", "lastname", "surname", "full_name", "fullname", "middle_name",
    "patronymic", "nickname", "nick", "username", "user_name", "login", "display_name", "given_name", "family_name",
    "имя", "фамилия", "отчество", "фио", "логин", "imie", "imię", "nazwisko", "imie_nazwisko", "login_klienta",
)  # fmt: skip
"""Keys of attributes whose values are names of the person."""

_IS_NAME = (customer_attribute_table.c.customer_id == customer_table.c.id) & customer_attribute_table.c.key.in_(
    NAME_KEYS
)
_CALLED = (
    select(customer_table.c.id, customer_table.c.external_id, customer_attribute_table.c.value)
    .select_from(customer_table.outerjoin(customer_attribute_table, _IS_NAME))
    .where(customer_table.c.id.in_(bindparam("customer_ids", expanding=True)))
)


def list_own_names(tx: Connection, customer_ids: Iterable[int | None]) -> Mapping[int, frozenset[str]]:
    """Return the stored names of these people, by the customer's id; None stands for nobody."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for chunk in split_into_chunks(sorted({each for each in customer_ids if each is not None})):
        for row in tx.execute(_CALLED, {"customer_ids": chunk}):
            found[row.id] |= {name for name in (row.external_id, row.value) if isinstance(name, str) and name}
    return {customer: frozenset(names) for customer, names in found.items()}
