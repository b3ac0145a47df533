"""Ledger of what people, the team and the business did, and of the kills; pure values, compared in `checks`.

Each fact names its customer: what somebody did who was forgotten is to be nowhere.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from tests.crashes.points import CrashPoint


class SentKind(StrEnum):
    """Kind of a message about a case, as the column of the same name spells it."""

    TEXT = "text"
    PHOTO = "photo"
    VOICE = "voice"


@dataclass(slots=True)
class PostedEvent:
    """Event and the statuses that its sender was answered; without any it may be stored or not."""

    customer: str
    statuses: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """Answer that a customer tapped or wrote."""

    customer: str
    question: str
    value: int | str


@dataclass(frozen=True, slots=True)
class CaseMessageSent:
    """Message of a customer about a case. A voice message has no words."""

    customer: str
    kind: SentKind
    words: str | None = None


@dataclass(frozen=True, slots=True)
class TeamAnswer:
    """Answer of the team below a card, in words of its own."""

    customer: str
    words: str


class LetterTry(NamedTuple):
    """Letter that was marked as sending, and how often it had been tried before."""

    letter: int
    tries_before: int


@dataclass(frozen=True, slots=True)
class Kill:
    """Kill at a point, or at a random moment, and the letters that were in flight then."""

    point: CrashPoint | None
    in_flight: frozenset[LetterTry] = frozenset()


@dataclass(slots=True)
class Ledger:
    """Everything that was done. ``prompts_asked`` counts, by customer, the commands that are answered by a prompt."""

    events: dict[str, PostedEvent] = field(default_factory=dict)
    answers: list[GivenAnswer] = field(default_factory=list)
    case_messages: list[CaseMessageSent] = field(default_factory=list)
    team_answers: list[TeamAnswer] = field(default_factory=list)
    prompts_asked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    forgotten: set[str] = field(default_factory=set)
    kills: list[Kill] = field(default_factory=list)
    digest_periods: set[str] = field(default_factory=set)
    stuck: list[str] = field(default_factory=list)

    def count_doubts(self) -> Counter[int]:
        """Return how many tries of each letter were in flight at a kill."""
        return Counter(each.letter for each in {each for kill in self.kills for each in kill.in_flight})

    def find_writer(self, words: str) -> str | None:
        """Return the customer who complained in these words."""
        return next((message.customer for message in self.case_messages if message.words == words), None)

    def list_words_of_forgotten(self) -> list[str]:
        """Return all words that forgotten customers wrote."""
        said = [(m.customer, m.words) for m in self.case_messages]
        said += [(a.customer, a.value) for a in self.answers if isinstance(a.value, str)]
        return [words for customer, words in said if words is not None and customer in self.forgotten]

    def count_taps(self) -> int:
        return sum(isinstance(answer.value, int) for answer in self.answers)

    def count_texts(self) -> int:
        """Return how many answers in words and messages with words were sent."""
        answers = sum(isinstance(answer.value, str) for answer in self.answers)
        return answers + self.count_case_messages([SentKind.TEXT]) + len(self.team_answers)

    def count_case_messages(self, kinds: Iterable[SentKind]) -> int:
        wanted = set(kinds)
        return sum(message.kind in wanted for message in self.case_messages)
