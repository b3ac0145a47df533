"""Steps from one view of a journey to the next: what a button leads to.

* A button carries a step and a number: a place in a list, a page, or days. A stage's page is opened by its key.
* A step never leads beyond today or to a menu that is not there. It may lead to a journey that is gone since its menu
  was opened: the caller checks that.
* A step that no button can mean leaves the view as it is, at most with its menu closed; only a page may be any number
  up to 10,000.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from cjm.figures.contrasts.requested_side import SEGMENT_PREFIX, SideError, check_segments
from cjm.figures.journey_map import MapKind
from cjm.figures.map_view import (
    FIRST_DAY,
    MENUS,
    PERIOD_LENGTHS,
    WITH_STAGES,
    MapView,
    ViewContent,
    ViewMenu,
    used_channels,
)
from cjm.figures.views.voice_filter import MoodGroup, ThemeKey
from cjm.journeys.journey import Journey

LANE_PRESETS = ("simple", "emotion", "funnel", "full")  # of cjm.drawing.choices, which views do not import
KINDS = (MapKind.CURRENT, MapKind.FUTURE, MapKind.BLUEPRINT, MapKind.DAY, "before", "year")
"""Kinds of map that a menu offers; the last two are differences with earlier days."""

DAY, WEEK = 1, 7  # days of the short steps
STEP_LENGTHS = (DAY, *PERIOD_LENGTHS)


class ViewStep(StrEnum):
    """Step from one view to the next, as a button carries it."""

    EARLIER = "e"  # with the number of days, 0 for the whole period
    LATER = "l"  # the same
    DAYS = "d"  # with the number of days
    PAGE = "p"  # with the number of the page
    OPEN = "o"  # with the place of a menu in `MENUS`
    CHOOSE = "c"  # with the place of an option, counted from 1; 0 takes back any choice but a journey's
    BACK = "b"


def menu_options(menu: ViewMenu, view: MapView, journeys: Mapping[str, Journey]) -> tuple[str, ...]:
    """Return the keys that a menu offers: of places first the stages, then the touchpoints of the chosen stage.

    Themes are not offered here: which of them are shown is known from the figures only.
    """
    journey = journeys[view.journey]
    chosen = journey.find_place(view.place) if view.place is not None else None
    offered: Mapping[ViewMenu, Iterable[str]] = {
        ViewMenu.SEGMENT: (segment.key for segment in journey.segments),
        ViewMenu.CHANNEL: used_channels(journey),
        ViewMenu.JOURNEY: journeys,
        ViewMenu.PLACE: (part.key for part in (chosen.stage.touchpoints if chosen else journey.stages)),
        ViewMenu.MOOD: MoodGroup,
        ViewMenu.LANES: LANE_PRESETS,
        ViewMenu.KIND: [*KINDS, *_list_other_segments(journey, view.segment)],
    }
    return tuple(offered.get(menu, ()))


def _list_other_segments(journey: Journey, key: str | None) -> Iterator[str]:
    """Yield the segments that the chosen one can be compared with; none while no segment is chosen."""
    segment = journey.find_segment(key) if key is not None else None
    for other in journey.segments if segment is not None else ():
        with suppress(SideError):
            check_segments(segment, other)
            yield SEGMENT_PREFIX + other.key


def apply_step(view: MapView, step: ViewStep, n: int, journeys: Mapping[str, Journey], today: date) -> MapView:
    """Return the view after a step. A period never ends after today nor before ``FIRST_DAY``."""
    closed = replace(view, menu=ViewMenu.NONE, options=())
    match step:
        case ViewStep.EARLIER | ViewStep.LATER:
            days = n if n in STEP_LENGTHS else view.days
            last = (view.last or today) + timedelta(days=days if step is ViewStep.LATER else -days)
            return replace(closed, last=None if last >= today else max(last, FIRST_DAY), page=0)
        case ViewStep.DAYS if n in PERIOD_LENGTHS:
            return replace(closed, days=n, page=0)
        case ViewStep.PAGE:
            return replace(closed, page=max(0, min(n, 10_000)))
        case ViewStep.OPEN if 0 <= n < len(MENUS):
            options = menu_options(MENUS[n], view, journeys)
            return replace(view, menu=MENUS[n], options=options)
        case ViewStep.CHOOSE if 0 <= n <= len(view.options):
            return _apply_choice(closed, view.menu, view.options[n - 1] if n else None, journeys[view.journey])
        case _:
            # The same button closes a menu, and without one a stage's page.
            return close_stage(closed) if step is ViewStep.BACK and view.menu is ViewMenu.NONE else closed


def open_stage(view: MapView, key: str, journey: Journey) -> MapView:
    """Return the page of a stage in place of what the message shows; the same view where there is no such stage."""
    base = view.base
    if base not in WITH_STAGES or key not in journey.stages_by_key:
        return view
    closed = replace(view, menu=ViewMenu.NONE, options=())
    return replace(closed, content=ViewContent.STAGE, parent=base, place=key, page=0)


def close_stage(view: MapView) -> MapView:
    """Return what a stage's page stands in place of; other views stay as they are."""
    if view.parent is None:
        return view
    return replace(view, content=view.parent, parent=None, place=None, page=0)


def open_beside(
    view: MapView, content: ViewContent, journey: Journey, place: str | None = None, theme: str | None = None
) -> MapView:
    """Return a view of the same journey, days, segment and channel with another content.

    ``place`` and ``theme`` are what it is about; a place that the journey lacks is left out.
    """
    known = place if place is not None and journey.find_place(place) is not None else None
    new = MapView(content, view.journey, view.last, view.days, view.segment, view.channel, lanes=view.lanes)
    return replace(new, place=known, theme=theme)


def _apply_choice(view: MapView, menu: ViewMenu, key: str | None, journey: Journey) -> MapView:
    first = replace(view, page=0)
    if menu is ViewMenu.PLACE:
        return _narrow_to_place(first, key, journey)
    if menu is ViewMenu.KIND:
        return _choose_kind(first, key)
    if menu is ViewMenu.LANES:
        return replace(view, lanes=key, menu=ViewMenu.FILE) if key is not None else view
    if menu is ViewMenu.JOURNEY and key is not None:
        return MapView(view.base, key, last=view.last, days=view.days, lanes=view.lanes)
    chosen: dict[str, Any] = {_CHOSEN_FIELDS[menu]: key} if menu in _CHOSEN_FIELDS else {}
    if menu is ViewMenu.CHANNEL and key is not None and view.kind == MapKind.DAY:
        chosen["kind"] = None
    return replace(first, **chosen) if chosen else view


_CHOSEN_FIELDS: Mapping[ViewMenu, str] = {
    ViewMenu.SEGMENT: "segment",
    ViewMenu.CHANNEL: "channel",
    ViewMenu.MOOD: "mood",
}


def _narrow_to_place(view: MapView, key: str | None, journey: Journey) -> MapView:
    """Return the view about a place; a theme of another stage is taken back."""
    theme = view.theme if key is not None and _stage_of(journey, key) == _stage_of_theme(view.theme) else None
    return replace(view, place=key, theme=theme)


def choose_theme(view: MapView, text: str | None, journey: Journey) -> MapView:
    """Return voices of those who chose a theme, about its stage unless they are about a part of that stage already.

    Without a theme, voices of all.
    """
    closed = replace(view, menu=ViewMenu.NONE, options=(), page=0)
    stage = _stage_of_theme(text)
    is_there = stage is None or (view.place is not None and _stage_of(journey, view.place) == stage)
    return replace(closed, theme=text, place=view.place if is_there else stage)


def _choose_kind(view: MapView, key: str | None) -> MapView:
    """Return the view of a kind of map; what a difference is made with names the difference."""
    plain = replace(view, kind=None, compare=None)
    if key in (MapKind.FUTURE, MapKind.BLUEPRINT):
        return replace(plain, kind=key)
    if key == MapKind.DAY:  # which is about all channels
        return replace(plain, kind=key, channel=None)
    return replace(plain, compare=key) if key not in (None, MapKind.CURRENT) else plain


def _stage_of(journey: Journey, key: str) -> str | None:
    place = journey.find_place(key)
    return place.stage.key if place is not None else None


def _stage_of_theme(text: str | None) -> str | None:
    theme = ThemeKey.parse(text) if text is not None else None
    return theme.stage if theme is not None else None
