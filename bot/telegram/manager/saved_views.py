"""Saved views: save what a message shows, name it, open, rename and delete it, and use it for a team's digest.

Invariants:
* A tap on the list changes its message in place; saving and opening a view send a message of their own.
* A name is taken from the next text of the person who was asked for it. In a group it must be a reply to us: other
  messages of a group are conversation among people.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from aiogram import Bot, Router, types
from aiogram.filters import Filter

from bot.messages.callbacks import YES, Action, SavedViewVerb, Verb
from bot.messages.message import Message
from bot.outbox.showings import NewMessage, Showing
from bot.screens.manager import saved_view_screens
from bot.screens.manager.notices import gone_notice
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.handler_result import HandlerResult, show
from bot.telegram.incoming import is_command
from bot.telegram.manager.map_messages import MapMessages
from bot.telegram.manager.roles import MapViewerFilter
from bot.telegram.tapped_message import replace_tapped
from bot.usecases.maps.view_map import NothingToView, ViewMap
from bot.usecases.maps.views.keep_views import KeepingRefusal, KeepViews, ListedView
from bot.usecases.teams.recognize_viewer import MapViewer, RecognizeViewer

TakeViewStep = Callable[[MapViewer, int], Awaitable[ListedView | KeepingRefusal]]


class ViewNameFilter(Filter):
    """Let the text through that names a saved view; the handler may take the ``viewer``."""

    def __init__(self, recognize: RecognizeViewer, keep: KeepViews) -> None:
        self._viewers, self._keep = MapViewerFilter(recognize), keep

    async def __call__(self, message: types.Message, bot: Bot) -> bool | dict[str, Any]:
        if not message.text or is_command(message):
            return False
        replied = message.reply_to_message
        is_private = message.chat.type == "private"
        is_to_us = replied is not None and replied.from_user is not None and replied.from_user.id == bot.id
        if not is_private and not is_to_us:
            return False
        found = await self._viewers(message)
        is_awaited = isinstance(found, dict) and await self._keep.is_name_awaited(found["viewer"])
        return found if is_awaited else False


def make_router(recognize: RecognizeViewer, views: ViewMap, keep: KeepViews, messages: MapMessages) -> Router:
    """Return the router for the buttons of saved views."""
    router = Router(name="saved views")
    _add_lists(router, recognize, keep)
    _add_openings(router, recognize, views, keep, messages)
    _add_changes(router, recognize, keep)
    return router


def make_name_router(recognize: RecognizeViewer, keep: KeepViews) -> Router:
    """Return the router for names of saved views; it stands behind all that takes words otherwise."""
    router = Router(name="names of saved views")

    @router.message(ViewNameFilter(recognize, keep))
    async def take_name(message: types.Message, viewer: MapViewer) -> HandlerResult:
        named = await keep.name(viewer, message.text or "")
        if isinstance(named, KeepingRefusal):
            return show(_new_message(message, viewer, saved_view_screens.keeping_refused(named, viewer.language)))
        page = saved_view_screens.saved_view_page(named, viewer.language, is_team=bool(viewer.team), is_new=True)
        return show(_new_message(message, viewer, page))

    return router


def _add_lists(router: Router, recognize: RecognizeViewer, keep: KeepViews) -> None:
    @router.callback_query(CallbackFilter(SavedViewVerb.LIST), MapViewerFilter(recognize))
    async def list_views(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        found = saved_view_screens.saved_view_list(await keep.list_all(viewer), viewer.language)
        # The button under a map must not take the map away.
        return show(
            replace_tapped(query, found) if action.number() == YES else _new_message(query.message, viewer, found)
        )

    @router.callback_query(CallbackFilter(SavedViewVerb.SHOW), MapViewerFilter(recognize))
    async def show_view(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        return _show_page(query, viewer, await keep.find(viewer, action.number()))


def _add_openings(
    router: Router, recognize: RecognizeViewer, views: ViewMap, keep: KeepViews, messages: MapMessages
) -> None:
    @router.callback_query(CallbackFilter(SavedViewVerb.SAVE), MapViewerFilter(recognize))
    async def save_view(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        saved = await keep.save(viewer, action.number())
        if isinstance(saved, KeepingRefusal):
            return show(notice=saved_view_screens.keeping_notice(saved, viewer.language))
        page = saved_view_screens.saved_view_page(saved, viewer.language, is_team=bool(viewer.team), is_new=True)
        return show(_new_message(query.message, viewer, page))

    @router.callback_query(CallbackFilter(SavedViewVerb.OPEN), MapViewerFilter(recognize))
    async def open_view(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        opened = await views.open_saved(viewer, action.number())
        if isinstance(opened, NothingToView):
            return show(notice=gone_notice(viewer.language))
        return show(messages.new_view(viewer, opened, senders.find_topic(query.message)))


def _add_changes(router: Router, recognize: RecognizeViewer, keep: KeepViews) -> None:
    steps: dict[Verb, TakeViewStep] = {
        SavedViewVerb.DELETE: keep.delete,
        SavedViewVerb.RESTORE: keep.restore,
        SavedViewVerb.TAKE_NAME_BACK: keep.take_name_back,
    }

    @router.callback_query(CallbackFilter(*steps), MapViewerFilter(recognize))
    async def take_step(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        return _show_page(query, viewer, await steps[action.verb](viewer, action.number()))

    @router.callback_query(CallbackFilter(SavedViewVerb.USE_FOR_DIGEST), MapViewerFilter(recognize))
    async def use_for_digest(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        is_used = action.number(1) == YES
        return _show_page(query, viewer, await keep.use_for_digest(viewer, action.number(), is_used=is_used))

    @router.callback_query(CallbackFilter(SavedViewVerb.RENAME), MapViewerFilter(recognize))
    async def ask_for_name(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        found = await keep.await_name(viewer, action.number())
        if isinstance(found, KeepingRefusal):
            return show(notice=saved_view_screens.keeping_notice(found, viewer.language))
        question = saved_view_screens.ask_for_name(found, viewer.language, is_team=bool(viewer.team))
        return show(_new_message(query.message, viewer, question))


def _show_page(query: types.CallbackQuery, viewer: MapViewer, found: ListedView | KeepingRefusal) -> HandlerResult:
    if isinstance(found, KeepingRefusal):
        return show(notice=saved_view_screens.keeping_notice(found, viewer.language))
    return show(
        replace_tapped(query, saved_view_screens.saved_view_page(found, viewer.language, is_team=bool(viewer.team)))
    )


def _new_message(near: object, viewer: MapViewer, message: Message) -> Showing:
    """Show a new message in the topic of another one."""
    return NewMessage(viewer.chat, replace(message, thread=senders.find_topic(near)))
