"""Quotes: customers' own words on a map."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Voice:
    """Customer's own words. ``mood`` is 0 (worst) … 4 (best), or None when they gave no score.

    ``writer`` is the customer's id, so that a message that shows the words can be found when they are forgotten. No
    picture and no file says it; it is None where answers name nobody.
    """

    text: str
    mood: int | None = None
    writer: int | None = field(default=None, compare=False)
    recalled: bool = False  # about an earlier place, from memory
