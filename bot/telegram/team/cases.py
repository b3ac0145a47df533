"""Cases where they are looked after: the card's buttons, answers by reply, /complaints."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from aiogram import Router
from aiogram.filters import Command, Filter
from aiogram.types import CallbackQuery, Message

from bot.messages.callbacks import Action, TeamCaseVerb, Verb
from bot.messages.message import Message as Said
from bot.messages.message import plain
from bot.outbox.letters.case_card import redraw
from bot.outbox.replies import Replies
from bot.screens.team import case_list_screens as screens
from bot.telegram import senders
from bot.telegram.callbacks import CallbackFilter
from bot.telegram.content import find_case_text
from bot.texts import words_in
from bot.usecases.cases.admit_to_case import Actor, CaseSnapshot, CaseStepRefused
from bot.usecases.cases.answer_case import AnswerCase, CustomerUnreachable
from bot.usecases.cases.close_case import CloseCase
from bot.usecases.cases.list_cases import ListOpenCases
from bot.usecases.cases.place_case import PlaceCase
from bot.usecases.cases.take_case import TakeCase

Step = Callable[[Actor, int], Awaitable[CaseSnapshot | CaseStepRefused]]


class CaseReplyFilter(Filter):
    """Replies to a card, or to another message about a case, in a chat that looks after it."""

    def __init__(self, answer: AnswerCase) -> None:
        self._answer = answer

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        by = senders.find_actor(message)
        if by is None or message.reply_to_message is None or (message.text or "").startswith("/"):
            return False
        number = await self._answer.find_case(by, str(message.reply_to_message.message_id))
        return {"hand": by, "number": number} if number is not None else False


class CaseChatFilter(Filter):
    """Messages of a team's chat, and of managers in private."""

    def __init__(self, listing: ListOpenCases) -> None:
        self._listing = listing

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        by = senders.find_actor(message)
        return {"hand": by} if by is not None and await self._listing.may_list(by) else False


def make_router(
    take: TakeCase, answer: AnswerCase, close: CloseCase, place: PlaceCase, listing: ListOpenCases, replies: Replies
) -> Router:
    router = Router(name="cases")
    _steps(router, take, close, replies)
    _answers(router, answer, replies)
    _places(router, place, replies)
    _lists(router, listing, replies)
    return router


def _steps(router: Router, take: TakeCase, close: CloseCase, replies: Replies) -> None:
    steps: dict[Verb, Step] = {
        TeamCaseVerb.TAKE: take,
        TeamCaseVerb.CLOSE: close,
        TeamCaseVerb.REOPEN: close.reopen,
    }

    @router.callback_query(CallbackFilter(*steps))
    async def step(query: CallbackQuery, action: Action) -> str | None:
        by, number = senders.find_actor(query), action.number()
        if by is not None:
            return await _tell(query, await steps[action.verb](by, number), replies)
        return None


def _answers(router: Router, answer: AnswerCase, replies: Replies) -> None:
    @router.message(CaseReplyFilter(answer))
    async def reply(message: Message, hand: Actor, number: int) -> None:
        said = find_case_text(message)
        if said is None:
            await _say(message, "cases.refused.cannot_send", replies)
            return
        done = await answer(hand, number, str(message.message_id), said)
        if isinstance(done, CaseStepRefused):
            await _say(message, f"cases.refused.{done.reason}", replies)
        elif isinstance(done, CustomerUnreachable):
            await _say(message, "cases.notice.no_chat", replies, done.snapshot.language, number=number)
        shown = done.snapshot if isinstance(done, CustomerUnreachable) else done
        if isinstance(shown, CaseSnapshot):
            await redraw(replies, shown.view, shown.cards)

    @router.callback_query(CallbackFilter(TeamCaseVerb.SEND_AGAIN))
    async def again(query: CallbackQuery, action: Action) -> str | None:
        by, ids = senders.find_actor(query), action.numbers
        if by is not None and ids and len(ids) == 2:
            done = await answer.send_again(replace(by, card=None), ids[0], ids[1])
            return await _tell(query, done, replies, "cases.notice.sent_again")
        return None


def _places(router: Router, place: PlaceCase, replies: Replies) -> None:
    @router.callback_query(CallbackFilter(TeamCaseVerb.CHOOSE_PLACE))
    async def choose(query: CallbackQuery, action: Action) -> str | None:
        by = senders.find_actor(query)
        done = await place.view_case(by, action.number()) if by else None
        if isinstance(done, CaseSnapshot) and done.reader and by and by.card:
            await replies.edit(by.chat, by.card, screens.touchpoint_choice(done.view, done.reader))
            return None
        return await _tell(query, done, replies) if done is not None else None

    @router.callback_query(CallbackFilter(TeamCaseVerb.SET_PLACE, TeamCaseVerb.KEEP_PLACE))
    async def put(query: CallbackQuery, action: Action) -> str | None:
        by, number = senders.find_actor(query), action.number()
        if by is not None and action.verb is TeamCaseVerb.KEEP_PLACE:
            return await _tell(query, await place.view_case(by, number), replies)
        if by is not None and len(action.args) == 2:
            return await _tell(query, await place(by, number, action.args[1]), replies)
        return None


def _lists(router: Router, listing: ListOpenCases, replies: Replies) -> None:
    @router.message(Command("complaints"), CaseChatFilter(listing))
    async def complaints(message: Message, hand: Actor) -> None:
        found = await listing(hand)
        if not isinstance(found, CaseStepRefused):
            await replies.send(hand.chat, screens.open_case_list(found))

    @router.callback_query(CallbackFilter(TeamCaseVerb.LIST))
    async def page(query: CallbackQuery, action: Action) -> str | None:
        by = senders.find_actor(query)
        found = await listing(by, action.number()) if by else None
        if by is None or query.message is None or found is None or isinstance(found, CaseStepRefused):
            return _refusal(query, "cases.refused.stranger")
        await replies.edit(by.chat, str(query.message.message_id), screens.open_case_list(found))
        return None

    @router.callback_query(CallbackFilter(TeamCaseVerb.SHOW))
    async def show(query: CallbackQuery, action: Action) -> str | None:
        by = senders.find_actor(query)
        refused = await listing.send_card(by, action.number()) if by else None
        return _refusal(query, f"cases.refused.{refused.reason}") if refused is not None else None


async def _tell(
    query: CallbackQuery, done: CaseSnapshot | CaseStepRefused, replies: Replies, key: str | None = None
) -> str | None:
    """Show how things stand, to those who may know; what to say on top of the chat, such as why it was refused."""
    shown = done.snapshot if isinstance(done, CaseStepRefused) else done
    if shown is not None:
        await redraw(replies, shown.view, shown.cards)
    words = words_in(shown.language if shown else senders.sender_language(query))
    if isinstance(done, CaseStepRefused):
        return words(f"cases.refused.{done.reason}", name=done.holder or words("cases.team"))
    return words(key) if key else None


def _refusal(query: CallbackQuery, key: str) -> str:
    return words_in(senders.sender_language(query))(key)


async def _say(message: Message, key: str, replies: Replies, language: str | None = None, **values: object) -> None:
    words = words_in(language or senders.sender_language(message))
    text = words(key, name=words("cases.team"), **values)
    thread = message.message_thread_id if message.is_topic_message else None
    await replies.send(
        senders.chat_address(message), Said(plain(text), reply_to=str(message.message_id), thread=thread)
    )
