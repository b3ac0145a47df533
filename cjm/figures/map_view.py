"""What is looked at of a journey, and where a button leads: values only, kept between one tap and the next."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from cjm.journeys.journey import CHANNELS, Journey

WINDOWS = (7, 28, 84)


class ViewContent(StrEnum):
    """What a message shows of a journey."""

    MAP = "map"
    STAGES = "stages"
    VOICES = "voices"
    BARRIERS = "barriers"
    CHANNELS = "channels"
    PERSONA = "persona"
    DIGEST = "digest"


FACES = tuple(ViewContent)  # a button names one by its place


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

    face: ViewContent
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
        """What was kept as :attr:`data`, also by a version that knew other settings."""
        kept = {field.name: data[field.name] for field in fields(cls) if field.name in data}
        last = date.fromisoformat(kept["last"]) if kept.get("last") else None
        told = {"face": ViewContent(kept["face"]), "menu": ViewMenu(kept.get("menu", "")), "last": last}
        return cls(**{**kept, **told, "options": tuple(kept.get("options", ()))})

    @property
    def data(self) -> dict[str, Any]:
        return asdict(self) | {"last": self.last.isoformat() if self.last else None}


def channels_of(journey: Journey) -> tuple[str, ...]:
    """The channels of a journey's touchpoints, in the usual order."""
    used = {point.channel for _, point in journey.touchpoints.values()}
    return tuple(channel for channel in CHANNELS if channel in used)


def options_of(menu: ViewMenu, journey: Journey, there: Mapping[str, Journey], place: str | None) -> tuple[str, ...]:
    """The keys that a menu offers; of places first the stages, then the touchpoints of the one chosen."""
    match menu:
        case ViewMenu.SEGMENT:
            return tuple(segment.key for segment in journey.segments)
        case ViewMenu.CHANNEL:
            return channels_of(journey)
        case ViewMenu.JOURNEY:
            return tuple(there)
        case ViewMenu.PLACE if place is not None and (chosen := journey.place(place)) is not None:
            return tuple(point.key for point in chosen[0].touchpoints)
        case ViewMenu.PLACE:
            return tuple(stage.key for stage in journey.stages)
        case ViewMenu.NONE:
            return ()


def moved_by(look: MapView, step: ViewStep, n: int, there: Mapping[str, Journey], today: date) -> MapView:
    """What is shown after a button. Nobody gets beyond today, nor further back than there can be anything."""
    closed = replace(look, menu=ViewMenu.NONE, options=())
    match step:
        case ViewStep.EARLIER | ViewStep.LATER:
            last = (look.last or today) + timedelta(days=look.days if step is ViewStep.LATER else -look.days)
            return replace(closed, last=None if last >= today else max(last, date(2000, 1, 1)), page=0)
        case ViewStep.DAYS:
            return replace(closed, days=n, page=0) if n in WINDOWS else look
        case ViewStep.PAGE:
            return replace(closed, page=max(0, min(n, 10_000)))
        case ViewStep.OPEN if 0 <= n < len(MENUS):
            return replace(look, menu=MENUS[n], options=options_of(MENUS[n], there[look.journey], there, look.place))
        case ViewStep.CHOOSE if 0 <= n <= len(look.options):
            return _chosen(closed, look.menu, look.options[n - 1] if n else None)
        case _:
            return closed


def _chosen(look: MapView, menu: ViewMenu, key: str | None) -> MapView:
    match menu:
        case ViewMenu.SEGMENT:
            return replace(look, segment=key)
        case ViewMenu.CHANNEL:
            return replace(look, channel=key)
        case ViewMenu.PLACE:
            return replace(look, place=key, page=0)
        case ViewMenu.JOURNEY if key is not None:
            return MapView(look.face, key, last=look.last, days=look.days)
        case _:
            return look


def fitting(look: MapView, journey: Journey) -> MapView:
    """A journey file applied since may have taken a segment or a touchpoint away."""
    segment = look.segment if look.segment and journey.segment(look.segment) else None
    place = look.place if look.place and journey.place(look.place) else None
    return replace(look, segment=segment, place=place)
