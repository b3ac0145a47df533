"""/map, /stages, /voices, /barriers, /channels, /persona, /digest and their buttons: a view is changed in place.

Drawing takes a moment, so a word comes at once and turns into the picture.
"""

from collections.abc import Sequence

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.messages.callbacks import Action, DigestVerb, MapVerb, Verb
from bot.messages.message import Message as Said
from bot.messages.message import plain
from bot.outbox.replies import Replies
from bot.screens.team.case_list_screens import open_case_list
from bot.telegram.callbacks import CallbackFilter
from bot.telegram.manager.map_messages import MapMessages
from bot.telegram.manager.roles import MapViewerFilter, find_topic
from bot.texts import words_in
from bot.usecases.cases.case_access import Actor, CaseStepRefused
from bot.usecases.cases.list_cases import ListOpenCases
from bot.usecases.maps.view_map import NothingToView, ViewMap
from bot.usecases.teams.recognize_viewer import MapViewer, RecognizeViewer
from cjm.figures.map_view import CONTENTS, PERIOD_LENGTHS, ViewContent, ViewStep

STEPS: dict[Verb, ViewStep] = {
    MapVerb.EARLIER: ViewStep.EARLIER,
    MapVerb.LATER: ViewStep.LATER,
    MapVerb.DAYS: ViewStep.DAYS,
    MapVerb.PAGE: ViewStep.PAGE,
    MapVerb.OPEN: ViewStep.OPEN,
    MapVerb.CHOOSE: ViewStep.CHOOSE,
    MapVerb.BACK: ViewStep.BACK,
}
COMMANDS = {face.value: face for face in ViewContent}


def make_router(
    recognize: RecognizeViewer, look: ViewMap, showing: MapMessages, listing: ListOpenCases, replies: Replies
) -> Router:
    router = Router(name="looking")
    _commands(router, recognize, look, showing, replies)
    _moves(router, recognize, look, showing, replies)
    _others(router, recognize, look, showing, replies)
    _cases(router, recognize, listing, replies)
    return router


def _commands(
    router: Router, recognize: RecognizeViewer, look: ViewMap, showing: MapMessages, replies: Replies
) -> None:
    @router.message(Command(*COMMANDS), MapViewerFilter(recognize))
    async def command(message: Message, viewer: MapViewer, command: CommandObject) -> None:
        journey, days = parse_arguments((command.args or "").split())
        view = await look.open(viewer, COMMANDS[command.command.lower()], journey, days)
        thread = find_topic(message)
        if isinstance(view, NothingToView):
            text = words_in(viewer.language)(f"manager.nothing.{view}")
            await replies.send(viewer.chat, Said(plain(text), thread=thread))
        else:
            await showing.send_view(viewer, view, thread)


def _moves(router: Router, recognize: RecognizeViewer, look: ViewMap, showing: MapMessages, replies: Replies) -> None:
    @router.callback_query(CallbackFilter(*STEPS), MapViewerFilter(recognize))
    async def move(query: CallbackQuery, action: Action, viewer: MapViewer) -> str | None:
        view, n = _two(action)
        moved = await look.move(viewer, view, STEPS[action.verb], n)
        if isinstance(moved, NothingToView) or query.message is None:
            return words_in(viewer.language)("manager.nothing.gone")
        await showing.edit_view(viewer, view, str(query.message.message_id))
        return None


def _others(router: Router, recognize: RecognizeViewer, look: ViewMap, showing: MapMessages, replies: Replies) -> None:
    """What opens as a message of its own."""

    @router.callback_query(CallbackFilter(MapVerb.BESIDE, DigestVerb.OPEN_MAP), MapViewerFilter(recognize))
    async def beside(query: CallbackQuery, action: Action, viewer: MapViewer) -> str | None:
        view, n = _two(action)
        message = query.message
        if action.verb is DigestVerb.OPEN_MAP:
            opened = await look.open_from_digest(viewer, view, str(message.message_id) if message else "")
        else:
            opened = await look.open_beside(viewer, view, CONTENTS[n % len(CONTENTS)])
        if isinstance(opened, NothingToView):
            return words_in(viewer.language)("manager.nothing.gone")
        await showing.send_view(viewer, opened, find_topic(message) if isinstance(message, Message) else None)
        return None

    @router.callback_query(CallbackFilter(MapVerb.AS_FILE), MapViewerFilter(recognize))
    async def file(query: CallbackQuery, action: Action, viewer: MapViewer) -> str | None:
        message = query.message
        thread = find_topic(message) if isinstance(message, Message) else None
        sent = await showing.send_file(viewer, _two(action)[0], thread)
        return None if sent else words_in(viewer.language)("manager.nothing.gone")


def _cases(router: Router, recognize: RecognizeViewer, listing: ListOpenCases, replies: Replies) -> None:
    @router.callback_query(CallbackFilter(MapVerb.CASES), MapViewerFilter(recognize))
    async def cases(query: CallbackQuery, viewer: MapViewer) -> None:
        found = await listing(Actor(viewer.chat, viewer.person, viewer.name))
        if not isinstance(found, CaseStepRefused):
            await replies.send(viewer.chat, open_case_list(found))


def parse_arguments(words: Sequence[str]) -> tuple[str | None, int | None]:
    """ "/map shop 7": a journey's key and a number of days, in any order, each if it is there."""
    days = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 4]
    keys = [word.lower() for word in words if not word.isdigit()]
    return (keys[0] if keys else None), (days[0] if days and days[0] in PERIOD_LENGTHS else None)


def _two(action: Action) -> tuple[int, int]:
    """The view and the small number of a button; zeros for a forged one, which no view has."""
    numbers = action.numbers or ()
    return (*numbers[:2], 0, 0)[:2]  # type: ignore[return-value]
