"""Filter events by role: managers, and everybody in the chat of a team.

To those who may not look at maps, a manager's command is an unknown command like any other: the filter lets it pass on
to the routers of customers, and nothing tells that such a command exists.
"""

from typing import Any

from aiogram import types
from aiogram.filters import Filter

from bot.telegram import senders
from bot.usecases.teams.recognize_viewer import RecognizeViewer


class MapViewerFilter(Filter):
    """Let managers in private and everybody in a team's chat through; the handler may take the ``viewer``.

    ``only_managers`` keeps the chats of teams out. The filter reads the database, so it stands behind the cheap ones of
    a handler.
    """

    def __init__(self, recognize: RecognizeViewer, *, only_managers: bool = False) -> None:
        self._recognize, self.only_managers = recognize, only_managers

    async def __call__(self, event: types.Message | types.CallbackQuery) -> bool | dict[str, Any]:
        actor = senders.find_actor(event)
        if actor is None:
            return False
        viewer = await self._recognize(actor.chat, actor.person, actor.name, senders.sender_language(event))
        if viewer is None or (self.only_managers and not viewer.is_manager):
            return False
        return {"viewer": viewer}
