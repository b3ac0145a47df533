"""The account reports every fault that is planted, and nothing in a history without one."""

from collections.abc import Callable

import pytest

from bot.db.delivery.states import InboxState, LetterState
from bot.outbox.send_letter import IN_FLIGHT
from tests.crashes.checks import FaultKind, SeenMessages, count_all, find_faults, render_table
from tests.crashes.ledger import (
    CaseMessageSent,
    GivenAnswer,
    Kill,
    Ledger,
    LetterTry,
    PostedEvent,
    SentKind,
    TeamAnswer,
)
from tests.crashes.points import CrashPoint
from tests.crashes.stored import StoredFacts, StoredLetter

TAP, WORDS = GivenAnswer("anna", "pay_csat", 4), GivenAnswer("anna", "pay_words", "qzaaaa")
COMPLAINT, REPLY = CaseMessageSent("anna", SentKind.PHOTO, "qzaaab"), TeamAnswer("anna", "qzaaac")
CARD, QUESTION, ANSWER, DIGEST, REST, OFFER = range(1, 7)


class History:
    """What people did, what is stored, and what the messenger's side has seen, in a run in which nothing is wrong."""

    def __init__(self) -> None:
        self.ledger = Ledger(answers=[TAP, WORDS], case_messages=[COMPLAINT], team_answers=[REPLY])
        self.ledger.events = {"e1": PostedEvent("anna", ["repeated"]), "e2": PostedEvent("anna")}
        self.ledger.kills = [
            Kill(CrashPoint.MARKED, frozenset({LetterTry(CARD, 0), LetterTry(QUESTION, 0)})),
            Kill(None, frozenset({LetterTry(ANSWER, 0)})),
        ]
        self.ledger.prompts_asked["anna"] = 1
        self.ledger.digest_periods = {"2026-11-30"}
        self.facts = StoredFacts(digest_periods={"2026-11-30"}, updates={1: InboxState.DONE, 2: InboxState.DONE})
        self.facts.visits.update(["e1"])
        self.facts.answers.update([TAP, WORDS])
        self.facts.case_messages.update([COMPLAINT])
        self.facts.team_answers.update([REPLY])
        self.facts.letters = {
            CARD: StoredLetter("case:1", "case_card", LetterState.SENT, is_doubted=True),
            QUESTION: StoredLetter("invitation:1", "invitation", LetterState.UNKNOWN, is_doubted=True),
            ANSWER: StoredLetter("reply:1", "case_reply", LetterState.UNKNOWN, is_doubted=True),
            DIGEST: StoredLetter("digest:a:2026-11-30:walk", "digest", LetterState.SENT),
            REST: StoredLetter("digest:a:2026-11-30:walk:rest", "digest", LetterState.DROPPED),
            OFFER: StoredLetter("fate:1", "case_notice", LetterState.SENT, what="unknown"),
        }
        self.seen = SeenMessages(updates=[1, 2])
        self.seen.copies.update({CARD: 2, QUESTION: 1, ANSWER: 0, DIGEST: 1, OFFER: 1})
        self.seen.prompts.update(["anna"])

    def change_letter(self, number: int, state: LetterState, *, is_doubted: bool) -> None:
        letter = self.facts.letters[number]
        self.facts.letters[number] = StoredLetter(letter.key, letter.kind, state, is_doubted, letter.what)

    def list_kinds(self) -> list[FaultKind]:
        return [fault.kind for fault in find_faults(self.ledger, self.facts, self.seen)]


def test_history_without_a_fault_has_none_and_its_counts_are_shown() -> None:
    history = History()
    faults = find_faults(history.ledger, history.facts, history.seen)
    assert faults == []
    counts = count_all(history.ledger, history.facts, faults)
    assert (counts.kills, counts.events, counts.taps, counts.texts, counts.files, counts.letters) == (2, 2, 1, 2, 1, 6)
    assert (counts.lost, counts.doubled, counts.other) == (0, 0, 0)
    assert (counts.in_flight, counts.unknown, counts.repeated) == (3, 2, 1)
    assert render_table({"sqlite": counts}).splitlines()[1].split() == ["sqlite", *"221216000321"]


Plant = Callable[[History], object]

LOST: dict[str, Plant] = {
    "event acknowledged before it was stored": lambda h: h.facts.visits.clear(),
    "tap acknowledged before it was stored": lambda h: h.facts.answers.subtract([TAP]),
    "words": lambda h: h.facts.answers.subtract([WORDS]),
    "photo": lambda h: h.facts.case_messages.clear(),
    "answer of the team": lambda h: h.facts.team_answers.clear(),
    "update": lambda h: h.facts.updates.pop(2),
    "letter recorded as sent before its call": lambda h: h.seen.copies.update({DIGEST: -1}),
    "card that was not repeated": lambda h: h.change_letter(CARD, LetterState.UNKNOWN, is_doubted=True),
    "digest that was claimed and not posted": lambda h: h.facts.letters.pop(DIGEST),
    "digest that was never claimed": lambda h: h.facts.digest_periods.clear(),
    "conversation that does not go on": lambda h: h.ledger.stuck.append("anna"),
}
DOUBLED: dict[str, Plant] = {
    "event": lambda h: h.facts.visits.update(["e1"]),
    "event without an answer": lambda h: h.facts.visits.update(["e2", "e2"]),
    "event that was accepted twice": lambda h: h.ledger.events["e1"].statuses.extend(["accepted", "accepted"]),
    "tap": lambda h: h.facts.answers.update([TAP]),
    "tap with another value": lambda h: h.facts.answers.update([GivenAnswer("anna", "pay_csat", 5)]),
    "photo": lambda h: h.facts.case_messages.update([COMPLAINT]),
    "answer of the team": lambda h: h.facts.team_answers.update([REPLY]),
    "question that may have arrived, sent again": lambda h: h.seen.copies.update([QUESTION]),
    "card, a third time": lambda h: h.seen.copies.update([CARD]),
    "letter sent twice without a kill": lambda h: h.seen.copies.update([OFFER]),
    "letter to somebody forgotten": lambda h: h.seen.copies.update([99, 99]),
    "prompt": lambda h: h.seen.prompts.update(["anna"]),
    "digest": lambda h: h.facts.letters.update({9: StoredLetter("d:2026-11-30:x", "digest", LetterState.DROPPED)}),
}
UNACCOUNTED: dict[str, Plant] = {
    "doubt without a kill": lambda h: h.change_letter(OFFER, LetterState.SENT, is_doubted=True),
    "letter in flight of which nobody says that it is in doubt": lambda h: h.change_letter(
        CARD, LetterState.SENT, is_doubted=False
    ),
    "letter that never ends": lambda h: h.change_letter(OFFER, LetterState.LEASED, is_doubted=False),
    "letter dropped after it was sent": lambda h: h.change_letter(OFFER, LetterState.DROPPED, is_doubted=False),
    "answer in doubt that nobody is told of": lambda h: h.facts.letters.pop(OFFER),
    "update set aside": lambda h: h.facts.updates.update({2: InboxState.FAILED}),
    "more letters in flight than may be": lambda h: h.ledger.kills.append(
        Kill(None, frozenset(LetterTry(number, 0) for number in range(100, 101 + IN_FLIGHT)))
    ),
}
WRONG: dict[str, Plant] = {
    "counter move that was dropped": lambda h: setattr(h.facts, "wrong_counters", 1),
    "event refused": lambda h: h.ledger.events["e2"].statuses.append("differs"),
    "words of somebody forgotten in a table": lambda h: h.facts.words_left.append("qzaaaa"),
    "words of somebody forgotten in a chat": lambda h: setattr(h.seen, "words_of_forgotten", ["qzaaaa"]),
}
PLANTED = [
    (kind, what, plant)
    for kind, plants in zip(FaultKind, (LOST, DOUBLED, UNACCOUNTED, WRONG), strict=True)
    for what, plant in plants.items()
]


@pytest.mark.parametrize(
    ("kind", "plant"), [pytest.param(kind, plant, id=f"{kind}-{what}") for kind, what, plant in PLANTED]
)
def test_planted_fault_is_reported(kind: FaultKind, plant: Plant) -> None:
    history = History()
    plant(history)
    assert history.list_kinds() == [kind]


def test_of_somebody_forgotten_nothing_is_expected_and_nothing_may_be_there() -> None:
    history = History()
    history.ledger.forgotten.add("anna")
    assert set(history.list_kinds()) == {FaultKind.DOUBLED}
    history.facts = StoredFacts(updates=history.facts.updates, digest_periods=history.facts.digest_periods)
    history.ledger.digest_periods.clear()
    assert history.list_kinds() == []
    assert history.ledger.list_words_of_forgotten() == ["qzaaab", "qzaaaa"]
