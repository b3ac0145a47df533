"""Long queue after an outage: what it costs to take letters from it, beside a short one in the same run."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import text

from bot.db.delivery import letter_steps, letters
from bot.db.delivery.letter_steps import AttemptRecord
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection, Database
from bot.outbox.kinds import LetterName
from bot.outbox.worker import MOST_AT_WORK
from cjm.address import Address
from tests.statements import listen_to_statements

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
SHORT = 200  # letters of the short queue
ROUNDS = 12  # of claims in each queue
BATCH = 2000
GROUP = Address("telegram", "-100")


@dataclass(frozen=True, slots=True)
class ClaimCost:
    """Cost of a letter, from its claim to its record, in a queue of so many ``letters``: median of the rounds."""

    letters: int
    statements: float
    cpu: float  # milliseconds of this process and of PostgreSQL's, until the commit
    wall: float  # milliseconds

    def __str__(self) -> str:
        return (
            f"{self.letters:6} letters: {self.statements:5.2f} statements, {self.cpu:5.2f} ms CPU and "
            f"{self.wall:5.2f} ms a letter"
        )


async def post_letters(db: Database, first: int, count: int, to: Address | None = None) -> None:
    """Post questions to as many people, or all ``to`` one chat, that fell due one after the other before now."""
    for start in range(first, first + count, BATCH):
        numbers = range(start, min(start + BATCH, first + count))
        new = [
            NewLetter(
                f"letter:{number}",
                to or Address("telegram", str(number)),
                LetterName.INVITATION,
                LetterPriority.INVITATION,
                NOW - timedelta(hours=6) + timedelta(milliseconds=number),
            )
            for number in numbers
        ]
        await db.write(partial(_post, new=new))


def _post(tx: Connection, new: list[NewLetter]) -> None:
    letters.post(tx, new, NOW)


def take_and_record(tx: Connection) -> list[int]:
    """Claim as many letters as leave at once, and record that they arrived; return their priorities."""
    claimed = letter_steps.claim(tx, now=NOW, limit=MOST_AT_WORK, epoch=1)
    for letter in claimed:
        letter_steps.mark_sending(tx, letter.id, 1)
        letter_steps.record(tx, letter.id, 1, AttemptRecord(LetterState.SENT, 1, message_id="1"), NOW)
    return [letter.priority for letter in claimed]


def measure_cpu(tx: Connection) -> float:
    """Return the processor time in seconds of this process, and of PostgreSQL's process that serves ``tx``."""
    spent = time.process_time()
    if tx.dialect.name == "postgresql":
        process = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
        spent += int(Path(f"/proc/{process}/schedstat").read_text("utf-8").split()[0]) / 1e9
    return spent


def take_and_measure(tx: Connection) -> tuple[int, int, float]:
    """Claim and record letters; return how many, with how many statements, and the processor time in seconds."""
    cpu = measure_cpu(tx)
    with listen_to_statements() as statements:
        taken = len(take_and_record(tx))
    return taken, len(statements), measure_cpu(tx) - cpu


async def measure_claims(db: Database, waiting: int) -> ClaimCost:
    """Take letters from the queue, of which so many wait, and return what each costs."""
    await db.write(take_and_record)  # what is done once in a process is no part of it
    costs = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        taken, statements, cpu = await db.write(take_and_measure)
        wall = time.perf_counter() - began
        assert taken > 0
        costs.append((statements / taken, 1000 * cpu / taken, 1000 * wall / taken))
    medians = [sorted(column)[ROUNDS // 2] for column in zip(*costs, strict=True)]
    return ClaimCost(waiting, *medians)


async def measure_both(db: Database, waiting: int) -> tuple[ClaimCost, ClaimCost]:
    """Return the costs in a short queue, and in one of so many letters."""
    await post_letters(db, 0, SHORT + (ROUNDS + 1) * MOST_AT_WORK)
    short = await measure_claims(db, SHORT)
    await post_letters(db, 1_000_000, waiting)
    return short, await measure_claims(db, waiting)


async def measure_queues(url: str, waiting: int) -> str:
    db = Database(url)
    try:
        short, long = await measure_both(db, waiting)
    finally:
        await db.close()
    return f"{short}\n{long}"
