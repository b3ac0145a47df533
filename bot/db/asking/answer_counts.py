"""Count what answers contribute to the counters.

Invariants:

* A raw value or choice counts under its question's place. A raw value of a scale also counts in its person-days, also
  those of its part of the day, and these pair with the person's other days (`cjm.figures.facts.person_days`). Words
  count nowhere.
* Nothing depends on two people, so contributions are computed person by person.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, or_, select

from bot.db.asking.tables import answer_table
from bot.db.counters.row_selection import EVERYTHING, PAIR_REACH, RowSelection
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedStatement
from bot.db.engine.rows import row_reader
from cjm.figures.day.parts import PartOfDay
from cjm.figures.facts.person_days import ScaleAnswer, person_day_moves
from cjm.figures.tally import CHOICE, RECALLED, CounterKey, CounterSums, FactMoves, Move, reverse_moves, value_bucket
from cjm.journeys.journey import Journey
from cjm.scales import SCALES

_ONE = CounterSums()


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedAnswer:
    """Answer with what it counts under. ``delay`` is its class of `cjm.figures.facts.delay`, frozen with the answer.

    ``recalled``: it was given from memory, about an earlier place than the one that was asked about. ``part`` is that
    of the day of its visit; None where it is not known or must not be, and for one from memory.
    """

    customer_id: int
    journey: str
    question: str
    kind: str
    subject: str
    stage: str
    day: date
    channel: str
    cohort_id: int
    value: int | None = None
    choice: str | None = None
    delay: int = 0
    recalled: bool = False
    part: PartOfDay | None = None

    @property
    def is_on_scale(self) -> bool:
        """True if the answer counts in person-days."""
        return self.value is not None and self.kind in SCALES


def answer_moves(
    journey: Journey,
    before: Iterable[CountedAnswer],
    after: Iterable[CountedAnswer],
    others: Iterable[ScaleAnswer] = (),
) -> FactMoves:
    """Return how counters move when ONE person's answers ``after`` stand instead of those ``before``.

    ``others`` are all their other answers in this journey, on the scales of those that change, up to a year away.
    """
    old, new = list(before), list(after)
    moves = person_day_moves(journey, _scale_answers(old), _scale_answers(new), others)
    moves.counters.extend([*reverse_moves(_value_moves(old)), *_value_moves(new)])
    return moves


def _value_moves(answers: Iterable[CountedAnswer]) -> list[Move]:
    moves = []
    for a in answers:
        if a.value is not None:
            moves.append((_counter(a, a.kind, value_bucket(a.value, a.delay)), _ONE))
            if a.recalled:
                moves.append((_counter(a, RECALLED + a.kind, ""), _ONE))
        elif a.choice is not None:
            moves.append((_counter(a, CHOICE + a.question, a.choice), _ONE))
    return moves


def _counter(a: CountedAnswer, measure: str, bucket: str) -> CounterKey:
    return CounterKey(a.journey, a.day, a.subject, measure, bucket, a.cohort_id, a.channel)


def _scale_answers(answers: Iterable[CountedAnswer]) -> Iterator[ScaleAnswer]:
    for a in answers:
        if a.is_on_scale and a.value is not None:
            yield ScaleAnswer(a.subject, a.stage, SCALES[a.kind], a.day, a.cohort_id, a.channel, a.value, a.part)


# ---- the answers that are stored -------------------------------------------------------------------------------------

_READ = ("customer_id", "id", "subject", "stage", "kind", "day", "cohort_id", "channel", "value", "part")
_read_columns = attrgetter(*_READ)
_ON_SCALES = select(*(answer_table.c[name] for name in _READ)).where(
    # As an expression the journey has no index: SQLite would read all its rows of two years instead of a few people's.
    answer_table.c.journey + "" == bindparam("journey"),
    answer_table.c.day.between(bindparam("first"), bindparam("last")),
    answer_table.c.value.is_not(None),
)
_SCALE_ANSWERS = _ON_SCALES.where(
    answer_table.c.customer_id.in_(bindparam("customer_ids", expanding=True)),
    answer_table.c.kind.in_(bindparam("kinds", expanding=True)),
)
# What a tap needs; a list takes as long to write into a statement as the rest of it to run.
_SCALE_ANSWERS_OF_ONE = PreparedStatement(
    _ON_SCALES.where(answer_table.c.customer_id == bindparam("customer"), answer_table.c.kind == bindparam("scale"))
)
_counted_from_row = row_reader(CountedAnswer, answer_table)


def list_answers_near(tx: Connection, answers: Sequence[CountedAnswer]) -> dict[int, dict[int, ScaleAnswer]]:
    """Return what the same people answered on the same scales up to a year away: customer id -> answer id -> answer.

    All ``answers`` are of one journey; only stored ones are returned. Without one on a scale, nothing is read.
    """
    on_scale = [a for a in answers if a.is_on_scale]
    found: dict[int, dict[int, ScaleAnswer]] = defaultdict(dict)
    if not on_scale:
        return found
    days = [a.day for a in on_scale]
    wanted = {
        "journey": on_scale[0].journey,
        "first": min(days) - PAIR_REACH,
        "last": max(days) + PAIR_REACH,
    }
    rows = _list_scale_answers(tx, wanted, {a.customer_id for a in on_scale}, {a.kind for a in on_scale})
    for customer_id, number, subject, stage, kind, *of_day in rows:
        found[customer_id][number] = ScaleAnswer(subject, stage, SCALES[kind], *of_day)
    return found


def _list_scale_answers(
    tx: Connection, wanted: Mapping[str, Any], people: set[int], kinds: set[str]
) -> Iterator[Sequence[Any]]:
    """Yield the values of the columns `_READ`, in this order: to read each by its name would take twice as long."""
    if len(people) == len(kinds) == 1:
        of_one = {**wanted, "customer": min(people), "scale": min(kinds)}
        yield from map(_read_columns, _SCALE_ANSWERS_OF_ONE.list_rows(tx, of_one))
        return
    for some in split_into_chunks(sorted(people)):
        found = tx.execute(_SCALE_ANSWERS, {**wanted, "customer_ids": some, "kinds": sorted(kinds)})
        yield from found.columns(*_READ).all()


def list_contributions(tx: Connection, journey: Journey, selection: RowSelection = EVERYTHING) -> Iterator[FactMoves]:
    """Yield what the selected answers contribute to the counters, counted from the rows, one person at a time.

    These are the moves to take back when the rows go. So all pairs with a selected day belong to them, also those with
    later days that stay.
    """
    counts = or_(answer_table.c.value.is_not(None), answer_table.c.choice.is_not(None))
    is_meant = selection.with_pairs().condition(answer_table, journey.key)
    rows = tx.execute(select(answer_table).where(is_meant, counts).order_by(answer_table.c.customer_id))
    for _, theirs in groupby(map(_counted_from_row, rows), key=lambda a: a.customer_id):
        answers = list(theirs)
        selected = [a for a in answers if selection.includes(a.day)]
        stay = _scale_answers(a for a in answers if not selection.includes(a.day))
        yield answer_moves(journey, (), selected, stay)
