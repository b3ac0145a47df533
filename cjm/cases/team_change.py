"""Change that a team makes at a place of a journey, and the steps that a manager takes with it.

::

    planned ──make──► made ──not made after all──► planned

    planned | made ──drop──► dropped ──restore──► as before

Invariants:

* A change is made on a day that has come; its verdict compares the days around that day.
* Only a planned change is moved to another due day. A change that is already in the state asked for stays as it is.
* Nothing here is about a customer: a change holds the words of the team alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from cjm.given_names import clean_given_name, drop_needless_accents
from cjm.journeys.journey import Journey, JourneyPlace
from cjm.text import cut_text, visible_line

MOST_TITLE, MOST_OWNER = 120, 40  # characters: a picture and a button show hardly more
OLDEST_MADE = timedelta(days=366)
LATEST_DUE = timedelta(days=3 * 366)


class TeamChangeState(StrEnum):
    """State of a change; the drawing above shows the steps between them."""

    PLANNED = "planned"
    MADE = "made"
    DROPPED = "dropped"


class ChangeRefusal(StrEnum):
    """Reason why a step with a change was not taken."""

    GONE = "gone"  # it is not there, or the viewer may not change it
    NOT_PLANNED = "not_planned"  # it is made or dropped, so it has no due day to move
    DROPPED = "dropped"  # it must be restored first
    NO_DAY = "no_day"  # the text names no day
    NO_WORDS = "no_words"  # nothing that can be seen was typed
    MADE_AHEAD = "made_ahead"  # it cannot have been made on a day to come
    MADE_LONG_AGO = "made_long_ago"
    DUE_PAST = "due_past"
    DUE_FAR_AHEAD = "due_far_ahead"
    TOO_MANY = "too_many"  # the journey has as many planned changes as anybody can follow


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamChange:
    """Change at ``subject``, the key of a stage or touchpoint; the option of a question is the barrier it answers.

    ``former_due`` is the day that it was due before it was moved, so that this can be taken back.
    """

    id: int
    journey: str
    subject: str
    question: str | None
    option: str | None
    title: str
    owner: str
    due: date
    planned_at: datetime
    former_due: date | None = None
    made_on: date | None = None
    dropped_at: datetime | None = None

    @property
    def state(self) -> TeamChangeState:
        if self.dropped_at is not None:
            return TeamChangeState.DROPPED
        return TeamChangeState.PLANNED if self.made_on is None else TeamChangeState.MADE

    def is_overdue(self, today: date) -> bool:
        """Return whether the change is planned and its day has passed."""
        return self.state is TeamChangeState.PLANNED and self.due < today


def fit_title(text: str) -> str:
    """Return what people typed as the title of a change: one line, nothing invisible or piled up; "" if it is empty."""
    return cut_text(drop_needless_accents(visible_line(text, 2 * MOST_TITLE)), MOST_TITLE)


def fit_owner(text: str) -> str:
    """Return what people typed as the owner of a change; "" if nothing is left."""
    return cut_text(clean_given_name(text), MOST_OWNER)


def check_made_day(change: TeamChange, day: date, today: date) -> ChangeRefusal | None:
    """Return why a change cannot have been made on a day; None if it can."""
    if change.state is TeamChangeState.DROPPED:
        return ChangeRefusal.DROPPED
    if day > today:
        return ChangeRefusal.MADE_AHEAD
    return ChangeRefusal.MADE_LONG_AGO if day < today - OLDEST_MADE else None


def check_due_day(day: date, today: date) -> ChangeRefusal | None:
    """Return why a change cannot be due on a day; None if it can."""
    if day < today:
        return ChangeRefusal.DUE_PAST
    return ChangeRefusal.DUE_FAR_AHEAD if day > today + LATEST_DUE else None


def sort_changes(changes: Iterable[TeamChange]) -> list[TeamChange]:
    """Return changes in the order in which people look for them: planned by due day, then the last made first."""

    def rank(change: TeamChange) -> tuple[bool, int, int]:
        if change.made_on is None:
            return (False, change.due.toordinal(), change.id)
        return (True, -change.made_on.toordinal(), -change.id)

    return sorted(changes, key=rank)


def has_overlap(change: TeamChange, others: Iterable[TeamChange], journey: Journey, days: int) -> bool:
    """Return whether another change was made at the same place at most ``days`` days before or after this one.

    A stage and its touchpoints are the same place: the figure of the stage is made of theirs.
    """
    place = journey.find_place(change.subject)
    return any(
        other.id != change.id
        and change.made_on is not None
        and other.made_on is not None
        and other.dropped_at is None
        and abs((other.made_on - change.made_on).days) <= days
        and _share_answers(place, journey.find_place(other.subject))
        for other in others
    )


def _share_answers(one: JourneyPlace | None, other: JourneyPlace | None) -> bool:
    if one is None or other is None or one.stage.key != other.stage.key:
        return False
    return one.part.key == other.part.key or one.touchpoint is None or other.touchpoint is None
