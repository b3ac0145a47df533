"""Messages that no feature expected: stored at once, then offered as a complaint, a question or praise.

Unknown commands, and messages other than words, photos and voice messages, are refused and not stored.
This router comes last: what reaches it was taken by nobody else.
"""

from typing import Any

from aiogram import Router, types
from aiogram.filters import Filter

from bot.messages.callbacks import Action, DraftVerb
from bot.screens.customer import draft_screens
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.edit_notices import EditNotices
from bot.telegram.handler_result import HandlerResult, refuse, show
from bot.telegram.incoming import is_command, read_incoming
from bot.telegram.tapped_message import replace_tapped
from bot.usecases.cases.receive_message import AddedToCase, IncomingMessage, ReceiveMessage
from bot.usecases.cases.settle_draft import SettleDraft
from bot.usecases.cases.show_cards import ShowCards
from cjm.cases.case import CaseKind

# Telegram reports these as messages, but nobody said them: they are not answered.
SERVICE_CONTENT = ("pinned_message", "message_auto_delete_timer_changed", "write_access_allowed", "successful_payment")


class UnknownCommandFilter(Filter):
    """Let commands through that no other router knows."""

    async def __call__(self, message: types.Message) -> bool:
        return is_command(message)


class IncomingMessageFilter(Filter):
    """Let words, photos and voice messages through; the handler may take the ``incoming`` message."""

    async def __call__(self, message: types.Message) -> bool | dict[str, Any]:
        incoming = read_incoming(message)
        return {"incoming": incoming} if incoming is not None else False


class UnsupportedContentFilter(Filter):
    """Let messages through that a person sent, except for what the chat reports about itself."""

    async def __call__(self, message: types.Message) -> bool:
        return not any(getattr(message, kind, None) for kind in SERVICE_CONTENT)


def make_router(receive: ReceiveMessage, settle: SettleDraft, show_cards: ShowCards) -> Router:
    """Return the router for what all others left; it must be the last one."""
    router = Router(name="unexpected messages")
    _add_messages(router, receive, show_cards)
    _add_buttons(router, settle)
    return router


def _add_messages(router: Router, receive: ReceiveMessage, show_cards: ShowCards) -> None:
    edits = EditNotices()

    @router.message(senders.PrivateChatFilter(), UnknownCommandFilter())
    async def refuse_command(message: types.Message) -> HandlerResult:
        reply = draft_screens.unknown_command(senders.sender_language(message), str(message.message_id))
        return refuse(senders.chat_address(message), reply)

    @router.message(senders.PrivateChatFilter(), IncomingMessageFilter())
    async def keep_message(message: types.Message, incoming: IncomingMessage) -> HandlerResult:
        outcome = await receive(senders.chat_address(message), senders.sender_language(message), incoming)
        # The question what a draft is comes as a letter.
        return show(*show_cards(outcome.snapshot)) if isinstance(outcome, AddedToCase) else show()

    @router.edited_message(senders.PrivateChatFilter(), IncomingMessageFilter())
    async def refuse_edit(message: types.Message) -> HandlerResult:
        chat = senders.chat_address(message)
        if is_command(message) or not await receive.may_have_passed_on(chat):
            return show()
        if not edits.admit(chat, message.message_id):
            return show()
        return refuse(chat, draft_screens.edited_message(senders.sender_language(message), str(message.message_id)))

    @router.message(senders.PrivateChatFilter(), UnsupportedContentFilter())
    async def refuse_content(message: types.Message) -> HandlerResult:
        reply = draft_screens.unsupported_content(senders.sender_language(message), str(message.message_id))
        return refuse(senders.chat_address(message), reply)


def _add_buttons(router: Router, settle: SettleDraft) -> None:
    @router.callback_query(CallbackFilter(DraftVerb.OPEN_CASE))
    async def open_case(query: types.CallbackQuery, action: Action) -> HandlerResult:
        language, kind = senders.sender_language(query), action.arg(1)
        if kind not in set(CaseKind):  # a forged button
            return show(replace_tapped(query, draft_screens.missing_draft(language)))
        settled = await settle(senders.person_address(query.from_user), action.number(), CaseKind(kind))
        return show(replace_tapped(query, draft_screens.opened_draft(settled, CaseKind(kind), language)))

    @router.callback_query(CallbackFilter(DraftVerb.ADD_TO_CASE))
    async def add_to_case(query: types.CallbackQuery, action: Action) -> HandlerResult:
        person = senders.person_address(query.from_user)
        settled = await settle.add_to_case(person, action.number(), action.number(1))
        return show(replace_tapped(query, draft_screens.added_draft(settled, senders.sender_language(query))))

    @router.callback_query(CallbackFilter(DraftVerb.DISCARD))
    async def discard_message(query: types.CallbackQuery, action: Action) -> HandlerResult:
        settled = await settle.discard(senders.person_address(query.from_user), action.number())
        return show(replace_tapped(query, draft_screens.discarded_draft(settled, senders.sender_language(query))))
