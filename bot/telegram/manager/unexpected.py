"""Messages of managers that no feature expected: unknown commands, and words that would reach nobody.

A manager is no customer who writes to the team: what they write is neither kept nor asked about. The router comes after
those of customers, because their commands and conversations work for managers, too.
"""

from aiogram import Router, types
from aiogram.filters import Filter

from bot.screens.manager import manager_screens
from bot.telegram import senders
from bot.telegram.handler_result import HandlerResult, refuse
from bot.telegram.incoming import is_command, read_incoming
from bot.telegram.manager.roles import MapViewerFilter
from bot.usecases.cases.receive_message import ReceiveMessage
from bot.usecases.teams.recognize_viewer import MapViewer, RecognizeViewer


class AddressedToNobodyFilter(Filter):
    """Let commands through, and words that are neither a reply about a case nor awaited for one."""

    def __init__(self, receive: ReceiveMessage) -> None:
        self._receive = receive

    async def __call__(self, message: types.Message) -> bool:
        if is_command(message):
            return True
        incoming = read_incoming(message)
        if incoming is None:
            return False
        return not await self._receive.is_about_case(senders.chat_address(message), incoming.reply_to)


def make_router(recognize: RecognizeViewer, receive: ReceiveMessage) -> Router:
    """Return the router for what managers write in their own chat and nothing takes."""
    router = Router(name="unexpected messages of managers")
    only_managers = MapViewerFilter(recognize, only_managers=True)

    @router.message(senders.PrivateChatFilter(), AddressedToNobodyFilter(receive), only_managers)
    async def refuse_message(message: types.Message, viewer: MapViewer) -> HandlerResult:
        reply_to = str(message.message_id)
        reply = manager_screens.unexpected_message(viewer.language, reply_to, is_command=is_command(message))
        return refuse(viewer.chat, reply)

    return router
