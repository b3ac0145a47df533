"""/map, /stages, /voices, /barriers, /channels, /persona, /asking and /digest, and the buttons under what they show.

A view is kept in the database and named by its number in the buttons, so that a message is changed in place for weeks.
Only the button of open cases names none.
"""

from collections.abc import Sequence

from aiogram import Router, types
from aiogram.filters import CommandObject

from bot.messages import commands
from bot.messages.callbacks import Action, DigestVerb, MapVerb, Verb
from bot.outbox.showings import NewMessage
from bot.screens.manager import map_screens
from bot.screens.manager.notices import gone_notice
from bot.screens.team.case_list_screens import open_case_list
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.command_filter import CommandFilter
from bot.telegram.handler_result import HandlerResult, show
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
    commands.ASKING: ViewContent.ASKING,
    commands.DIGEST: ViewContent.DIGEST,
}


def make_router(recognize: RecognizeViewer, views: ViewMap, messages: MapMessages, open_cases: ListOpenCases) -> Router:
    """Return the router for everything that shows a journey, in a manager's chat or a team's."""
    router = Router(name="maps")
    _add_commands(router, recognize, views, messages)
    _add_moves(router, recognize, views, messages)
    _add_openings(router, recognize, views, messages)
    _add_cases(router, recognize, open_cases)
    return router


def _add_commands(router: Router, recognize: RecognizeViewer, views: ViewMap, messages: MapMessages) -> None:
    contents = {command.name: content for command, content in CONTENT_COMMANDS.items()}

    @router.message(CommandFilter(*CONTENT_COMMANDS), MapViewerFilter(recognize))
    async def open_view(message: types.Message, viewer: MapViewer, command: CommandObject) -> HandlerResult:
        journey, days = parse_arguments((command.args or "").split())
        content = contents[command.command]
        view = await views.open(viewer, content, journey, days)
        thread = senders.find_topic(message)
        if isinstance(view, NothingToView):
            return show(NewMessage(viewer.chat, map_screens.nothing_to_view(view, viewer.language, thread)))
        return show(messages.new_view(viewer, view, content, thread))


def _add_moves(router: Router, recognize: RecognizeViewer, views: ViewMap, messages: MapMessages) -> None:
    @router.callback_query(CallbackFilter(*STEPS), MapViewerFilter(recognize))
    async def move_view(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        moved = await views.move(viewer, action.number(), STEPS[action.verb], action.number(1))
        if isinstance(moved, NothingToView):
            return show(notice=gone_notice(viewer.language))
        return show(messages.changed_view(viewer, action.number(), tapped_message_id(query)))


def _add_openings(router: Router, recognize: RecognizeViewer, views: ViewMap, messages: MapMessages) -> None:
    """Add the buttons that open a message of its own."""

    @router.callback_query(CallbackFilter(MapVerb.BESIDE), MapViewerFilter(recognize))
    async def open_beside(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        content = CONTENTS[action.number(1) % len(CONTENTS)]  # a forged number is some content, too
        view = await views.open_beside(viewer, action.number(), content)
        if isinstance(view, NothingToView):
            return show(notice=gone_notice(viewer.language))
        return show(messages.new_view(viewer, view, content, senders.find_topic(query.message)))

    @router.callback_query(CallbackFilter(DigestVerb.OPEN_MAP), MapViewerFilter(recognize))
    async def open_from_digest(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        view = await views.open_from_digest(viewer, action.number(), tapped_message_id(query))
        if isinstance(view, NothingToView):
            return show(notice=gone_notice(viewer.language))
        return show(messages.new_view(viewer, view, ViewContent.MAP, senders.find_topic(query.message)))

    @router.callback_query(CallbackFilter(MapVerb.AS_FILE), MapViewerFilter(recognize))
    async def send_file(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        if not await views.is_kept(viewer, action.number()):
            return show(notice=gone_notice(viewer.language))
        return show(messages.new_file(viewer, action.number(), senders.find_topic(query.message)))


def _add_cases(router: Router, recognize: RecognizeViewer, open_cases: ListOpenCases) -> None:
    @router.callback_query(CallbackFilter(MapVerb.CASES), MapViewerFilter(recognize))
    async def list_cases(query: types.CallbackQuery, viewer: MapViewer) -> HandlerResult:
        page = await open_cases(Actor(viewer.chat, viewer.person, viewer.name))
        return show() if isinstance(page, CaseStepRefused) else show(NewMessage(viewer.chat, open_case_list(page)))


def parse_arguments(words: Sequence[str]) -> tuple[str | None, int | None]:
    """Return the journey's key and the days of "/map shop 7", in any order; None for what is missing or not offered."""
    # A number is taken for days, so a journey's key that is a number can be chosen by the buttons only.
    days = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 4]
    keys = [word.lower() for word in words if not word.isdigit()]
    return (keys[0] if keys else None), (days[0] if days and days[0] in PERIOD_LENGTHS else None)
