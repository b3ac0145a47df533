"""From a view to what stands in the chat: composed as things are now, drawn beside the event loop, changed in place."""

import logging
from dataclasses import replace

from bot.messages.message import Message, Upload, plain
from bot.outbox.letters.digest import DigestMaker
from bot.outbox.letters.digest_words import digest_text
from bot.outbox.replies import Replies
from bot.screens.manager.map_buttons import view_buttons
from bot.screens.manager.map_screens import map_picture, view_in_words, words_of
from bot.telegram.limits import TELEGRAM_LIMITS
from bot.usecases.maps.draw_map import DrawMap
from bot.usecases.maps.view_map import NothingToView, ViewedMap, ViewMap
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.drawing import Layout
from cjm.errors import TropaError
from cjm.figures.map_view import ViewContent

log = logging.getLogger(__name__)
DRAWN = (ViewContent.MAP, ViewContent.DIGEST)


class MapMessages:
    def __init__(self, look: ViewMap, make_digest: DigestMaker, draw: DrawMap, replies: Replies) -> None:
        self._look, self._make_digest, self._draw, self._replies = look, make_digest, draw, replies

    async def send_view(self, who: MapViewer, view: int, thread: int | None) -> None:
        """Show a view as a new message; a picture begins as a word that says it is being drawn."""
        seen = await self._look.load(who, view)
        if isinstance(seen, NothingToView):
            return
        if seen.view.content not in DRAWN:
            await self._replies.send(who.chat, replace(view_in_words(seen), thread=thread))
            return
        drawing = Message(plain(words_of(seen)("manager.drawing")), thread=thread, silent=True)
        waiting = await self._replies.send(who.chat, drawing)
        shown, rest = await self._compose(seen)
        if waiting is None or await self._replies.edit(who.chat, waiting.message_id, shown) is None:
            await self._replies.send(who.chat, replace(shown, thread=thread))
        if rest is not None:
            await self._replies.send(who.chat, replace(rest, thread=thread))

    async def edit_view(self, who: MapViewer, view: int, message_id: str) -> None:
        """Show a view in place of what the message showed."""
        seen = await self._look.load(who, view)
        if isinstance(seen, NothingToView):
            return
        shown, _ = await self._compose(seen)
        await self._replies.edit(who.chat, message_id, shown)

    async def send_file(self, who: MapViewer, view: int, thread: int | None) -> bool:
        """The wall layout, as a file that nothing recompresses; False when the view is not there."""
        seen = await self._look.load(who, view)
        if isinstance(seen, NothingToView):
            return False
        upload = await self._draw_picture(seen, Layout.WALL)
        words = words_of(seen)
        text = words("manager.drawing.failed") if upload is None else words("manager.file", title=seen.map.title)
        await self._replies.send(who.chat, Message(plain(text), upload=upload, thread=thread))
        return True

    async def _compose(self, seen: ViewedMap) -> tuple[Message, Message | None]:
        """The message, and what does not fit under its picture."""
        if seen.view.content not in DRAWN:
            return view_in_words(seen), None
        upload = await self._draw_picture(seen, Layout.PHONE)
        if upload is None:
            return self._without_picture(seen), None
        if seen.view.content is ViewContent.MAP:
            return map_picture(seen, upload, TELEGRAM_LIMITS.caption_units), None
        words = words_of(seen)
        report = await self._make_digest(seen.map.journey, words.language)
        shown, rest = digest_text(report).split_to_fit(TELEGRAM_LIMITS.caption_units)
        return Message(shown, view_buttons(seen, words, 1), upload), Message(rest, silent=True) if len(rest) else None

    @staticmethod
    def _without_picture(seen: ViewedMap) -> Message:
        """The figures in words, when nothing can be drawn."""
        words = words_of(seen)
        failed = plain(words("manager.drawing.failed") + "\n\n")
        said = view_in_words(replace(seen, view=replace(seen.view, content=ViewContent.STAGES)))
        return Message(failed + said.text, view_buttons(seen, words, 1))

    async def _draw_picture(self, seen: ViewedMap, layout: Layout) -> Upload | None:
        page = min(seen.view.page, seen.page_count - 1) if layout is Layout.PHONE else 0
        try:
            return await self._draw(seen.map, layout, page)
        except TropaError as error:
            log.warning("map not drawn", extra={"error": str(error)})
            return None
