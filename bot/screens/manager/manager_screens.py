"""Screens about managers: the help, the list of managers, and the link for another one."""

from bot.messages.callbacks import Action, ManagerVerb
from bot.messages.command_list import command_list
from bot.messages.commands import Audience, listed_commands
from bot.messages.message import Button, Message, bold, join_lines, plain
from bot.outbox.letters.manager_welcome import list_manager_help
from bot.screens.buttons import button_row, mark_chosen
from bot.texts import Words, words_in
from bot.usecases.teams.invite_manager import ManagerInvitation, ManagerList
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.text import cut_text

MOST_LABEL = 48
MOST_SHOWN = 40  # managers or journeys; more would not fit one message
MOST_TEXT = 3900


def role_help(viewer: MapViewer, journey: str, thread: int | None = None) -> Message:
    """List the commands of a manager, or of a team's chat; ``journey`` is the key of one, for an example."""
    words = words_in(viewer.language)
    rows = (
        (button_row(words("manager.button.managers"), ManagerVerb.LIST),)
        if viewer.is_manager and viewer.may_see_all
        else ()
    )
    if viewer.is_manager:
        paragraphs = list_manager_help(words, journey, may_see_all=viewer.may_see_all)
    else:
        paragraphs = [command_list(listed_commands(Audience.TEAM), words), plain(words("team.help", journey=journey))]
    return Message(join_lines(paragraphs, "\n\n"), rows, thread=thread)


def group_needed(words: Words) -> Message:
    """Answer /team in a private chat."""
    return Message(plain(words("team.only_in_group")))


def private_chat_needed(name: str, words: Words, thread: int | None) -> Message:
    """Answer in a team's chat to a command that works in a manager's own chat only."""
    return Message(plain(words("team.only_in_private", name=name)), thread=thread)


def unexpected_message(language: str, reply_to: str, *, is_command: bool) -> Message:
    """Answer an unknown command, or words that would reach nobody, in a manager's own chat."""
    key = "manager.unexpected.command" if is_command else "manager.unexpected.words"
    return Message(plain(words_in(language)(key)), reply_to=reply_to)


def manager_list(managers: ManagerList | None, words: Words) -> Message:
    """List managers with what they may see; None is for a manager of some journeys, who may not see this list."""
    if managers is None:
        return Message(plain(words("manager.staff.limited")))
    known = {manager.address for manager in managers.managers}
    names = [_entry(m.name, m.journeys, managers, words) for m in managers.managers[:MOST_SHOWN]]
    # Managers of the settings have no name here until they open the chat.
    names += [words("manager.staff.configured", address=a) for a in managers.configured if a not in known]
    rows = [button_row(words("manager.button.invite"), ManagerVerb.INVITE)]
    if managers.removable:
        rows.append(button_row(words("manager.button.remove"), ManagerVerb.CHOOSE_WHOM_TO_REMOVE))
    text = join_lines([bold(words("manager.staff.head")), *names])
    return Message(text.split_to_fit(MOST_TEXT)[0], tuple(rows))


def _entry(name: str, journeys: tuple[str, ...] | None, managers: ManagerList, words: Words) -> str:
    if journeys is None:
        return words("manager.staff.all", name=name)
    titles = ", ".join(managers.journey_titles.get(key, key) for key in journeys)
    return words("manager.staff.some", name=name, journeys=titles)


def removal_choice(managers: ManagerList, words: Words) -> Message:
    """Ask which manager to remove; those of the settings and the reader are not offered."""
    rows = [
        button_row(cut_text(words("manager.button.let_go", name=m.name), MOST_LABEL), ManagerVerb.REMOVE, m.id)
        for m in managers.removable[:MOST_SHOWN]
    ]
    back = button_row(words("manager.button.back"), ManagerVerb.LIST)
    return Message(plain(words("manager.staff.removing")), (*rows, back))


def invitation_choice(invitation: ManagerInvitation, words: Words) -> Message:
    """Ask which journeys the new manager will see: all, or those that are ticked; one journey is not asked about."""
    every = Button(
        mark_chosen(words("manager.all_journeys"), invitation.chosen_journeys is None),
        Action.of(ManagerVerb.TOGGLE_JOURNEY, invitation.view_id, 0),
    )
    rows = [
        button_row(
            mark_chosen(cut_text(title, MOST_LABEL), key in (invitation.chosen_journeys or ())),
            ManagerVerb.TOGGLE_JOURNEY,
            invitation.view_id,
            place,
        )
        for place, (key, title) in enumerate(invitation.journeys, 1)
    ]
    make = button_row(words("manager.button.make_link"), ManagerVerb.MAKE_LINK, invitation.view_id)
    if len(invitation.journeys) <= 1:  # nothing to choose
        return Message(plain(words("manager.invite.rule")), (make,))
    text = f"{words('manager.invite.rule')} {words('manager.invite.ask')}"
    return Message(plain(text), (*[(every,), *rows][:MOST_SHOWN], make))


def invitation_link(address: str, words: Words) -> Message:
    return Message(join_lines([words("manager.invite.link"), address], "\n\n"))
