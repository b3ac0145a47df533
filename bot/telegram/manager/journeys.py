"""/journeys: the files in force, and a file that a manager sends, compared first and applied by a tap."""

from typing import Any

from aiogram import Router
from aiogram.filters import Command, Filter
from aiogram.types import CallbackQuery, Document, Message

from bot.messages.callbacks import Action, JourneyFileVerb
from bot.messages.message import Message as Said
from bot.messages.message import Upload, plain
from bot.outbox.messenger import DeliveryError, Files
from bot.outbox.replies import Replies
from bot.screens.manager import journey_screens as screens
from bot.telegram import senders
from bot.telegram.callbacks import CallbackFilter
from bot.telegram.manager.roles import MapViewerFilter
from bot.texts import Words, words_in
from bot.usecases.journeys.change_journey import (
    MOST_BYTES,
    ChangeJourney,
    JourneyApplied,
    JourneyChangedMeanwhile,
    JourneyNotAllowed,
    RefusedJourneyFile,
    ShownProposal,
)
from bot.usecases.teams.recognize_viewer import MapViewer, RecognizeViewer


class JourneyFileFilter(Filter):
    """Documents that can be journey files; the handler may take the ``document``."""

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        document = message.document
        is_one = document is not None and (document.file_name or "").lower().endswith((".toml", ".tml"))
        return {"document": document} if is_one else False


def make_router(recognize: RecognizeViewer, change: ChangeJourney, files: Files, replies: Replies) -> Router:
    router = Router(name="journeys")
    _listing(router, recognize, change, replies)
    _sending(router, recognize, change, files, replies)
    _applying(router, recognize, change, replies)
    return router


def _listing(router: Router, recognize: RecognizeViewer, change: ChangeJourney, replies: Replies) -> None:
    @router.message(senders.PrivateChatFilter(), Command("journeys"), MapViewerFilter(recognize, only_managers=True))
    async def journeys(message: Message, viewer: MapViewer) -> None:
        found, view = await change.in_force(viewer)
        await replies.send(viewer.chat, screens.journey_list(found, view, words_in(viewer.language)))

    @router.callback_query(CallbackFilter(JourneyFileVerb.EXPORT), MapViewerFilter(recognize, only_managers=True))
    async def export(query: CallbackQuery, action: Action, viewer: MapViewer) -> str | None:
        words, numbers = words_in(viewer.language), (*(action.numbers or ()), 0, 0)
        found = await change.file(viewer, numbers[0], numbers[1])
        if found is None:
            return words("manager.nothing.gone")
        upload = Upload(f"{found.key}.toml", found.source.encode(), kind="document")
        text = words("manager.journeys.file", title=found.title, version=found.version)
        await replies.send(viewer.chat, Said(plain(text), upload=upload))
        return None


def _sending(router: Router, recognize: RecognizeViewer, change: ChangeJourney, files: Files, replies: Replies) -> None:
    @router.message(senders.PrivateChatFilter(), JourneyFileFilter(), MapViewerFilter(recognize, only_managers=True))
    async def sent(message: Message, document: Document, viewer: MapViewer) -> None:
        words = words_in(viewer.language)
        content = await _content(document, files)
        if isinstance(content, str):
            said = Said(plain(words(content, most=MOST_BYTES // 1000)))
        else:
            said = _outcome(await change.propose(viewer, content, document.file_name or "journey.toml"), words)
        await replies.send(viewer.chat, said)


async def _content(document: Document, files: Files) -> bytes | str:
    """What the file holds, or the key of the sentence that says why it cannot be had."""
    if (document.file_size or 0) > MOST_BYTES:
        return "manager.file.too_large"
    try:
        return await files.download(document.file_id, MOST_BYTES)
    except DeliveryError:
        return "manager.file.unreachable"


def _applying(router: Router, recognize: RecognizeViewer, change: ChangeJourney, replies: Replies) -> None:
    @router.callback_query(CallbackFilter(JourneyFileVerb.APPLY), MapViewerFilter(recognize, only_managers=True))
    async def apply(query: CallbackQuery, action: Action, viewer: MapViewer) -> str | None:
        words = words_in(viewer.language)
        done = await change.apply(viewer, (*(action.numbers or ()), 0)[0])
        if query.message is None or not isinstance(done, (JourneyApplied, JourneyChangedMeanwhile, RefusedJourneyFile)):
            return words("manager.nothing.gone")
        await replies.edit(viewer.chat, str(query.message.message_id), _outcome(done, words))
        return None

    @router.callback_query(CallbackFilter(JourneyFileVerb.DISCARD), MapViewerFilter(recognize, only_managers=True))
    async def discard(query: CallbackQuery, action: Action, viewer: MapViewer) -> str | None:
        words = words_in(viewer.language)
        dropped = await change.discard(viewer, (*(action.numbers or ()), 0)[0])
        if query.message is None or not dropped:
            return words("manager.nothing.gone")
        text = plain(words("manager.proposal.discarded"))
        await replies.edit(viewer.chat, str(query.message.message_id), Said(text))
        return None


def _outcome(
    done: ShownProposal | RefusedJourneyFile | JourneyNotAllowed | JourneyApplied | JourneyChangedMeanwhile,
    words: Words,
) -> Said:
    match done:
        case ShownProposal():
            return screens.proposal_screen(done, words)
        case JourneyChangedMeanwhile():
            return screens.proposal_screen(done.proposed, words, meanwhile=True)
        case RefusedJourneyFile():
            return screens.mistake_list(done.mistakes, words)
        case JourneyNotAllowed():
            return Said(plain(words("manager.proposal.not_yours", key=done.journey)))
        case JourneyApplied():
            return Said(plain(words("manager.proposal.applied", title=done.title, version=done.version)))
