"""Attributes in the database: an upgrade keeps them, what is replaced goes with the retention, forgetting takes all."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import String, column, func, insert, select, table

from bot.db.engine.columns import Id, Json, UtcDateTime
from bot.db.engine.database import Connection, Database
from bot.db.people import attributes, customers
from bot.db.people.tables import customer_attribute_table
from bot.db.upkeep.schema import migrate
from cjm.journeys.attributes import ToldAttribute

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BEFORE_TIMES = "0004"
OLD_CUSTOMER = table(
    "customer",
    column("id", Id),
    column("external_id", String()),
    column("attributes", Json),
    column("created_at", UtcDateTime()),
)


def list_told(tx: Connection) -> list[ToldAttribute]:
    rows = tx.execute(select(customer_attribute_table).order_by("customer_id", "key", "since"))
    return [ToldAttribute(**row._mapping) for row in rows]


def tell(tx: Connection, *told: ToldAttribute) -> None:
    known = attributes.list_known(tx, {one.customer_id for one in told}, NOON - 99 * HOUR, NOON)
    attributes.save_new(tx, known, told)


async def test_upgrade_keeps_what_was_known_since_the_customers_first_trace(any_db: Database) -> None:
    known = {"class": "gold", "orders": 3, "club": True, "zł": ""}
    await migrate(any_db, "base")
    await migrate(any_db, BEFORE_TIMES)

    def store(tx: Connection) -> None:
        people = [{"id": n, "external_id": f"c{n}", "attributes": known if n % 2 else {}} for n in range(1, 1203)]
        tx.execute(insert(OLD_CUSTOMER), [person | {"created_at": NOON} for person in people])

    await any_db.write(store)
    await migrate(any_db)
    told = await any_db.read(list_told)
    assert len(told) == 601 * len(known)
    assert {one.since for one in told} == {NOON}
    assert {one.key: one.value for one in told if one.customer_id == 1201} == known
    assert await any_db.read(lambda tx: attributes.find_latest(tx, 1201)) == known
    await migrate(any_db, "base")


async def test_only_values_that_may_hold_in_the_period_are_read(any_db: Database) -> None:
    def write(tx: Connection) -> list[object]:
        person = customers.ensure_locked(tx, ["anna"], NOON)["anna"]
        tell(tx, *(ToldAttribute(person, "class", NOON - n * HOUR, f"v{n}") for n in range(50)))
        known = attributes.list_known(tx, [person], NOON - 20 * HOUR - HOUR / 2, NOON - 18 * HOUR)
        return [known.find_at(person, NOON - hours * HOUR) for hours in (18, 19, 20, 20.5, 22)]

    assert await any_db.write(write) == [{"class": "v18"}, {"class": "v19"}, {"class": "v20"}, {"class": "v21"}, {}]


async def test_replaced_values_can_be_deleted_and_later_visits_lose_nothing(any_db: Database) -> None:
    def write(tx: Connection) -> list[ToldAttribute]:
        person = customers.ensure_locked(tx, ["anna"], NOON)["anna"]
        tell(tx, *(ToldAttribute(person, "class", NOON - n * HOUR, f"v{n}") for n in (0, 1, 5, 6, 7)))
        tell(tx, ToldAttribute(person, "region", NOON - 9 * HOUR, "city"))
        attributes.delete_superseded_values(tx, [person], NOON - 4 * HOUR)
        return list_told(tx)

    assert [one.value for one in await any_db.write(write)] == ["v5", "v1", "v0", "city"]


async def test_forgetting_erases_all_that_was_told(any_db: Database) -> None:
    def write(tx: Connection) -> int | None:
        people = customers.ensure_locked(tx, ["anna", "boris"], NOON)
        tell(tx, *(ToldAttribute(person, "class", NOON, "gold") for person in people.values()))
        customers.delete_customer(tx, people["anna"])
        return tx.scalar(select(func.count()).select_from(customer_attribute_table))

    assert await any_db.write(write) == 1
