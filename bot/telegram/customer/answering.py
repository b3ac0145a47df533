"""Taps and words in a conversation. Each is saved first; then the message shows where the conversation is."""

from collections.abc import Awaitable, Callable

from aiogram import Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from bot.clock import Clock
from bot.messages.callbacks import Action, ConversationVerb, Verb
from bot.messages.message import Message as Said
from bot.messages.message import plain
from bot.outbox.letters.question import choose, left_behind, menu, screen
from bot.outbox.replies import Replies
from bot.telegram import senders
from bot.telegram.acknowledgement import Alert
from bot.telegram.callbacks import CallbackFilter
from bot.texts import words_in
from bot.usecases.asking.give_answer import GiveAnswer
from bot.usecases.asking.stop_asking import StopAsking
from bot.usecases.asking.take_turn import ConversationTap, TapNotice, TurnResult
from bot.usecases.asking.write_comment import WriteComment

Notice = str | Alert | None
Takes = Callable[[ConversationTap, tuple[int, ...]], Awaitable[TurnResult]]
_NUMBERS: dict[Verb, int] = {
    ConversationVerb.ANSWER: 2,
    ConversationVerb.SKIP: 1,
    ConversationVerb.CHANGE: 1,
    ConversationVerb.CONTACT: 1,
}  # beside the invitation
_OVER = (ConversationVerb.MENU, ConversationVerb.CHOOSE)  # opened over a step, which stays what it is
_LOUD = (
    TapNotice.ENDED,
    TapNotice.TOO_LATE,
    TapNotice.NOT_ASKED,
    TapNotice.NOT_LEGAL,
    TapNotice.NOT_YOURS,
    TapNotice.GONE,
)


class AwaitedAnswerFilter(Filter):
    """Messages in answer to a question that wants words; the handler may take its ``invitation``."""

    def __init__(self, comment: WriteComment) -> None:
        self._comment = comment

    async def __call__(self, message: Message) -> bool | dict[str, int]:
        if (message.text or "").startswith("/"):
            return False
        reply = str(message.reply_to_message.message_id) if message.reply_to_message else None
        invitation = await self._comment.find_invitation(senders.chat_address(message), reply)
        return False if invitation is None else {"invitation": invitation}


def make_router(give: GiveAnswer, stop: StopAsking, comment: WriteComment, clock: Clock, replies: Replies) -> Router:
    router = Router(name="answering")
    takes: dict[Verb, Takes] = {
        ConversationVerb.ANSWER: lambda tap, numbers: give.answer(tap, numbers[0], numbers[1]),
        ConversationVerb.SKIP: lambda tap, numbers: give.skip(tap, numbers[0]),
        ConversationVerb.CHANGE: lambda tap, numbers: give.change(tap, numbers[0]),
        ConversationVerb.BACK: lambda tap, _: give.go_back(tap),
        ConversationVerb.RESUME: lambda tap, _: give.resume(tap),
        ConversationVerb.ENOUGH: lambda tap, _: give.finish(tap),
        ConversationVerb.CONTACT: lambda tap, numbers: give.settle_contact(tap, numbers[0] == 1),
        ConversationVerb.LATER: lambda tap, _: stop.snooze(tap),
        ConversationVerb.MUTE: lambda tap, _: stop.mute(tap),
        ConversationVerb.STOP: lambda tap, _: stop.stop(tap),
        ConversationVerb.REOPEN: lambda tap, _: stop.reopen(tap),
    }

    @router.callback_query(CallbackFilter(*takes))
    async def tapped(query: CallbackQuery, action: Action) -> Notice:
        tap, numbers = _tap(query, action)
        if tap is None:
            return _notice(query, TurnResult(TapNotice.NOT_LEGAL))
        turn = await takes[action.verb](tap, numbers)
        await _show(tap, turn, give, clock, replies, senders.sender_language(query))
        return _notice(query, turn)

    @router.callback_query(CallbackFilter(*_OVER))
    async def opened(query: CallbackQuery, action: Action) -> Notice:
        tap, _ = _tap(query, action)
        scene = await give.find_context(tap.address, tap.invitation) if tap is not None else TapNotice.NOT_LEGAL
        if tap is None or isinstance(scene, TapNotice):
            return _notice(query, TurnResult(scene if isinstance(scene, TapNotice) else TapNotice.NOT_LEGAL))
        over = menu if action.verb is ConversationVerb.MENU else choose
        await replies.edit(tap.address, tap.message_id, over(scene, clock.now()))
        late = action.verb is ConversationVerb.CHOOSE and not scene.conversation.may_change(clock.now())
        return _notice(query, TurnResult(TapNotice.TOO_LATE, scene)) if late else None

    _writing(router, comment, give, clock, replies)
    return router


def _writing(router: Router, comment: WriteComment, give: GiveAnswer, clock: Clock, replies: Replies) -> None:
    @router.message(senders.PrivateChatFilter(), AwaitedAnswerFilter(comment))
    async def written(message: Message, invitation: int) -> None:
        where, said = senders.chat_address(message), (message.text or "").strip()
        if not said:
            await replies.send(where, await _words_wanted(give, message, invitation))
            return
        turn = await comment(where, said, str(message.message_id), invitation)
        if turn.context is not None and turn.left_message is not None:
            await replies.edit(where, turn.left_message, left_behind(turn.context))

    @router.edited_message(senders.PrivateChatFilter())
    async def rewritten(message: Message) -> None:
        turn = await comment.edit_comment(
            senders.chat_address(message), (message.text or "").strip(), str(message.message_id)
        )
        response = turn.context.response if turn.context is not None else None
        if response is not None and response.message_id is not None:
            tap = ConversationTap(senders.chat_address(message), response.message_id, response.invitation_id)
            await _show(tap, turn, give, clock, replies)


def _tap(query: CallbackQuery, action: Action) -> tuple[ConversationTap | None, tuple[int, ...]]:
    """The tap and the numbers of its button; no tap for a button that was never ours."""
    numbers = action.numbers
    if query.message is None or numbers is None or len(numbers) != 1 + _NUMBERS.get(action.verb, 0):
        return None, ()
    return ConversationTap(senders.person_address(query.from_user), str(query.message.message_id), numbers[0]), numbers[
        1:
    ]


def _notice(query: CallbackQuery, turn: TurnResult) -> Notice:
    """A word on top of the chat; one that must be closed when something could not be done."""
    w = turn.context.words if turn.context is not None else words_in(senders.sender_language(query))
    key = f"chat.note.{turn.notice}"
    said = w(key) if w.has(key) else None
    return Alert(said) if said is not None and turn.notice in _LOUD else said


async def _show(
    tap: ConversationTap,
    turn: TurnResult,
    give: GiveAnswer,
    clock: Clock,
    replies: Replies,
    language: str | None = None,
) -> None:
    if turn.notice is TapNotice.GONE:
        await replies.edit(tap.address, tap.message_id, Said(plain(words_in(language)("chat.gone"))))
    if turn.context is None:
        return
    if await replies.edit(tap.address, tap.message_id, screen(turn.context, clock.now())) is not None:
        await give.mark_shown(turn.context)
    if turn.left_message is not None:
        await replies.edit(tap.address, turn.left_message, left_behind(turn.context))


async def _words_wanted(give: GiveAnswer, message: Message, invitation: int) -> Said:
    scene = await give.find_context(senders.chat_address(message), invitation)
    w = words_in(senders.sender_language(message)) if isinstance(scene, TapNotice) else scene.words
    return Said(plain(w("chat.words.wanted")), reply_to=str(message.message_id))
