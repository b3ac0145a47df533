"""Verdict on a change that a team made: the headline figure of its place after it, against the figure before it.

* A verdict compares before and after. It is no proof of cause: all else that happened in these days is in it, too.
* The day itself belongs to neither side: part of it was before. Both sides are whole weeks, so that each weekday weighs
  the same. Before are the last four weeks; after are the weeks that are over, at most four.
* The figures are looked at after each of four weeks. Four looks at 5 % each would find an effect in about one of nine
  changes that have none, so each is tested at the level of Pocock (1977), which keeps all four together at about 5 %.
* "No change" is said after the last look only: before it there may be too few answers to see a change.
* Changes whose compared days overlap share one false-discovery rate at each look, as the marks of a picture do: five
  changes without an effect get a false verdict no more often than one. Only changes count that were looked at by the
  last look at this one, as they stood then: nothing that is made later turns a verdict.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from cjm.cases.team_change import TeamChange
from cjm.figures.findings.compared_subjects import SubjectComparison, compare_place
from cjm.figures.findings.comparisons import DIRECTED, ComparedFigure, find_changes
from cjm.figures.journey_map import ChangeDirection, Comparison, Period
from cjm.figures.map_parts.changes import ChangeVerdict
from cjm.figures.period_figures import PeriodFigures
from cjm.journeys.journey import Journey

WEEK, WEEKS = 7, 4
WINDOW_DAYS = WEEK * WEEKS
LOOK_LEVEL = 0.0182
"""Level of each of four looks at growing data (Pocock 1977, table 1), for 5 % over all of them."""

LOOK_DAYS = WINDOW_DAYS + 1
"""Days after a change on which all its compared days are over."""

ReadComparison = Callable[[], SubjectComparison | None]
"""Function that reads the figures of another change's place; None where they may not be told."""

_BY_DIRECTION = {ChangeDirection.BETTER: ChangeVerdict.BETTER, ChangeDirection.WORSE: ChangeVerdict.WORSE}


def find_window(made_on: date, today: date) -> Comparison | None:
    """Return the days that a verdict compares on a day; None until a week after the change is over.

    Days count from the one after the change until yesterday: today is not over yet.
    """
    weeks = min(WEEKS, ((today - made_on).days - 1) // WEEK)
    if weeks < 1:
        return None
    after = Period(made_on + timedelta(days=1), made_on + timedelta(days=weeks * WEEK))
    return Comparison(after, Period(made_on - timedelta(days=WINDOW_DAYS), made_on - timedelta(days=1)))


def is_last_look(window: Comparison) -> bool:
    """Return whether all days after a change are over that its verdict compares."""
    return window.now.days >= WINDOW_DAYS


def compare_change(
    journey: Journey, language: str, place: str, sides: tuple[PeriodFigures, PeriodFigures], minimum: int
) -> SubjectComparison | None:
    """Return the figures of a change's place after and before it; None where they may not be told."""
    if any((place, journey.scale) in side.hidden for side in sides):
        return None
    return compare_place(journey, language, place, sides, minimum)


def list_beside(change: TeamChange, others: Iterable[TeamChange], today: date) -> list[tuple[TeamChange, Comparison]]:
    """Return the changes that share a false-discovery rate with this one on a day, each with its days of then."""
    if change.made_on is None:
        return []
    looked_at = min(today, change.made_on + timedelta(days=LOOK_DAYS))
    earliest = change.made_on - timedelta(days=2 * WINDOW_DAYS)
    beside = []
    for other in others:
        if other.id == change.id or other.made_on is None or other.dropped_at is not None or other.made_on < earliest:
            continue
        if (window := find_window(other.made_on, looked_at)) is not None:
            beside.append((other, window))
    return beside


def compare_beside(own: SubjectComparison, beside: Sequence[ReadComparison], enough: int) -> ComparedFigure:
    """Return the result of a change's test, under one false-discovery rate with the changes beside it.

    These are read only where they decide: what passes no test alone passes none with others, and what passes at its
    share of the level passes with any others.
    """
    alone = find_changes([own], enough=enough, q=LOOK_LEVEL).figures[0]
    if not beside or alone.change.direction not in DIRECTED:
        return alone
    strict = find_changes([own], enough=enough, q=LOOK_LEVEL / (1 + len(beside))).figures[0]
    if strict.change.direction in DIRECTED:
        return strict
    others = [compared for read in beside if (compared := read()) is not None]
    return find_changes([own, *others], enough=enough, q=LOOK_LEVEL).figures[0]


def judge_change(window: Comparison | None, compared: ComparedFigure | None) -> ChangeVerdict:
    """Return the verdict on a change that was made; ``compared`` is the result of its test, None without one."""
    if window is None:
        return ChangeVerdict.TOO_EARLY
    is_tested = compared is not None and compared.result is not None
    if compared is not None and is_tested and compared.change.direction in _BY_DIRECTION:
        return _BY_DIRECTION[compared.change.direction]
    if not is_last_look(window):
        return ChangeVerdict.TOO_EARLY
    return ChangeVerdict.SAME if is_tested else ChangeVerdict.TOO_FEW
