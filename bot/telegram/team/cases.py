"""Cases in the chats that look after them: the buttons of a card, answers by reply, and /complaints.

Invariants:

* A reply to a card, or to a message about a case, is an answer to its customer. Other messages of a team's chat,
  except commands, are conversation among people: the bot does not react.
* Each step redraws the case's latest cards (`CaseRouting.list_cards`), also a refused one, because its card may be out
  of date. A step of somebody who may not see the case redraws nothing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from aiogram import Router, types
from aiogram.filters import Filter

from bot.messages import commands
from bot.messages.callbacks import Action, TeamCaseVerb, Verb
from bot.messages.message import Message
from bot.messages.notice import Notice
from bot.outbox.letters.case_card import redraw_cards
from bot.outbox.replies import Replies
from bot.screens.team import case_list_screens, case_replies
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.command_filter import CommandFilter
from bot.telegram.incoming import is_command, read_case_text
from bot.telegram.tapped_message import tapped_message_id
from bot.usecases.cases.answer_case import AnswerCase, CustomerUnreachable
from bot.usecases.cases.case_access import Actor, CaseSnapshot, CaseStepRefused
from bot.usecases.cases.close_case import CloseCase
from bot.usecases.cases.list_cases import ListOpenCases
from bot.usecases.cases.place_case import PlaceCase
from bot.usecases.cases.take_case import TakeCase

TakeStep = Callable[[Actor, int], Awaitable[CaseSnapshot | CaseStepRefused]]


class CaseReplyFilter(Filter):
    """Let replies to a card, or to another message about a case, through in a chat that looks after it.

    The handler may take the ``actor`` and the ``number`` of the case.
    """

    def __init__(self, answer: AnswerCase) -> None:
        self._answer = answer

    async def __call__(self, message: types.Message) -> bool | dict[str, Any]:
        actor = senders.find_actor(message)
        if actor is None or message.reply_to_message is None or is_command(message):
            return False
        number = await self._answer.find_case(actor, str(message.reply_to_message.message_id))
        return {"actor": actor, "number": number} if number is not None else False


class CaseChatFilter(Filter):
    """Let messages of a team's chat, and of managers in private, through; the handler may take the ``actor``."""

    def __init__(self, open_cases: ListOpenCases) -> None:
        self._open_cases = open_cases

    async def __call__(self, message: types.Message) -> bool | dict[str, Any]:
        actor = senders.find_actor(message)
        return {"actor": actor} if actor is not None and await self._open_cases.may_list(actor) else False


def make_router(
    take: TakeCase, answer: AnswerCase, close: CloseCase, place: PlaceCase, open_cases: ListOpenCases, replies: Replies
) -> Router:
    """Return the router for the team's work on cases, and for managers who do that work in private."""
    router = Router(name="cases")
    _add_steps(router, take, close, replies)
    _add_answers(router, answer, replies)
    _add_places(router, place, replies)
    _add_lists(router, open_cases, replies)
    return router


def _add_steps(router: Router, take: TakeCase, close: CloseCase, replies: Replies) -> None:
    steps: dict[Verb, TakeStep] = {
        TeamCaseVerb.TAKE: take,
        TeamCaseVerb.CLOSE: close,
        TeamCaseVerb.REOPEN: close.reopen,
    }

    @router.callback_query(CallbackFilter(*steps), senders.ActorFilter())
    async def take_step(query: types.CallbackQuery, action: Action, actor: Actor) -> Notice | None:
        step = await steps[action.verb](actor, action.number())
        await _redraw(replies, step)
        return case_replies.step_notice(step, senders.sender_language(query))


def _add_answers(router: Router, answer: AnswerCase, replies: Replies) -> None:
    @router.message(CaseReplyFilter(answer))
    async def answer_customer(message: types.Message, actor: Actor, number: int) -> None:
        text, language = read_case_text(message), senders.sender_language(message)
        if text is None:
            await _reply(replies, message, case_replies.unsupported_answer(language))
            return
        outcome = await answer(actor, number, str(message.message_id), text)
        problem = case_replies.answer_problem(outcome, number, language)
        if problem is not None:
            await _reply(replies, message, problem)
        await _redraw(replies, outcome.snapshot if isinstance(outcome, CustomerUnreachable) else outcome)

    @router.callback_query(CallbackFilter(TeamCaseVerb.SEND_AGAIN), senders.ActorFilter())
    async def send_again(query: types.CallbackQuery, action: Action, actor: Actor) -> Notice | None:
        # The tapped message is a notice about the answer, not a card that has arrived.
        step = await answer.send_again(replace(actor, card=None), action.number(), action.number(1))
        await _redraw(replies, step)
        return case_replies.sent_again_notice(step, senders.sender_language(query))


def _add_places(router: Router, place: PlaceCase, replies: Replies) -> None:
    @router.callback_query(CallbackFilter(TeamCaseVerb.CHOOSE_PLACE), senders.ActorFilter())
    async def choose_place(query: types.CallbackQuery, action: Action, actor: Actor) -> Notice | None:
        step = await place.view_case(actor, action.number())
        if isinstance(step, CaseSnapshot) and step.reader is not None:
            # Only edited: as a new message it would be a second card, which later steps do not know of.
            choice = case_list_screens.touchpoint_choice(step.view, step.reader)
            await replies.edit(actor.chat, tapped_message_id(query), choice)
            return None
        await _redraw(replies, step)
        return case_replies.step_notice(step, senders.sender_language(query))

    @router.callback_query(CallbackFilter(TeamCaseVerb.SET_PLACE), senders.ActorFilter())
    async def set_place(query: types.CallbackQuery, action: Action, actor: Actor) -> Notice | None:
        step = await place(actor, action.number(), action.arg(1))
        await _redraw(replies, step)
        return case_replies.step_notice(step, senders.sender_language(query))

    @router.callback_query(CallbackFilter(TeamCaseVerb.KEEP_PLACE), senders.ActorFilter())
    async def keep_place(query: types.CallbackQuery, action: Action, actor: Actor) -> Notice | None:
        step = await place.view_case(actor, action.number())
        await _redraw(replies, step)
        return case_replies.step_notice(step, senders.sender_language(query))


def _add_lists(router: Router, open_cases: ListOpenCases, replies: Replies) -> None:
    @router.message(CommandFilter(commands.COMPLAINTS), CaseChatFilter(open_cases))
    async def list_cases(message: types.Message, actor: Actor) -> None:
        page = await open_cases(actor)
        # The filter let only such chats through; a chat that was unbound meanwhile gets no reply.
        if not isinstance(page, CaseStepRefused):
            await replies.send(actor.chat, case_list_screens.open_case_list(page))

    @router.callback_query(CallbackFilter(TeamCaseVerb.LIST), senders.ActorFilter())
    async def turn_page(query: types.CallbackQuery, action: Action, actor: Actor) -> Notice | None:
        page = await open_cases(actor, action.number())
        if isinstance(page, CaseStepRefused):
            return case_replies.step_notice(page, senders.sender_language(query))
        await replies.edit(actor.chat, tapped_message_id(query), case_list_screens.open_case_list(page))
        return None

    @router.callback_query(CallbackFilter(TeamCaseVerb.SHOW), senders.ActorFilter())
    async def send_card(query: types.CallbackQuery, action: Action, actor: Actor) -> Notice | None:
        # The card is posted as a letter, so a second tap within the minute does not bring a second card.
        refused = await open_cases.send_card(actor, action.number())
        return case_replies.step_notice(refused, senders.sender_language(query)) if refused is not None else None


async def _redraw(replies: Replies, step: CaseSnapshot | CaseStepRefused) -> None:
    """Show on the case's cards how it stands; after a refusal only if the actor may see the case."""
    snapshot = step.snapshot if isinstance(step, CaseStepRefused) else step
    if snapshot is not None:
        await redraw_cards(replies, snapshot.view, snapshot.cards)


async def _reply(replies: Replies, message: types.Message, reply: Message) -> None:
    """Answer under the member's own message, in its topic."""
    thread, reply_to = senders.find_topic(message), str(message.message_id)
    await replies.send(senders.chat_address(message), replace(reply, thread=thread, reply_to=reply_to))
