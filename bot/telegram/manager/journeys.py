"""/journeys: a page each, and a file that a manager sends, compared first and applied or kept by a tap."""

from dataclasses import dataclass
from typing import Any

from aiogram import Router, types
from aiogram.filters import Filter

from bot.messages import commands
from bot.messages.callbacks import YES, Action, JourneyFileVerb
from bot.messages.message import Message
from bot.outbox.messenger import DeliveryError, Files
from bot.outbox.showings import NewMessage, Showing
from bot.screens.manager.journeys import journey_pages, proposal_screens
from bot.screens.manager.notices import gone_notice
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.command_filter import CommandFilter
from bot.telegram.handler_result import HandlerResult, show
from bot.telegram.manager.roles import MapViewerFilter
from bot.telegram.tapped_message import replace_tapped
from bot.texts import words_in
from bot.usecases.journeys.change_journey import MOST_BYTES, ChangeJourney
from bot.usecases.journeys.change_outcomes import ProposalGone
from bot.usecases.journeys.manage_journeys import ManageJourneys
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


def make_router(recognize: RecognizeViewer, manage: ManageJourneys, change: ChangeJourney, files: Files) -> Router:
    """Return the router for journeys; ``files`` fetches what a manager sent."""
    router = Router(name="journeys")
    only_managers = MapViewerFilter(recognize, only_managers=True)
    _add_pages(router, only_managers, manage)
    _add_earlier(router, only_managers, manage)
    _add_archive(router, only_managers, manage)
    _add_proposing(router, only_managers, change, files)
    _add_applying(router, only_managers, change)
    _add_drafts(router, only_managers, manage, change)
    return router


def _refuse_gone(viewer: MapViewer) -> HandlerResult:
    return show(notice=gone_notice(viewer.language))


def _add_pages(router: Router, only_managers: MapViewerFilter, manage: ManageJourneys) -> None:
    @router.message(senders.PrivateChatFilter(), CommandFilter(commands.JOURNEYS), only_managers)
    async def list_journeys(message: types.Message, viewer: MapViewer) -> HandlerResult:
        listed = await manage.list_all(viewer)
        return show(NewMessage(viewer.chat, journey_pages.journey_list(listed, words_in(viewer.language))))

    @router.callback_query(CallbackFilter(JourneyFileVerb.LIST), only_managers)
    async def list_again(query: types.CallbackQuery, viewer: MapViewer) -> HandlerResult:
        listed = await manage.list_all(viewer)
        return show(replace_tapped(query, journey_pages.journey_list(listed, words_in(viewer.language))))

    @router.callback_query(CallbackFilter(JourneyFileVerb.SHOW), only_managers)
    async def show_page(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        page = await manage.find_page(viewer, action.number(), action.number(1))
        if page is None:
            return _refuse_gone(viewer)
        return show(replace_tapped(query, journey_pages.journey_page(page, words_in(viewer.language))))

    @router.callback_query(CallbackFilter(JourneyFileVerb.EXPORT), only_managers)
    async def send_file(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        journey = await manage.find_file(viewer, action.number(), action.number(1))
        if journey is None:
            return _refuse_gone(viewer)
        return show(NewMessage(viewer.chat, journey_pages.journey_file(journey, words_in(viewer.language))))


def _add_earlier(router: Router, only_managers: MapViewerFilter, manage: ManageJourneys) -> None:
    @router.callback_query(CallbackFilter(JourneyFileVerb.HISTORY), only_managers)
    async def show_history(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        history = await manage.find_history(viewer, action.number(), action.number(1), action.number(2))
        if history is None:
            return _refuse_gone(viewer)
        return show(replace_tapped(query, journey_pages.history_screen(history, words_in(viewer.language))))

    @router.callback_query(CallbackFilter(JourneyFileVerb.ASK_ROLL_BACK), only_managers)
    async def propose_version(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        shown = await manage.show_roll_back(viewer, action.number(), action.number(1), action.number(2))
        if shown is None:
            return _refuse_gone(viewer)
        return show(NewMessage(viewer.chat, proposal_screens.change_outcome(shown, words_in(viewer.language))))


def _add_archive(router: Router, only_managers: MapViewerFilter, manage: ManageJourneys) -> None:
    @router.callback_query(CallbackFilter(JourneyFileVerb.ASK_ARCHIVE), only_managers)
    async def ask_archive(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        page = await manage.find_page(viewer, action.number(), action.number(1))
        if page is None:
            return _refuse_gone(viewer)
        return show(replace_tapped(query, journey_pages.archive_question(page, words_in(viewer.language))))

    @router.callback_query(CallbackFilter(JourneyFileVerb.ARCHIVE), only_managers)
    async def archive_journey(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        page = await manage.archive(viewer, action.number(), action.number(1), action.number(2) == YES)
        if page is None:
            return _refuse_gone(viewer)
        return show(replace_tapped(query, journey_pages.journey_page(page, words_in(viewer.language))))


def _add_proposing(router: Router, only_managers: MapViewerFilter, change: ChangeJourney, files: Files) -> None:
    @router.message(senders.PrivateChatFilter(), JourneyFileFilter(), only_managers)
    async def propose_change(message: types.Message, document: types.Document, viewer: MapViewer) -> HandlerResult:
        # Refused before it is fetched: the size that Telegram names may be missing, so the download is limited, too.
        if (document.file_size or 0) > MOST_BYTES:
            refusal = proposal_screens.too_large_file(MOST_BYTES, words_in(viewer.language))
            return show(NewMessage(viewer.chat, refusal))
        name = document.file_name or "journey.toml"
        return show(ProposalShowing(viewer.chat, None, viewer, document.file_id, name, change, files))

    @router.message(senders.PrivateChatFilter(), DocumentFilter(), only_managers)
    async def refuse_file(message: types.Message, viewer: MapViewer) -> HandlerResult:
        return show(NewMessage(viewer.chat, proposal_screens.wrong_file(words_in(viewer.language))))


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
            return proposal_screens.unreachable_file(words)
        return proposal_screens.change_outcome(await self.change.propose(self.viewer, content, self.name), words)


def _add_applying(router: Router, only_managers: MapViewerFilter, change: ChangeJourney) -> None:
    @router.callback_query(CallbackFilter(JourneyFileVerb.APPLY), only_managers)
    async def apply_change(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        words = words_in(viewer.language)
        outcome = await change.apply(viewer, action.number())
        if isinstance(outcome, ProposalGone):
            return _refuse_gone(viewer)
        return show(replace_tapped(query, proposal_screens.change_outcome(outcome, words)))

    @router.callback_query(CallbackFilter(JourneyFileVerb.DISCARD), only_managers)
    async def discard_change(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        words = words_in(viewer.language)
        if not await change.discard(viewer, action.number()):
            return _refuse_gone(viewer)
        return show(replace_tapped(query, proposal_screens.discarded_change(words)))

    @router.callback_query(CallbackFilter(JourneyFileVerb.ROLL_BACK), only_managers)
    async def roll_back(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        outcome = await change.roll_back(viewer, action.number())
        if isinstance(outcome, ProposalGone):
            return _refuse_gone(viewer)
        return show(replace_tapped(query, proposal_screens.change_outcome(outcome, words_in(viewer.language))))


def _add_drafts(router: Router, only_managers: MapViewerFilter, manage: ManageJourneys, change: ChangeJourney) -> None:
    @router.callback_query(CallbackFilter(JourneyFileVerb.SHOW_DRAFT), only_managers)
    async def show_draft(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        shown = await manage.show_draft(viewer, action.number(), action.number(1))
        if shown is None:
            return _refuse_gone(viewer)
        return show(NewMessage(viewer.chat, proposal_screens.change_outcome(shown, words_in(viewer.language))))

    @router.callback_query(CallbackFilter(JourneyFileVerb.KEEP_DRAFT), only_managers)
    async def keep_draft(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        outcome = await change.keep(viewer, action.number())
        if isinstance(outcome, ProposalGone):
            return _refuse_gone(viewer)
        return show(replace_tapped(query, proposal_screens.change_outcome(outcome, words_in(viewer.language))))

    @router.callback_query(CallbackFilter(JourneyFileVerb.DISCARD_DRAFT), only_managers)
    async def discard_draft(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        outcome = await change.discard_draft(viewer, action.number())
        if isinstance(outcome, ProposalGone):
            return _refuse_gone(viewer)
        return show(replace_tapped(query, proposal_screens.change_outcome(outcome, words_in(viewer.language))))
