"""/map, /stages, /voices, /barriers, /channels, /persona and /digest, and the buttons under what they show.

A view is kept in the database and named by its number in the buttons, so that a message is changed in place for weeks.
Only the button of open cases names none.
"""

from collections.abc import Sequence

from aiogram import Router, types
from aiogram.filters import CommandObject

from bot.messages import commands
from bot.messages.callbacks import Action, DigestVerb, MapVerb, Verb
from bot.messages.notice import Notice
from bot.outbox.replies import Replies
from bot.screens.manager import map_screens
from bot.screens.manager.notices import gone_notice
from bot.screens.team.case_list_screens import open_case_list
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.command_filter import CommandFilter
from bot.telegram.manager.map_messages import MapMessages
from bot.telegram.manager.roles import MapViewerFilter
from bot.telegram.tapped_message import tapped_message_id
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
CONTENT_COMMANDS = {
    commands.MAP: ViewContent.MAP,
    commands.STAGES: ViewContent.STAGES,
    commands.VOICES: ViewContent.VOICES,
    commands.BARRIERS: ViewContent.BARRIERS,
    commands.CHANNELS: ViewContent.CHANNELS,
    commands.PERSONA: ViewContent.PERSONA,
    commands.DIGEST: ViewContent.DIGEST,
}


def make_router(
    recognize: RecognizeViewer, views: ViewMap, messages: MapMessages, open_cases: ListOpenCases, replies: Replies
) -> Router:
    """Return the router for everything that shows a journey, in a manager's chat or a team's."""
    router = Router(name="maps")
    _add_commands(router, recognize, views, messages, replies)
    _add_moves(router, recognize, views, messages)
    _add_openings(router, recognize, views, messages)
    _add_cases(router, recognize, open_cases, replies)
    return router


def _add_commands(
    router: Router, recognize: RecognizeViewer, views: ViewMap, messages: MapMessages, replies: Replies
) -> None:
    contents = {command.name: content for command, content in CONTENT_COMMANDS.items()}

    @router.message(CommandFilter(*CONTENT_COMMANDS), MapViewerFilter(recognize))
    async def open_view(message: types.Message, viewer: MapViewer, command: CommandObject) -> None:
        journey, days = parse_arguments((command.args or "").split())
        view = await views.open(viewer, contents[command.command], journey, days)
        thread = senders.find_topic(message)
        if isinstance(view, NothingToView):
            await replies.send(viewer.chat, map_screens.nothing_to_view(view, viewer.language, thread))
        else:
            await messages.send_view(viewer, view, thread)


def _add_moves(router: Router, recognize: RecognizeViewer, views: ViewMap, messages: MapMessages) -> None:
    @router.callback_query(CallbackFilter(*STEPS), MapViewerFilter(recognize))
    async def move_view(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> Notice | None:
        moved = await views.move(viewer, action.number(), STEPS[action.verb], action.number(1))
        if isinstance(moved, NothingToView):
            return gone_notice(viewer.language)
        await messages.edit_view(viewer, action.number(), tapped_message_id(query))
        return None


def _add_openings(router: Router, recognize: RecognizeViewer, views: ViewMap, messages: MapMessages) -> None:
    """Add the buttons that open a message of its own."""

    @router.callback_query(CallbackFilter(MapVerb.BESIDE), MapViewerFilter(recognize))
    async def open_beside(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> Notice | None:
        content = CONTENTS[action.number(1) % len(CONTENTS)]  # a forged number is some content, too
        view = await views.open_beside(viewer, action.number(), content)
        if isinstance(view, NothingToView):
            return gone_notice(viewer.language)
        await messages.send_view(viewer, view, senders.find_topic(query.message))
        return None

    @router.callback_query(CallbackFilter(DigestVerb.OPEN_MAP), MapViewerFilter(recognize))
    async def open_from_digest(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> Notice | None:
        view = await views.open_from_digest(viewer, action.number(), tapped_message_id(query))
        if isinstance(view, NothingToView):
            return gone_notice(viewer.language)
        await messages.send_view(viewer, view, senders.find_topic(query.message))
        return None

    @router.callback_query(CallbackFilter(MapVerb.AS_FILE), MapViewerFilter(recognize))
    async def send_file(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> Notice | None:
        is_sent = await messages.send_file(viewer, action.number(), senders.find_topic(query.message))
        return None if is_sent else gone_notice(viewer.language)


def _add_cases(router: Router, recognize: RecognizeViewer, open_cases: ListOpenCases, replies: Replies) -> None:
    @router.callback_query(CallbackFilter(MapVerb.CASES), MapViewerFilter(recognize))
    async def list_cases(query: types.CallbackQuery, viewer: MapViewer) -> None:
        page = await open_cases(Actor(viewer.chat, viewer.person, viewer.name))
        if not isinstance(page, CaseStepRefused):
            await replies.send(viewer.chat, open_case_list(page))


def parse_arguments(words: Sequence[str]) -> tuple[str | None, int | None]:
    """Return the journey's key and the days of "/map shop 7", in any order; None for what is missing or not offered."""
    # A number is taken for days, so a journey's key that is a number can be chosen by the buttons only.
    days = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 4]
    keys = [word.lower() for word in words if not word.isdigit()]
    return (keys[0] if keys else None), (days[0] if days and days[0] in PERIOD_LENGTHS else None)
