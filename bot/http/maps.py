"""``GET /v1/journeys/{key}/map``: the map as JSON or a picture, by the address's ending or by ``Accept``."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import date
from typing import Any

from aiohttp import web

from bot.http.refusals import Handler, HttpRefusal, join_mistakes
from bot.texts import LANGUAGES
from bot.usecases.maps.export_map import LanesError, PageError, check_lanes, check_page
from bot.usecases.maps.make_map import CompareError, MapError, MapRequest, PeriodError
from cjm.drawing import MOST_PAGES, LanePreset, Layout, PictureChoice, PictureFormat, ThemeName
from cjm.errors import Mistake
from cjm.figures.contrasts.requested_side import WAYS
from cjm.figures.journey_map import JourneyMap, MapKind
from cjm.figures.map_json import map_as_json
from cjm.file_model import is_key
from cjm.mistake_wording import find_similar
from cjm.wall_clock import YEARS

LAYOUTS, LANES, THEMES = tuple(Layout), tuple(LanePreset), tuple(ThemeName)
DAY_DIGITS = 6  # of a number of days: any length from the first possible day to the last one
DrawPicture = Callable[[JourneyMap, PictureChoice], Awaitable[bytes]]
GiveMap = Callable[[MapRequest], Awaitable[JourneyMap]]
"""Function that makes a map for a program; it raises MapError."""

OPTIONS = (
    "days",
    "from",
    "to",
    "segment",
    "channel",
    "kind",
    "compare",
    "language",
    "layout",
    "lanes",
    "theme",
    "page",
)
MOST_IN_COMPARE = 120  # characters: the longest key of a segment and its prefix are shorter
JSON = "json"
CONTENT_TYPES: Mapping[str, str] = {
    JSON: "application/json",
    PictureFormat.PNG: "image/png",
    PictureFormat.SVG: "image/svg+xml",
    PictureFormat.PDF: "application/pdf",
}
_OF_ACCEPT = {kind: name for name, kind in CONTENT_TYPES.items()} | {
    "image/*": PictureFormat.PNG,
    **dict.fromkeys(("application/*", "*/*", ""), JSON),
}
# An SVG is a document that browsers open: it may use the letters and the logo inside of it, and nothing else.
_SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; sandbox",
    "X-Content-Type-Options": "nosniff",
}


def make_get_map(make_map: GiveMap, draw_picture: DrawPicture) -> Handler:
    """Make the handler. ``draw_picture`` gets a map and a choice, and returns a file in the format of the choice."""

    async def get_map(request: web.Request) -> web.StreamResponse:
        map_format, key = _choose_format(request), request.match_info["key"]
        if not is_key(key):
            raise HttpRefusal(404, "there is no journey with this key")
        options = _parse_options(request.query)
        choice = _take_choice(options, map_format)
        try:
            journey_map = await make_map(MapRequest(key, **options))
        except (PeriodError, CompareError) as error:
            raise HttpRefusal(400, str(error)) from None
        except MapError as error:
            raise HttpRefusal(404, str(error)) from None
        if choice is None:
            # In a thread, as a large journey has thousands of figures: taps are acknowledged meanwhile.
            text = await asyncio.to_thread(lambda: json.dumps(map_as_json(journey_map)))
            return web.json_response(text=text)
        _check_choice(journey_map, choice)
        picture = await draw_picture(journey_map, choice)
        return web.Response(body=picture, content_type=CONTENT_TYPES[choice.format], headers=_SECURITY_HEADERS)

    return get_map


def _check_choice(journey_map: JourneyMap, choice: PictureChoice) -> None:
    """Raise HttpRefusal for a page or lanes that the picture does not have."""
    try:
        check_page(journey_map, choice.layout, choice.page)
        check_lanes(journey_map, choice.layout, choice.lanes)
    except (PageError, LanesError) as error:
        mistakes = [Mistake("page" if isinstance(error, PageError) else "lanes", str(error))]
        raise HttpRefusal(400, join_mistakes(mistakes), mistakes) from None


def _take_choice(options: dict[str, Any], map_format: str) -> PictureChoice | None:
    """Take what is chosen about a picture from the options; None for figures as JSON, which have no looks."""
    chosen = {name: kind(options.pop(name)) for name, kind in _CHOICES.items() if name in options}
    if map_format == JSON:
        return None
    return PictureChoice(**{"layout": Layout.WALL, **chosen, "format": PictureFormat(map_format)})


def _choose_format(request: web.Request) -> str:
    """Return a key of CONTENT_TYPES: the address's ending counts more than Accept. Raises HttpRefusal for others."""
    if ending := request.match_info.get("form"):
        return ending
    accepted = request.headers.get("Accept", "*/*").lower()
    # Weights (";q=0.8") are ignored: clients that name several formats name the one they want first.
    for kind in (part.partition(";")[0].strip() for part in accepted.split(",")):
        if kind in _OF_ACCEPT:
            return _OF_ACCEPT[kind]
    raise HttpRefusal(406, f"a map is made as {', '.join(CONTENT_TYPES.values())}")


def _parse_options(query: Mapping[str, str]) -> dict[str, Any]:
    """Return the options by their names in MapRequest and PictureChoice. Raises HttpRefusal with every mistake."""
    options: dict[str, Any] = {}
    mistakes: list[Mistake] = []
    for name in dict.fromkeys(query):
        if name not in OPTIONS:
            similar = find_similar(name, OPTIONS)
            hint = f"did you mean {similar}?" if similar else f"the options are {', '.join(OPTIONS)}"
            mistakes.append(Mistake("", f"there is an unknown option; {hint}"))
            continue
        try:
            options[_REQUEST_FIELDS.get(name, name)] = _PARSERS[name](query[name])
        except ValueError as error:
            mistakes.append(Mistake(name, str(error)))
    mistakes += _check_combination(options)
    if mistakes:
        raise HttpRefusal(400, join_mistakes(mistakes), mistakes)
    return options


def _check_combination(options: Mapping[str, Any]) -> Iterator[Mistake]:
    first, last = options.get("first"), options.get("last")
    if first and "days" in options:
        yield Mistake("days", "cannot be combined with from")
    if first and last and first > last:
        yield Mistake("from", "must not be after to")


def _parse_day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a day, such as 2026-10-01") from None
    if day.year not in YEARS:
        raise ValueError(f"must be a day of the years {YEARS.start} to {YEARS[-1]}")
    return day


def _parse_days(text: str) -> int:
    # isdecimal() alone would accept digits of other scripts, and int() takes long for very long numbers.
    if not (text.isascii() and text.isdecimal() and len(text) <= DAY_DIGITS and int(text) >= 1):
        raise ValueError(f"must be a number from 1 to {10**DAY_DIGITS - 1}")
    return int(text)


def _parse_page(text: str) -> int:
    """Return the place of a page, which people count from 1; whether the picture has it is checked with the map."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 2 and 1 <= int(text) <= MOST_PAGES):
        raise ValueError(f"must be from 1 to {MOST_PAGES}")
    return int(text) - 1


def _parse_key(text: str) -> str:
    if not is_key(text):
        raise ValueError("must be a key: small letters, digits, - and _")
    return text


def _parse_compare(text: str) -> str:
    """Return what names the other side; what it names is checked when the map is made."""
    if not text or len(text) > MOST_IN_COMPARE:
        raise ValueError(f"must be {WAYS}")
    return text


def _parse_kind(text: str) -> MapKind:
    return MapKind(_one_of(*MapKind)(text))


def _one_of(*names: str) -> Callable[[str], str]:
    """Return a parser that takes these words only."""

    def parse_name(text: str) -> str:
        if text not in names:
            raise ValueError(f"must be one of {', '.join(names)}")
        return text

    return parse_name


_CHOICES: Mapping[str, Callable[[Any], Any]] = {
    "layout": Layout,
    "lanes": LanePreset,
    "theme": ThemeName,
    "page": int,
}
_REQUEST_FIELDS = {"from": "first", "to": "last"}
_PARSERS: Mapping[str, Callable[[str], Any]] = {
    "days": _parse_days,
    "from": _parse_day,
    "to": _parse_day,
    "segment": _parse_key,
    "channel": _parse_key,
    "kind": _parse_kind,
    "compare": _parse_compare,
    "language": _one_of(*LANGUAGES),
    "layout": _one_of(*LAYOUTS),
    "lanes": _one_of(*LANES),
    "theme": _one_of(*THEMES),
    "page": _parse_page,
}
