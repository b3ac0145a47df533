"""Report about the asking of a journey in a period: what became of its questions, and at which hour people answer.

* The response rate is answered ÷ delivered over the questions whose time is over; the young ones are "still open".
* An hour is called the best only if its rate is above that of the better half of the others beyond noise, corrected for
  their number. An hour with fewer than `ENOUGH` questions is not compared. So one bad hour makes no best one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cjm.figures.asking.asking_outcome import REPLIES, AskingOutcome
from cjm.figures.asking.diary_counts import DiaryCounts
from cjm.figures.asking.reach import HeardReport
from cjm.figures.findings.asking.two_shares import compare_two_shares
from cjm.figures.journey_map import Period

ENOUGH = 30
"""Questions whose time is over, from which on an hour is compared."""

LEAST_OF_RATE = 10
"""Questions whose time is over, from which on the rate of a survey, a channel or an hour is shown."""

FALSE_ALARMS = 0.05
"""Greatest chance of a best hour where all are equal."""


@dataclass(frozen=True, slots=True)
class AskingTally:
    """Delivered questions by outcome; ``young`` were delivered lately and have no answer yet."""

    counts: Mapping[AskingOutcome, int] = field(default_factory=dict)
    young: int = 0

    def count(self, *outcomes: AskingOutcome) -> int:
        """Return how many questions had one of these outcomes."""
        return sum(self.counts.get(outcome, 0) for outcome in outcomes)

    @property
    def question_count(self) -> int:
        """Number of delivered questions."""
        return sum(self.counts.values())

    @property
    def replies(self) -> int:
        """Questions that were answered, whole or in part."""
        return self.count(*REPLIES)

    @property
    def over(self) -> int:
        """Questions that were answered, or whose time is over: the base of the response rate."""
        return max(self.replies, self.question_count - self.count(AskingOutcome.UNTOLD) - self.young)

    @property
    def response_rate(self) -> float | None:
        """Share (0 … 1) of the questions that are over; None without any."""
        return self.replies / self.over if self.over else None

    @property
    def shown_rate(self) -> float | None:
        """The response rate, if so many questions are over that it says something."""
        return self.response_rate if self.over >= LEAST_OF_RATE else None


@dataclass(frozen=True, slots=True)
class AskedPart:
    """Part of the asking: a survey by its key, with the title of what it is about, or a channel."""

    key: str
    title: str
    tally: AskingTally


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingReport:
    """Report about the asking of one journey; titles are in its ``language``.

    ``hours`` are those of the readers' clocks. ``response_rate`` is that of all questions, None where there is none to
    tell. ``diaries`` are those of volunteers, None where there are none; their messages are not among the questions.
    """

    journey: str
    title: str
    language: str
    period: Period
    as_of: datetime  # aware, in the journey's zone
    segment_title: str | None
    channel: str | None
    is_anonymous: bool
    total: AskingTally
    response_rate: float | None
    surveys: tuple[AskedPart, ...]
    channels: tuple[AskedPart, ...]
    hours: Mapping[int, AskingTally]
    heard: HeardReport
    diaries: DiaryCounts | None = None

    @property
    def best_hour(self) -> int | None:
        """Hour at which people answer more often than at others; None where there is no clear difference."""
        return find_best_hour(self.hours)


def find_best_hour(hours: Mapping[int, AskingTally]) -> int | None:
    """Return the hour whose response rate is above the better half of the others beyond noise; None without one."""
    compared = sorted((h for h in hours if hours[h].over >= ENOUGH), key=lambda h: -(hours[h].response_rate or 0.0))
    if len(compared) < 2:
        return None
    best, rivals = compared[0], [hours[h] for h in compared[1 : 1 + len(compared) // 2]]
    replies, over = sum(each.replies for each in rivals), sum(each.over for each in rivals)
    p_value = compare_two_shares(hours[best].replies, hours[best].over, replies, over)
    return best if p_value * len(compared) <= FALSE_ALARMS else None
