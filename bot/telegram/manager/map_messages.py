"""Views of a journey in the chat: sent as a message, or shown in place of what a message showed before.

Invariants:

* A view is loaded and drawn when its turn comes, so it has the figures of that time, and of several steps the last one
  is drawn.
* Drawing takes a moment: a new view begins as a short text that becomes the picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.messages.message import Message
from bot.outbox.messenger import SentMessage
from bot.outbox.showings import NewMessage, Showing
from bot.screens.manager.map_composer import MapComposer, is_drawn, waiting_message
from bot.screens.manager.map_screens import nothing_to_view
from bot.telegram.limits import TELEGRAM_LIMITS
from bot.usecases.maps.draw_map import DrawMap
from bot.usecases.maps.view_map import NothingToView, OpenedView, ViewMap
from bot.usecases.teams.recognize_viewer import MapViewer


class MapMessages:
    """Maker of the showings of views; ``thread`` is the topic for new messages."""

    def __init__(self, views: ViewMap, draw: DrawMap) -> None:
        self._views = views
        self._composer = MapComposer(draw, TELEGRAM_LIMITS.caption_units)

    def new_view(self, viewer: MapViewer, opened: OpenedView, thread: int | None) -> Showing:
        """Show a view as a new message."""
        picture = ViewShowing(viewer.chat, None, self._views, self._composer, viewer, opened.id, thread)
        return WaitingShowing(viewer.chat, None, picture, opened) if is_drawn(opened.content) else picture

    def changed_view(self, viewer: MapViewer, view_id: int, message_id: str) -> Showing:
        """Show a view in place of what the message showed."""
        return ViewShowing(viewer.chat, message_id, self._views, self._composer, viewer, view_id)

    def new_file(self, viewer: MapViewer, view_id: int, name: str, thread: int | None) -> Showing:
        """Show the map as a file in a new message; ``name`` is one of `view_files.FILES`."""
        return ViewFileShowing(viewer.chat, None, self._views, self._composer, viewer, view_id, name, thread)


@dataclass(slots=True, eq=False)
class WaitingShowing(Showing):
    """Short text that stands in the chat while the picture is drawn, and becomes the picture."""

    picture: "ViewShowing"
    opened: OpenedView

    async def render(self) -> Message | None:
        return replace(waiting_message(self.opened, self.picture.viewer.language), thread=self.picture.thread)

    async def settle(self, sent: SentMessage | None) -> Sequence[Showing]:
        return (self.picture if sent is None else replace(self.picture, message_id=sent.message_id, is_first=True),)


@dataclass(slots=True, eq=False)
class ViewShowing(Showing):
    """View in one message; ``is_first`` if the message waits for its first picture."""

    is_slow = True
    views: ViewMap
    composer: MapComposer
    viewer: MapViewer
    view_id: int
    thread: int | None = None
    is_first: bool = False
    rest: Message | None = field(default=None, init=False)

    async def render(self) -> Message | None:
        viewed = await self.views.load(self.viewer, self.view_id)
        if isinstance(viewed, NothingToView):
            return nothing_to_view(viewed, self.viewer.language, self.thread) if self.is_first else None
        message, self.rest = await self.composer.compose(viewed)
        return replace(message, thread=self.thread) if self.message_id is None else message

    async def settle(self, sent: SentMessage | None) -> Sequence[Showing]:
        # The waiting text may be gone: somebody deleted it.
        if sent is None and self.is_first:
            return (replace(self, message_id=None, is_first=False),)
        # What does not fit the caption of a digest is sent below it the first time, and stays there.
        if sent is None or self.rest is None or not (self.is_first or self.message_id is None):
            return ()
        return (NewMessage(self.chat, replace(self.rest, thread=self.thread)),)


@dataclass(slots=True, eq=False)
class ViewFileShowing(Showing):
    """Map of a view as a file."""

    is_slow = True
    views: ViewMap
    composer: MapComposer
    viewer: MapViewer
    view_id: int
    name: str
    thread: int | None

    async def render(self) -> Message | None:
        viewed = await self.views.load(self.viewer, self.view_id, as_file=True)
        if isinstance(viewed, NothingToView):
            return None
        return replace(await self.composer.compose_file(viewed, self.name), thread=self.thread)
