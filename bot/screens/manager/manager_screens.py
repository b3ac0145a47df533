"""What is said about managers: the welcome, the help, who there is, and the link for another one."""

from bot.messages.callbacks import Action, ManagerVerb
from bot.messages.message import Button, Message, bold, lines, plain
from bot.texts import Words
from bot.usecases.teams.become_manager import ManagerWelcome
from bot.usecases.teams.invite_manager import ManagerInvitation, ManagerList
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.cases.case import cut

MOST_LABEL = 48
MOST_SHOWN = 40


def welcome(found: ManagerWelcome, words: Words) -> Message:
    key = "first" if found.is_first else "news" if found.is_news else "known"
    return Message(lines([plain(words(f"manager.welcome.{key}")), *_help(found.viewer, words)], "\n\n"))


def role_help(viewer: MapViewer, words: Words, thread: int | None = None) -> Message:
    rows: tuple[tuple[Button, ...], ...] = ()
    if viewer.is_manager and viewer.sees_all:
        rows = ((Button(words("manager.button.managers"), Action.of(ManagerVerb.LIST)),),)
    return Message(lines(_help(viewer, words), "\n\n"), rows, thread=thread)


def _help(viewer: MapViewer, words: Words) -> list[str]:
    if not viewer.is_manager:
        return [words("team.help")]
    return [words("manager.help"), words("manager.help.team") if viewer.sees_all else ""]


def manager_list(found: ManagerList, words: Words) -> Message:
    """Everybody who is a manager, with what they may see."""
    known = {m.address for m in found.known}
    names = [_one(m.name, m.journeys, found, words) for m in found.known[:MOST_SHOWN]]
    names += [words("manager.staff.configured", address=a) for a in found.configured if a not in known]
    rows = [(Button(words("manager.button.invite"), Action.of(ManagerVerb.INVITE)),)]
    if found.removable:
        rows.append((Button(words("manager.button.remove"), Action.of(ManagerVerb.CHOOSE_WHOM_TO_REMOVE)),))
    return Message(lines([bold(words("manager.staff.head")), *names]).cut(3900)[0], tuple(rows))


def _one(name: str, journeys: tuple[str, ...] | None, found: ManagerList, words: Words) -> str:
    if journeys is None:
        return words("manager.staff.all", name=name)
    titles = ", ".join(found.titles.get(key, key) for key in journeys)
    return words("manager.staff.some", name=name, journeys=titles)


def removal_choice(found: ManagerList, words: Words) -> Message:
    rows = [
        (Button(cut(words("manager.button.let_go", name=m.name), MOST_LABEL), Action.of(ManagerVerb.REMOVE, m.id)),)
        for m in found.removable[:MOST_SHOWN]
    ]
    back = (Button(words("manager.button.back"), Action.of(ManagerVerb.LIST)),)
    return Message(plain(words("manager.staff.removing")), (*rows, back))


def invitation_choice(found: ManagerInvitation, words: Words) -> Message:
    """Which journeys the new manager will see: all, or those that are ticked."""
    every = Button(
        _mark_chosen(words("manager.all_journeys"), found.chosen is None),
        Action.of(ManagerVerb.TOGGLE_JOURNEY, found.view, 0),
    )
    rows = [
        (
            Button(
                _mark_chosen(cut(title, MOST_LABEL), key in (found.chosen or ())),
                Action.of(ManagerVerb.TOGGLE_JOURNEY, found.view, place),
            ),
        )
        for place, (key, title) in enumerate(found.journeys, 1)
    ]
    made = (Button(words("manager.button.make_link"), Action.of(ManagerVerb.MAKE_LINK, found.view)),)
    shown = [(every,), *rows] if len(found.journeys) > 1 else []
    return Message(plain(words("manager.invite.ask")), (*shown[:MOST_SHOWN], made))


def _mark_chosen(label: str, is_chosen: bool) -> str:
    return f"✓ {label}" if is_chosen else label


def invitation_link(address: str, words: Words) -> Message:
    return Message(lines([words("manager.invite.link"), address], "\n\n"))
