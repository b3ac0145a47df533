"""An upgrade gives mutes of before their journey, records the renamings of all files, and keeps what people chose."""

from typing import Any

from alembic import command
from sqlalchemy import JSON, Boolean, Date, DateTime, Integer, MetaData, insert, select, text

import migrations
from bot.db.asking import mutes
from bot.db.engine.database import Connection, Database
from bot.db.journeys import renamings
from bot.db.people.tables import customer_table
from bot.db.upkeep.schema import migrate
from cjm.asking.subject_names import SubjectName
from tests.usecases.asking.world import ALICE, NOON

BEFORE = "0014"
FILES = {
    ("shop", 1): ("a", ""),
    ("shop", 2): ("b", '"a"'),
    ("shop", 3): ("c", '"b"'),
    ("bank", 1): ("a", ""),
}


def make_value(kind: object) -> Any:
    values: tuple[tuple[type, Any], ...] = (
        (Boolean, False),
        (Integer, 1),
        (DateTime, NOON),
        (Date, NOON.date()),
        (JSON, []),
    )
    return next((value for each, value in values if isinstance(kind, each)), "x")


def store(tx: Connection) -> None:
    """Store two versions of a journey and another one, people, and what they muted as Tropa did then."""
    old = MetaData()
    old.reflect(tx)

    def put(table: str, **values: object) -> None:
        needed = {c.name: make_value(c.type) for c in old.tables[table].c if not c.nullable and c.name not in values}
        tx.execute(insert(old.tables[table]).values(needed | values))

    for (journey, version), (key, was) in FILES.items():
        point = f'{{ key = "{key}", title = "T", was = [{was}] }}'
        source = f'key = "{journey}"\ntitle = "J"\n[[stages]]\nkey = "s"\ntitle = "S"\ntouchpoints = [{point}]'
        put("journey_version", key=journey, version=version, source=source)
    for number, address in ((1, ALICE.id), (2, None), (3, "3")):
        chat = {"messenger": "telegram", "address": address} if address else {}
        told = {"language": "pl", "timezone": "Asia/Almaty"} if number < 3 else {}
        put("customer", id=number, external_id=str(number), **chat, **told)
    put("cohort", id=1)
    put("visit", id=1, customer_id=1, cohort_id=1)
    put(
        "invitation",
        id=1,
        customer_id=1,
        visit_id=1,
        cohort_id=1,
        journey="shop",
        version=1,
        subject="a",
        state="declined",
    )
    put("response", id=1, invitation_id=1, customer_id=1, step="@declined")
    for person, subject in ((1, "a"), (1, "c"), (2, "a"), (3, "never")):
        put("mute", customer_id=person, subject=subject)


def go_back(tx: Connection) -> None:
    config = migrations.config()
    config.attributes["connection"] = tx
    command.downgrade(config, BEFORE)


async def test_upgrade_names_journeys_of_mutes_and_keeps_what_people_chose(any_db: Database) -> None:
    await migrate(any_db, "base")
    await migrate(any_db, BEFORE)
    await any_db.write(store)
    await migrate(any_db)
    assert await any_db.read(lambda tx: mutes.list_by_customers(tx, [1, 2, 3])) == {
        1: [SubjectName("shop", 1, "a"), SubjectName("shop", 0, "c")],  # the first by the question that it ended
        2: [SubjectName("bank", 0, "a"), SubjectName("shop", 0, "a")],  # not known which: as before, of both
        3: [SubjectName("", 0, "never")],
    }
    history = await any_db.read(renamings.read_history)
    assert history.list_names(SubjectName("shop", 1, "a")) == ["a", "b", "c"]
    assert history.list_names(SubjectName("bank", 0, "a")) == ["a"]
    own = await any_db.read(
        lambda tx: [
            (row.has_own_language, row.has_own_zone) for row in tx.execute(select(customer_table).order_by("id"))
        ]
    )
    assert own == [(True, True), (False, False), (False, False)]  # nobody but the business spoke for the second
    await any_db.write(go_back)
    left = await any_db.read(lambda tx: sorted(map(tuple, tx.execute(text("SELECT customer_id, subject FROM mute")))))
    assert left == [(1, "a"), (1, "c"), (2, "a"), (3, "never")]
