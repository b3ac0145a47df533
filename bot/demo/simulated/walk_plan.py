"""Plan of the simulated customers of a template: who they are, where they go, how they feel, and what the team changes.

Each template has one, a file in ``plans``. What depends on business time is the same for all: some weeks before the
demo begins something slows down, in its last week it breaks down, and soon after the beginning it is well again
(`find_trouble`). A plan says what that does to waiting, to moods and to walks. So a map of four weeks shows a change
beyond noise, and the digest of the last week a worse one.
"""

import tomllib
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import Field

from cjm.file_model import FileModel, Key, Number, Reference, Whole
from cjm.text import Title

SLUMP, BREAKDOWN = timedelta(weeks=4), timedelta(days=8)  # so long before the demo begins
RECOVERY = timedelta(days=3)  # so long after the beginning of the demo all is well again
SLOW = 0.45  # the trouble from the slump to the breakdown; 1 after it

Share = Annotated[Number, Field(ge=0, le=1)]
Spread = tuple[Number, Number]


def find_trouble(at: datetime, begin: datetime) -> float:
    """Return how great the trouble is at ``at``, 0 to 1; ``begin`` is the beginning of the demo."""
    ago = begin - at
    if -RECOVERY <= ago <= BREAKDOWN:
        return 1.0
    return SLOW if BREAKDOWN < ago <= SLUMP else 0.0


class SimulatedMeasure(FileModel):
    """Measure that an event tells: the days since a step of the walk, else a number between two.

    ``in_trouble`` is added to that number at the worst time.
    """

    key: str
    since: Reference | None = None
    between: Spread = (0.0, 0.0)
    in_trouble: Number = 0.0


class WalkStep(FileModel):
    """Step of a walk: a visit to a touchpoint.

    ``share``: of those who got so far, who take the step; ``share_in_trouble`` is added to it after the worst trouble.
    ``days``: so long after the step before, at an hour of the day; ``minutes`` instead of it: so soon after it.
    ``again``: of those who take it, who take it twice. ``leaving``: of those who got so far, who go no further, whether
    or not they took the step; the last event of some tells why, by a key of ``lost``.
    """

    at: Key
    share: Share = 1.0
    share_in_trouble: Number = 0.0
    days: Spread = (0.0, 1.0)
    days_in_trouble: Spread = (0.0, 0.0)
    minutes: tuple[Whole, Whole] | None = None
    again: Share = 0.0
    leaving: Share = 0.0
    lost: tuple[str, ...] = ()
    tells_amount: bool = False
    measures: tuple[SimulatedMeasure, ...] = ()


class SimulatedChange(FileModel):
    """Change that the team planned or made. Days count from the beginning of the demo: -4 is four days before it.

    Without ``made_days`` it is planned only, and overdue if ``due_days`` is in the past. Its verdict is written
    nowhere: it comes from what simulated customers answer.
    """

    subject: Reference
    question: Reference | None = None
    option: Reference | None = None
    title: Title
    owner: Title
    planned_days: Number
    due_days: Number
    made_days: Number | None = None


class WalkPlan(FileModel):
    """Plan of the simulated customers of one template.

    ``team``: title of the team's group. ``words_of``: another template whose customers' words are said here, too.
    ``attributes``: weights of the values by attribute. ``moods``: how customers feel on average about the touchpoint or
    stage that a survey is about; 0 is neutral, 1 more is one face better. ``in_trouble``: by how much a mood is lower
    at the worst time. ``usual``: the option of a question that is chosen most often, so that there is a clear top
    barrier. ``amount``: what a walk is worth, the median.
    """

    team: Title
    people_a_week: Whole = 55
    words_of: str | None = None
    amount: Number | None = None
    attributes: dict[str, dict[str, Number]] = Field(default_factory=dict)
    steps: tuple[WalkStep, ...]
    moods: dict[str, Number]
    in_trouble: dict[str, Number]
    usual: dict[str, str] = Field(default_factory=dict)
    changes: tuple[SimulatedChange, ...] = ()

    def find_mood(self, subject: str, trouble: float) -> float:
        """Return the mean mood about a touchpoint or stage."""
        return self.moods.get(subject, _USUAL_MOOD) - self.in_trouble.get(subject, 0.0) * trouble


_USUAL_MOOD = 0.6


@cache
def read_plan(template: str) -> WalkPlan:
    """Read the plan of a template that exists."""
    text = (files("bot.demo.simulated") / "plans" / f"{template}.toml").read_text(encoding="utf-8")
    return WalkPlan.model_validate(tomllib.loads(text))
