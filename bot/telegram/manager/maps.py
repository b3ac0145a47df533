"""/map, /stages, /voices, /barriers, /channels, /persona, /asking and /digest, and the buttons under what they show.

A view is kept in the database and named by its number in the buttons, so that a message is changed in place for weeks.
Only the button of all open cases names none.
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
from bot.telegram.tapped_message import replace_tapped, tapped_message_id
from bot.usecases.cases.case_access import Actor, CaseStepRefused
from bot.usecases.cases.list_cases import ListOpenCases
from bot.usecases.maps.view_files import find_file
from bot.usecases.maps.view_map import NothingToView, OpenedView, ViewMap
from bot.usecases.teams.recognize_viewer import MapViewer, RecognizeViewer
from cjm.figures.map_view import CONTENTS, MapView, ViewContent
from cjm.figures.views.view_steps import ViewStep

DAY_DIGITS = 6  # of a typed number; int() takes long for very long ones
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
    _add_cases(router, recognize, views, open_cases)
    return router


def _add_commands(router: Router, recognize: RecognizeViewer, views: ViewMap, messages: MapMessages) -> None:
    contents = {command.name: content for command, content in CONTENT_COMMANDS.items()}

    @router.message(CommandFilter(*CONTENT_COMMANDS), MapViewerFilter(recognize))
    async def open_view(message: types.Message, viewer: MapViewer, command: CommandObject) -> HandlerResult:
        journey, days = parse_arguments((command.args or "").split())
        saved = " ".join((command.args or "").split()) or None
        opened = await views.open(viewer, contents[command.command], journey, days, saved=saved)
        thread = senders.find_topic(message)
        if isinstance(opened, NothingToView):
            return show(NewMessage(viewer.chat, map_screens.nothing_to_view(opened, viewer.language, thread)))
        return show(messages.new_view(viewer, opened, thread))


def _add_moves(router: Router, recognize: RecognizeViewer, views: ViewMap, messages: MapMessages) -> None:
    @router.callback_query(CallbackFilter(*STEPS), MapViewerFilter(recognize))
    async def move_view(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        moved = await views.move(viewer, action.number(), STEPS[action.verb], action.number(1))
        return _show_moved(query, action, viewer, moved)

    @router.callback_query(CallbackFilter(MapVerb.STAGE), MapViewerFilter(recognize))
    async def show_stage(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        moved = await views.show_stage(viewer, action.number(), action.arg(1))
        return _show_moved(query, action, viewer, moved)

    @router.callback_query(CallbackFilter(MapVerb.THEME), MapViewerFilter(recognize))
    async def narrow_to_theme(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        moved = await views.narrow_to_theme(viewer, action.number(), action.arg(1))
        return _show_moved(query, action, viewer, moved)

    def _show_moved(
        query: types.CallbackQuery, action: Action, viewer: MapViewer, moved: MapView | NothingToView
    ) -> HandlerResult:
        if isinstance(moved, NothingToView):
            return show(notice=gone_notice(viewer.language))
        return show(messages.changed_view(viewer, action.number(), tapped_message_id(query)))


def _add_openings(router: Router, recognize: RecognizeViewer, views: ViewMap, messages: MapMessages) -> None:
    """Add the buttons that open a message of its own."""

    @router.callback_query(CallbackFilter(MapVerb.BESIDE), MapViewerFilter(recognize))
    async def open_beside(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        content = CONTENTS[action.number(1) % len(CONTENTS)]  # a forged number is some content, too
        opened = await views.open_beside(viewer, action.number(), content, action.arg(2), action.arg(3))
        return _show_opened(query, viewer, opened)

    @router.callback_query(CallbackFilter(DigestVerb.OPEN_MAP), MapViewerFilter(recognize))
    async def open_from_digest(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        opened = await views.open_from_digest(viewer, action.number(), tapped_message_id(query))
        return _show_opened(query, viewer, opened)

    @router.callback_query(CallbackFilter(MapVerb.AS_FILE), MapViewerFilter(recognize))
    async def send_file(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        if not await views.is_kept(viewer, action.number()):
            return show(notice=gone_notice(viewer.language))
        name = find_file(action.number(1))
        return show(messages.new_file(viewer, action.number(), name, senders.find_topic(query.message)))

    def _show_opened(
        query: types.CallbackQuery, viewer: MapViewer, opened: OpenedView | NothingToView
    ) -> HandlerResult:
        if isinstance(opened, NothingToView):
            return show(notice=gone_notice(viewer.language))
        return show(messages.new_view(viewer, opened, senders.find_topic(query.message)))


def _add_cases(router: Router, recognize: RecognizeViewer, views: ViewMap, open_cases: ListOpenCases) -> None:
    @router.callback_query(CallbackFilter(MapVerb.CASES), MapViewerFilter(recognize))
    async def list_cases(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        """List all open cases, or those about a place; the pages of such a list turn in place."""
        actor, place = Actor(viewer.chat, viewer.person, viewer.name), action.arg(1)
        about = await views.find_place(viewer, action.number(), place) if place else None
        if isinstance(about, NothingToView):
            return show(notice=gone_notice(viewer.language))
        page = await open_cases(actor, action.number(2), about)
        if isinstance(page, CaseStepRefused):
            return show()
        turn = None if about is None else (MapVerb.CASES, action.number(), place)
        message = open_case_list(page, turn)
        is_turned = len(action.args) > 2
        return show(replace_tapped(query, message) if is_turned else NewMessage(viewer.chat, message))


def parse_arguments(words: Sequence[str]) -> tuple[str | None, int | None]:
    """Return the journey's key and the days of "/map shop 7", in any order; None for what is missing.

    A number too long for days is more than a map may have, and so refused with a sentence.
    """
    # A number is taken for days, so a journey's key that is a number can be chosen by the buttons only.
    days = [int(word[:DAY_DIGITS]) for word in words if word.isascii() and word.isdigit()]
    keys = [word.lower() for word in words if not word.isdigit()]
    return (keys[0] if keys else None), (days[0] if days else None)
