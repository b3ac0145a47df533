"""Cases in the chats that look after them: the buttons of a card, answers by reply, and /complaints.

Invariants:

* A reply to a card, or to a message about a case, is an answer to its customer. Other messages of a team's chat,
  except commands, are conversation among people: the bot does not react.
* An edited answer is not passed on; who edited it is told so, of each answer once.
* Each step shows the case on its latest cards (`CaseRouting.list_cards`), also a refused one, because its card may be
  out of date. A step of somebody who may not see the case shows nothing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from aiogram import Bot, Router, types
from aiogram.filters import Filter

from bot.messages import commands
from bot.messages.callbacks import Action, TeamCaseVerb, Verb
from bot.messages.message import Message
from bot.outbox.showings import MessageEdit, NewMessage, Showing
from bot.screens.team import case_list_screens, case_replies
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.command_filter import CommandFilter
from bot.telegram.edit_notices import EditNotices
from bot.telegram.handler_result import HandlerResult, show
from bot.telegram.incoming import is_command, read_case_text
from bot.telegram.tapped_message import tapped_message_id
from bot.usecases.cases.answer_case import AnswerCase, CustomerUnreachable
from bot.usecases.cases.case_access import Actor, CaseSnapshot, CaseStepRefused
from bot.usecases.cases.close_case import CloseCase
from bot.usecases.cases.list_cases import ListOpenCases
from bot.usecases.cases.mute_writer import MuteWriter
from bot.usecases.cases.place_case import PlaceCase
from bot.usecases.cases.show_cards import ShowCards
from bot.usecases.cases.take_case import TakeCase
from cjm.cases.case import CaseRefusal

TakeStep = Callable[[Actor, int], Awaitable[CaseSnapshot | CaseStepRefused]]


class CaseReplyFilter(Filter):
    """Let replies to a card, or to another message about a case, through in a chat that looks after it.

    The handler may take the ``actor``, the ``number`` of the case and ``reply_to``, the id of the card or message.
    """

    def __init__(self, answer: AnswerCase) -> None:
        self._answer = answer

    async def __call__(self, message: types.Message, bot: Bot) -> bool | dict[str, Any]:
        actor, replied = senders.find_actor(message), message.reply_to_message
        if actor is None or replied is None or is_command(message):
            return False
        is_ours = replied.from_user is not None and replied.from_user.id == bot.id
        own_words = replied.text or replied.caption if is_ours else None
        reply_to = str(replied.message_id)
        number = await self._answer.find_case(actor, reply_to, own_words)
        return {"actor": actor, "number": number, "reply_to": reply_to} if number is not None else False


class CaseChatFilter(Filter):
    """Let messages of a team's chat, and of managers in private, through; the handler may take the ``actor``."""

    def __init__(self, open_cases: ListOpenCases) -> None:
        self._open_cases = open_cases

    async def __call__(self, message: types.Message) -> bool | dict[str, Any]:
        actor = senders.find_actor(message)
        return {"actor": actor} if actor is not None and await self._open_cases.may_list(actor) else False


def make_router(
    take: TakeCase,
    answer: AnswerCase,
    close: CloseCase,
    place: PlaceCase,
    open_cases: ListOpenCases,
    mute: MuteWriter,
    show_cards: ShowCards,
) -> Router:
    """Return the router for the team's work on cases, and for managers who do that work in private."""
    router = Router(name="cases")
    _add_steps(router, take, close, mute, show_cards)
    _add_questions(router, close, mute, show_cards)
    _add_answers(router, answer, show_cards)
    _add_places(router, place, show_cards)
    _add_lists(router, open_cases)
    return router


def _add_steps(router: Router, take: TakeCase, close: CloseCase, mute: MuteWriter, show_cards: ShowCards) -> None:
    steps: dict[Verb, TakeStep] = {
        TeamCaseVerb.TAKE: take,
        TeamCaseVerb.CLOSE_UNANSWERED: close,
        TeamCaseVerb.REOPEN: close.reopen,
        TeamCaseVerb.MUTE: mute,
        TeamCaseVerb.UNMUTE: mute.unmute,
        TeamCaseVerb.READ_KEPT: mute.read_kept,
    }

    @router.callback_query(CallbackFilter(*steps), senders.ActorFilter())
    async def take_step(query: types.CallbackQuery, action: Action, actor: Actor) -> HandlerResult:
        step = await steps[action.verb](actor, action.number())
        return show(*show_cards(step), notice=case_replies.step_notice(step, senders.sender_language(query)))


def _add_questions(router: Router, close: CloseCase, mute: MuteWriter, show_cards: ShowCards) -> None:
    """Add what is asked below a card; only edited, as the choice of a place: the way back is the card's own."""

    @router.callback_query(CallbackFilter(TeamCaseVerb.CLOSE), senders.ActorFilter())
    async def close_or_ask(query: types.CallbackQuery, action: Action, actor: Actor) -> HandlerResult:
        step = await close.close_if_answered(actor, action.number())
        if (unanswered := _find_unanswered(step)) is not None and unanswered.reader is not None:
            question = case_list_screens.close_question(unanswered.view, unanswered.reader)
            return show(MessageEdit(actor.chat, tapped_message_id(query), question))
        return show(*show_cards(step), notice=case_replies.step_notice(step, senders.sender_language(query)))

    @router.callback_query(CallbackFilter(TeamCaseVerb.ASK_MUTE), senders.ActorFilter())
    async def ask_before_muting(query: types.CallbackQuery, action: Action, actor: Actor) -> HandlerResult:
        step = await mute.view_case(actor, action.number())
        if isinstance(step, CaseSnapshot) and step.reader is not None:
            question = case_list_screens.mute_question(step.view, step.reader)
            return show(MessageEdit(actor.chat, tapped_message_id(query), question))
        return show(*show_cards(step), notice=case_replies.step_notice(step, senders.sender_language(query)))


def _find_unanswered(step: CaseSnapshot | CaseStepRefused) -> CaseSnapshot | None:
    """Return the case that was not closed because nobody has answered it."""
    is_unanswered = isinstance(step, CaseStepRefused) and step.reason is CaseRefusal.UNANSWERED
    return step.snapshot if isinstance(step, CaseStepRefused) and is_unanswered else None


def _add_answers(router: Router, answer: AnswerCase, show_cards: ShowCards) -> None:
    edits = EditNotices()

    @router.message(CaseReplyFilter(answer))
    async def answer_customer(message: types.Message, actor: Actor, number: int, reply_to: str) -> HandlerResult:
        text, language = read_case_text(message), senders.sender_language(message)
        if text is None:
            return show(_reply_below(message, case_replies.unsupported_answer(language)))
        outcome = await answer(actor, number, str(message.message_id), text, reply_to)
        problem = case_replies.answer_problem(outcome, number, language)
        cards = show_cards(outcome.snapshot if isinstance(outcome, CustomerUnreachable) else outcome)
        return show(*cards) if problem is None else show(_reply_below(message, problem), *cards)

    @router.edited_message(CaseReplyFilter(answer))
    async def refuse_edit(message: types.Message, actor: Actor) -> HandlerResult:
        if not edits.admit(actor.chat, message.message_id):
            return show()
        return show(_reply_below(message, case_replies.edited_answer(senders.sender_language(message))))

    @router.callback_query(CallbackFilter(TeamCaseVerb.SEND_AGAIN), senders.ActorFilter())
    async def send_again(query: types.CallbackQuery, action: Action, actor: Actor) -> HandlerResult:
        # The tapped message is a notice about the answer, not a card that has arrived.
        step = await answer.send_again(replace(actor, card=None), action.number(), action.number(1))
        return show(*show_cards(step), notice=case_replies.sent_again_notice(step, senders.sender_language(query)))


def _add_places(router: Router, place: PlaceCase, show_cards: ShowCards) -> None:
    @router.callback_query(CallbackFilter(TeamCaseVerb.CHOOSE_PLACE), senders.ActorFilter())
    async def choose_place(query: types.CallbackQuery, action: Action, actor: Actor) -> HandlerResult:
        step = await place.view_case(actor, action.number())
        if isinstance(step, CaseSnapshot) and step.reader is not None:
            # Only edited: as a new message it would be a second card, which later steps do not know of.
            choice = case_list_screens.touchpoint_choice(step.view, step.reader)
            return show(MessageEdit(actor.chat, tapped_message_id(query), choice))
        return show(*show_cards(step), notice=case_replies.step_notice(step, senders.sender_language(query)))

    @router.callback_query(CallbackFilter(TeamCaseVerb.SET_PLACE), senders.ActorFilter())
    async def set_place(query: types.CallbackQuery, action: Action, actor: Actor) -> HandlerResult:
        step = await place(actor, action.number(), action.arg(1))
        return show(*show_cards(step), notice=case_replies.step_notice(step, senders.sender_language(query)))

    @router.callback_query(CallbackFilter(TeamCaseVerb.KEEP_PLACE), senders.ActorFilter())
    async def keep_place(query: types.CallbackQuery, action: Action, actor: Actor) -> HandlerResult:
        step = await place.view_case(actor, action.number())
        return show(*show_cards(step), notice=case_replies.step_notice(step, senders.sender_language(query)))


def _add_lists(router: Router, open_cases: ListOpenCases) -> None:
    @router.message(CommandFilter(commands.COMPLAINTS), CaseChatFilter(open_cases))
    async def list_cases(message: types.Message, actor: Actor) -> HandlerResult:
        page = await open_cases(actor)
        # The filter let only such chats through; a chat that was unbound meanwhile gets no reply.
        if isinstance(page, CaseStepRefused):
            return show()
        return show(NewMessage(actor.chat, case_list_screens.open_case_list(page)))

    @router.callback_query(CallbackFilter(TeamCaseVerb.LIST), senders.ActorFilter())
    async def turn_page(query: types.CallbackQuery, action: Action, actor: Actor) -> HandlerResult:
        page = await open_cases(actor, action.number())
        if isinstance(page, CaseStepRefused):
            return show(notice=case_replies.step_notice(page, senders.sender_language(query)))
        return show(MessageEdit(actor.chat, tapped_message_id(query), case_list_screens.open_case_list(page)))

    @router.callback_query(CallbackFilter(TeamCaseVerb.SHOW), senders.ActorFilter())
    async def send_card(query: types.CallbackQuery, action: Action, actor: Actor) -> HandlerResult:
        # The card is posted as a letter, so a second tap within the minute does not bring a second card.
        refused = await open_cases.send_card(actor, action.number())
        language = senders.sender_language(query)
        return show() if refused is None else show(notice=case_replies.step_notice(refused, language))


def _reply_below(message: types.Message, reply: Message) -> Showing:
    """Answer under the member's own message, in its topic."""
    thread, reply_to = senders.find_topic(message), str(message.message_id)
    return NewMessage(senders.chat_address(message), replace(reply, thread=thread, reply_to=reply_to))
