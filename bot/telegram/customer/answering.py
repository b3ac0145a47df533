"""Taps of customers in the conversation about one invitation.

Invariants:

* The use case stores the answer; the message is edited later, by what `ShowConversation` makes.
* A button that is malformed, not legal at this step or about somebody else's question changes no answer. The customer
  gets a notice; a question that is not stored any more is replaced by a text that says so.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Router, types

from bot.messages.callbacks import YES, Action, ConversationVerb, Verb
from bot.outbox.showings import MessageEdit, Showing
from bot.screens.customer import answer_screens
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.handler_result import HandlerResult, show
from bot.telegram.tapped_message import tapped_message_id
from bot.usecases.asking.give_answer import GiveAnswer
from bot.usecases.asking.show_conversation import ShowConversation
from bot.usecases.asking.stop_asking import StopAsking
from bot.usecases.asking.turn import ConversationTap, TapNotice, TurnResult
from bot.usecases.diary.keep_diary import KeepDiary
from cjm.address import Address
from cjm.conversation.snooze import Snooze

TakeTurn = Callable[[ConversationTap, tuple[int, ...]], Awaitable[TurnResult]]
_ARGUMENT_COUNTS: dict[Verb, int] = {  # beside the invitation's id; buttons that are not named here have none
    ConversationVerb.ANSWER: 2,
    ConversationVerb.SKIP: 1,
    ConversationVerb.CHOOSE_OPTION: 3,
    ConversationVerb.CONFIRM: 1,
    ConversationVerb.NOT_APPLICABLE: 1,
    ConversationVerb.LESS_OFTEN: 1,
    ConversationVerb.CHANGE: 1,
    ConversationVerb.CONTACT: 1,
    ConversationVerb.KEEP_DIARY: 1,
}
OWN_CONTROLS = frozenset({ConversationVerb.QUIET_HOURS, ConversationVerb.MY_DATA, ConversationVerb.FORGET})
"""Buttons that lead out of a question; `own_controls` handles them."""


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


def make_router(give: GiveAnswer, stop: StopAsking, keep_diary: KeepDiary, conversations: ShowConversation) -> Router:
    """Return the router of the buttons of conversations; what customers write is `writing`'s."""
    router = Router(name="answering")
    _add_turns(router, give, stop, keep_diary, conversations)
    _add_diary(router, give, conversations)
    _add_lists(router, give, stop, conversations)
    return router


def _turns(give: GiveAnswer, stop: StopAsking, keep_diary: KeepDiary) -> dict[Verb, TakeTurn]:
    """Return the use case behind each button that moves the conversation."""
    return {
        ConversationVerb.ANSWER: lambda tap, numbers: give.answer(tap, numbers[0], numbers[1]),
        ConversationVerb.SKIP: lambda tap, numbers: give.skip(tap, numbers[0]),
        ConversationVerb.CHANGE: lambda tap, numbers: give.change(tap, numbers[0]),
        ConversationVerb.BACK: lambda tap, _: give.go_back(tap),
        ConversationVerb.RESUME: lambda tap, _: give.resume(tap),
        ConversationVerb.ENOUGH: lambda tap, _: give.finish(tap),
        ConversationVerb.CONTACT: lambda tap, numbers: give.settle_contact(tap, numbers[0] == YES),
        ConversationVerb.CHOOSE_OPTION: lambda tap, numbers: give.choose(
            tap, numbers[0], numbers[1], numbers[2] == YES
        ),
        ConversationVerb.CONFIRM: lambda tap, numbers: give.confirm(tap, numbers[0]),
        ConversationVerb.NOT_APPLICABLE: lambda tap, numbers: give.answer_not_applicable(tap, numbers[0]),
        ConversationVerb.LATER_TODAY: lambda tap, _: stop.snooze(tap, Snooze.LATER_TODAY),
        ConversationVerb.TOMORROW: lambda tap, _: stop.snooze(tap, Snooze.TOMORROW),
        ConversationVerb.MUTE: lambda tap, _: stop.mute(tap),
        ConversationVerb.STOP: lambda tap, _: stop.stop(tap),
        ConversationVerb.REOPEN: lambda tap, _: stop.reopen(tap),
        ConversationVerb.KEEP_DIARY: lambda tap, numbers: keep_diary.keep(tap, numbers[0] == YES),
    }


def _add_turns(
    router: Router, give: GiveAnswer, stop: StopAsking, keep_diary: KeepDiary, conversations: ShowConversation
) -> None:
    turns = _turns(give, stop, keep_diary)

    @router.callback_query(ConversationTapFilter(*turns))
    async def take_turn(
        query: types.CallbackQuery, action: Action, tap: ConversationTap, numbers: tuple[int, ...]
    ) -> HandlerResult:
        turn = await turns[action.verb](tap, numbers)
        if turn.notice is TapNotice.GONE:
            return refuse_tap(query, tap, turn.notice)
        notice = answer_screens.turn_notice(turn, senders.sender_language(query))
        return show(*list_showings(tap, turn, conversations), notice=notice)


def _add_diary(router: Router, give: GiveAnswer, conversations: ShowConversation) -> None:
    @router.callback_query(ConversationTapFilter(ConversationVerb.DIARY))
    async def tell_of_diary(query: types.CallbackQuery, tap: ConversationTap) -> HandlerResult:
        turn = await give.look(tap)
        if turn.context is None:
            return refuse_tap(query, tap, turn.notice)
        promise = conversations.diary_promise(tap.address, tap.message_id, tap.invitation)
        return show(promise, *list_left_message(tap.address, turn, conversations))


def _add_lists(router: Router, give: GiveAnswer, stop: StopAsking, conversations: ShowConversation) -> None:
    """Add the menu and the list of answers to change, which are shown in place of a step and do not move it.

    Then add the refusal of every other tap on these buttons: it must be last, because it accepts all of them.
    """

    @router.callback_query(ConversationTapFilter(ConversationVerb.MENU))
    async def open_menu(query: types.CallbackQuery, tap: ConversationTap) -> HandlerResult:
        turn = await give.look(tap)
        if turn.context is None:
            return refuse_tap(query, tap, turn.notice)
        menu = conversations.menu(tap.address, tap.message_id, tap.invitation)
        return show(menu, *list_left_message(tap.address, turn, conversations))

    @router.callback_query(ConversationTapFilter(ConversationVerb.CHOOSE))
    async def offer_changes(query: types.CallbackQuery, tap: ConversationTap) -> HandlerResult:
        turn = await give.look(tap)
        if turn.context is None:
            return refuse_tap(query, tap, turn.notice)
        choice = conversations.answer_choice(tap.address, tap.message_id, tap.invitation)
        notice = answer_screens.change_notice(turn.context, conversations.now())
        return show(choice, *list_left_message(tap.address, turn, conversations), notice=notice)

    @router.callback_query(ConversationTapFilter(ConversationVerb.LESS_OFTEN))
    async def ask_less_often(
        query: types.CallbackQuery, tap: ConversationTap, numbers: tuple[int, ...]
    ) -> HandlerResult:
        turn = await stop.ask_less_often(tap, is_wanted := numbers[0] == YES)
        if turn.context is None:
            return refuse_tap(query, tap, turn.notice)
        make_showing = conversations.less_often if is_wanted else conversations.step
        showing = make_showing(tap.address, tap.message_id, tap.invitation)
        notice = answer_screens.frequency_notice(turn, is_wanted)
        return show(showing, *list_left_message(tap.address, turn, conversations), notice=notice)

    @router.callback_query(CallbackFilter(*(set(ConversationVerb) - OWN_CONTROLS)))
    async def refuse_malformed_tap(query: types.CallbackQuery) -> HandlerResult:
        return refuse_malformed(query)


def refuse_malformed(query: types.CallbackQuery) -> HandlerResult:
    """Say that a button has lost its meaning, as one of an older version may."""
    return show(notice=answer_screens.refusal_notice(TapNotice.NOT_LEGAL, senders.sender_language(query)))


def refuse_tap(query: types.CallbackQuery, tap: ConversationTap, reason: TapNotice) -> HandlerResult:
    """Say why a tap was not taken: in a notice and, for GONE, in place of the question, which is not stored now."""
    language = senders.sender_language(query)
    notice = answer_screens.refusal_notice(reason, language)
    if reason is not TapNotice.GONE:
        return show(notice=notice)
    return show(MessageEdit(tap.address, tap.message_id, answer_screens.forgotten_question(language)), notice=notice)


def list_showings(tap: ConversationTap, turn: TurnResult, conversations: ShowConversation) -> list[Showing]:
    """Return the conversation in the tapped message, and what is left of the message that showed it until now."""
    if turn.context is None:
        return []
    step = conversations.step(tap.address, tap.message_id, tap.invitation)
    return [step, *list_left_message(tap.address, turn, conversations)]


def list_left_message(chat: Address, turn: TurnResult, conversations: ShowConversation) -> list[Showing]:
    if turn.context is None or turn.left_message is None:
        return []
    return [conversations.left_message(chat, turn.left_message, turn.context.invitation.id)]
