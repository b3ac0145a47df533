"""Seal what was answered before a journey became anonymous: conversations that had ended, and imports about people.

Invariants:

* It goes on where it was stopped: each batch of conversations and each day of imported answers is a transaction.
* The rows of imports whose answers were sealed are erased, so that their file does not bring the people back. Imported
  rows that never named a customer stay as they are, and can be corrected and taken back.
* Of a day, a cell (`cjm.asking.sealed_cell`) hides among the people of its imported answers.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any

from bot.db.asking import answer_counts, answers, presence
from bot.db.asking.answers import Answer
from bot.db.counters import tallies
from bot.db.counters.row_selection import RowSelection
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection, Database
from bot.db.imports import imported_rows
from bot.db.journeys import cohorts, journeys
from bot.db.people import customers
from bot.db.sealing import ended_conversations, sealed_answers
from bot.db.upkeep import unknown_people
from cjm.asking.sealed_cell import ALL_CHANNELS, ALL_COHORTS, AskedPlace, SealedCell, place_in_cells
from cjm.figures.score import Thresholds
from cjm.figures.tally import FactMoves
from cjm.journeys.journey import Journey

BATCH = 500


class SealEarlier:
    """``await seal_earlier(now)``; the tick `SealConversations` calls it now and then."""

    def __init__(self, db: Database, minimum: int) -> None:
        self._db, self._minimum = db, minimum

    async def __call__(self, now: datetime) -> None:
        current = await self._db.read(journeys.list_current)
        anonymous = sorted(key for key, journey in current.items() if journey.anonymous)
        if not anonymous:
            return
        while ended := await self._db.read(lambda tx: ended_conversations.list_unsealed(tx, anonymous, BATCH)):
            await self._db.write(partial(ended_conversations.end_at_once, invitation_ids=ended, now=now))
        for key in anonymous:
            for day in await self._db.read(partial(ended_conversations.list_imported_days, journey=key)):
                await self._db.write(partial(seal_imported_day, key=key, day=day, minimum=self._minimum))


def seal_imported_day(tx: Connection, key: str, day: date, minimum: int) -> None:
    """Seal the imported answers of people about one day of a journey."""
    journey = journeys.list_current(tx)[key]
    customers.lock_by_ids(tx, {answer.customer_id for answer in ended_conversations.list_imported(tx, key, day)})
    # Read again: others wait from now on.
    given = sealed_answers.blur_words(tx, journey, ended_conversations.list_imported(tx, key, day))
    people = sorted({answer.customer_id for answer in given})
    selection = RowSelection(people, day + timedelta(days=1), day)
    unknown = cohorts.ensure_unknown_cohort(tx, journey)
    placed = _place(given, Thresholds.of_journey(journey, minimum).minimum, unknown)
    with tallies.gather_moves(tx):
        before = list(_list_contributions(tx, journey, selection))
        was_there = list(_list_presence(tx, journey, selection))
        answers.delete_uncounted(tx, [answer.id for answer in given])
        is_there = list(_list_presence(tx, journey, selection))
        for moves in (*(-each for each in (*before, *was_there)), *is_there):
            tallies.add_facts(tx, moves)
        for moves in _list_contributions(tx, journey, selection):
            tallies.add_facts(tx, moves)
        _settle(tx, [*was_there, *(-each for each in is_there)])
        _settle(tx, (answer_counts.answer_moves(journey, (), theirs) for theirs in _split_by_person(placed)))
    tallies.delete_zeros(tx, key, [day])
    rows = {answer.import_row_id for answer in given if answer.import_row_id is not None}
    imported_rows.mark_erased(tx, sorted(rows))
    sealed_answers.insert_sealed_rows(tx, [_make_row(answer) for answer in placed])
    unknown_people.delete_unknown_people(tx, people)


def _list_contributions(tx: Connection, journey: Journey, selection: RowSelection) -> Iterator[FactMoves]:
    for people in split_into_chunks(selection.customer_ids or ()):
        yield from answer_counts.list_contributions(tx, journey, replace(selection, customer_ids=people))


def _list_presence(tx: Connection, journey: Journey, selection: RowSelection) -> Iterator[FactMoves]:
    for people in split_into_chunks(selection.customer_ids or ()):
        yield from presence.list_contributions(tx, journey, replace(selection, customer_ids=people))


def _settle(tx: Connection, going: Iterable[FactMoves]) -> None:
    for moves in going:
        tallies.add_moves(tx, [(counter._replace(settled=True), sums) for counter, sums in moves.counters])


def _place(given: Sequence[Answer], minimum: int, unknown_cohort: int) -> list[Answer]:
    """Return the answers as they are sealed: each where it counts then."""
    entries = sorted({(a.customer_id, AskedPlace(a.day, a.cohort_id, a.channel)) for a in given})
    sealed: defaultdict[SealedCell, int] = defaultdict(int)

    def count_candidates(cell: SealedCell) -> int:
        if cell.first != cell.last:  # other days are other transactions
            return 0
        inside = {person for person, place in entries if _contains(cell, place)}
        widths = cell.narrower_widths
        return len(inside) - sum(
            n for other, n in sealed.items() if other.width in widths and cell.cohort_id in (0, other.cohort_id)
        )

    def note_sealed(cell: SealedCell, n: int) -> None:
        sealed[cell] += n

    cells = dict(
        zip(entries, place_in_cells([p for _, p in entries], minimum, count_candidates, note_sealed), strict=True)
    )
    placed = []
    for answer in given:
        cell = cells[answer.customer_id, AskedPlace(answer.day, answer.cohort_id, answer.channel)]
        cohort = unknown_cohort if cell.cohort_id == ALL_COHORTS else cell.cohort_id
        placed.append(replace(answer, day=cell.first, cohort_id=cohort, channel=cell.channel, delay=0))
    return placed


def _contains(cell: SealedCell, place: AskedPlace) -> bool:
    is_cohort = cell.cohort_id in (ALL_COHORTS, place.cohort_id)
    return is_cohort and cell.channel in (ALL_CHANNELS, place.channel)


def _split_by_person(placed: Sequence[Answer]) -> Iterator[list[Answer]]:
    for _, theirs in groupby(sorted(placed, key=lambda a: a.customer_id), key=lambda a: a.customer_id):
        yield list(theirs)


def _make_row(answer: Answer) -> dict[str, Any]:
    return sealed_answers.make_sealed_row(answer, answer.day, answer.cohort_id, answer.channel)
