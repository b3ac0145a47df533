"""/journeys: the files in force, and a file that a manager sends, compared first and applied by a tap."""

from dataclasses import dataclass
from typing import Any

from aiogram import Router, types
from aiogram.filters import Filter

from bot.messages import commands
from bot.messages.callbacks import Action, JourneyFileVerb
from bot.messages.message import Message
from bot.outbox.messenger import DeliveryError, Files
from bot.outbox.showings import NewMessage, Showing
from bot.screens.manager import journey_screens
from bot.screens.manager.notices import gone_notice
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.command_filter import CommandFilter
from bot.telegram.handler_result import HandlerResult, show
from bot.telegram.manager.roles import MapViewerFilter
from bot.telegram.tapped_message import replace_tapped
from bot.texts import words_in
from bot.usecases.journeys.change_journey import MOST_BYTES, ChangeJourney, ProposalGone
from bot.usecases.teams.recognize_viewer import MapViewer, RecognizeViewer


class DocumentFilter(Filter):
    """Let files through that come by themselves: a reply may be about a case, and its own handler answers it.

    Animations do not pass: Telegram reports them as documents, too.
    """

    async def __call__(self, message: types.Message) -> bool:
        return message.document is not None and message.animation is None and message.reply_to_message is None


class JourneyFileFilter(Filter):
    """Let documents through that can be journey files; the handler may take the ``document``."""

    async def __call__(self, message: types.Message) -> bool | dict[str, Any]:
        document = message.document
        # Some phones rename x.toml to x.tml when they save it.
        is_toml = document is not None and (document.file_name or "").lower().endswith((".toml", ".tml"))
        return {"document": document} if is_toml else False


def make_router(recognize: RecognizeViewer, change: ChangeJourney, files: Files) -> Router:
    """Return the router for journey files; ``files`` fetches what a manager sent."""
    router = Router(name="journeys")
    only_managers = MapViewerFilter(recognize, only_managers=True)
    _add_files_in_force(router, only_managers, change)
    _add_proposing(router, only_managers, change, files)
    _add_applying(router, only_managers, change)
    return router


def _add_files_in_force(router: Router, only_managers: MapViewerFilter, change: ChangeJourney) -> None:
    @router.message(senders.PrivateChatFilter(), CommandFilter(commands.JOURNEYS), only_managers)
    async def list_journeys(message: types.Message, viewer: MapViewer) -> HandlerResult:
        journeys, view = await change.list_in_force(viewer)
        return show(NewMessage(viewer.chat, journey_screens.journey_list(journeys, view, words_in(viewer.language))))

    @router.callback_query(CallbackFilter(JourneyFileVerb.EXPORT), only_managers)
    async def send_file(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        words = words_in(viewer.language)
        journey = await change.find_file(viewer, action.number(), action.number(1))
        if journey is None:
            return show(notice=gone_notice(viewer.language))
        return show(NewMessage(viewer.chat, journey_screens.journey_file(journey, words)))


def _add_proposing(router: Router, only_managers: MapViewerFilter, change: ChangeJourney, files: Files) -> None:
    @router.message(senders.PrivateChatFilter(), JourneyFileFilter(), only_managers)
    async def propose_change(message: types.Message, document: types.Document, viewer: MapViewer) -> HandlerResult:
        # Refused before it is fetched: the size that Telegram names may be missing, so the download is limited, too.
        if (document.file_size or 0) > MOST_BYTES:
            refusal = journey_screens.too_large_file(MOST_BYTES, words_in(viewer.language))
            return show(NewMessage(viewer.chat, refusal))
        name = document.file_name or "journey.toml"
        return show(ProposalShowing(viewer.chat, None, viewer, document.file_id, name, change, files))

    @router.message(senders.PrivateChatFilter(), DocumentFilter(), only_managers)
    async def refuse_file(message: types.Message, viewer: MapViewer) -> HandlerResult:
        return show(NewMessage(viewer.chat, journey_screens.wrong_file(words_in(viewer.language))))


@dataclass(slots=True, eq=False)
class ProposalShowing(Showing):
    """Answer to a sent file: the file is fetched and compared at its turn, once.

    A crash before that leaves nothing behind: the manager sees no answer and sends the file again.
    """

    is_slow = True
    viewer: MapViewer
    file_id: str
    name: str
    change: ChangeJourney
    files: Files
    answer: Message | None = None

    async def render(self) -> Message | None:
        self.answer = self.answer or await self._propose()
        return self.answer

    async def _propose(self) -> Message:
        words = words_in(self.viewer.language)
        try:
            content = await self.files.download(self.file_id, MOST_BYTES)
        except DeliveryError:
            return journey_screens.unreachable_file(words)
        return journey_screens.change_outcome(await self.change.propose(self.viewer, content, self.name), words)


def _add_applying(router: Router, only_managers: MapViewerFilter, change: ChangeJourney) -> None:
    @router.callback_query(CallbackFilter(JourneyFileVerb.APPLY), only_managers)
    async def apply_change(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        words = words_in(viewer.language)
        outcome = await change.apply(viewer, action.number())
        if isinstance(outcome, ProposalGone):
            return show(notice=gone_notice(viewer.language))
        return show(replace_tapped(query, journey_screens.change_outcome(outcome, words)))

    @router.callback_query(CallbackFilter(JourneyFileVerb.DISCARD), only_managers)
    async def discard_change(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        words = words_in(viewer.language)
        if not await change.discard(viewer, action.number()):
            return show(notice=gone_notice(viewer.language))
        return show(replace_tapped(query, journey_screens.discarded_change(words)))
