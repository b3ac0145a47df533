"""Somebody holds everything: database, logs, exports, chats, and the day on which a customer was asked anonymously.

They look for what the customer answered, and whether they did. They have one copy of the database, not two: what
changed between two tells more (`cjm.asking.sealed_cell`).
"""

import logging
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise, product
from typing import Any

import pytest
from sqlalchemy import select

from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.db.tables import metadata
from bot.usecases.asking.turn import ConversationTap
from bot.usecases.sealing.seal_conversations import SealConversations
from bot.usecases.tables.export_rows import ExportRows
from cjm.address import Address
from cjm.asking.sealed_cell import AskedPlace, list_cells
from cjm.figures.asking.asking_outcome import AskingOutcome
from cjm.figures.tally import COMPLAINTS, CUSTOMERS, ENTERED, TOOK, VISITS, WENT_ON
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from cjm.tables.own.writers import ExportFormat
from tests.usecases.asking.test_sealing import ANONYMOUS, MINIMUM
from tests.usecases.asking.world import CSAT, FELT, NOON, PACKED, WHY, World, make_world

CANARY = "kanarek"
Dump = dict[str, list[dict[str, Any]]]
LEAST = 10
DAYS = (NOON.date(), NOON.date() + timedelta(days=1), NOON.date() + timedelta(days=8))
PEOPLE_A_DAY = (14, 3, 1)  # the last one was alone that day


@dataclass
class Asked:
    """Somebody who was asked, what they did, and when they tapped."""

    name: str
    address: Address
    day: date
    does: str
    taps: list[datetime] = field(default_factory=list)


class Shop:
    """Shop with an anonymous journey, in which people of several days were asked."""

    def __init__(self, world: World) -> None:
        self.world, self.db, self.people = world, world.db, list[Asked]()

    async def ask(self, day: date, number: int, does: str) -> None:
        world, address = self.world, Address("telegram", str(1000 + len(self.people)))
        person = Asked(f"customer-{len(self.people)}-name", address, day, does)
        world.clock.advance(timedelta(seconds=5))  # no moment of theirs is another person's last tap
        now = world.clock.now()

        def consent(tx: Connection) -> None:
            stored = customers.ensure_external_ids(tx, [person.name], now)[person.name]
            columns = {"messenger": address.messenger, "address": address.id, "language": "en"}
            customers.update_customer(tx, stored.id, consent_at=NOON - timedelta(days=2), **columns)

        await self.db.write(consent)
        visited = datetime.combine(day, NOON.timetz()) + timedelta(minutes=number)
        await world.record([Event(f"event-{len(self.people)}", person.name, "shop", visited, touchpoint="delivery")])
        await world.ask_due()
        await world.deliver()
        self.people.append(person)
        await self._answer(person, int(world.messenger.arrived[-1][1].buttons[0][0].action.args[0]))  # type: ignore[union-attr]  # it has one

    async def _answer(self, person: Asked, invitation: int) -> None:
        world = self.world

        def tap() -> ConversationTap:
            world.clock.advance(timedelta(seconds=7, microseconds=101))
            person.taps.append(world.clock.now())
            return ConversationTap(person.address, world.last, invitation)

        if person.does == "declines":
            await world.stop.mute(tap())
        if not person.does.startswith("answers"):
            return
        for place, value in ((FELT, 2 if person.does == "answers" else -2), (CSAT, 3), (WHY, 0)):
            await world.give.answer(tap(), place, value)
        world.clock.advance(timedelta(seconds=3))
        person.taps.append(world.clock.now())
        await world.comment(person.address, f"{CANARY} {person.does}", f"own-{invitation}", invitation)
        await world.deliver()
        await world.give.answer(tap(), PACKED, 0 if person.does == "answers and has a case" else 9)
        if person.does == "answers and has a case":
            await world.give.settle_contact(tap(), is_wanted=True)

    async def close_all(self) -> None:
        """Let the change period pass for those who answered, and the time of the question for the others."""
        seal = SealConversations(self.db, self.world.clock, self.world.display, MINIMUM)
        self.world.clock.advance(timedelta(hours=1))
        await seal()
        self.world.clock.advance(timedelta(days=8))
        await self.world.remind()
        await seal()
        await self.world.display.wait_until_idle()

    async def dump(self) -> Dump:
        def read(tx: Connection) -> Dump:
            tables = metadata.sorted_tables
            return {t.name: [dict(row._mapping) for row in tx.execute(select(t))] for t in tables}

        return await self.db.read(read)


async def open_shop(db: Database) -> Shop:
    world = await make_world(db)
    await db.write(lambda tx: journeys.apply(tx, read_journey(ANONYMOUS, "shop.toml"), ANONYMOUS, now=NOON))
    shop, kinds = Shop(world), ("answers", "keeps silent", "declines", "answers and has a case", "answers badly")
    for day, people in zip(DAYS, PEOPLE_A_DAY, strict=True):
        world.clock.advance(datetime.combine(day, NOON.timetz()) - world.clock.now() + timedelta(hours=1))
        for number in range(people):
            await shop.ask(day, number, kinds[number % len(kinds)] if people > 1 else "answers badly")
    await shop.close_all()
    return shop


async def test_somebody_who_holds_everything_learns_nothing(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    shop = await open_shop(db)
    dump = await shop.dump()
    compare_people(shop, dump)
    look_for_moments(shop, dump)
    look_for_few_people(shop, dump)
    link_answers(dump)
    read_counters(dump)
    read_chats(shop)
    for file_format in (ExportFormat.CSV, ExportFormat.NDJSON):  # a workbook has the same cells, packed
        await read_export(shop, file_format)
    assert CANARY not in caplog.text
    assert not [p.name for p in shop.people if p.name in caplog.text or f"'{p.address.id}'" in caplog.text]


def compare_people(shop: Shop, dump: Dump) -> None:
    """Compare what is kept of people who answered with what is kept of those who kept silent."""
    columns = ("state", "reason", "expires_at", "reminded_at", "seal_at", "language")
    assert {tuple(row[name] for name in columns) for row in dump["invitation"]} == {("closed", *[None] * 4, "en")}
    for table in ("response", "prompt", "closed_message"):
        assert dump[table] == []
    assert {row["kind"] for row in dump["letter"]}.isdisjoint({"invitation", "reminder", "step"})
    assert {row["kind"] for row in dump["message_ref"]}.isdisjoint({"response", "comment", "comment-joined"})
    ids = {row["external_id"]: row["id"] for row in dump["customer"]}
    kept: defaultdict[str, set[frozenset[str]]] = defaultdict(set)
    for person in shop.people:
        mine = {name for name, rows in dump.items() if any(row.get("customer_id") == ids[person.name] for row in rows)}
        kept[person.does].add(frozenset(mine))
    silent = kept["keeps silent"]
    assert kept["answers"] == kept["answers badly"] == silent, "answers leave no row that silence does not leave"
    for does, more in (("declines", {"mute"}), ("answers and has a case", {"case"})):
        assert {mine - next(iter(silent)) for mine in kept[does]} == {frozenset(more)}, "a wish, or what they agreed to"


def look_for_moments(shop: Shop, dump: Dump) -> None:
    """Look for the times at which people tapped and wrote."""
    moments = {at for person in shop.people if person.does in ("answers", "answers badly") for at in person.taps}
    found = {(table, name) for table, rows in dump.items() for row in rows for name in row if row[name] in moments}
    assert found == set()


def look_for_few_people(shop: Shop, dump: Dump) -> None:
    """Count for each answer the people who may have given it, by where it stands and where people were asked."""
    asked = [AskedPlace(row["day"], row["cohort_id"], row["channel"]) for row in dump["invitation"]]
    rows = [row for row in dump["answer"] if row["question"] == "felt"]
    given = [2 if person.does == "answers" else -2 for person in shop.people if person.does.startswith("answers")]
    assert Counter(row["value"] for row in rows) == Counter(given), "no answer is lost"
    for row in rows:
        may_be = [place for place in asked if any(cell.first == row["day"] for cell in list_cells(place))]
        assert len(may_be) >= LEAST
    assert [row for row in dump["answer"] if row["day"] == DAYS[-1]] == [], "who was asked alone that day is hidden"
    assert any(row["day"] == DAYS[0] for row in rows), "a day with enough people keeps its answers"


def link_answers(dump: Dump) -> None:
    """Look for what answers of one person share."""
    links = ("customer_id", "response_id", "visit_id", "import_row_id", "own_names", "changed_at")
    assert {row[name] for row, name in product(dump["answer"], links)} == {None}
    assert {(row["at"].date(), row["at"].time(), row["delay"]) for row in dump["answer"]} == {
        (row["day"], time(), 0) for row in dump["answer"]
    }
    ids = sorted(row["id"] for row in dump["answer"])
    assert min(later - earlier for earlier, later in pairwise(ids)) > 1000, "ids are random"
    words = {row["text"] for row in dump["case_message"]}
    assert words == {f"{CANARY} answers and has a case"}
    assert not words & {row["text"] for row in dump["answer"]}, "equal words would tell whose they are"
    assert all(row["response_id"] is None for row in dump["case"])


def read_counters(dump: Dump) -> None:
    """Look for answers among the counters of the day on which one person was asked, and among live ones.

    A counter of zero tells that something was counted there.
    """
    tell_no_answer = {VISITS, CUSTOMERS, ENTERED, WENT_ON, TOOK, COMPLAINTS}
    counted = [row for row in dump["tally"] if row["bucket"] != AskingOutcome.UNTOLD]  # they were asked: no more
    assert {row["measure"] for row in counted if row["day"] == DAYS[-1]} <= tell_no_answer
    assert {row["measure"] for row in counted if not row["settled"]} <= tell_no_answer


async def read_export(shop: Shop, file_format: str) -> None:
    """Look for names, times and the day of one person in the exported answers."""
    pieces = [piece async for piece in ExportRows(shop.db, MINIMUM)("shop", "answers", file_format)]
    text = b"".join(pieces).decode()
    assert not [person.name for person in shop.people if person.name in text]
    assert "felt" in text
    assert ":" not in text.replace('":', "").replace("http:", "")
    assert str(DAYS[-1]) not in text


def read_chats(shop: Shop) -> None:
    """Read every message as it stands now: each question says the same to everybody."""
    messenger = shop.world.messenger
    last = {(to, str(number)): message for number, (to, message) in enumerate(messenger.arrived, 1)}
    last |= {(to, number): message for to, number, message in messenger.edits}
    assert len({message.text for message in last.values()}) == 1
    assert not any(message.buttons for message in last.values())
