"""People who chose an option: what may be shown of a choice depends on how many they are.

Up to `MOST_ROWS` answers to choices at a stage are read, and the people of each option are counted. Where there are
more, the latest days are read that hold about so many: that many people chose the option at least.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, literal, select, true, union_all

from bot.db.asking.tables import answer_table
from bot.db.engine.database import Connection
from bot.db.figures.map_sums import MapScope, ScopeCounters, list_keys
from bot.db.figures.person_rows import MOST_ROWS, list_cohorts
from cjm.figures.choices.chosen_options import ChosenOption
from cjm.figures.period_figures import CountTable
from cjm.figures.tally import CHOICE, RETURNED
from cjm.journeys.journey import Journey
from cjm.journeys.survey import QuestionKind


def count_choosers(tx: Connection, counters: ScopeCounters) -> Mapping[ChosenOption, int]:
    """Return how many people chose each option in a scope, at least; choices whose rows are gone count one by one.

    Of what a forgotten person chose several times, one counts.
    """
    journey = counters.scope.journey
    if journey.anonymous:
        return _sum_choices(journey, counters.table)
    people = _sum_choices(journey, counters.settled)
    for option, n in _sum_choices(journey, counters.settled, RETURNED + CHOICE).items():
        people[option] -= n
    totals: defaultdict[str, int] = defaultdict(int)
    for option, n in _sum_choices(journey, counters.across).items():
        totals[option.stage] += n
    if totals:
        cohorts = list_cohorts(tx, counters.scope)
        parts = [_select_people(counters.scope, stage, n, cohorts) for stage, n in totals.items()]
        for row in tx.execute(union_all(*parts)):
            people[ChosenOption(row.present_stage, row.question, row.choice)] += int(row.people)
    return people


def _sum_choices(journey: Journey, table: CountTable, prefix: str = CHOICE) -> defaultdict[ChosenOption, int]:
    """Return the counts by option, without those about a place that the journey lost."""
    counts: defaultdict[ChosenOption, int] = defaultdict(int)
    for (subject, measure), buckets in table.items():
        place = journey.find_place(subject)
        if measure.startswith(prefix) and place is not None:
            for option, sums in buckets.items():
                if sums.n > 0:
                    counts[ChosenOption(place.stage.key, measure.removeprefix(prefix), option)] += sums.n
    return counts


def select_choices(scope: MapScope, stage: str, n: int, cohorts: Sequence[int]) -> Subquery:
    """Select `MOST_ROWS` at most of ``n`` choices at a stage, of all channels."""
    names = ("question", "choice", "customer_id", "day", "cohort_id", "channel")
    columns = [answer_table.c[name] for name in names]
    is_choice = answer_table.c.stage.in_(list_keys(scope.journey, stage)) & (answer_table.c.kind == QuestionKind.CHOICE)
    is_choice &= answer_table.c.choice.is_not(None)  # who says that it does not apply chose none
    is_choice &= answer_table.c.customer_id.is_not(None)  # sealed answers count as settled
    is_meant = is_choice & (answer_table.c.journey == scope.journey.key) & answer_table.c.cohort_id.in_(cohorts)
    in_days = answer_table.c.day.between(_first_day(scope, n), scope.last)
    return select(*columns).where(is_meant, in_days).limit(MOST_ROWS).subquery()


def _select_people(scope: MapScope, stage: str, n: int, cohorts: Sequence[int]) -> Select[Any]:
    rows = select_choices(scope, stage, n, cohorts)
    is_ours: ColumnElement[bool] = true() if scope.channel is None else rows.c.channel == scope.channel
    people = func.count(rows.c.customer_id.distinct()).label("people")
    key = (rows.c.question, rows.c.choice)
    return select(literal(stage).label("present_stage"), *key, people).where(is_ours).group_by(*key)


def _first_day(scope: MapScope, n: int) -> date:
    """Return the first day to read: of ``n`` answers, the latest days hold about `MOST_ROWS`."""
    days = scope.days if n <= MOST_ROWS else max(1, scope.days * MOST_ROWS // n)
    return scope.last - timedelta(days=days - 1)
