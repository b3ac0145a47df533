"""The bot comes into a group, or leaves it; a manager makes the group, or a topic of it, a team's chat."""

from aiogram import Router
from aiogram.filters import Command, Filter
from aiogram.types import CallbackQuery, Chat, ChatMemberUpdated, Message

from bot.messages.callbacks import Action, DigestVerb, TeamChatVerb
from bot.messages.message import Message as Said
from bot.messages.message import plain
from bot.outbox.replies import Replies
from bot.screens.team import team_chat_screens as screens
from bot.telegram import senders
from bot.telegram.api_errors import MESSENGER
from bot.telegram.callbacks import CallbackFilter
from bot.telegram.manager.roles import find_topic
from bot.texts import words_in
from bot.usecases.maps.resend_digest import ResendDigest
from bot.usecases.teams.bind_team import BindTeam, GroupChat
from cjm.address import Address

IN = ("member", "administrator", "creator", "restricted")


class GroupFilter(Filter):
    """What happens in groups."""

    async def __call__(self, event: Message | ChatMemberUpdated) -> bool:
        return event.chat.type in ("group", "supergroup")


class GroupUpgradeFilter(Filter):
    """The last word of a group that becomes a supergroup; the handler may take its ``new`` address."""

    async def __call__(self, message: Message) -> bool | dict[str, Address]:
        number = message.migrate_to_chat_id
        return False if number is None else {"new": Address(MESSENGER, str(number))}


def make_router(bind: BindTeam, resend: ResendDigest, replies: Replies) -> Router:
    router = Router(name="binding")
    _coming_and_going(router, bind, replies)
    _binding(router, bind, replies)
    _sending_again(router, resend)
    return router


def _group(chat: Chat, thread: int | None = None) -> GroupChat:
    return GroupChat(Address(MESSENGER, str(chat.id)), thread, chat.title or "")


def _coming_and_going(router: Router, bind: BindTeam, replies: Replies) -> None:
    @router.my_chat_member(GroupFilter())
    async def moved(event: ChatMemberUpdated) -> None:
        was, now = event.old_chat_member.status in IN, _is_in(event)
        group = _group(event.chat)
        if was and not now:
            await bind.lose(group.address)
        elif now and not was:
            language = event.from_user.language_code
            await _offer(bind, replies, senders.person_address(event.from_user), language, group)

    @router.message(GroupFilter(), GroupUpgradeFilter())
    async def upgraded(message: Message, new: Address) -> None:
        await bind.move(_group(message.chat).address, new)

    @router.message(GroupFilter(), Command("team"))
    async def team(message: Message) -> None:
        if message.from_user is not None:
            group = _group(message.chat, find_topic(message))
            await _offer(
                bind, replies, senders.person_address(message.from_user), senders.sender_language(message), group
            )


def _is_in(event: ChatMemberUpdated) -> bool:
    member = event.new_chat_member
    return member.status in IN and getattr(member, "is_member", True)


async def _offer(bind: BindTeam, replies: Replies, person: Address, language: str | None, group: GroupChat) -> None:
    """Ask in the group; where we may not write, in the manager's own chat."""
    offer = await bind.offer(person, language, group, asked_in=group.address)
    if offer is None:
        text = plain(words_in(language)("team.manager_needed"))
        await replies.send(group.address, Said(text, thread=group.thread))
        return
    if await replies.send(group.address, screens.team_offer(offer)) is None:
        elsewhere = await bind.offer(person, language, group, asked_in=person)
        if elsewhere is not None:
            await replies.send(person, screens.team_offer(elsewhere, elsewhere=True))


def _binding(router: Router, bind: BindTeam, replies: Replies) -> None:
    @router.callback_query(CallbackFilter(TeamChatVerb.BIND))
    async def chosen(query: CallbackQuery, action: Action) -> str | None:
        by = senders.find_actor(query)
        if by is None or query.message is None:
            return None
        done = await bind.bind(by.chat, by.person, senders.sender_language(query), action.number(), action.number(1))
        if done is None:
            return words_in(senders.sender_language(query))("team.only_managers")
        await replies.edit(by.chat, str(query.message.message_id), screens.binding_reply(done))
        return None

    @router.callback_query(CallbackFilter(TeamChatVerb.UNBIND))
    async def unbound(query: CallbackQuery, action: Action) -> str | None:
        by = senders.find_actor(query)
        if by is None or query.message is None:
            return None
        done = await bind.unbind(by.chat, by.person, senders.sender_language(query), action.number())
        if done is None:
            return words_in(senders.sender_language(query))("team.only_managers")
        await replies.edit(by.chat, str(query.message.message_id), screens.unbinding_reply(done))
        return None


def _sending_again(router: Router, resend: ResendDigest) -> None:
    @router.callback_query(CallbackFilter(DigestVerb.SEND_AGAIN))
    async def again(query: CallbackQuery, action: Action) -> str | None:
        by = senders.find_actor(query)
        if by is None:
            return None
        done = await resend(by.chat, by.person, action.number())
        return None if done is None else words_in(senders.sender_language(query))(f"team.again.{done}")
