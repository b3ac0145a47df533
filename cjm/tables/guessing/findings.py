"""Findings of a guess: what each column was taken for, and why.

Invariant: no finding repeats what a cell holds.
"""

from dataclasses import dataclass
from enum import StrEnum

UNKNOWN_QUESTION = "a question that the journey does not have"


class Certainty(StrEnum):
    """Degree to which a person should look at a finding."""

    SURE = "sure"
    UNSURE = "unsure"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class ColumnFinding:
    """Meaning that a column was taken for: ``taken_for`` is a key of the mapping, "" where it was left out.

    ``column`` is its name, "" for a finding about the whole table. ``reason`` is a phrase.
    """

    column: str
    taken_for: str
    reason: str
    certainty: Certainty = Certainty.SURE
