"""Record the events that a source has read, and answer for each of them by itself.

Invariants:
* One bad event never stops the others: each has its own result, in the order of the request.
* A rejected event gets its mistakes together, each with its place, so that its sender can mostly mend it once. While a
  value cannot be read, an id that another event has is not looked for. While an unreadable stage is its only place, it
  is not compared with its journey.
* An event that differs from the one of its id that came before changes nothing. It gets every value in which it
  differs as a mistake, so that nothing is dropped without a word.
* No value that was sent is repeated, except the event's id.
* Events of one part of a body (`ReadEvents`) are recorded before the next part is read, so a body may be of any length.
  When the body breaks off, what came before is stored: its sender gets no results, and sends it again.
* Posts that come at the same time share transactions: see `bot.http.shared_recording`.
* Many mistakes hold up nobody else: they are found and written down a few at a time.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from aiohttp import web

from bot.http.event_results import ResultSpool
from bot.http.reading.items import TimeSlice
from bot.http.refusals import Handler
from bot.http.shared_recording import SharedRecording
from bot.http.sources.source import BATCH, PostedEvent, ReadEvents
from bot.usecases.asking.event_checks import EventResult, EventStatus
from bot.usecases.asking.record_visits import RecordVisits
from cjm.errors import Mistake

MISTAKEN_BATCH = 20  # refused events that are checked at once: everybody waits while a similar key is looked for
MOST_CHECKS = 4  # of posts, side by side; more would take all connections to PostgreSQL from taps and from the lease


class PostRecorder:
    """Recorder of what posts bring, one for all sources: its limits hold for them together.

    ``on_accepted`` is called when events were accepted: people may be asked now.
    """

    def __init__(self, record_visits: RecordVisits, on_accepted: Callable[[], None]) -> None:
        self._record_visits = record_visits
        self._recording = SharedRecording(record_visits, on_accepted)
        self._checks = asyncio.Semaphore(MOST_CHECKS)

    async def record(self, posted: Sequence[PostedEvent]) -> dict[int, EventResult]:
        """Record the events that have no mistakes; return the results of all, by place."""
        results = await _record_valid(posted, self._recording)
        async with self._checks:
            return results | await _reject_invalid(posted, self._record_visits)


def make_post_events(read_events: ReadEvents, recorder: PostRecorder) -> Handler:
    """Make the handler of one source."""

    async def record(posted: Sequence[PostedEvent], answers: ResultSpool) -> None:
        results = await recorder.record(posted)
        time_slice = TimeSlice()
        for place, event in enumerate(posted):
            answers.add(event, results[place])
            await time_slice.give_way()

    async def post_events(request: web.Request) -> web.StreamResponse:
        with ResultSpool() as answers:
            async with contextlib.aclosing(read_events(request)) as parts:
                async for posted in parts:
                    await record(posted, answers)
            return await answers.answer(request)

    return post_events


async def _record_valid(posted: Sequence[PostedEvent], recording: SharedRecording) -> dict[int, EventResult]:
    """Record the events without mistakes, in batches; return their results by place."""
    # A crash between two batches is safe: the sender gets no answer and repeats the request, and events that are
    # recorded already are answered as repeated.
    valid = [(place, p.event) for place, p in enumerate(posted) if p.event is not None and not p.mistakes]
    results: dict[int, EventResult] = {}
    for start in range(0, len(valid), BATCH):
        batch = valid[start : start + BATCH]
        recorded = await recording.record([event for _, event in batch])
        results.update((place, result) for (place, _), result in zip(batch, recorded, strict=True))
    return results


async def _reject_invalid(posted: Sequence[PostedEvent], record_visits: RecordVisits) -> dict[int, EventResult]:
    """Find the remaining mistakes of the events that have some already; return their results by place."""
    invalid = {place: p for place, p in enumerate(posted) if p.mistakes}
    readable = {place: p.event for place, p in invalid.items() if p.event is not None}
    found: dict[int, Sequence[Mistake]] = {}
    places = list(readable)
    for start in range(0, len(places), MISTAKEN_BATCH):
        batch = places[start : start + MISTAKEN_BATCH]
        mistakes = await record_visits.find_mistakes([readable[place] for place in batch])
        found.update(zip(batch, mistakes, strict=True))
    return {place: _reject(p, found.get(place, ())) for place, p in invalid.items()}


def _reject(posted: PostedEvent, found: Sequence[Mistake]) -> EventResult:
    """Return the result of an event with mistakes, without a second mistake at a key that is wrong already."""
    places = {mistake.path for mistake in posted.mistakes}
    mistakes = (*posted.mistakes, *(mistake for mistake in found if mistake.path not in places))
    return EventResult(posted.id or "", EventStatus.REJECTED, mistakes)
