"""Messages nobody expected: kept at once, then offered as complaint, question or praise. This router comes last."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.messages.callbacks import Action, DraftVerb
from bot.messages.message import Message as Said
from bot.messages.message import plain
from bot.outbox.letters.case_card import redraw
from bot.outbox.replies import Replies
from bot.screens.customer import case_screens as screens
from bot.telegram import senders
from bot.telegram.callbacks import CallbackFilter
from bot.telegram.customer.complaints import read_message
from bot.texts import words_in
from bot.usecases.cases.hear_customer import AddedToCase, DraftKept, ReceiveMessage
from bot.usecases.cases.settle_draft import DraftSettled, SettleDraft
from cjm.cases.case import CaseKind

SERVICE = ("pinned_message", "message_auto_delete_timer_changed", "write_access_allowed", "successful_payment")
"""What a chat tells about itself, not what somebody said."""


def make_router(hear: ReceiveMessage, settle: SettleDraft, replies: Replies) -> Router:
    router = Router(name="out of the blue")
    _messages(router, hear, replies)
    _buttons(router, settle, replies)
    return router


def _messages(router: Router, hear: ReceiveMessage, replies: Replies) -> None:
    @router.message(senders.PrivateChatFilter())
    async def unexpected(message: Message) -> None:
        said, where = read_message(message), senders.chat_address(message)
        if (message.text or "").startswith("/"):
            await replies.send(where, _kindly(message, "cases.blue.unknown_command"))
        elif said is not None:
            done = await hear(where, senders.sender_language(message), said)
            if isinstance(done, DraftKept) and done.ask:
                await replies.send(where, screens.draft_question(done, said.message_id))
            elif isinstance(done, AddedToCase):
                await redraw(replies, done.snapshot.view, done.snapshot.cards)
        elif not any(getattr(message, kind, None) for kind in SERVICE):
            await replies.send(where, _kindly(message, "cases.blue.cannot_take"))


def _kindly(message: Message, key: str) -> Said:
    return Said(plain(words_in(senders.sender_language(message))(key)), reply_to=str(message.message_id))


def _buttons(router: Router, settle: SettleDraft, replies: Replies) -> None:
    @router.callback_query(CallbackFilter(DraftVerb.OPEN_CASE))
    async def kind(query: CallbackQuery, action: Action) -> None:
        chosen = action.args[1] if len(action.args) > 1 else ""
        if chosen in set(CaseKind):
            done = await settle(senders.person_address(query.from_user), action.number(), CaseKind(chosen))
        else:
            done = DraftSettled(senders.sender_language(query), is_found=False)
        await _settled(query, done, replies, f"cases.blue.passed.{chosen}")

    @router.callback_query(CallbackFilter(DraftVerb.ADD_TO_CASE))
    async def add(query: CallbackQuery, action: Action) -> None:
        done = await settle.add_to_case(senders.person_address(query.from_user), action.number(), action.number(1))
        await _settled(query, done, replies, "cases.blue.passed.added")

    @router.callback_query(CallbackFilter(DraftVerb.DISCARD))
    async def nothing(query: CallbackQuery, action: Action) -> None:
        done = await settle.discard(senders.person_address(query.from_user), action.number())
        await _settled(query, done, replies, "cases.blue.passed.nothing")


async def _settled(query: CallbackQuery, done: DraftSettled, replies: Replies, key: str) -> None:
    """Say under the message what became of it; the case's number comes as a letter."""
    words = words_in(done.language or senders.sender_language(query))
    if query.message is None:
        return
    text = words(key) if done.is_found and words.has(key) else words("cases.blue.gone")
    if done.is_found and done.was_settled:
        text = words("cases.blue.passed.already", number=done.case)
    await replies.edit(senders.person_address(query.from_user), str(query.message.message_id), Said(plain(text)))
