"""Views of a journey in a chat: what a message shows. `view_steps` leads from one view to the next.

* A view is stored between two taps, as JSON values; a version reads what others stored.
* A view that was saved under a name is stored the same way, without what belongs to one message (`MapView.to_save`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from cjm.figures.journey_map import JourneyMap
from cjm.figures.score import Verdict
from cjm.journeys.journey import CHANNELS, Journey
from cjm.journeys.visit import EARLIEST

PERIOD_LENGTHS = (7, 28, 84)  # days: whole weeks, so that a step of a period keeps the weekday
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
    STAGE = "stage"  # one stage, in place of the map or of the stages in words
    PERSONAS = "personas"  # curves of several personas


ABOUT_ASKING = (
    ViewContent.ASKING,
    ViewContent.ASKED_SURVEYS,
    ViewContent.ASKED_HOURS,
    ViewContent.ASKED_CHANNELS,
    ViewContent.UNHEARD,
)
"""Contents that are about the asking."""

OF_EVERYONE = (ViewContent.PERSONA, ViewContent.PERSONAS)
"""Contents without a choice of segment and channel."""

CONTENTS = tuple(ViewContent)  # a button names a content by its place here: append new ones at the end of the enum

WITH_STAGES = (ViewContent.MAP, ViewContent.STAGES, ViewContent.BARRIERS)
"""Contents from which a stage's page opens in place."""


class ViewMenu(StrEnum):
    """Menu under a message; NONE stands for the usual buttons of its content."""

    NONE = ""
    SEGMENT = "segment"
    CHANNEL = "channel"
    JOURNEY = "journey"
    PLACE = "place"
    MOOD = "mood"
    THEME = "theme"
    FILE = "file"
    LANES = "lanes"
    KIND = "kind"


MENUS = tuple(ViewMenu)  # a button names a menu by its place here: append new ones at the end of the enum


@dataclass(frozen=True, slots=True)
class MapView:
    """View of a journey. Without ``last`` the period ends today; ``options`` are the keys that the menu offers.

    ``place`` is the stage or touchpoint that voices or a stage's page are about, ``parent`` the content that the page
    stands in place of. ``mood`` (a MoodGroup) and ``theme`` narrow voices. ``lanes`` is a preset of the wall, ``kind``
    a MapKind, ``compare`` what a difference is made with. ``saved`` is the name of the saved view that was opened.
    """

    content: ViewContent
    journey: str
    last: date | None = None
    days: int = 28
    segment: str | None = None
    channel: str | None = None
    place: str | None = None
    page: int = 0
    menu: ViewMenu = ViewMenu.NONE
    options: tuple[str, ...] = ()
    mood: str | None = None
    theme: str | None = None
    parent: ViewContent | None = None
    lanes: str | None = None
    kind: str | None = None
    compare: str | None = None
    saved: str | None = None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "MapView":
        """Return the view that was stored as :attr:`data`, also by a version that knew other settings."""
        stored = {field.name: data[field.name] for field in fields(cls) if field.name in data}
        return cls(
            **stored
            | {
                "content": ViewContent(data["face"]),
                "parent": ViewContent(data["parent"]) if data.get("parent") else None,
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

    @property
    def base(self) -> ViewContent:
        """Content that the message began with: it decides whether the message has a picture."""
        return self.parent or self.content

    def to_save(self) -> "MapView":
        """Return the view as it is saved under a name: it ends today whenever it is opened, at its first page."""
        content = self.base if self.content is ViewContent.STAGE else self.content
        saved = replace(self, content=content, last=None, page=0, menu=ViewMenu.NONE, options=(), parent=None)
        return replace(saved, saved=None) if content is ViewContent.VOICES else replace(saved, saved=None, place=None)


def used_channels(journey: Journey) -> tuple[str, ...]:
    """Return the channels of a journey's touchpoints, in the order of ``CHANNELS``."""
    used = {point.channel for _, point in journey.touchpoints.values()}
    return tuple(channel for channel in CHANNELS if channel in used)


def drop_missing_choices(view: MapView, journey: Journey) -> MapView:
    """Return the view without a segment or place that the journey no longer has, because its file changed.

    A stage's page without its stage becomes what it stands in place of.
    """
    segment = view.segment if view.segment and journey.find_segment(view.segment) else None
    place = view.place if view.place and journey.find_place(view.place) else None
    if view.content is ViewContent.STAGE and place is None:
        view = replace(view, content=view.parent or ViewContent.STAGES, parent=None)
    return replace(view, segment=segment, place=place)


def list_shown_scores(journey_map: JourneyMap) -> set[tuple[str, str]]:
    """Return the places (stages and touchpoints) and scales whose figure is not withheld."""
    shown: set[tuple[str, str]] = set()
    for stage in journey_map.stages:
        for key, scores in ((stage.key, stage.scores), *((point.key, point.scores) for point in stage.touchpoints)):
            shown |= {(key, scale) for scale, score in scores.items() if score.verdict is not Verdict.WITHHELD}
    return shown
