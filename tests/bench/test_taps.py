"""CPU time of a tap and of an event against bare SQLite writes of as many rows, in the same run."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import thread_time

from pytest_benchmark.fixture import BenchmarkFixture

from bot.conversation.context import load_context
from bot.conversation.opening import open_conversation
from bot.db.asking import invitations
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.usecases.asking.ask_due import ask_due_batch
from bot.usecases.asking.record_visits import record_events
from bot.usecases.asking.turn import ConversationTap, TapNotice, take_turn
from cjm.address import Address
from cjm.asking.decision import AskingRules
from cjm.asking.invitation_state import InvitationState
from cjm.conversation import turns
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.bench import check_ratio
from tests.usecases.asking.world import EXPIRE, JOURNEY, NOON

ROUNDS, EACH = 5, 40  # the median counts: a machine changes its pace between two rounds
PEOPLE = range(ROUNDS * EACH)
RULES = AskingRules(timedelta(), timedelta(), timedelta(), 0, None)

Act = Callable[[Connection, int], None]


def introduce(tx: Connection) -> None:
    """Apply the journey and store customers who agreed to be asked."""
    journeys.apply(tx, read_journey(JOURNEY, "shop.toml"), JOURNEY, now=NOON)
    known = customers.ensure_external_ids(tx, map(str, PEOPLE), NOON)
    agreed = {"messenger": "telegram", "language": "en", "consent_at": NOON}
    customers.update_customers(tx, {known[str(n)].id: agreed | {"address": str(n)} for n in PEOPLE})


def come(tx: Connection, number: int) -> None:
    """Record one event, posted alone."""
    record_events(tx, [Event(f"e{number}", str(number), "shop", NOON, touchpoint="delivery")], RULES, NOON)


def ask(tx: Connection, people: int = len(PEOPLE)) -> None:
    """Let so many people come, and ask them."""
    introduce(tx)
    for number in range(people):
        come(tx, number)
    while ask_due_batch(tx, RULES, NOON)[0]:
        pass
    for invitation in invitations.list_by_states(tx, [InvitationState.RESERVED]):
        context = load_context(tx, invitation.id)
        assert context is not None
        open_conversation(tx, context, NOON, EXPIRE)


def answer(tx: Connection, number: int) -> None:
    """Tap once: store the first answer, with everything that it counts."""
    tap = ConversationTap(Address("telegram", str(number)), "1", number + 1)
    turn = take_turn(tx, tap, lambda conversation, now: turns.answer(conversation, "felt", 1, now), NOON, EXPIRE)
    assert turn.notice is TapNotice.SAVED


def write(plain: sqlite3.Connection, rows: int) -> None:
    """Write so many rows with two indexes, in a transaction that stays open, as ours does."""
    for number in range(rows):
        values = ("shop", number % 97, "delivery", "2026-11-22 12:00:00.000000", number)
        plain.execute("INSERT INTO plain (journey, person, subject, at, value) VALUES (?, ?, ?, ?, ?)", values)


def measure_ratio(tx: Connection, act: Act, plain: sqlite3.Connection) -> float:
    """Return the CPU time of ``act`` as a multiple of the CPU time of bare writes."""
    driver = tx.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    ratios = []
    for first in range(0, len(PEOPLE), EACH):
        before, start = driver.total_changes, thread_time()
        for number in PEOPLE[first : first + EACH]:
            act(tx, number)
        middle, rows = thread_time(), driver.total_changes - before
        write(plain, rows)
        ratios.append((middle - start) / (thread_time() - middle))
    return median(ratios)


def measure(url: str, prepare: Callable[[Connection], None], act: Act, path: Path) -> float:
    def run(tx: Connection) -> float:
        prepare(tx)
        plain = sqlite3.connect(path)
        try:
            plain.execute("CREATE TABLE plain (id INTEGER PRIMARY KEY, journey, person, subject, at, value)")
            plain.execute("CREATE INDEX by_person ON plain (person, at)")
            plain.execute("CREATE INDEX by_subject ON plain (journey, subject)")
            return measure_ratio(tx, act, plain)
        finally:
            plain.close()

    async def run_on_database() -> float:
        db = Database(url)
        try:
            return await db.write(run)
        finally:
            await db.close()

    return asyncio.run(run_on_database())


def test_tap_takes_100_times_its_bare_writes_at_most(
    benchmark: BenchmarkFixture, sqlite_url: str, tmp_path: Path
) -> None:
    ratio: float = benchmark.pedantic(  # type: ignore[no-untyped-call]  # pedantic has no types
        lambda: measure(sqlite_url, ask, answer, tmp_path / "plain.db"), rounds=1
    )
    check_ratio(benchmark, ratio, below=100)  # 30 to 50


def test_event_takes_200_times_its_bare_writes_at_most(
    benchmark: BenchmarkFixture, sqlite_url: str, tmp_path: Path
) -> None:
    """An event reads more than it writes: the person, the visits before, what stands in the way of asking."""
    ratio: float = benchmark.pedantic(  # type: ignore[no-untyped-call]  # pedantic has no types
        lambda: measure(sqlite_url, introduce, come, tmp_path / "plain.db"), rounds=1
    )
    check_ratio(benchmark, ratio, below=200)  # 70 to 100
