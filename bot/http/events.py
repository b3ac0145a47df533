"""``POST /v1/events``: one event, a list or lines. Each is taken or refused by itself."""

from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from bot.http.bodies import UnreadableLine, read_items
from bot.http.payloads import EventPayload, mistakes
from bot.http.refusals import Handler, HttpRefusal, error_body
from bot.usecases.asking.record_visits import EventResult, EventStatus, RecordVisits
from cjm.errors import Mistake
from cjm.journeys.visit import Event

MOST_EVENTS = 10_000
BATCH = 200  # in one transaction: whoever else writes waits for it


def make_events(record_visits: RecordVisits, nudge: Callable[[], None]) -> Handler:
    """``nudge`` is called when events were accepted: somebody may be asked now."""

    async def post_events(request: web.Request) -> web.StreamResponse:
        items, alone = await read_items(request)
        if len(items) > MOST_EVENTS:
            raise HttpRefusal(413, f"these are too many events at once; {MOST_EVENTS:,} is the most")
        results: list[dict[str, Any]] = [{}] * len(items)
        good: list[tuple[int, Event]] = []
        for place, item in enumerate(items):
            read = _read(item, "" if alone else f"events[{place}]")
            if isinstance(read, Event):
                good.append((place, read))
            else:
                results[place] = _rejected(_id_of(item), read)
        accepted = False
        for start in range(0, len(good), BATCH):
            batch = good[start : start + BATCH]
            told = await record_visits([event for _, event in batch])
            for (place, _), result in zip(batch, told, strict=True):
                results[place] = _told(result, "" if alone else f"events[{place}]")
                accepted = accepted or result.status is EventStatus.ACCEPTED
        if accepted:
            nudge()
        return web.json_response({"results": results})

    return post_events


def _read(item: object, at: str) -> Event | list[Mistake]:
    if isinstance(item, UnreadableLine):
        return [Mistake(at, "is not JSON")]
    try:
        return EventPayload.model_validate(item).event
    except ValidationError as error:
        return mistakes(error, at, EventPayload)


def _id_of(item: object) -> str | None:
    """The id that a refused event brought, if it is one."""
    given = item.get("id") if isinstance(item, dict) else None
    return given if isinstance(given, str) and given.isprintable() and len(given) <= 128 else None


def _rejected(event_id: str | None, found: Sequence[Mistake]) -> dict[str, Any]:
    error = error_body("invalid_event", "; ".join(map(str, found)), found)
    return {"id": event_id, "status": EventStatus.REJECTED.value, "error": error}


def _told(result: EventResult, at: str) -> dict[str, Any]:
    if result.error is not None:
        key, _, said = result.error.partition(": ")
        return _rejected(result.id, [Mistake(".".join(filter(None, (at, key))), said)])
    told: dict[str, Any] = {"id": result.id, "status": result.status.value}
    if result.verdicts:
        told["decisions"] = [{"survey": s, "verdict": v, "reason": r} for s, v, r in result.verdicts]
    return told
