"""Views of a journey in a chat: what a message shows, and which view a button leads to.

* A view is stored between two taps; its buttons carry a step and a number: a place in a list, a page, or days.
* A step never leads beyond today or to a menu that is not there. It may lead to a journey that is gone since its menu
  was opened: the caller checks that.
* A step that no button can mean leaves the view as it is, at most with its menu closed; only a page may be any number
  up to 10,000.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from cjm.figures.journey_map import JourneyMap
from cjm.figures.score import Verdict
from cjm.journeys.journey import CHANNELS, Journey
from cjm.journeys.visit import EARLIEST

PERIOD_LENGTHS = (7, 28, 84)  # days
FIRST_DAY = EARLIEST.date()  # no journey has answers before it


class ViewContent(StrEnum):
    """Content of a message about a journey."""

    MAP = "map"
    STAGES = "stages"
    VOICES = "voices"
    BARRIERS = "barriers"
    CHANNELS = "channels"
    PERSONA = "persona"
    DIGEST = "digest"
    ASKING = "asking"
    ASKED_SURVEYS = "asked_surveys"
    ASKED_HOURS = "asked_hours"
    ASKED_CHANNELS = "asked_channels"
    UNHEARD = "unheard"


ABOUT_ASKING = (
    ViewContent.ASKING,
    ViewContent.ASKED_SURVEYS,
    ViewContent.ASKED_HOURS,
    ViewContent.ASKED_CHANNELS,
    ViewContent.UNHEARD,
)
"""Contents that are about the asking."""

CONTENTS = tuple(ViewContent)  # a button names a content by its place here: append new ones at the end of the enum


class ViewMenu(StrEnum):
    """Menu under a message; NONE stands for the usual buttons of its content."""

    NONE = ""
    SEGMENT = "segment"
    CHANNEL = "channel"
    JOURNEY = "journey"
    PLACE = "place"


class ViewStep(StrEnum):
    """Step from one view to the next, as a button carries it."""

    EARLIER = "e"
    LATER = "l"
    DAYS = "d"  # with the number of days
    PAGE = "p"  # with the number of the page
    OPEN = "o"  # with the place of a menu in `MENUS`
    CHOOSE = "c"  # with the place of an option, counted from 1; 0 takes back any choice but a journey's
    BACK = "b"


MENUS = tuple(ViewMenu)  # a button names a menu by its place here: append new ones at the end of the enum


@dataclass(frozen=True, slots=True)
class MapView:
    """View of a journey. Without ``last`` the period ends today; ``options`` are the keys that the menu offers."""

    content: ViewContent
    journey: str
    last: date | None = None
    days: int = 28
    segment: str | None = None
    channel: str | None = None
    place: str | None = None  # of voices: a stage or touchpoint
    page: int = 0
    menu: ViewMenu = ViewMenu.NONE
    options: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "MapView":
        """Return the view that was stored as :attr:`data`, also by a version that knew other settings."""
        stored = {field.name: data[field.name] for field in fields(cls) if field.name in data}
        return cls(
            **stored
            | {
                "content": ViewContent(data["face"]),
                "last": date.fromisoformat(data["last"]) if data.get("last") else None,
                "menu": ViewMenu(data.get("menu", "")),
                "options": tuple(data.get("options", ())),
            }
        )

    @property
    def data(self) -> dict[str, Any]:
        """The view as JSON values. The content is stored as ``face``, the name it had when views were first kept."""
        values = asdict(self)
        return values | {"face": values.pop("content"), "last": self.last.isoformat() if self.last else None}


def used_channels(journey: Journey) -> tuple[str, ...]:
    """Return the channels of a journey's touchpoints, in the order of ``CHANNELS``."""
    used = {point.channel for _, point in journey.touchpoints.values()}
    return tuple(channel for channel in CHANNELS if channel in used)


def menu_options(
    menu: ViewMenu, journey: Journey, journeys: Mapping[str, Journey], place: str | None
) -> tuple[str, ...]:
    """Return the keys that a menu offers: of places first the stages, then the touchpoints of the chosen stage."""
    match menu:
        case ViewMenu.SEGMENT:
            return tuple(segment.key for segment in journey.segments)
        case ViewMenu.CHANNEL:
            return used_channels(journey)
        case ViewMenu.JOURNEY:
            return tuple(journeys)
        case ViewMenu.PLACE if place is not None and (chosen := journey.find_place(place)) is not None:
            return tuple(point.key for point in chosen.stage.touchpoints)
        case ViewMenu.PLACE:
            return tuple(stage.key for stage in journey.stages)
        case ViewMenu.NONE:
            return ()


def apply_step(view: MapView, step: ViewStep, n: int, journeys: Mapping[str, Journey], today: date) -> MapView:
    """Return the view after a step. A period never ends after today nor before ``FIRST_DAY``."""
    closed = replace(view, menu=ViewMenu.NONE, options=())
    match step:
        case ViewStep.EARLIER | ViewStep.LATER:
            last = (view.last or today) + timedelta(days=view.days if step is ViewStep.LATER else -view.days)
            return replace(closed, last=None if last >= today else max(last, FIRST_DAY), page=0)
        case ViewStep.DAYS:
            return replace(closed, days=n, page=0) if n in PERIOD_LENGTHS else view
        case ViewStep.PAGE:
            return replace(closed, page=max(0, min(n, 10_000)))
        case ViewStep.OPEN if 0 <= n < len(MENUS):
            return replace(
                view, menu=MENUS[n], options=menu_options(MENUS[n], journeys[view.journey], journeys, view.place)
            )
        case ViewStep.CHOOSE if 0 <= n <= len(view.options):
            return _apply_choice(closed, view.menu, view.options[n - 1] if n else None)
        case _:
            return closed


def _apply_choice(view: MapView, menu: ViewMenu, key: str | None) -> MapView:
    match menu:
        case ViewMenu.SEGMENT:
            return replace(view, segment=key)
        case ViewMenu.CHANNEL:
            return replace(view, channel=key)
        case ViewMenu.PLACE:
            return replace(view, place=key, page=0)
        case ViewMenu.JOURNEY if key is not None:
            return MapView(view.content, key, last=view.last, days=view.days)
        case _:
            return view


def drop_missing_choices(view: MapView, journey: Journey) -> MapView:
    """Return the view without a segment or place that the journey no longer has, because its file changed."""
    segment = view.segment if view.segment and journey.find_segment(view.segment) else None
    place = view.place if view.place and journey.find_place(view.place) else None
    return replace(view, segment=segment, place=place)


def list_shown_scores(journey_map: JourneyMap) -> set[tuple[str, str]]:
    """Return the places (stages and touchpoints) and scales whose figure is not withheld."""
    shown: set[tuple[str, str]] = set()
    for stage in journey_map.stages:
        for key, scores in ((stage.key, stage.scores), *((point.key, point.scores) for point in stage.touchpoints)):
            shown |= {(key, scale) for scale, score in scores.items() if score.verdict is not Verdict.WITHHELD}
    return shown
