"""Promises: what must hold after every storm, from the sandbox's own record, the database, the log and `/readyz`.

* Every event, tap and complaint that was taken is stored, and every person who may be asked was asked.
* No letter waits that is due. One that may be missing is *unknown*, at most as many as calls broke, and each is told.
* A question, a digest and a team's answer come once at most; what is repeated comes twice at most.
* The counters are those of the rows. Nothing starts beyond the messenger's limits, and no call goes without a start.
* The process leads, no part of it failed, it logged no fault of its own, and it is ready.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from bot.db.asking.tables import answer_table
from bot.db.cases.tables import case_message_table
from bot.db.delivery.states import InboxState, LetterState
from bot.db.delivery.tables import inbox_table, letter_table
from bot.db.people.tables import customer_table
from bot.outbox.kinds import LetterName
from bot.outbox.letters.digest import FIRST_PART
from bot.outbox.letters.steps.answer_buttons import MORE
from bot.usecases.upkeep.check_stored_work import UNKNOWN_FOR
from bot.usecases.upkeep.findings import ProcessRole
from tests.storms.company import StormCompany
from tests.storms.record import Post, count_faults, is_in_doubt

IN_DOUBT = "letter may have arrived"
SIGNS: dict[LetterName, Callable[[Post], bool]] = {
    LetterName.INVITATION: lambda post: post.chat > 0 and MORE in post.buttons,
    LetterName.CASE_CARD: lambda post: post.words.startswith("Complaint #") and "I'll take it" in post.buttons,
    LetterName.CASE_REPLY: lambda post: post.chat > 0 and "Our answer " in post.words,
    LetterName.DIGEST: lambda post: post.chat < 0 and post.has_picture,
}
REPEATED = {LetterName.CASE_CARD}
LEFT = (LetterState.SENT, LetterState.UNKNOWN)


@dataclass
class StormCounts:
    """Counts of a storm. ``lost`` and ``doubled`` are of questions, cards, answers and digests; each loss was told."""

    calls: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    letters: Counter[str] = field(default_factory=Counter)
    events: int = 0
    taps: int = 0
    complaints: int = 0
    unknown: int = 0
    repeated: int = 0
    lost: int = 0
    doubled: int = 0

    def __str__(self) -> str:
        faults = ", ".join(f"{n} {name}" for name, n in sorted(self.faults.items()))
        letters = ", ".join(f"{n} {state}" for state, n in sorted(self.letters.items()))
        return (
            f"calls {self.calls}; faults: {faults or 'none'}\n"
            f"events {self.events}, taps {self.taps}, complaints {self.complaints}; letters: {letters}\n"
            f"unknown {self.unknown}, repeated {self.repeated}; of questions, cards, answers and digests "
            f"lost with a notice {self.lost}, doubled {self.doubled}"
        )


@dataclass(frozen=True, slots=True)
class _Rows:
    letters: list[Any]
    answered: set[str]
    words: set[str]
    set_aside: int


def _read_rows(tx: Connection) -> _Rows:
    answered = select(customer_table.c.external_id).join(
        answer_table, answer_table.c.customer_id == customer_table.c.id
    )
    failed = select(func.count()).where(inbox_table.c.state == InboxState.FAILED)
    return _Rows(
        list(tx.execute(select(letter_table))),
        set(tx.execute(answered).scalars()),
        set(tx.execute(select(case_message_table.c.text)).scalars()),
        tx.execute(failed).scalar_one(),
    )


async def check_promises(company: StormCompany, *, with_counters: bool = True) -> StormCounts:
    """Return the counts of all that has happened in it so far. Raises AssertionError for what breaks a promise.

    To compare all counters with the rows takes a while, so a company of many storms does it once.
    """
    rows = await company.stage.tropa.db.read(_read_rows)
    counts = _count(company, rows)
    _check_nothing_lost(company, rows)
    _check_doubts(company, rows, counts)
    if with_counters:
        assert await company.stage.list_wrong_counters() == []
    assert company.starts.refused == [], "more was started than the messenger allows"
    assert company.counter.counted <= company.starts.started, "a call was sent without a start"
    await _check_process(company, rows)
    return counts


def _count(company: StormCompany, rows: _Rows) -> StormCounts:
    counts = StormCounts(len(company.sandbox.world.calls), count_faults(company.sandbox.world))
    counts.letters = Counter(str(row.state) for row in rows.letters)
    counts.events, counts.taps = len(company.acts.events), len(company.acts.taps)
    counts.complaints = len(company.acts.complaints)
    counts.unknown = sum(row.state is LetterState.UNKNOWN for row in rows.letters)
    counts.repeated = sum(row.unknown_at is not None and row.attempts > 1 for row in rows.letters)
    for kind, is_of_kind in SIGNS.items():
        posted = Counter(_merge_groups(post.chat) for post in company.record.posts if is_of_kind(post))
        ended = [row for row in rows.letters if row.kind == kind and row.state in LEFT and _is_whole(row)]
        letters = Counter(_merge_groups(int(row.address)) for row in ended)
        doubled, lost = posted - letters, letters - posted
        doubted = sum(row.unknown_at is not None for row in ended)
        assert doubled.total() <= (doubted if kind in REPEATED else 0), f"{kind} came twice: {doubled}"
        assert lost.total() <= doubted, f"{kind} is missing, and nothing says so: {lost}"
        counts.doubled += doubled.total()
        counts.lost += lost.total()
    return counts


def _is_whole(row: Any) -> bool:
    """Return whether a letter is no second part of a digest, which has no picture."""
    return bool(row.data.get("part", FIRST_PART) == FIRST_PART)


def _merge_groups(chat: int) -> int:
    """Return one number for all groups: the team's group gets another one when it moves."""
    return max(chat, -1)


def _check_nothing_lost(company: StormCompany, rows: _Rows) -> None:
    now = company.stage.clock.now()
    waiting = [
        f"{row.kind} {row.state} {row.reason}"
        for row in rows.letters
        if row.state in (LetterState.LEASED, LetterState.SENDING)
        or (row.state in (LetterState.DUE, LetterState.RETRY) and row.due_at <= now)
    ]
    assert waiting == [], "letters wait although all is calm"
    asked = Counter(row.address for row in rows.letters if row.kind == LetterName.INVITATION)
    missing = [one for one in company.acts.events if not asked[str(company.customers[one].id)]]
    assert missing == [], "people who may be asked were not"
    assert set(company.acts.taps) <= rows.answered, "a tap is lost"
    assert set(company.acts.complaints) <= rows.words, "a complaint is lost"
    shown = " ".join(post.words for post in company.record.posts if post.chat in company.list_readers())
    unshown = [words for words in company.acts.complaints if words not in shown]
    in_doubt = [row for row in rows.letters if row.kind == LetterName.CASE_CARD and row.state is LetterState.UNKNOWN]
    assert len(unshown) <= len(in_doubt), f"nobody was shown {unshown}"
    assert rows.set_aside == 0, "an update was set aside"


def _check_doubts(company: StormCompany, rows: _Rows, counts: StormCounts) -> None:
    doubts = sum(row.unknown_at is not None for row in rows.letters)
    broken = sum(is_in_doubt(call) for call in company.sandbox.world.calls if call.method.startswith("send"))
    assert doubts <= broken, "more letters are in doubt than calls broke"
    assert company.log.count(IN_DOUBT) >= doubts, "a doubt without a line in the log"


async def _check_process(company: StormCompany, rows: _Rows) -> None:
    tropa = company.stage.tropa
    assert tropa.role is ProcessRole.LEADING
    assert tropa._work.vital.list_failing() == []
    assert not (errors := company.log.list_errors()), errors
    await company.wait_until_healed()
    since = company.stage.clock.now() - UNKNOWN_FOR
    unknown = sum(row.state is LetterState.UNKNOWN and row.unknown_at >= since for row in rows.letters)
    assert not unknown or f"{unknown} letter" in (await company.list_warnings())["letters"]
