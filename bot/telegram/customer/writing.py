"""Words of customers in the conversation about one invitation: answers, comments, and edits of both.

Invariants:

* A message is taken here only if it answers an open question (`AnswerInWords`) or where a question waits for words
  (`WriteComment`); any other goes on to the next router. A command is never an answer.
* The next step is a new message below the words, posted as a letter. Here the old message loses its buttons and says
  that the conversation went on, so that only one message can be tapped.
"""

from collections.abc import Sequence

from aiogram import Router, types
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Filter

from bot.db.conversation.answer_files import AnswerFile
from bot.outbox.showings import Showing
from bot.screens.customer import answer_screens
from bot.telegram import senders
from bot.telegram.customer.answering import list_left_message
from bot.telegram.handler_result import HandlerResult, refuse, show
from bot.telegram.incoming import is_command, read_case_text, read_incoming, replied_message_id
from bot.usecases.asking.give_answer import GiveAnswer
from bot.usecases.asking.show_conversation import ShowConversation
from bot.usecases.asking.turn import TapNotice, TurnResult
from bot.usecases.asking.words.answer_in_words import AnswerInWords
from bot.usecases.asking.words.write_comment import WriteComment
from bot.usecases.cases.receive_message import IncomingMessage
from cjm.address import Address

_REFUSED_EDITS = (TapNotice.NOT_LEGAL, TapNotice.TOO_LATE, TapNotice.ENDED, TapNotice.NOT_ASKED)


class WordedAnswerFilter(Filter):
    """Let texts through that answer an open question; the handler may take the ``incoming`` and its ``invitation``."""

    def __init__(self, answer: AnswerInWords) -> None:
        self._answer = answer

    async def __call__(self, message: types.Message) -> bool | dict[str, int | IncomingMessage]:
        incoming = read_incoming(message) if message.text and not is_command(message) else None
        if incoming is None:
            return False
        chat = senders.chat_address(message)
        invitation = await self._answer.find_invitation(chat, incoming.text.text, incoming.reply_to)
        return False if invitation is None else {"invitation": invitation, "incoming": incoming}


class AwaitedAnswerFilter(Filter):
    """Let messages through, photos too, where a question waits for words; the handler may take its ``invitation``."""

    def __init__(self, comment: WriteComment) -> None:
        self._comment = comment

    async def __call__(self, message: types.Message) -> bool | dict[str, int]:
        if is_command(message):
            return False
        invitation = await self._comment.find_invitation(senders.chat_address(message), replied_message_id(message))
        return False if invitation is None else {"invitation": invitation}


def make_router(
    answer: AnswerInWords, comment: WriteComment, give: GiveAnswer, conversations: ShowConversation
) -> Router:
    """Return the router of words in conversations.

    An edited message of a private chat that was not an answer changes nothing here, and goes on to the next router.
    """
    router = Router(name="writing")
    _add_answers(router, answer, conversations)
    _add_comments(router, comment, give, conversations)
    _add_edits(router, comment, conversations)
    return router


def _add_answers(router: Router, answer: AnswerInWords, conversations: ShowConversation) -> None:
    @router.message(senders.PrivateChatFilter(), WordedAnswerFilter(answer))
    async def take_answer(message: types.Message, incoming: IncomingMessage, invitation: int) -> HandlerResult:
        chat, names = senders.chat_address(message), senders.account_names(message.from_user)
        turn = await answer(chat, incoming, invitation, names)
        if turn is None:
            raise SkipHandler
        return show(*list_left_message(chat, turn, conversations))


def _add_comments(router: Router, comment: WriteComment, give: GiveAnswer, conversations: ShowConversation) -> None:
    @router.message(senders.PrivateChatFilter(), AwaitedAnswerFilter(comment))
    async def write_answer(message: types.Message, invitation: int) -> HandlerResult:
        chat, given = senders.chat_address(message), read_case_text(message)
        if given is not None:
            file = AnswerFile(given.kind, given.file_id) if given.file_id is not None else None
            names = senders.account_names(message.from_user)
            turn = await comment(chat, given.text, str(message.message_id), invitation, names, file)
            if turn.notice is not TapNotice.NOT_LEGAL:
                return show(*_list_shown(chat, turn, conversations))
        context = await give.find_context(chat, invitation)
        language, reply_to = senders.sender_language(message), str(message.message_id)
        return refuse(chat, answer_screens.text_request(context, language, reply_to))


def _add_edits(router: Router, comment: WriteComment, conversations: ShowConversation) -> None:
    @router.edited_message(senders.PrivateChatFilter())
    async def rewrite_answer(message: types.Message) -> HandlerResult:
        chat, text = senders.chat_address(message), (message.text or "").strip()
        if not text or is_command(message):  # it became a command or a picture: the answer stays as it was written
            raise SkipHandler
        names = senders.account_names(message.from_user)
        turn = await comment.edit_comment(chat, text, str(message.message_id), names)
        response = turn.context.response if turn.context is not None else None
        if turn.context is None or response is None:
            raise SkipHandler
        if turn.notice in _REFUSED_EDITS:
            return refuse(chat, answer_screens.refused_edit(turn.context, turn, str(message.message_id)))
        if response.message_id is None:
            return show()
        return show(conversations.step(chat, response.message_id, response.invitation_id))


def _list_shown(chat: Address, turn: TurnResult, conversations: ShowConversation) -> Sequence[Showing]:
    """Return what words change: the message that they left, or, added to words before, the message below these."""
    context, left = turn.context, turn.left_message
    if context is None or left is not None or context.response is None or context.response.message_id is None:
        return list_left_message(chat, turn, conversations)
    return [conversations.step(chat, context.response.message_id, context.invitation.id)]
