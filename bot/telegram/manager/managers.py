"""Managers: their link is opened, /managers invites and removes them, /help lists what managers and teams can do.

/why explains to them why a customer was asked or not.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Router, types
from aiogram.filters import CommandObject, Filter

from bot.db.people.links import LinkKind, link_kind
from bot.messages import commands
from bot.messages.callbacks import Action, ManagerVerb, WhyVerb
from bot.messages.message import Message
from bot.outbox.showings import NewMessage
from bot.screens.manager import manager_screens, why_screens
from bot.screens.manager.notices import gone_notice
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.command_filter import CommandFilter, MisplacedCommandFilter
from bot.telegram.handler_result import HandlerResult, show
from bot.telegram.manager.roles import MapViewerFilter
from bot.telegram.tapped_message import replace_tapped
from bot.texts import words_in
from bot.usecases.asking.explain_asking import ExplainToManager
from bot.usecases.cases.case_access import Actor
from bot.usecases.teams.become_manager import BecomeManager
from bot.usecases.teams.command_examples import FindCommandExamples
from bot.usecases.teams.invite_manager import InviteManager
from bot.usecases.teams.recognize_viewer import MapViewer, RecognizeViewer

StartLink = Callable[[str], Awaitable[str]]
WelcomeHook = Callable[[MapViewer], None]


class ManagerLinkFilter(Filter):
    """Let /start with a manager's token through; the handler may take the ``token``."""

    async def __call__(self, message: types.Message) -> bool | dict[str, Any]:
        # Read before any filter of commands, because a customer's link looks the same but for the token.
        command, _, token = (message.text or "").partition(" ")
        if command.partition("@")[0] != f"/{commands.START.name}":
            return False
        return {"token": token.strip()} if link_kind(token) in (LinkKind.MANAGER, LinkKind.FIRST) else False


class NoArgumentsFilter(Filter):
    """Let commands without arguments through; it stands behind the filter of the command."""

    async def __call__(self, message: types.Message, command: CommandObject) -> bool:
        return not command.args


def make_router(
    recognize: RecognizeViewer,
    become: BecomeManager,
    invite: InviteManager,
    explain: ExplainToManager,
    find_examples: FindCommandExamples,
    start_link: StartLink,
    on_welcome: WelcomeHook,
) -> Router:
    """Return the router of managers.

    ``start_link`` makes a link of a token; ``on_welcome`` is called whenever a manager opens a link that works.
    """
    router = Router(name="managers")
    _add_welcome(router, become, on_welcome)
    _add_help(router, recognize, find_examples)
    _add_explanations(router, recognize, explain, find_examples)
    _add_list(router, recognize, invite)
    _add_invitation(router, recognize, invite, start_link)
    return router


def _add_welcome(router: Router, become: BecomeManager, on_welcome: WelcomeHook) -> None:
    @router.message(senders.PrivateChatFilter(), ManagerLinkFilter(), senders.ActorFilter())
    async def open_link(message: types.Message, token: str, actor: Actor) -> None:
        language = senders.sender_language(message)
        viewer = await become(actor.person, actor.name, language, token, str(message.message_id))
        if viewer is not None:
            on_welcome(viewer)


def _add_help(router: Router, recognize: RecognizeViewer, find_examples: FindCommandExamples) -> None:
    # A manager who presses Start is not asked for consent like a customer.
    @router.message(
        senders.PrivateChatFilter(),
        CommandFilter(commands.START),
        NoArgumentsFilter(),
        MapViewerFilter(recognize, only_managers=True),
    )
    @router.message(CommandFilter(commands.HELP), MapViewerFilter(recognize))
    async def show_help(message: types.Message, viewer: MapViewer) -> HandlerResult:
        journey = (await find_examples(viewer)).journey
        return show(NewMessage(viewer.chat, manager_screens.role_help(viewer, journey, senders.find_topic(message))))

    @router.message(
        senders.PrivateChatFilter(),
        MisplacedCommandFilter(commands.TEAM),
        MapViewerFilter(recognize, only_managers=True),
    )
    async def point_to_group(message: types.Message, viewer: MapViewer) -> HandlerResult:
        return show(NewMessage(viewer.chat, manager_screens.group_needed(words_in(viewer.language))))

    @router.message(
        ~senders.PrivateChatFilter(),
        MisplacedCommandFilter(commands.WHY, commands.ASK, commands.JOURNEYS, commands.MANAGERS),
        MapViewerFilter(recognize),
    )
    async def point_to_private_chat(message: types.Message, viewer: MapViewer, command: CommandObject) -> HandlerResult:
        words, topic = words_in(viewer.language), senders.find_topic(message)
        return show(NewMessage(viewer.chat, manager_screens.private_chat_needed(command.command, words, topic)))


def _add_explanations(
    router: Router, recognize: RecognizeViewer, explain: ExplainToManager, find_examples: FindCommandExamples
) -> None:
    @router.message(
        senders.PrivateChatFilter(), CommandFilter(commands.WHY), MapViewerFilter(recognize, only_managers=True)
    )
    async def explain_asking(message: types.Message, viewer: MapViewer, command: CommandObject) -> HandlerResult:
        customer, words = (command.args or "").strip(), words_in(viewer.language)
        if not customer:
            return show(NewMessage(viewer.chat, why_screens.why_usage(words, (await find_examples(viewer)).customer)))
        explanation = await explain(viewer, customer)
        return show(NewMessage(viewer.chat, why_screens.why_answer(explanation, words)))

    @router.callback_query(CallbackFilter(WhyVerb.PAGE), MapViewerFilter(recognize, only_managers=True))
    async def turn_page(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        explanation = await explain.turn_page(viewer, action.number(), action.number(1))
        if explanation is None:
            return show(notice=gone_notice(viewer.language))
        return show(replace_tapped(query, why_screens.why_answer(explanation, words_in(viewer.language))))


def _add_list(router: Router, recognize: RecognizeViewer, invite: InviteManager) -> None:
    only_managers = MapViewerFilter(recognize, only_managers=True)

    @router.message(senders.PrivateChatFilter(), CommandFilter(commands.MANAGERS), only_managers)
    async def list_managers(message: types.Message, viewer: MapViewer) -> HandlerResult:
        managers = await invite.list_managers(viewer)
        return show(NewMessage(viewer.chat, manager_screens.manager_list(managers, words_in(viewer.language))))

    @router.callback_query(CallbackFilter(ManagerVerb.LIST), only_managers)
    async def show_list(query: types.CallbackQuery, viewer: MapViewer) -> HandlerResult:
        managers = await invite.list_managers(viewer)
        if managers is None:
            return show(notice=gone_notice(viewer.language))
        return show(replace_tapped(query, manager_screens.manager_list(managers, words_in(viewer.language))))

    @router.callback_query(CallbackFilter(ManagerVerb.CHOOSE_WHOM_TO_REMOVE), only_managers)
    async def offer_removal(query: types.CallbackQuery, viewer: MapViewer) -> HandlerResult:
        managers, words = await invite.list_managers(viewer), words_in(viewer.language)
        if managers is None:
            return show(notice=gone_notice(viewer.language))
        return show(replace_tapped(query, manager_screens.removal_choice(managers, words)))

    @router.callback_query(CallbackFilter(ManagerVerb.REMOVE), only_managers)
    async def remove_manager(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        managers = await invite.remove_manager(viewer, action.number())
        if managers is None:
            return show(notice=gone_notice(viewer.language))
        return show(replace_tapped(query, manager_screens.manager_list(managers, words_in(viewer.language))))


def _add_invitation(router: Router, recognize: RecognizeViewer, invite: InviteManager, start_link: StartLink) -> None:
    only_managers = MapViewerFilter(recognize, only_managers=True)

    @router.callback_query(CallbackFilter(ManagerVerb.INVITE), only_managers)
    async def begin_invitation(query: types.CallbackQuery, viewer: MapViewer) -> HandlerResult:
        invitation, words = await invite.begin_invitation(viewer), words_in(viewer.language)
        if invitation is None:
            return show(notice=gone_notice(viewer.language))
        return show(replace_tapped(query, manager_screens.invitation_choice(invitation, words)))

    @router.callback_query(CallbackFilter(ManagerVerb.TOGGLE_JOURNEY), only_managers)
    async def toggle_journey(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        number, words = action.number(1), words_in(viewer.language)
        # The button counts from 1, because 0 stands for all journeys.
        invitation = await invite.toggle_journey(viewer, action.number(), number - 1 if number else None)
        if invitation is None:
            return show(notice=gone_notice(viewer.language))
        return show(replace_tapped(query, manager_screens.invitation_choice(invitation, words)))

    @router.callback_query(CallbackFilter(ManagerVerb.MAKE_LINK), only_managers)
    async def make_link(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        token = await invite.make_link(viewer, action.number())
        if token is None:
            return show(notice=gone_notice(viewer.language))

        async def render_link() -> Message:
            # The link holds the bot's name, which the messenger may have to be asked for.
            return manager_screens.invitation_link(await start_link(token), words_in(viewer.language))

        return show(replace_tapped(query, render_link))
