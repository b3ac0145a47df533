"""What can go wrong in the domain.

::

    TropaError
     ├── JourneyError      a journey file cannot be taken: all its mistakes at once
     ├── AnswerError       an answer does not fit its question
     └── CaseError         a step a case cannot take from where it is

Every message says where and what, in a sentence that can be shown as it stands; none holds a customer's words.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class TropaError(Exception):
    """Something the person who caused it can understand and mend."""


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing wrong in a file: where it stands (a key path, a line) and what would be right."""

    at: str
    message: str

    def __str__(self) -> str:
        return f"{self.at}: {self.message}" if self.at else self.message

    def under(self, at: str) -> "Mistake":
        """Return the same mistake as a part of what stands at ``at``: "stage" under "events[3]" is "events[3].stage"."""
        return Mistake(".".join(filter(None, (at, self.at))), self.message)


class JourneyError(TropaError):
    """A journey file that cannot be taken; ``mistakes`` holds each of them, in the order of the file."""

    def __init__(self, file: str, mistakes: Sequence[Mistake]) -> None:
        self.file = file
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(f"{file}: {mistake}" for mistake in self.mistakes))


class AnswerError(TropaError):
    """An answer that does not fit its question."""


class CaseError(TropaError):
    """A case cannot take this step from the state it is in."""
