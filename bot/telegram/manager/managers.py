"""A manager's link is opened; /managers adds others by a link and lets them go; /help for managers and teams."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Router
from aiogram.filters import Command, CommandObject, CommandStart, Filter
from aiogram.types import CallbackQuery, Message

from bot.db.people.links import LinkKind, kind_of
from bot.messages.callbacks import Action, ManagerVerb
from bot.messages.message import Message as Said
from bot.messages.message import plain
from bot.outbox.replies import Replies
from bot.screens.manager import manager_screens as screens
from bot.telegram import senders
from bot.telegram.callbacks import CallbackFilter
from bot.telegram.manager.roles import MapViewerFilter, find_topic
from bot.texts import words_in
from bot.usecases.teams.become_manager import BecomeManager
from bot.usecases.teams.invite_manager import InviteManager
from bot.usecases.teams.recognize_viewer import MapViewer, RecognizeViewer
from cjm.address import Address

StartLink = Callable[[str], Awaitable[str]]
Welcomed = Callable[[Address, str], Awaitable[None]]


class ManagerLinkFilter(Filter):
    """/start with a manager's token; the handler may take the ``token``."""

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        command, _, token = (message.text or "").partition(" ")
        is_start = command.partition("@")[0] == "/start"
        return {"token": token.strip()} if is_start and kind_of(token) in (LinkKind.MANAGER, LinkKind.FIRST) else False


def make_router(
    recognize: RecognizeViewer,
    become: BecomeManager,
    invite: InviteManager,
    start_link: StartLink,
    welcomed: Welcomed,
    replies: Replies,
) -> Router:
    """``start_link`` makes a link of a token; ``welcomed`` is told of new managers and their language."""
    router = Router(name="managers")
    _starting(router, recognize, become, welcomed, replies)
    _managing(router, recognize, invite, replies)
    _inviting(router, recognize, invite, start_link, replies)
    return router


def _starting(
    router: Router, recognize: RecognizeViewer, become: BecomeManager, welcomed: Welcomed, replies: Replies
) -> None:
    @router.message(senders.PrivateChatFilter(), ManagerLinkFilter())
    async def opened(message: Message, token: str) -> None:
        person, name = senders.person_address(message.from_user), message.from_user.full_name  # type: ignore[arg-type,union-attr]
        welcome = await become(person, name, senders.sender_language(message), token)
        if welcome is None:
            await replies.send(person, Said(plain(words_in(senders.sender_language(message))("manager.link.refused"))))
            return
        await replies.send(person, screens.welcome(welcome, words_in(welcome.viewer.language)))
        await welcomed(person, welcome.viewer.language)

    @router.message(
        senders.PrivateChatFilter(), CommandStart(), NoArgumentsFilter(), MapViewerFilter(recognize, only_managers=True)
    )
    @router.message(Command("help"), MapViewerFilter(recognize))
    async def help_wanted(message: Message, viewer: MapViewer) -> None:
        shown = screens.role_help(viewer, words_in(viewer.language), find_topic(message))
        await replies.send(viewer.chat, shown)


class NoArgumentsFilter(Filter):
    """Commands without anything behind them."""

    async def __call__(self, message: Message, command: CommandObject) -> bool:
        return not command.args


def _managing(router: Router, recognize: RecognizeViewer, invite: InviteManager, replies: Replies) -> None:
    @router.message(senders.PrivateChatFilter(), Command("managers"), MapViewerFilter(recognize, only_managers=True))
    async def managers(message: Message, viewer: MapViewer) -> None:
        staff, words = await invite.staff(viewer), words_in(viewer.language)
        shown = screens.manager_list(staff, words) if staff else Said(plain(words("manager.staff.limited")))
        await replies.send(viewer.chat, shown)

    @router.callback_query(
        CallbackFilter(ManagerVerb.CHOOSE_WHOM_TO_REMOVE, ManagerVerb.REMOVE, ManagerVerb.LIST),
        MapViewerFilter(recognize, only_managers=True),
    )
    async def removing(query: CallbackQuery, action: Action, viewer: MapViewer) -> str | None:
        words, number = words_in(viewer.language), (*(action.numbers or ()), 0)[0]
        is_last = action.verb is ManagerVerb.REMOVE
        staff = await (invite.let_go(viewer, number) if is_last else invite.staff(viewer))
        if staff is None or query.message is None:
            return words("manager.nothing.gone")
        shown = (
            screens.removal_choice(staff, words)
            if action.verb is ManagerVerb.CHOOSE_WHOM_TO_REMOVE
            else screens.manager_list(staff, words)
        )
        await replies.edit(viewer.chat, str(query.message.message_id), shown)
        return None


def _inviting(
    router: Router, recognize: RecognizeViewer, invite: InviteManager, start_link: StartLink, replies: Replies
) -> None:
    @router.callback_query(
        CallbackFilter(ManagerVerb.INVITE, ManagerVerb.TOGGLE_JOURNEY), MapViewerFilter(recognize, only_managers=True)
    )
    async def inviting(query: CallbackQuery, action: Action, viewer: MapViewer) -> str | None:
        words, numbers = words_in(viewer.language), (*(action.numbers or ()), 0, 0)
        place = numbers[1] - 1 if numbers[1] > 0 else None
        is_new = action.verb is ManagerVerb.INVITE
        found = await (invite.begin(viewer) if is_new else invite.toggle(viewer, numbers[0], place))
        if found is None or query.message is None:
            return words("manager.nothing.gone")
        await replies.edit(viewer.chat, str(query.message.message_id), screens.invitation_choice(found, words))
        return None

    @router.callback_query(CallbackFilter(ManagerVerb.MAKE_LINK), MapViewerFilter(recognize, only_managers=True))
    async def make(query: CallbackQuery, action: Action, viewer: MapViewer) -> str | None:
        words = words_in(viewer.language)
        token = await invite.make(viewer, (*(action.numbers or ()), 0)[0])
        if token is None or query.message is None:
            return words("manager.nothing.gone")
        shown = screens.invitation_link(await start_link(token), words)
        await replies.edit(viewer.chat, str(query.message.message_id), shown)
        return None
