"""Seal conversations of anonymous journeys: once nothing can be changed, nobody can tell whose answers are whose.

A tick calls it, and what has ended since the last call is sealed together.

Invariants:

* In one transaction, a conversation's answers become rows without a person, and the response, its letters and what
  leads from messages to it are deleted. Of the invitation stays that somebody was asked about their visit: it is
  *closed*, in the same way for people who answered, declined, and kept silent.
* Counts move from live to settled. They and the rows stand under a cell among whose people nobody can be found
  (`cjm.asking.sealed_cell`), and each conversation counts as a response-day of its own. Live counters that came to zero
  are deleted: a zero would tell that somebody declined, or gave this answer, where few were asked.
* Words that became messages of a case are not kept as an answer: equal words would tell who answered.
* Every message that shows the conversation is changed to the same sentence, also after a crash; see `closed_messages`.

Kept are wishes and what a customer agreed to: the wish "not about this" (a mute), a stop, and a case. Not defended
against: somebody who compares two copies of the database sees what was sealed between them, and a server may keep rows
on its disk in the order in which they were written. Backups made during a conversation hold it whole.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.clock import Clock
from bot.db.asking import answer_counts, answers, invitations
from bot.db.asking.answers import Answer
from bot.db.cases import cases
from bot.db.counters import tallies
from bot.db.counters.row_selection import RowSelection
from bot.db.delivery import quoted_messages
from bot.db.engine.database import Connection, Database
from bot.db.journeys import cohorts, journeys
from bot.db.people import customers
from bot.db.sealing import closed_messages, ended_conversations, sealed_answers, sealed_cells
from bot.db.sealing.ended_conversations import EndedConversation
from bot.outbox.display import Display
from bot.outbox.kinds import LetterName
from bot.usecases.sealing.seal_earlier import SealEarlier
from bot.usecases.sealing.show_closed import ShowClosed
from cjm.asking.sealed_cell import ALL_COHORTS, AskedPlace, SealedCell, place_in_cells
from cjm.figures.score import Thresholds
from cjm.figures.tally import CounterKey, Move
from cjm.journeys.journey import Journey

BATCH = 50  # each takes some fifteen statements, and on SQLite taps wait meanwhile; fewer would hide each other less
SEARCH_EVERY = timedelta(hours=1)  # for what was answered before a journey became anonymous: it reads many rows
_LETTERS = (LetterName.INVITATION, LetterName.REMINDER, LetterName.STEP)


class SealConversations:
    """``await seal_conversations() -> number of conversations that were sealed``. A tick calls it.

    ``minimum`` is that of the settings; in anonymous journeys it is never less than ten.
    """

    def __init__(self, db: Database, clock: Clock, display: Display, minimum: int) -> None:
        self._db, self._clock, self._minimum = db, clock, minimum
        self._show_closed, self._seal_earlier = ShowClosed(db, clock, display), SealEarlier(db, minimum)
        self._next_search: datetime | None = None

    async def __call__(self) -> int:
        total, now = 0, self._clock.now()
        if self._next_search is None or now >= self._next_search:
            self._next_search = now + SEARCH_EVERY
            await self._seal_earlier(now)
        # Most ticks find nothing: the read spares them the write transaction. Taps come in between the batches.
        while await self._db.read(lambda tx: ended_conversations.list_ended_people(tx, now, 1)):
            sealed = await self._db.write(partial(seal_batch, now=now, minimum=self._minimum))
            if not sealed:  # letters about what is left are just being sent
                break
            total += sealed
        await self._show_closed()
        return total


def seal_batch(tx: Connection, now: datetime, minimum: int) -> int:
    """Seal a batch of conversations that have ended; return how many."""
    due = ended_conversations.list_ended_people(tx, now, BATCH)
    customers.lock_by_ids(tx, due.values())
    by_journey: defaultdict[str, list[EndedConversation]] = defaultdict(list)
    for ended in ended_conversations.list_ended(tx, due, now):
        if _delete_letters(tx, ended):
            by_journey[ended.counted.invitation.journey].append(ended)
    rows: list[dict[str, Any]] = []
    with tallies.gather_moves(tx):
        for key, conversations in by_journey.items():
            journey = journeys.list_current(tx)[key]
            least = Thresholds.of_journey(replace_anonymity(journey), minimum).minimum
            rows += _Sealing(tx, journey, least, now).seal(conversations)
    for key, conversations in by_journey.items():
        tallies.delete_zeros(tx, key, {ended.counted.invitation.day for ended in conversations})
    sealed_answers.insert_sealed_rows(tx, rows)
    return sum(map(len, by_journey.values()))


def replace_anonymity(journey: Journey) -> Journey:
    """Return the journey as an anonymous one: what was asked anonymously is sealed so, also if it is named now."""
    return journey if journey.anonymous else journey.model_copy(update={"anonymous": True})


def _delete_letters(tx: Connection, ended: EndedConversation) -> bool:
    person = customers.find_by_id(tx, ended.counted.invitation.customer_id)
    chats = [ended.response.address if ended.response is not None else None, person.address if person else None]
    about = ended.counted.invitation.id
    return ended_conversations.delete_letters(tx, _LETTERS, [chat for chat in chats if chat is not None], about)


@dataclass(slots=True)
class _Sealing:
    """Sealing of conversations of one journey in one transaction; ``least`` is the least number of candidates."""

    tx: Connection
    journey: Journey
    least: int
    now: datetime
    unknown_cohort: int = field(init=False)

    def __post_init__(self) -> None:
        self.unknown_cohort = cohorts.ensure_unknown_cohort(self.tx, self.journey)

    def seal(self, conversations: Sequence[EndedConversation]) -> list[dict[str, Any]]:
        """Seal conversations, and return the rows of their answers, which are to be stored."""
        # All are closed before one is placed: they hide each other.
        counts = [invitations.close(self.tx, ended.counted) for ended in conversations]
        rows: list[dict[str, Any]] = []
        for ended, moves, cell in zip(conversations, counts, self._place(conversations), strict=True):
            self._settle(moves, cell)
            if ended.response is not None:
                rows += self._seal_answers(ended, cell)
        return rows

    def _place(self, conversations: Sequence[EndedConversation]) -> list[SealedCell]:
        cells: dict[int, SealedCell] = {}
        by_survey: defaultdict[str, list[int]] = defaultdict(list)
        for number, ended in enumerate(conversations):
            by_survey[ended.counted.invitation.survey].append(number)
        for survey, numbers in by_survey.items():
            asked = [conversations[number].counted.invitation for number in numbers]
            count = partial(sealed_cells.count_candidates, self.tx, self.journey.key, survey)
            note = partial(sealed_cells.count_sealed, self.tx, self.journey.key, survey)
            places = [AskedPlace(each.day, each.cohort_id, each.channel) for each in asked]
            cells |= zip(numbers, place_in_cells(places, self.least, count, note), strict=True)
        return [cells[number] for number in range(len(conversations))]

    def _settle(self, moves: Sequence[Move], cell: SealedCell) -> None:
        tallies.add_moves(self.tx, [(self._settled_counter(counter, cell), sums) for counter, sums in moves])

    def _settled_counter(self, counter: CounterKey, cell: SealedCell) -> CounterKey:
        cohort = self._cohort(cell)
        return counter._replace(day=cell.first, cohort_id=cohort, channel=cell.channel, settled=True)

    def _cohort(self, cell: SealedCell) -> int:
        return self.unknown_cohort if cell.cohort_id == ALL_COHORTS else cell.cohort_id

    def _seal_answers(self, ended: EndedConversation, cell: SealedCell) -> Iterator[dict[str, Any]]:
        """Take a conversation's answers from their person, and yield the rows that stay of them."""
        tx, invitation, response = self.tx, ended.counted.invitation, ended.response
        assert response is not None  # seal() has asked
        given = sealed_answers.blur_words(tx, self.journey, answers.list_by_response(tx, response.id))
        has_case = cases.find_by_response(tx, response.id) is not None
        messages = ended_conversations.list_messages(tx, response)
        closed_messages.save_closed(tx, messages, invitation.language, self.now)
        for chat, message_id in messages:  # that one quotes its reader would tell that they had answered
            quoted_messages.delete_message(tx, chat, message_id)
        selection = RowSelection([invitation.customer_id], invitation.day + timedelta(days=1), invitation.day)
        before = list(answer_counts.list_contributions(tx, self.journey, selection)) if given else []
        ended_conversations.delete_traces(tx, response, [answer.id for answer in given])
        after = list(answer_counts.list_contributions(tx, self.journey, selection)) if given else []
        for moves in (*(-each for each in before), *after):
            tallies.add_facts(tx, moves)
        here = [answer for answer in given if answer.journey == self.journey.key]
        alone = answer_counts.answer_moves(self.journey, (), [self._without_time(a, cell) for a in here])
        self._settle(alone.counters, cell)
        for answer in given:
            if answer.text is None or not has_case:
                yield sealed_answers.make_sealed_row(answer, cell.first, self._cohort(cell), cell.channel)

    def _without_time(self, answer: Answer, cell: SealedCell) -> Answer:
        cohort = self._cohort(cell)
        return replace(answer, day=cell.first, cohort_id=cohort, channel=cell.channel, delay=0, part=None)
