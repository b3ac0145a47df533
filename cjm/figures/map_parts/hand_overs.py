"""Hand-over: a place of the journey where another part of the company takes over."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HandOver:
    """Step from a touchpoint to the next one, for which others are responsible.

    ``points`` is the headline score of the second less that of the first, with its 95 % interval; None unless both are
    judged. ``falls`` says that it is below zero beyond noise.
    """

    from_key: str
    to_key: str
    from_responsible: str
    to_responsible: str
    falls: bool = False
    points: float | None = None
    low: float | None = None
    high: float | None = None
