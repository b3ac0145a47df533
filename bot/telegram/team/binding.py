"""Groups that become a team's chat: the bot is added or removed, /team, and the buttons of the offer.

Invariants:

* Only managers of all journeys bind a team; `BindTeam` decides that. Anybody else is told so, as often as
  `GroupRefusals` allows.
* A team's chat is asked for the right to delete messages as long as it is known to lack, when it is bound and by /team.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiogram import Router, types
from aiogram.filters import JOIN_TRANSITION, LEAVE_TRANSITION, ChatMemberUpdatedFilter, Filter

from bot.messages import commands
from bot.messages.callbacks import Action, DigestVerb, TeamChatVerb
from bot.messages.message import Message
from bot.outbox.messenger import DeliveryError, SentMessage
from bot.outbox.showings import MessageReplacement, NewMessage, Showing
from bot.screens.team import team_chat_screens
from bot.telegram import senders
from bot.telegram.api_errors import MESSENGER
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.command_filter import CommandFilter
from bot.telegram.handler_result import HandlerResult, refuse, show
from bot.telegram.tapped_message import replace_tapped, tapped_message_id
from bot.telegram.team.group_refusals import GroupRefusals
from bot.usecases.cases.case_access import Actor
from bot.usecases.maps.resend_digest import ResendDigest
from bot.usecases.teams.bind_team import BindTeam, GroupChat, TeamBound, TeamOffer
from cjm.address import Address
from cjm.given_names import clean_given_name


class GroupFilter(Filter):
    """Let through what happens in groups."""

    async def __call__(self, event: types.Message | types.ChatMemberUpdated) -> bool:
        return event.chat.type in ("group", "supergroup")


class GroupUpgradeFilter(Filter):
    """Let the last message of a group that becomes a supergroup through; the handler may take its ``new`` address."""

    async def __call__(self, message: types.Message) -> bool | dict[str, Address]:
        # Telegram says it twice, in the old group and in the new one. The old one is enough: it knows both ids.
        number = message.migrate_to_chat_id
        return False if number is None else {"new": Address(MESSENGER, str(number))}


MayDelete = Callable[[Address], Awaitable[bool]]
"""Function that tells whether the bot has the right to delete messages in a chat; it may raise DeliveryError."""


def make_router(bind: BindTeam, resend: ResendDigest, refusals: GroupRefusals, may_delete: MayDelete) -> Router:
    """Return the router for groups that are bound to a team, and for digests that are to be sent once more."""
    router = Router(name="binding")
    _add_offers(router, bind, refusals, may_delete)
    _add_moves(router, bind)
    _add_binding(router, bind, may_delete)
    _add_resending(router, resend)
    return router


def _group(chat: types.Chat, thread: int | None = None) -> GroupChat:
    # A group with a user name can be found and read by everybody.
    return GroupChat(Address(MESSENGER, str(chat.id)), thread, clean_given_name(chat.title), bool(chat.username))


def _add_moves(router: Router, bind: BindTeam) -> None:
    # "Restricted" stands for members and for others: aiogram's transitions look at `is_member`, too.
    @router.my_chat_member(GroupFilter(), ChatMemberUpdatedFilter(LEAVE_TRANSITION))
    async def unbind_lost_group(event: types.ChatMemberUpdated) -> None:
        # Nothing can be sent to the group any more: the use case tells the managers.
        await bind.unbind_lost_group(_group(event.chat).address)

    @router.message(GroupFilter(), GroupUpgradeFilter())
    async def follow_upgrade(message: types.Message, new: Address) -> None:
        await bind.move_group(_group(message.chat).address, new)


def _add_offers(router: Router, bind: BindTeam, refusals: GroupRefusals, may_delete: MayDelete) -> None:
    async def offer_teams(user: types.User | None, group: GroupChat) -> HandlerResult:
        if user is None:  # only posts of channels have nobody who wrote them
            return show()
        person, language = senders.person_address(user), user.language_code
        offer = await bind.offer(person, language, group, shown_in=group.address)
        if offer is not None:
            return show(TeamOfferShowing(group.address, None, offer, bind, may_delete, person, language))
        if not refusals.admit(group.address):
            return show()
        if senders.is_anonymous_administrator(user):
            return refuse(group.address, team_chat_screens.manager_hidden(language, group.thread))
        is_bound = await bind.is_bound(group.address)
        return refuse(group.address, team_chat_screens.manager_needed(language, group.thread, is_bound=is_bound))

    @router.my_chat_member(GroupFilter(), ChatMemberUpdatedFilter(JOIN_TRANSITION))
    async def offer_when_added(event: types.ChatMemberUpdated) -> HandlerResult:
        return await offer_teams(event.from_user, _group(event.chat))

    @router.message(GroupFilter(), CommandFilter(commands.TEAM))
    async def offer_again(message: types.Message) -> HandlerResult:
        return await offer_teams(message.from_user, _group(message.chat, senders.find_topic(message)))


async def _lacks_right(may_delete: MayDelete, group: Address) -> bool:
    """Return whether the right to delete messages is known to lack."""
    try:
        return not await may_delete(group)
    except DeliveryError:
        return False  # people are asked for nothing that they may have given


@dataclass(slots=True, eq=False)
class TeamOfferShowing(Showing):
    """Question in the group; asked in the manager's own chat if it is not known to have arrived in the group."""

    is_slow = True  # it may ask the messenger for our rights
    offer: TeamOffer
    bind: BindTeam
    may_delete: MayDelete
    person: Address
    language: str | None

    async def render(self) -> Message | None:
        is_asked = bool(self.offer.bound_teams) and await _lacks_right(self.may_delete, self.offer.group.address)
        return team_chat_screens.team_offer(self.offer, lacks_right=is_asked)

    async def settle(self, sent: SentMessage | None) -> Sequence[Showing]:
        if sent is not None:
            return ()
        # A new offer, because its buttons work only in the chat that it was made for.
        elsewhere = await self.bind.offer(self.person, self.language, self.offer.group, shown_in=self.person)
        if elsewhere is None:
            return ()
        return (NewMessage(self.person, team_chat_screens.team_offer(elsewhere, elsewhere=True)),)


class BindingShowing(MessageReplacement):
    """Confirmation of a binding, which may ask the messenger for our rights."""

    is_slow = True


def _confirm_binding(query: types.CallbackQuery, bound: TeamBound, may_delete: MayDelete) -> Showing:
    """Return the confirmation in place of the tapped offer, or where the tap came from if that is out of reach."""

    async def render() -> Message:
        group = bound.team.address
        lacks_right = group is not None and await _lacks_right(may_delete, group)
        return team_chat_screens.binding_reply(bound, lacks_right=lacks_right)

    if query.message is None:
        return replace_tapped(query, render)
    thread = senders.find_topic(query.message)
    return BindingShowing(senders.chat_address(query.message), tapped_message_id(query), render, thread)


def _add_binding(router: Router, bind: BindTeam, may_delete: MayDelete) -> None:
    @router.callback_query(CallbackFilter(TeamChatVerb.BIND), senders.ActorFilter())
    async def bind_team(query: types.CallbackQuery, action: Action, actor: Actor) -> HandlerResult:
        language = senders.sender_language(query)
        bound = await bind.bind(actor.chat, actor.person, language, action.number(), action.number(1))
        if bound is None:
            return show(notice=team_chat_screens.only_managers_notice(language))
        return show(_confirm_binding(query, bound, may_delete))

    @router.callback_query(CallbackFilter(TeamChatVerb.UNBIND), senders.ActorFilter())
    async def unbind_team(query: types.CallbackQuery, action: Action, actor: Actor) -> HandlerResult:
        language = senders.sender_language(query)
        unbound = await bind.unbind(actor.chat, actor.person, language, action.number())
        if unbound is None:
            return show(notice=team_chat_screens.only_managers_notice(language))
        return show(replace_tapped(query, team_chat_screens.unbinding_reply(unbound)))


def _add_resending(router: Router, resend: ResendDigest) -> None:
    @router.callback_query(CallbackFilter(DigestVerb.SEND_AGAIN), senders.ActorFilter())
    async def send_digest_again(query: types.CallbackQuery, action: Action, actor: Actor) -> HandlerResult:
        outcome = await resend(actor.chat, actor.person, action.number())
        return show(notice=team_chat_screens.resend_notice(outcome, senders.sender_language(query)))
