"""Filters by role. Who may not is told nothing: to them a manager's command is a text like any other."""

from typing import Any

from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from bot.telegram import senders
from bot.usecases.teams.recognize_viewer import MapViewer, RecognizeViewer


class MapViewerFilter(Filter):
    """Lets managers in private and everybody in a team's chat through; the handler may take the ``viewer``."""

    def __init__(self, recognize: RecognizeViewer, *, only_managers: bool = False) -> None:
        self._recognize, self._only_managers = recognize, only_managers

    async def __call__(self, event: Message | CallbackQuery) -> bool | dict[str, Any]:
        viewer = await recognize_sender(self._recognize, event)
        if viewer is None or (self._only_managers and not viewer.is_manager):
            return False
        return {"viewer": viewer}


async def recognize_sender(recognize: RecognizeViewer, event: Message | CallbackQuery) -> MapViewer | None:
    by = senders.find_actor(event)
    return await recognize(by.chat, by.person, by.name, senders.sender_language(event)) if by is not None else None


def find_topic(message: Message) -> int | None:
    """The topic to answer in."""
    return message.message_thread_id if message.is_topic_message else None
