"""``GET /v1/journeys/{key}/map``: the map as JSON or PNG, by the address's ending or by ``Accept``."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import date
from typing import Any

from aiohttp import web

from bot.http.refusals import Handler, HttpRefusal
from bot.texts import LANGUAGES
from bot.usecases.maps.make_map import LONGEST, MakeMap, MapError, MapRequest
from cjm.errors import Mistake
from cjm.figures.journey_map import JourneyMap, as_json
from cjm.journeys.survey import is_key
from cjm.mistake_sentences import near

LAYOUTS = ("phone", "wall")
Draw = Callable[[JourneyMap, str, str], Awaitable[bytes]]
_OPTIONS = ("days", "from", "to", "segment", "channel", "language", "layout")
_LATER = ("svg", "pdf")


def make_map_handler(make_map: MakeMap, draw: Draw) -> Handler:
    """``draw`` gets a map, a language and a layout ("phone", "wall") and answers with a PNG."""

    async def get_map(request: web.Request) -> web.StreamResponse:
        form, key = _form(request), request.match_info["key"]
        if not is_key(key):
            raise HttpRefusal(404, "there is no journey of this key")
        options = _options(request.query)
        layout = options.pop("layout", "wall")
        try:
            made = await make_map(MapRequest(key, **options))
        except MapError as error:
            raise HttpRefusal(404, str(error)) from None
        if form == "json":
            return web.json_response(as_json(made))
        return web.Response(body=await draw(made, made.language, layout), content_type="image/png")

    return get_map


def _form(request: web.Request) -> str:
    ending = request.match_info.get("form")
    if ending in _LATER:
        raise HttpRefusal(406, f"maps cannot be had as {ending.upper()} yet; .png and .json are there")
    if ending:
        return ending
    accepted = request.headers.get("Accept", "*/*").lower()
    for kind in (part.partition(";")[0].strip() for part in accepted.split(",")):
        if kind in ("application/json", "application/*", "*/*", ""):
            return "json"
        if kind in ("image/png", "image/*"):
            return "png"
    raise HttpRefusal(406, "a map can be had as application/json or image/png")


def _options(query: Mapping[str, str]) -> dict[str, Any]:
    """The options as `Wanted` takes them. Raises Refusal with every mistake."""
    options: dict[str, Any] = {}
    wrong: list[Mistake] = []
    for name in dict.fromkeys(query):
        if name not in _OPTIONS:
            meant = near(name, _OPTIONS)
            wrong.append(
                Mistake("", "there is an option that is not known" + (f"; did you mean {meant}?" if meant else ""))
            )
            continue
        try:
            options[_NAMES.get(name, name)] = _READ[name](query[name])
        except ValueError as error:
            wrong.append(Mistake(name, str(error)))
    wrong += _together(options)
    if wrong:
        raise HttpRefusal(400, "; ".join(map(str, wrong)), wrong)
    return options


def _together(options: Mapping[str, Any]) -> Iterator[Mistake]:
    first, last = options.get("first"), options.get("last")
    if first and "days" in options:
        yield Mistake("days", "excludes from")
    if first and last and not 0 <= (last - first).days < LONGEST:
        yield Mistake("from", f"must not be after to, and the window has at most {LONGEST} days")


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a day, such as 2026-10-01") from None
    if not 2000 <= found.year <= 2999:
        raise ValueError("must be of the years 2000 to 2999")
    return found


def _days(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= LONGEST):
        raise ValueError(f"must be a number from 1 to {LONGEST}")
    return int(text)


def _key(text: str) -> str:
    if not is_key(text):
        raise ValueError("must be a key: small letters, digits, - and _")
    return text


def _one_of(*names: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in names:
            raise ValueError(f"must be one of {', '.join(names)}")
        return text

    return read


_NAMES = {"from": "first", "to": "last"}
_READ: Mapping[str, Callable[[str], Any]] = {
    "days": _days,
    "from": _day,
    "to": _day,
    "segment": _key,
    "channel": _key,
    "language": _one_of(*LANGUAGES),
    "layout": _one_of(*LAYOUTS),
}
