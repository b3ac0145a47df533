"""Views of a journey in the chat: sent as a message, or shown in place of what a message showed before."""

from dataclasses import replace

from bot.outbox.replies import Replies
from bot.screens.manager.map_composer import MapComposer, has_picture, waiting_message
from bot.telegram.limits import TELEGRAM_LIMITS
from bot.usecases.maps.draw_map import DrawMap
from bot.usecases.maps.view_map import NothingToView, ViewMap
from bot.usecases.teams.recognize_viewer import MapViewer


class MapMessages:
    """Sender of the messages of views. A view is loaded when it is shown, so it has the figures of that time."""

    def __init__(self, views: ViewMap, draw: DrawMap, replies: Replies) -> None:
        self._views, self._replies = views, replies
        self._composer = MapComposer(draw, TELEGRAM_LIMITS.caption_units)

    async def send_view(self, viewer: MapViewer, view_id: int, thread: int | None) -> None:
        """Show a view as a new message. Drawing takes a moment: a short text comes at once and becomes the picture."""
        viewed = await self._views.load(viewer, view_id)
        if isinstance(viewed, NothingToView):
            return
        waiting = None
        if has_picture(viewed):
            waiting = await self._replies.send(viewer.chat, replace(waiting_message(viewed), thread=thread))
        message, rest = await self._composer.compose(viewed)
        # The waiting text may be gone: somebody deleted it, or it never arrived.
        if waiting is None or await self._replies.edit(viewer.chat, waiting.message_id, message) is None:
            await self._replies.send(viewer.chat, replace(message, thread=thread))
        if rest is not None:
            await self._replies.send(viewer.chat, replace(rest, thread=thread))

    async def edit_view(self, viewer: MapViewer, view_id: int, message_id: str) -> None:
        """Show a view in place of what the message showed."""
        viewed = await self._views.load(viewer, view_id)
        if isinstance(viewed, NothingToView):
            return
        # What does not fit the caption of a digest was sent below it the first time, and stays there.
        message, _ = await self._composer.compose(viewed)
        await self._replies.edit(viewer.chat, message_id, message)

    async def send_file(self, viewer: MapViewer, view_id: int, thread: int | None) -> bool:
        """Send the wall layout as a file; return False when the view is not kept any more."""
        viewed = await self._views.load(viewer, view_id)
        if isinstance(viewed, NothingToView):
            return False
        await self._replies.send(viewer.chat, replace(await self._composer.compose_file(viewed), thread=thread))
        return True
