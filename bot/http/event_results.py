"""Results of posted events: written down one by one, and answered when the last event is recorded.

Invariants:
* However many there are, they take a bounded part of the memory: beyond `MOST_IN_MEMORY` bytes they wait in a file that
  has no name and is gone when the request ends.
* Nothing is answered before the end: a sender that reads its answer only after it has sent everything would wait for
  us, and we for it.
"""

import asyncio
import json
import tempfile
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from bot.http.refusals import mistake_bodies
from bot.http.sources.source import PostedEvent
from bot.usecases.asking.asking_decisions import SurveyDecision
from bot.usecases.asking.event_checks import EventResult

MOST_IN_MEMORY = 1024 * 1024  # bytes; some ten thousand results
_CHUNK = 64 * 1024
_CHUNK_SECONDS = 60.0  # in which a chunk must be taken
_TYPE = "application/json"


class ResultSpool:
    """Results of one request: ``with ResultSpool() as results:``, `add` each, and return `answer`."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115 - closed by `__exit__`
        self._file.write(b'{"results": [')
        self._separator = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, posted: PostedEvent, result: EventResult) -> None:
        """Write down the result of the next event."""
        self._file.write(self._separator + json.dumps(_result_body(posted, result)).encode())
        self._separator = b", "

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Return the answer with all results, which is sent already if it is long."""
        self._file.write(b"]}")
        size = self._file.tell()
        self._file.seek(0)
        if size <= MOST_IN_MEMORY:
            return web.Response(body=self._file.read(), content_type=_TYPE)
        response = web.StreamResponse(headers={"Content-Type": _TYPE, "Content-Length": str(size)})
        await response.prepare(request)
        while chunk := self._file.read(_CHUNK):
            async with asyncio.timeout(_CHUNK_SECONDS):
                await response.write(chunk)
        await response.write_eof()
        return response


def _result_body(posted: PostedEvent, result: EventResult) -> dict[str, Any]:
    body: dict[str, Any] = {"id": posted.id, "status": result.status.value}
    if result.mistakes:
        body["errors"] = mistake_bodies(mistake.under(posted.position) for mistake in result.mistakes)
    if result.decisions:
        body["decisions"] = [_decision_body(decision) for decision in result.decisions]
    return body


def _decision_body(decision: SurveyDecision) -> dict[str, str]:
    return {"survey": decision.survey, "verdict": decision.verdict.value, "reason": decision.reason.value}
