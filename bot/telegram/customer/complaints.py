"""/complain, /mycases and the buttons of a customer's own cases.

Invariants:

* What a customer writes is stored before it is answered; the number of a new case comes as a letter, not as a reply.
* A button shows a case only to the customer whose case it is; anybody else gets an alert.
* Each step that changes a case shows it on the team's cards.
"""

from typing import Any

from aiogram import Router, types
from aiogram.filters import Filter

from bot.messages import commands
from bot.messages.callbacks import Action, ComplaintVerb, OwnCaseVerb
from bot.outbox.letters import case_receipt
from bot.outbox.showings import NewMessage
from bot.screens.customer import case_screens
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.command_filter import CommandFilter
from bot.telegram.handler_result import HandlerResult, show
from bot.telegram.incoming import is_command, read_incoming, replied_message_id
from bot.telegram.tapped_message import replace_tapped
from bot.texts import words_in
from bot.usecases.cases.case_access import CaseStepRefused
from bot.usecases.cases.close_case import CloseCase
from bot.usecases.cases.list_cases import ListOwnCases
from bot.usecases.cases.place_case import PlaceCase
from bot.usecases.cases.receive_message import AddedToCase, IncomingMessage, ReceiveMessage
from bot.usecases.cases.show_cards import ShowCards
from bot.usecases.cases.start_complaint import StartComplaint


class CaseMessageFilter(Filter):
    """Let messages for a case through: after /complain, soon after the last word about one, or in reply to one.

    The handler may take the ``incoming`` message.
    """

    def __init__(self, receive: ReceiveMessage) -> None:
        self._receive = receive

    async def __call__(self, message: types.Message) -> bool | dict[str, Any]:
        incoming = read_incoming(message)
        if incoming is None or is_command(message):
            return False
        is_expected = await self._receive.is_about_case(senders.chat_address(message), replied_message_id(message))
        return {"incoming": incoming} if is_expected else False


def make_router(
    start: StartComplaint,
    receive: ReceiveMessage,
    place: PlaceCase,
    close: CloseCase,
    own_cases: ListOwnCases,
    show_cards: ShowCards,
) -> Router:
    """Return the router of complaints; it stands behind `answering`, whose open question takes words first."""
    router = Router(name="complaints")
    _add_complaining(router, start)
    _add_words(router, receive, show_cards)
    _add_lists(router, own_cases)
    _add_additions(router, own_cases)
    _add_steps(router, place, close, show_cards)
    return router


def _add_complaining(router: Router, start: StartComplaint) -> None:
    @router.message(senders.PrivateChatFilter(), CommandFilter(commands.COMPLAIN))
    async def start_complaint(message: types.Message) -> HandlerResult:
        offer = await start(senders.chat_address(message), senders.sender_language(message))
        return show(NewMessage(senders.chat_address(message), case_screens.touchpoint_choice(offer)))

    @router.callback_query(CallbackFilter(ComplaintVerb.CHOOSE_PLACE, ComplaintVerb.WRITE_WITHOUT_PLACE))
    async def choose_place(query: types.CallbackQuery, action: Action) -> HandlerResult:
        person, language = senders.person_address(query.from_user), senders.sender_language(query)
        offer = await start.choose_place(person, language, action.arg() or None)
        return show(replace_tapped(query, case_screens.writing_prompt(offer)))

    @router.callback_query(CallbackFilter(ComplaintVerb.SHOW_ALL_PLACES, ComplaintVerb.BACK_TO_PLACES))
    async def list_places(query: types.CallbackQuery, action: Action) -> HandlerResult:
        offer = await start(senders.person_address(query.from_user), senders.sender_language(query))
        every = action.verb is ComplaintVerb.SHOW_ALL_PLACES
        return show(replace_tapped(query, case_screens.touchpoint_choice(offer, every=every)))

    @router.callback_query(CallbackFilter(ComplaintVerb.CANCEL))
    async def cancel_complaint(query: types.CallbackQuery) -> HandlerResult:
        language = await start.cancel(senders.person_address(query.from_user))
        return show(replace_tapped(query, case_screens.cancellation(language)))


def _add_words(router: Router, receive: ReceiveMessage, show_cards: ShowCards) -> None:
    @router.message(senders.PrivateChatFilter(), CaseMessageFilter(receive))
    async def receive_words(message: types.Message, incoming: IncomingMessage) -> HandlerResult:
        outcome = await receive(senders.chat_address(message), senders.sender_language(message), incoming)
        # A case that was opened needs no reply here: its number comes as a letter, and its card is a letter, too.
        return show(*show_cards(outcome.snapshot)) if isinstance(outcome, AddedToCase) else show()


def _add_lists(router: Router, own_cases: ListOwnCases) -> None:
    @router.message(senders.PrivateChatFilter(), CommandFilter(commands.MY_CASES))
    async def list_cases(message: types.Message) -> HandlerResult:
        page = await own_cases(senders.chat_address(message), senders.sender_language(message))
        return show(NewMessage(senders.chat_address(message), case_screens.own_case_list(page)))

    @router.callback_query(CallbackFilter(OwnCaseVerb.LIST))
    async def turn_page(query: types.CallbackQuery, action: Action) -> HandlerResult:
        person, language = senders.person_address(query.from_user), senders.sender_language(query)
        page = await own_cases(person, language, action.number())
        return show(replace_tapped(query, case_screens.own_case_list(page)))

    @router.callback_query(CallbackFilter(OwnCaseVerb.SHOW))
    async def show_case(query: types.CallbackQuery, action: Action) -> HandlerResult:
        view = await own_cases.find_one(senders.person_address(query.from_user), action.number())
        if view is None:
            return show(notice=case_screens.foreign_case(senders.sender_language(query)))
        return show(replace_tapped(query, case_screens.own_case(view, action.number(1))))


def _add_additions(router: Router, own_cases: ListOwnCases) -> None:
    @router.callback_query(CallbackFilter(OwnCaseVerb.WRITE_MORE))
    async def await_more(query: types.CallbackQuery, action: Action) -> HandlerResult:
        person = senders.person_address(query.from_user)
        view = await own_cases.await_more(person, action.number())
        if view is None:
            return show(notice=case_screens.foreign_case(senders.sender_language(query)))
        # A message of its own: the case stays readable above the words that will follow.
        return show(NewMessage(person, case_screens.addition_prompt(view)))

    @router.callback_query(CallbackFilter(OwnCaseVerb.FINISH))
    async def finish_case(query: types.CallbackQuery, action: Action) -> HandlerResult:
        view = await own_cases.stop_awaiting(senders.person_address(query.from_user), action.number())
        if view is None:
            return show(notice=case_screens.foreign_case(senders.sender_language(query)))
        receipt = case_receipt.render_opened(view, words_in(view.customer.language), expects_more=False)
        return show(replace_tapped(query, receipt))


def _add_steps(router: Router, place: PlaceCase, close: CloseCase, show_cards: ShowCards) -> None:
    @router.callback_query(CallbackFilter(OwnCaseVerb.SET_PLACE))
    async def set_place(query: types.CallbackQuery, action: Action) -> HandlerResult:
        step = await place.place_own(senders.person_address(query.from_user), action.number(), action.arg(1))
        if isinstance(step, CaseStepRefused):
            return show(notice=case_screens.foreign_case(senders.sender_language(query)))
        receipt = case_receipt.render_opened(step.view, words_in(step.view.customer.language))
        return show(replace_tapped(query, receipt), *show_cards(step))

    @router.callback_query(CallbackFilter(OwnCaseVerb.NOT_SOLVED))
    async def reopen_case(query: types.CallbackQuery, action: Action) -> HandlerResult:
        step = await close.reopen_by_customer(senders.person_address(query.from_user), action.number())
        if isinstance(step, CaseStepRefused):
            return show(notice=case_screens.foreign_case(senders.sender_language(query)))
        return show(replace_tapped(query, case_screens.reopening(step.view)), *show_cards(step))
