"""What is looked at of a journey, and where a button leads: values only, kept between one tap and the next."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from cjm.journeys.journey import CHANNELS, Journey

PERIOD_LENGTHS = (7, 28, 84)


class ViewContent(StrEnum):
    """What a message shows of a journey."""

    MAP = "map"
    STAGES = "stages"
    VOICES = "voices"
    BARRIERS = "barriers"
    CHANNELS = "channels"
    PERSONA = "persona"
    DIGEST = "digest"


CONTENTS = tuple(ViewContent)  # a button names one by its place


class ViewMenu(StrEnum):
    """What a message offers to choose from; NONE is the buttons of its face."""

    NONE = ""
    SEGMENT = "segment"
    CHANNEL = "channel"
    JOURNEY = "journey"
    PLACE = "place"


class ViewStep(StrEnum):
    """What a button does with what is shown."""

    EARLIER = "e"
    LATER = "l"
    DAYS = "d"  # so many
    PAGE = "p"  # this one
    OPEN = "o"  # the menu in this place of `MENUS`
    CHOOSE = "c"  # the option in this place, 0 is none
    BACK = "b"


MENUS = (ViewMenu.NONE, ViewMenu.SEGMENT, ViewMenu.CHANNEL, ViewMenu.JOURNEY, ViewMenu.PLACE)


@dataclass(frozen=True, slots=True)
class MapView:
    """What is shown. ``last`` None means up to today, whenever that is; ``options`` are the keys a menu offers."""

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
    """The channels of a journey's touchpoints, in the usual order."""
    used = {point.channel for _, point in journey.touchpoints.values()}
    return tuple(channel for channel in CHANNELS if channel in used)


def menu_options(
    menu: ViewMenu, journey: Journey, journeys: Mapping[str, Journey], place: str | None
) -> tuple[str, ...]:
    """The keys that a menu offers; of places first the stages, then the touchpoints of the one chosen."""
    match menu:
        case ViewMenu.SEGMENT:
            return tuple(segment.key for segment in journey.segments)
        case ViewMenu.CHANNEL:
            return used_channels(journey)
        case ViewMenu.JOURNEY:
            return tuple(journeys)
        case ViewMenu.PLACE if place is not None and (chosen := journey.place(place)) is not None:
            return tuple(point.key for point in chosen[0].touchpoints)
        case ViewMenu.PLACE:
            return tuple(stage.key for stage in journey.stages)
        case ViewMenu.NONE:
            return ()


def apply_step(view: MapView, step: ViewStep, n: int, journeys: Mapping[str, Journey], today: date) -> MapView:
    """What is shown after a button. Nobody gets beyond today, nor further back than there can be anything."""
    closed = replace(view, menu=ViewMenu.NONE, options=())
    match step:
        case ViewStep.EARLIER | ViewStep.LATER:
            last = (view.last or today) + timedelta(days=view.days if step is ViewStep.LATER else -view.days)
            return replace(closed, last=None if last >= today else max(last, date(2000, 1, 1)), page=0)
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
    """A journey file applied since may have taken a segment or a touchpoint away."""
    segment = view.segment if view.segment and journey.segment(view.segment) else None
    place = view.place if view.place and journey.place(view.place) else None
    return replace(view, segment=segment, place=place)
