"""/complain, /mycases and the buttons of one's own cases. What is written is stored first, then answered."""

from aiogram import Router
from aiogram.filters import Command, Filter
from aiogram.types import CallbackQuery, Message

from bot.messages.callbacks import Action, ComplaintVerb, OwnCaseVerb
from bot.outbox.letters.case_card import redraw
from bot.outbox.letters.case_receipt import opened
from bot.outbox.replies import Replies
from bot.screens.customer import case_screens as screens
from bot.telegram import senders
from bot.telegram.acknowledgement import Alert
from bot.telegram.callbacks import CallbackFilter
from bot.telegram.content import find_case_text
from bot.telegram.customer.showing import show
from bot.texts import words_in
from bot.usecases.cases.admit_to_case import CaseStepRefused
from bot.usecases.cases.close_case import CloseCase
from bot.usecases.cases.hear_customer import AddedToCase, ReceiveMessage, IncomingMessage
from bot.usecases.cases.list_cases import ListOwnCases
from bot.usecases.cases.place_case import PlaceCase
from bot.usecases.cases.start_complaint import StartComplaint


class CaseMessageFilter(Filter):
    """Messages that are expected for a case: after /complain, soon after one was opened, or in reply to one."""

    def __init__(self, hear: ReceiveMessage) -> None:
        self._hear = hear

    async def __call__(self, message: Message) -> bool:
        if find_case_text(message) is None or (message.text or "").startswith("/"):
            return False
        return await self._hear.is_about_case(senders.chat_address(message), replied_message_id(message))


def replied_message_id(message: Message) -> str | None:
    return str(message.reply_to_message.message_id) if message.reply_to_message else None


def read_message(message: Message) -> IncomingMessage | None:
    said = find_case_text(message)
    if said is None:
        return None
    return IncomingMessage(str(message.message_id), said, replied_message_id(message), message.media_group_id)


def make_router(
    start: StartComplaint, hear: ReceiveMessage, place: PlaceCase, close: CloseCase, mine: ListOwnCases, replies: Replies
) -> Router:
    router = Router(name="complaints")
    _complaining(router, start, replies)
    _writing(router, hear, replies)
    _listing(router, mine, replies)
    _own_case(router, place, close, mine, replies)
    return router


def _complaining(router: Router, start: StartComplaint, replies: Replies) -> None:
    @router.message(senders.PrivateChatFilter(), Command("complain"))
    async def complain(message: Message) -> None:
        offer = await start(senders.chat_address(message), senders.sender_language(message))
        await replies.send(senders.chat_address(message), screens.touchpoint_choice(offer))

    @router.callback_query(CallbackFilter(ComplaintVerb.CHOOSE_PLACE, ComplaintVerb.WRITE_WITHOUT_PLACE))
    async def chosen(query: CallbackQuery, action: Action) -> None:
        place = action.args[0] if action.args else None
        offer = await start.choose_place(senders.person_address(query.from_user), senders.sender_language(query), place)
        await show(replies, query, screens.writing_prompt(offer))

    @router.callback_query(CallbackFilter(ComplaintVerb.SHOW_ALL_PLACES, ComplaintVerb.BACK_TO_PLACES))
    async def other(query: CallbackQuery, action: Action) -> None:
        offer = await start(senders.person_address(query.from_user), senders.sender_language(query))
        await show(replies, query, screens.touchpoint_choice(offer, every=action.verb is ComplaintVerb.SHOW_ALL_PLACES))

    @router.callback_query(CallbackFilter(ComplaintVerb.CANCEL))
    async def cancel(query: CallbackQuery) -> None:
        language = await start.cancel(senders.person_address(query.from_user))
        await show(replies, query, screens.cancellation(language))


def _writing(router: Router, hear: ReceiveMessage, replies: Replies) -> None:
    @router.message(senders.PrivateChatFilter(), CaseMessageFilter(hear))
    async def write(message: Message) -> None:
        said = read_message(message)
        if said is not None:
            done = await hear(senders.chat_address(message), senders.sender_language(message), said)
            if isinstance(done, AddedToCase):
                await redraw(replies, done.snapshot.view, done.snapshot.cards)


def _listing(router: Router, mine: ListOwnCases, replies: Replies) -> None:
    @router.message(senders.PrivateChatFilter(), Command("mycases"))
    async def my_cases(message: Message) -> None:
        found = await mine(senders.chat_address(message), senders.sender_language(message))
        await replies.send(senders.chat_address(message), screens.own_case_list(found))

    @router.callback_query(CallbackFilter(OwnCaseVerb.LIST))
    async def page(query: CallbackQuery, action: Action) -> None:
        found = await mine(senders.person_address(query.from_user), senders.sender_language(query), action.number())
        await show(replies, query, screens.own_case_list(found))

    @router.callback_query(CallbackFilter(OwnCaseVerb.SHOW))
    async def one(query: CallbackQuery, action: Action) -> Alert | None:
        view = await mine.find_one(senders.person_address(query.from_user), action.number())
        if view is None:
            return _not_yours(query)
        await show(replies, query, screens.own_case(view, action.number(1)))
        return None


def _own_case(router: Router, place: PlaceCase, close: CloseCase, mine: ListOwnCases, replies: Replies) -> None:
    @router.callback_query(CallbackFilter(OwnCaseVerb.FINISH))
    async def done(query: CallbackQuery, action: Action) -> Alert | None:
        view = await mine.stop_awaiting(senders.person_address(query.from_user), action.number())
        if view is None:
            return _not_yours(query)
        words = words_in(view.customer.language)
        await show(replies, query, opened(view, words, listening=False))
        return None

    @router.callback_query(CallbackFilter(OwnCaseVerb.WRITE_MORE))
    async def write_more(query: CallbackQuery, action: Action) -> Alert | None:
        view = await mine.await_more(senders.person_address(query.from_user), action.number())
        if view is None:
            return _not_yours(query)
        await replies.send(senders.person_address(query.from_user), screens.addition_prompt(view))
        return None

    @router.callback_query(CallbackFilter(OwnCaseVerb.SET_PLACE))
    async def where(query: CallbackQuery, action: Action) -> Alert | None:
        number, subject = action.number(), action.args[1] if len(action.args) > 1 else ""
        found = await place.place_own(senders.person_address(query.from_user), number, subject)
        if isinstance(found, CaseStepRefused):
            return _not_yours(query)
        await show(replies, query, opened(found.view, words_in(found.view.customer.language)))
        await redraw(replies, found.view, found.cards)
        return None

    @router.callback_query(CallbackFilter(OwnCaseVerb.NOT_SOLVED))
    async def not_solved(query: CallbackQuery, action: Action) -> Alert | None:
        found = await close.reopen_by_customer(senders.person_address(query.from_user), action.number())
        if isinstance(found, CaseStepRefused):
            return _not_yours(query)
        await show(replies, query, screens.reopening(found.view))
        await redraw(replies, found.view, found.cards)
        return None


def _not_yours(query: CallbackQuery) -> Alert:
    return Alert(words_in(senders.sender_language(query))("cases.refused.mine"))
