"""From counters to a figure that can be trusted: value, interval, n, and whether it may be judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Scale(StrEnum):
    """What is asked and on which values; the raw answer is always stored."""

    EMOTION = "emotion"  # -2 … +2
    CSAT = "csat"  # 1 … 5
    CES = "ces"  # 1 … 7, ease
    NPS = "nps"  # 0 … 10
    SUCCESS = "success"  # 0 no, 1 with trouble, 2 yes
    EXPECTATION = "expectation"  # -1 worse, 0 as expected, 1 better


class Verdict(StrEnum):
    """How much may be said of a figure."""

    OK = "ok"
    GREY = "grey"  # shown with its interval, not judged
    WITHHELD = "withheld"  # too few people: nobody is to be identifiable by it


@dataclass(frozen=True, slots=True)
class Score:
    """A figure with what is known about it.

    ``value``, ``low`` and ``high`` are in the unit of the scale's headline (CSAT and success in % 0…100, NPS and
    expectation −100…100, emotion −2…2, CES 1…7); ``low`` and ``high`` are the 95 % interval. ``mean`` is the mean of the raw
    values. All of them are ``None`` when ``verdict`` is withheld. ``n`` counts people (person-days at a stage, visits
    at a touchpoint), ``answers`` counts answers. ``counts`` holds answers by raw value, where known.
    """

    n: int
    answers: int
    value: float | None
    low: float | None
    high: float | None
    mean: float | None
    counts: Mapping[str, int] | None
    verdict: Verdict
