"""/export: a manager chooses rows and a format by buttons, and gets the file as a document."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiogram import Router, types
from aiogram.filters import CommandObject

from bot.messages import commands
from bot.messages.callbacks import Action, ExportVerb
from bot.messages.message import Message
from bot.outbox.messenger import SentMessage
from bot.outbox.showings import NewMessage, Showing
from bot.screens.manager import export_screens
from bot.screens.manager.notices import gone_notice
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.command_filter import CommandFilter
from bot.telegram.handler_result import HandlerResult, show
from bot.telegram.manager.roles import MapViewerFilter
from bot.telegram.tapped_message import replace_tapped, tapped_message_id
from bot.texts import Words, words_in
from bot.usecases.tables.export_to_chat import FORMATS, KINDS, ExportedFile, ExportToChat
from bot.usecases.teams.recognize_viewer import MapViewer, RecognizeViewer


def make_router(recognize: RecognizeViewer, export: ExportToChat) -> Router:
    """Return the router of /export; all of it is for managers in a private chat."""
    router = Router(name="exports")
    only_managers = MapViewerFilter(recognize, only_managers=True)
    _add_choices(router, only_managers, export)
    _add_file(router, only_managers, export)
    return router


def _add_choices(router: Router, only_managers: MapViewerFilter, export: ExportToChat) -> None:
    @router.message(senders.PrivateChatFilter(), CommandFilter(commands.EXPORT), only_managers)
    async def begin_export(message: types.Message, viewer: MapViewer, command: CommandObject) -> HandlerResult:
        menu, words = await export.list_journeys(viewer), words_in(viewer.language)
        place = menu.find_place((command.args or "").strip())
        choice = None if place is None else await export.find_choice(viewer, menu.view_id, place)
        shown = export_screens.kind_list(choice, words) if choice else export_screens.journey_list(menu, words)
        return show(NewMessage(viewer.chat, shown))

    @router.callback_query(CallbackFilter(ExportVerb.LIST), only_managers)
    async def list_again(query: types.CallbackQuery, viewer: MapViewer) -> HandlerResult:
        menu = await export.list_journeys(viewer)
        return show(replace_tapped(query, export_screens.journey_list(menu, words_in(viewer.language))))

    @router.callback_query(CallbackFilter(ExportVerb.JOURNEY), only_managers)
    async def choose_journey(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        choice = await export.find_choice(viewer, action.number(), action.number(1))
        if choice is None:
            return show(notice=gone_notice(viewer.language))
        return show(replace_tapped(query, export_screens.kind_list(choice, words_in(viewer.language))))

    @router.callback_query(CallbackFilter(ExportVerb.KIND), only_managers)
    async def choose_kind(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        choice = await export.find_choice(viewer, action.number(), action.number(1))
        if choice is None:
            return show(notice=gone_notice(viewer.language))
        kind = KINDS[action.number(2) % len(KINDS)]  # a forged number is some kind, too
        return show(replace_tapped(query, export_screens.format_list(choice, kind, words_in(viewer.language))))


def _add_file(router: Router, only_managers: MapViewerFilter, export: ExportToChat) -> None:
    @router.callback_query(CallbackFilter(ExportVerb.FORMAT), only_managers)
    async def make_file(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        choice = await export.find_choice(viewer, action.number(), action.number(1))
        if choice is None:
            return show(notice=gone_notice(viewer.language))
        kind, file_format = KINDS[action.number(2) % len(KINDS)], FORMATS[action.number(3) % len(FORMATS)]
        file = export.begin(viewer, choice, kind, file_format)
        if file is None:
            return show(notice=export_screens.busy_notice(viewer.language))
        message_id = tapped_message_id(query) or None
        return show(ExportShowing(viewer.chat, message_id, file, words_in(viewer.language)))


@dataclass(slots=True, eq=False)
class ExportShowing(Showing):
    """Slice of the work on a file: the message says how far it is, until the file is sent below it.

    A later tap on the message takes its place in the queue, and the file is given up.
    """

    is_slow = True
    file: ExportedFile
    words: Words

    async def render(self) -> Message | None:
        if not self.file.is_ended:
            await self.file.go_on()
        if self.file.is_ended:
            return export_screens.finished_text(self.file, self.words)
        return export_screens.progress_text(self.file, self.words)

    async def settle(self, sent: SentMessage | None) -> Sequence[Showing]:
        if self.file.is_complete:
            return (NewMessage(self.chat, export_screens.file_message(self.file)),)
        if self.file.is_ended:
            return ()
        return (ExportShowing(self.chat, sent.message_id if sent else self.message_id, self.file, self.words),)
