"""What the database says: read into plain values while Tropa runs, or from what a kill has left behind."""

import shutil
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, update

from bot.clock import wall_now
from bot.db.asking.tables import answer_table, invitation_table
from bot.db.cases.tables import case_message_table, case_table
from bot.db.delivery.states import InboxState, LetterState, RecallState
from bot.db.delivery.tables import inbox_table, letter_table, recall_table
from bot.db.engine.database import Database
from bot.db.engine.tables import lease_table
from bot.db.figures.tables import digest_run_table
from bot.db.journeys import journeys
from bot.db.journeys.tables import visit_table
from bot.db.people.tables import customer_table
from bot.db.upkeep import counter_check
from cjm.asking.invitation_state import InvitationState
from cjm.cases.case import CaseAuthor
from tests.crashes.ledger import CaseMessageSent, GivenAnswer, LetterTry, SentKind, TeamAnswer
from tests.db.upkeep.test_database_copy import dump_tables


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """Letter as the database knows it in the end.

    ``is_doubted``: a try of it may have arrived. ``what``: what a notice tells.
    """

    key: str
    kind: str
    state: LetterState
    is_doubted: bool = False
    what: str | None = None


@dataclass(slots=True)
class StoredFacts:
    """Facts in the database."""

    visits: Counter[str] = field(default_factory=Counter)
    answers: Counter[GivenAnswer] = field(default_factory=Counter)
    case_messages: Counter[CaseMessageSent] = field(default_factory=Counter)
    team_answers: Counter[TeamAnswer] = field(default_factory=Counter)
    updates: dict[int, InboxState] = field(default_factory=dict)
    letters: dict[int, StoredLetter] = field(default_factory=dict)
    digest_periods: set[str] = field(default_factory=set)
    wrong_counters: int = 0
    words_left: list[str] = field(default_factory=list)

    def add_earlier(self, earlier: "StoredFacts") -> None:
        """Add what was stored earlier and was pruned meanwhile, and the faults that were seen then."""
        self.updates = {**earlier.updates, **self.updates}
        self.letters = {**earlier.letters, **self.letters}
        self.digest_periods |= earlier.digest_periods
        self.wrong_counters += earlier.wrong_counters


async def read_facts(url: str, forbidden_words: Collection[str]) -> StoredFacts:
    """Return all facts; ``words_left`` are those of the forbidden words that any table holds."""
    db = Database(url)
    try:
        return await db.read(lambda tx: _read(tx, forbidden_words))
    finally:
        await db.close()


def _read(tx: Connection, forbidden_words: Collection[str]) -> StoredFacts:
    facts = StoredFacts()
    facts.visits = Counter(row.event_id for row in tx.execute(select(visit_table.c.event_id)))
    facts.answers = Counter(_list_answers(tx))
    _read_cases(tx, facts)
    facts.updates = {row.update_id: row.state for row in tx.execute(select(inbox_table))}
    for row in tx.execute(select(letter_table)):
        what = row.data.get("what") or row.data.get("text")
        facts.letters[row.id] = StoredLetter(row.key, row.kind, row.state, row.unknown_at is not None, what)
    facts.digest_periods = {row.period for row in tx.execute(select(digest_run_table))}
    current = journeys.list_current(tx).values()
    facts.wrong_counters = sum(len(counter_check.list_wrong_counters(tx, journey)) for journey in current)
    dump = repr(dump_tables(tx)) if forbidden_words else ""
    facts.words_left = [words for words in forbidden_words if words in dump]
    return facts


def _list_answers(tx: Connection) -> list[GivenAnswer]:
    rows = tx.execute(
        select(customer_table.c.external_id, answer_table.c.question, answer_table.c.value, answer_table.c.text).join(
            customer_table, customer_table.c.id == answer_table.c.customer_id
        )
    )
    return [GivenAnswer(r.external_id, r.question, r.text if r.value is None else r.value) for r in rows]


def _read_cases(tx: Connection, facts: StoredFacts) -> None:
    messages = case_message_table.join(case_table, case_table.c.id == case_message_table.c.case_id).join(
        customer_table, customer_table.c.id == case_table.c.customer_id
    )
    columns = customer_table.c.external_id, case_message_table
    for row in tx.execute(select(*columns).select_from(messages)):
        if row.author is CaseAuthor.CUSTOMER:
            facts.case_messages[CaseMessageSent(row.external_id, SentKind(row.kind), row.text or None)] += 1
        elif row.author is CaseAuthor.TEAM:
            facts.team_answers[TeamAnswer(row.external_id, row.text)] += 1


# ---- what a kill has left behind -------------------------------------------------------------------------------------


async def list_in_flight(url: str, folder: Path) -> frozenset[LetterTry]:
    """Return the letters that a killed process had marked as sending.

    An SQLite file is copied first: it is for the next process to recover what the last one has left.
    """
    async with _open_left(url, folder) as db:
        rows = await db.read(lambda tx: tx.execute(_SENDING).all())
    return frozenset(LetterTry(row.id, row.attempts) for row in rows)


_SENDING = select(letter_table.c.id, letter_table.c.attempts).where(letter_table.c.state == LetterState.SENDING)


@asynccontextmanager
async def _open_left(url: str, folder: Path) -> AsyncIterator[Database]:
    db = Database(url)
    if db.files.path is not None:
        copy = folder / "left.db"
        for end in ("", "-wal", "-shm"):
            Path(f"{copy}{end}").unlink(missing_ok=True)
            if end != "-shm" and (left := Path(f"{db.files.path}{end}")).exists():
                shutil.copy(left, f"{copy}{end}")
        await db.close()
        db = Database(f"sqlite:///{copy}")
    try:
        yield db
    finally:
        await db.close()


async def end_lease(url: str) -> None:
    """Let the lease of a killed process be over: nothing else would happen in the seconds that it still runs."""
    db = Database(url)
    if not db.is_sqlite:
        over = update(lease_table).values(until=wall_now() - timedelta(seconds=1))
        await db.write(lambda tx: tx.execute(over) and None)
    await db.close()


# ---- what is still to be done ----------------------------------------------------------------------------------------


async def list_undone(url: str, now: datetime, digest_periods: Collection[str]) -> dict[str, int]:
    """Return how much of what is due by now is not done yet, by its kind; empty when all is done."""
    db = Database(url)
    try:
        return await db.read(lambda tx: _list_undone(tx, now, digest_periods))
    finally:
        await db.close()


def _list_undone(tx: Connection, now: datetime, digest_periods: Collection[str]) -> dict[str, int]:
    due_letter = letter_table.c.state.in_((LetterState.DUE, LetterState.RETRY)) & (
        letter_table.c.due_at <= now + timedelta(minutes=1)
    )
    at_work = letter_table.c.state.in_((LetterState.LEASED, LetterState.SENDING))
    reserved = (invitation_table.c.state == InvitationState.RESERVED) & (invitation_table.c.due_at <= now)
    wanted: dict[str, Any] = {
        "updates": select(func.count()).where(inbox_table.c.state == InboxState.NEW),
        "letters": select(func.count()).where(due_letter | at_work),
        "invitations": select(func.count()).where(reserved),
        "recalls": select(func.count()).where(recall_table.c.state == RecallState.DUE, recall_table.c.due_at <= now),
    }
    counts = {name: tx.execute(count).scalar_one() for name, count in wanted.items()}
    counts["digests"] = len(set(digest_periods).difference(tx.execute(select(digest_run_table.c.period)).scalars()))
    return {name: count for name, count in counts.items() if count}
