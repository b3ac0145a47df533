"""Messages that show a journey: a picture with its caption, a digest, or the same figures in words.

Words and files of a large journey are made in a thread: meanwhile the event loop acknowledges taps.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import replace

from bot.messages.message import Message, Upload, plain
from bot.outbox.letters.digest_words import digest_text, list_writers
from bot.screens.manager.asking_screens import asking_in_words, asking_picture
from bot.screens.manager.map_buttons import view_buttons
from bot.screens.manager.map_screens import (
    map_picture,
    stage_picture,
    view_in_words,
    words_of,
    words_under_picture,
)
from bot.texts import words_in
from bot.usecases.maps.draw_map import DrawMap
from bot.usecases.maps.view_files import JSON_FILE, file_choice
from bot.usecases.maps.view_map import OpenedView
from bot.usecases.maps.views.load_view import ViewedMap
from cjm.drawing import Layout, PictureChoice
from cjm.errors import TropaError
from cjm.figures.findings.asking.report import AskingReport
from cjm.figures.journey_map import MapKind
from cjm.figures.map_json import map_as_json
from cjm.figures.map_view import OF_EVERYONE, ViewContent

log = logging.getLogger(__name__)
_OTHER_KINDS = (ViewContent.PERSONA, ViewContent.PERSONAS, ViewContent.CHANNELS)
_DRAWN = (ViewContent.MAP, ViewContent.DIGEST, ViewContent.ASKING, *_OTHER_KINDS)


class MapComposer:
    """Composer of messages from one viewed map, so that picture and words agree while more answers arrive.

    ``caption_units`` is the longest caption that the messenger takes.
    """

    def __init__(self, draw: DrawMap, caption_units: int) -> None:
        self._draw, self._caption_units = draw, caption_units

    async def compose(self, viewed: ViewedMap) -> tuple[Message, Message | None]:
        """Return the message that shows the view, and a second one for what does not fit under its picture."""
        if viewed.asking is not None:
            return await self._compose_asking(viewed, viewed.asking), None
        has_none = viewed.view.content in OF_EVERYONE and not viewed.map.personas
        if not is_drawn(viewed.view.base) or has_none:
            return await asyncio.to_thread(view_in_words, viewed), None
        upload = await self._draw_picture(viewed, _phone_choice(viewed))
        if upload is None:
            return await asyncio.to_thread(_without_picture, viewed), None
        if viewed.digest is None:
            return await asyncio.to_thread(_choose_caption(viewed), viewed, upload, self._caption_units), None
        caption, rest = digest_text(viewed.digest).split_to_fit(self._caption_units)
        quotes = list_writers(viewed.map)
        message = Message(caption, view_buttons(viewed, words_of(viewed), 1), upload, quotes=quotes)
        return message, Message(rest, silent=True) if len(rest) else None

    async def _compose_asking(self, viewed: ViewedMap, report: AskingReport) -> Message:
        if not is_drawn(viewed.view.content):
            return asking_in_words(viewed)
        try:
            upload = await self._draw.draw_asking(report)
        except TropaError as error:
            log.warning("asking not drawn", extra={"error": str(error)})
            upload = None  # which must not hide the figures
        return asking_picture(viewed, upload, self._caption_units)

    async def compose_file(self, viewed: ViewedMap, name: str) -> Message:
        """Return the map as a file, which no messenger recompresses; a text where it could not be drawn.

        ``name`` is one of `view_files.FILES`.
        """
        words = words_of(viewed)
        if name == JSON_FILE:
            upload: Upload | None = await asyncio.to_thread(_json_upload, viewed)
        else:
            upload = await self._draw_picture(viewed, file_choice(name, viewed.view.lanes))
        if upload is None:
            return Message(plain(words("manager.drawing.failed")))
        title = words("manager.file", title=viewed.map.title, file=words(f"manager.file.{name}"))
        return Message(plain(title), upload=upload, quotes=list_writers(viewed.map))

    async def _draw_picture(self, viewed: ViewedMap, choice: PictureChoice) -> Upload | None:
        """Return a picture of the view's map; None when it could not be drawn, which must not hide the figures."""
        try:
            return await self._draw(viewed.map, choice)
        except TropaError as error:
            log.warning("map not drawn", extra={"error": str(error)})
            return None


def _choose_caption(viewed: ViewedMap) -> Callable[[ViewedMap, Upload, int], Message]:
    """Return the function that puts words under the picture of a view."""
    if viewed.view.content is ViewContent.STAGE:
        return stage_picture
    return words_under_picture if viewed.view.content in _OTHER_KINDS else map_picture


def _phone_choice(viewed: ViewedMap) -> PictureChoice:
    """Return the page that the view shows; a stage's page has pages of its own, under the first of the map."""
    is_turned = viewed.view.content is not ViewContent.STAGE
    return PictureChoice(Layout.PHONE, page=min(viewed.view.page, viewed.page_count - 1) if is_turned else 0)


def _json_upload(viewed: ViewedMap) -> Upload:
    """Return the figures of the map as they leave by HTTP and the command line."""
    text = json.dumps(map_as_json(viewed.map), ensure_ascii=False, indent=2)
    name = f"{viewed.map.journey}-{viewed.map.period.last.isoformat()}.json"
    return Upload(name, text.encode(), as_file=True, kind="document")


def is_drawn(content: ViewContent) -> bool:
    return content in _DRAWN


def waiting_message(opened: OpenedView, language: str) -> Message:
    """Return the text that stands in the chat while a picture is being drawn; it names what is drawn."""
    is_kind = opened.content is ViewContent.MAP and opened.kind is not MapKind.CURRENT
    drawn = opened.kind if is_kind else opened.content
    return Message(plain(words_in(language)(f"manager.waiting.{drawn}")), silent=True)


def _without_picture(viewed: ViewedMap) -> Message:
    """Show the figures in words, after a sentence that nothing could be drawn."""
    words = words_of(viewed)
    failed = plain(words("manager.drawing.failed") + "\n\n")
    is_map = viewed.view.content not in _OTHER_KINDS
    figures = view_in_words(
        replace(viewed, view=replace(viewed.view, content=ViewContent.STAGES)) if is_map else viewed
    )
    return Message(failed + figures.text, view_buttons(viewed, words, 1))
