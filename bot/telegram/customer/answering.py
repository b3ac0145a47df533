"""Taps and words of customers in the conversation about one invitation.

Invariants:

* The use case stores the answer; the message is edited later, by what `ShowConversation` makes.
* A button that is malformed, not legal at this step or about somebody else's question changes no answer. The customer
  gets a notice; a question that is not stored any more is replaced by a text that says so.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Router, types
from aiogram.filters import Filter

from bot.messages.callbacks import YES, Action, ConversationVerb, Verb
from bot.outbox.showings import MessageEdit, Showing
from bot.screens.customer import answer_screens
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.handler_result import HandlerResult, refuse, show
from bot.telegram.incoming import is_command, replied_message_id
from bot.telegram.tapped_message import tapped_message_id
from bot.usecases.asking.give_answer import GiveAnswer
from bot.usecases.asking.show_conversation import ShowConversation
from bot.usecases.asking.stop_asking import StopAsking
from bot.usecases.asking.turn import ConversationTap, TapNotice, TurnResult
from bot.usecases.asking.write_comment import WriteComment
from cjm.address import Address

TakeTurn = Callable[[ConversationTap, tuple[int, ...]], Awaitable[TurnResult]]
_ARGUMENT_COUNTS: dict[Verb, int] = {  # beside the invitation's id; buttons that are not named here have none
    ConversationVerb.ANSWER: 2,
    ConversationVerb.SKIP: 1,
    ConversationVerb.CHANGE: 1,
    ConversationVerb.CONTACT: 1,
}


class ConversationTapFilter(CallbackFilter):
    """Let well-formed taps on these buttons through.

    The handler may take the ``tap`` and the ``numbers``, which are the button's arguments after the invitation's id.
    """

    async def __call__(self, query: types.CallbackQuery) -> bool | dict[str, Any]:
        found = await super().__call__(query)
        if not isinstance(found, dict):
            return False
        action: Action = found["action"]
        numbers = action.numbers
        # A button of an older version may have other arguments: it must not reach a use case that counts on them.
        if query.message is None or numbers is None or len(numbers) != 1 + _ARGUMENT_COUNTS.get(action.verb, 0):
            return False
        person, message_id = senders.person_address(query.from_user), tapped_message_id(query)
        return found | {"tap": ConversationTap(person, message_id, numbers[0]), "numbers": numbers[1:]}


class AwaitedAnswerFilter(Filter):
    """Let messages through, photos too, where a question waits for words; the handler may take its ``invitation``."""

    def __init__(self, comment: WriteComment) -> None:
        self._comment = comment

    async def __call__(self, message: types.Message) -> bool | dict[str, int]:
        if is_command(message):
            return False
        invitation = await self._comment.find_invitation(senders.chat_address(message), replied_message_id(message))
        return False if invitation is None else {"invitation": invitation}


def make_router(give: GiveAnswer, stop: StopAsking, comment: WriteComment, conversations: ShowConversation) -> Router:
    """Return the router of conversations; it takes a new message only where a question waits for words.

    It takes every edited message of a private chat; one that was not an answer changes nothing.
    """
    router = Router(name="answering")
    _add_turns(router, give, stop, conversations)
    _add_lists(router, give, conversations)
    _add_words(router, comment, give, conversations)
    return router


def _turns(give: GiveAnswer, stop: StopAsking) -> dict[Verb, TakeTurn]:
    """Return the use case behind each button that moves the conversation."""
    return {
        ConversationVerb.ANSWER: lambda tap, numbers: give.answer(tap, numbers[0], numbers[1]),
        ConversationVerb.SKIP: lambda tap, numbers: give.skip(tap, numbers[0]),
        ConversationVerb.CHANGE: lambda tap, numbers: give.change(tap, numbers[0]),
        ConversationVerb.BACK: lambda tap, _: give.go_back(tap),
        ConversationVerb.RESUME: lambda tap, _: give.resume(tap),
        ConversationVerb.ENOUGH: lambda tap, _: give.finish(tap),
        ConversationVerb.CONTACT: lambda tap, numbers: give.settle_contact(tap, numbers[0] == YES),
        ConversationVerb.LATER: lambda tap, _: stop.snooze(tap),
        ConversationVerb.MUTE: lambda tap, _: stop.mute(tap),
        ConversationVerb.STOP: lambda tap, _: stop.stop(tap),
        ConversationVerb.REOPEN: lambda tap, _: stop.reopen(tap),
    }


def _add_turns(router: Router, give: GiveAnswer, stop: StopAsking, conversations: ShowConversation) -> None:
    turns = _turns(give, stop)

    @router.callback_query(ConversationTapFilter(*turns))
    async def take_turn(
        query: types.CallbackQuery, action: Action, tap: ConversationTap, numbers: tuple[int, ...]
    ) -> HandlerResult:
        turn = await turns[action.verb](tap, numbers)
        if turn.notice is TapNotice.GONE:
            return _refuse_tap(query, tap, turn.notice)
        notice = answer_screens.turn_notice(turn, senders.sender_language(query))
        return show(*_list_showings(tap, turn, conversations), notice=notice)


def _add_lists(router: Router, give: GiveAnswer, conversations: ShowConversation) -> None:
    """Add the menu and the list of answers to change, which are shown in place of a step and do not move it.

    Then add the refusal of every other tap on these buttons: it must be last, because it accepts all of them.
    """

    @router.callback_query(ConversationTapFilter(ConversationVerb.MENU))
    async def open_menu(query: types.CallbackQuery, tap: ConversationTap) -> HandlerResult:
        context = await give.find_context(tap.address, tap.invitation)
        if isinstance(context, TapNotice):
            return _refuse_tap(query, tap, context)
        return show(conversations.menu(tap.address, tap.message_id, tap.invitation))

    @router.callback_query(ConversationTapFilter(ConversationVerb.CHOOSE))
    async def offer_changes(query: types.CallbackQuery, tap: ConversationTap) -> HandlerResult:
        context = await give.find_context(tap.address, tap.invitation)
        if isinstance(context, TapNotice):
            return _refuse_tap(query, tap, context)
        choice = conversations.answer_choice(tap.address, tap.message_id, tap.invitation)
        return show(choice, notice=answer_screens.change_notice(context, conversations.now()))

    @router.callback_query(CallbackFilter(*ConversationVerb))
    async def refuse_malformed_tap(query: types.CallbackQuery) -> HandlerResult:
        return show(notice=answer_screens.refusal_notice(TapNotice.NOT_LEGAL, senders.sender_language(query)))


def _add_words(router: Router, comment: WriteComment, give: GiveAnswer, conversations: ShowConversation) -> None:
    @router.message(senders.PrivateChatFilter(), AwaitedAnswerFilter(comment))
    async def write_answer(message: types.Message, invitation: int) -> HandlerResult:
        chat, text = senders.chat_address(message), (message.text or "").strip()
        if not text:
            context = await give.find_context(chat, invitation)
            language, reply_to = senders.sender_language(message), str(message.message_id)
            return refuse(chat, answer_screens.text_request(context, language, reply_to))
        turn = await comment(chat, text, str(message.message_id), invitation)
        # The next step is a new message below these words, posted as a letter. Here the old message loses its
        # buttons and says that the conversation went on, so that only one message can be tapped.
        return show(*_list_left_message(chat, turn, conversations))

    @router.edited_message(senders.PrivateChatFilter())
    async def rewrite_answer(message: types.Message) -> HandlerResult:
        chat, text = senders.chat_address(message), (message.text or "").strip()
        if not text or is_command(message):  # it became a command or a picture: the answer stays as it was written
            return show()
        turn = await comment.edit_comment(chat, text, str(message.message_id))
        response = turn.context.response if turn.context is not None else None
        if response is None or response.message_id is None:
            return show()
        return show(conversations.step(chat, response.message_id, response.invitation_id))


def _refuse_tap(query: types.CallbackQuery, tap: ConversationTap, reason: TapNotice) -> HandlerResult:
    """Say why a tap was not taken: in a notice and, for GONE, in place of the question, which is not stored now."""
    language = senders.sender_language(query)
    notice = answer_screens.refusal_notice(reason, language)
    if reason is not TapNotice.GONE:
        return show(notice=notice)
    return show(MessageEdit(tap.address, tap.message_id, answer_screens.forgotten_question(language)), notice=notice)


def _list_showings(tap: ConversationTap, turn: TurnResult, conversations: ShowConversation) -> list[Showing]:
    """Return the conversation in the tapped message, and what is left of the message that showed it until now."""
    if turn.context is None:
        return []
    step = conversations.step(tap.address, tap.message_id, tap.invitation)
    return [step, *_list_left_message(tap.address, turn, conversations)]


def _list_left_message(chat: Address, turn: TurnResult, conversations: ShowConversation) -> list[Showing]:
    if turn.context is None or turn.left_message is None:
        return []
    return [conversations.left_message(chat, turn.left_message, turn.context.invitation.id)]
