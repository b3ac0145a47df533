"""Compare what was done with what is stored and what has arrived: nothing lost, nothing doubled, all doubts accounted.

Pure: `test_checks.py` plants each fault and sees it reported.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from bot.db.delivery.states import UNFINISHED_STATES, InboxState, LetterState
from bot.outbox.kinds import LetterName
from bot.outbox.letters.digest import REST_PART
from bot.outbox.letters.notice import DIGEST_UNSURE
from bot.outbox.send_letter import IN_FLIGHT
from tests.crashes.ledger import Ledger
from tests.crashes.stored import StoredFacts, StoredLetter

Fact = TypeVar("Fact")
ANSWERED = {"accepted", "repeated"}
REPEATED_KINDS = frozenset({
    *(LetterName.CASE_CARD, LetterName.CASE_NOTICE, LetterName.CASE_RECEIPT, LetterName.NOTICE, LetterName.GREETING),
    *(LetterName.MANAGER_WELCOME, LetterName.DRAFT_QUESTION, LetterName.STEP, LetterName.CAMPAIGN_NOTICE),
    *(LetterName.RECALL_LIST, LetterName.ERASURE_REPORT),
})  # fmt: skip
"""Kinds that are sent once more when they may not have arrived: those for which somebody waits."""

OFFERED = {
    LetterName.CASE_REPLY: (LetterName.CASE_NOTICE, "unknown"),
    LetterName.DIGEST: (LetterName.NOTICE, DIGEST_UNSURE),
}
"""Kinds that go again only by a tap of the team: the kind of the notice that offers it, and what it says."""


class FaultKind(StrEnum):
    """Kind of a promise that was broken."""

    LOST = "lost"
    DOUBLED = "doubled"
    UNACCOUNTED = "unaccounted"  # a doubt without a kill, a letter or an update without an end
    WRONG = "wrong"  # counters that differ from their rows, words of somebody forgotten


@dataclass(frozen=True, slots=True)
class CrashFault:
    """Promise that was broken, in words."""

    kind: FaultKind
    what: str


@dataclass(slots=True)
class SeenMessages:
    """What the messenger's side has seen: copies by letter, prompts by customer, words that a chat still shows."""

    copies: Counter[int] = field(default_factory=Counter)
    updates: Collection[int] = ()
    prompts: Counter[str] = field(default_factory=Counter)
    words_of_forgotten: Collection[str] = ()


def find_faults(ledger: Ledger, facts: StoredFacts, seen: SeenMessages) -> list[CrashFault]:
    """Return every promise that was broken."""
    return [
        *_check_events(ledger, facts),
        *_check_facts(ledger, facts),
        *_check_updates(facts, seen),
        *_check_letters(ledger, facts, seen),
        *_check_digests(ledger, facts),
        *_check_the_rest(ledger, facts, seen),
    ]


def _check_events(ledger: Ledger, facts: StoredFacts) -> Iterator[CrashFault]:
    for event, posted in ledger.events.items():
        stored, is_forgotten = facts.visits[event], posted.customer in ledger.forgotten
        if stored > 1 or posted.statuses.count("accepted") > 1:
            yield CrashFault(FaultKind.DOUBLED, f"event {event}: stored {stored} times, answered {posted.statuses}")
        if ANSWERED.intersection(posted.statuses) and not stored and not is_forgotten:
            yield CrashFault(FaultKind.LOST, f"event {event}: answered {posted.statuses}, not stored")
        if set(posted.statuses) - ANSWERED and not is_forgotten:
            yield CrashFault(FaultKind.WRONG, f"event {event}: answered {posted.statuses}")


def _check_facts(ledger: Ledger, facts: StoredFacts) -> Iterator[CrashFault]:
    def remains(customer: str) -> bool:
        return customer not in ledger.forgotten

    answers = Counter(answer for answer in ledger.answers if remains(answer.customer))
    messages = Counter(message for message in ledger.case_messages if remains(message.customer))
    team_answers = Counter(answer for answer in ledger.team_answers if remains(answer.customer))
    yield from _compare("answer", answers, facts.answers)
    yield from _compare("message about a case", messages, facts.case_messages)
    yield from _compare("answer of the team", team_answers, facts.team_answers)


def _compare(what: str, done: Counter[Fact], stored: Counter[Fact]) -> Iterator[CrashFault]:
    for fact, times in (done - stored).items():
        yield CrashFault(FaultKind.LOST, f"{what}, {times} times: {fact}")
    for fact, times in (stored - done).items():
        yield CrashFault(FaultKind.DOUBLED, f"{what}, {times} times too often: {fact}")


def _check_updates(facts: StoredFacts, seen: SeenMessages) -> Iterator[CrashFault]:
    for update in seen.updates:
        state = facts.updates.get(update)
        if state is None:
            yield CrashFault(FaultKind.LOST, f"update {update} is not in the inbox")
        elif state is not InboxState.DONE:
            yield CrashFault(FaultKind.UNACCOUNTED, f"update {update} is {state}")


# ---- letters ---------------------------------------------------------------------------------------------------------


def _check_letters(ledger: Ledger, facts: StoredFacts, seen: SeenMessages) -> Iterator[CrashFault]:
    doubts = ledger.count_doubts()
    for kill in ledger.kills:
        if len(kill.in_flight) > IN_FLIGHT:
            yield CrashFault(FaultKind.UNACCOUNTED, f"{len(kill.in_flight)} letters in flight at one kill")
    for number, copies in seen.copies.items():
        letter = facts.letters.get(number)  # None: deleted with the person to whom it was
        may_come_twice = doubts[number] and (letter is None or letter.kind in REPEATED_KINDS)
        if copies > (2 if may_come_twice else 1):
            yield CrashFault(FaultKind.DOUBLED, f"letter {number} {letter}: {copies} copies")
    for number, letter in facts.letters.items():
        fault = _find_fault_of_end(letter, seen.copies[number], doubts[number])
        if fault is not None:
            what = f"letter {number} {letter}: {seen.copies[number]} copies, {doubts[number]} tries cut off"
            yield CrashFault(fault, what)
    yield from _check_offers(facts)


def _find_fault_of_end(letter: StoredLetter, copies: int, doubts: int) -> FaultKind | None:
    """Return what is wrong with the end of a letter of which so many copies have arrived."""
    if letter.state in UNFINISHED_STATES or letter.is_doubted != bool(doubts):
        return FaultKind.UNACCOUNTED
    if letter.state is LetterState.SENT and not copies:
        return FaultKind.LOST
    # One that is repeated stays in doubt only if its second copy was in flight at a kill too.
    if letter.state is LetterState.UNKNOWN and letter.kind in REPEATED_KINDS and doubts < 2:
        return FaultKind.LOST
    if letter.state is LetterState.DROPPED and copies and not doubts:
        return FaultKind.UNACCOUNTED
    return None


def _check_offers(facts: StoredFacts) -> Iterator[CrashFault]:
    """Each answer of the team, and each digest, that is in doubt for good is told to the team, with a button."""
    for kind, offer in OFFERED.items():
        doubted = [
            letter for letter in facts.letters.values() if letter.kind == kind and not letter.key.endswith("rest")
        ]
        unknown = sum(letter.state is LetterState.UNKNOWN for letter in doubted)
        offers = sum(letter.kind == offer[0] and letter.what == offer[1] for letter in facts.letters.values())
        if offers < unknown:
            yield CrashFault(FaultKind.UNACCOUNTED, f"{unknown} {kind} in doubt, {offers} told to the team")


def _list_first_parts(facts: StoredFacts, kind: str) -> list[StoredLetter]:
    """Return the letters of a kind; of a digest, whose second part may have nothing to say, the first parts."""
    return [each for each in facts.letters.values() if each.kind == kind and not each.key.endswith(f":{REST_PART}")]


def _check_digests(ledger: Ledger, facts: StoredFacts) -> Iterator[CrashFault]:
    """Each period that was due has one first part, which arrived or is in doubt since a kill."""
    firsts = [
        letter for letter in facts.letters.values() if letter.kind == "digest" and not letter.key.endswith("rest")
    ]
    for period in ledger.digest_periods:
        ends = [letter.state for letter in firsts if f":{period}:" in letter.key]
        if period not in facts.digest_periods or not ends:
            yield CrashFault(FaultKind.LOST, f"digest of {period}: {ends}")
        elif len(ends) > 1:
            yield CrashFault(FaultKind.DOUBLED, f"digest of {period}: {ends}")
        elif ends[0] not in (LetterState.SENT, LetterState.UNKNOWN):
            yield CrashFault(FaultKind.LOST, f"digest of {period}: {ends}")


def _check_the_rest(ledger: Ledger, facts: StoredFacts, seen: SeenMessages) -> Iterator[CrashFault]:
    for customer, prompts in seen.prompts.items():
        if prompts > ledger.prompts_asked[customer]:
            yield CrashFault(FaultKind.DOUBLED, f"{prompts} prompts for {customer}")
    if facts.wrong_counters:
        yield CrashFault(FaultKind.WRONG, f"{facts.wrong_counters} counters differ from their rows")
    for words in {*facts.words_left, *seen.words_of_forgotten}:
        yield CrashFault(FaultKind.WRONG, f"{words}: words of somebody who was forgotten")
    for story in ledger.stuck:
        yield CrashFault(FaultKind.LOST, f"somebody waits for ever: {story}")


# ---- the table -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CrashCounts:
    """Counts of a run. ``unknown``: letters in doubt for good; ``repeated``: those that were sent once more."""

    kills: int
    events: int
    taps: int
    texts: int
    files: int
    letters: int
    lost: int
    doubled: int
    other: int
    in_flight: int
    unknown: int
    repeated: int


def count_all(ledger: Ledger, facts: StoredFacts, faults: Collection[CrashFault]) -> CrashCounts:
    """Return the counts of a run."""
    kinds = Counter(fault.kind for fault in faults)
    doubted = [letter for number, letter in facts.letters.items() if letter.is_doubted]
    return CrashCounts(
        kills=len(ledger.kills),
        events=len(ledger.events),
        taps=ledger.count_taps(),
        texts=ledger.count_texts(),
        files=len(ledger.case_messages) - sum(message.kind == "text" for message in ledger.case_messages),
        letters=len(facts.letters),
        lost=kinds[FaultKind.LOST],
        doubled=kinds[FaultKind.DOUBLED],
        other=kinds[FaultKind.UNACCOUNTED] + kinds[FaultKind.WRONG],
        in_flight=len(ledger.count_doubts()),
        unknown=sum(letter.state is LetterState.UNKNOWN for letter in doubted),
        repeated=sum(letter.kind in REPEATED_KINDS for letter in doubted),
    )


def render_table(counts: Mapping[str, CrashCounts]) -> str:
    """Return the counts of each engine as a table."""
    names = list(CrashCounts.__slots__)
    lines = [f"{'':<12}" + "".join(f"{name.replace('_', ' '):>10}" for name in names)]
    for engine, each in counts.items():
        lines.append(f"{engine:<12}" + "".join(f"{getattr(each, name):>10}" for name in names))
    return "\n".join(lines)
