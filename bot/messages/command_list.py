"""List the commands of an audience, as every help text does; made of the registry."""

from collections.abc import Iterable

from bot.messages.commands import MANAGERS, Audience, ChatCommand, listed_commands
from bot.messages.message import Prose, join_lines
from bot.texts import Words


def manager_commands(*, may_see_all: bool) -> tuple[ChatCommand, ...]:
    """Return a manager's commands; managers of some journeys are refused by ``/managers``, so theirs do not name it."""
    return tuple(each for each in listed_commands(Audience.MANAGER) if may_see_all or each is not MANAGERS)


def command_list(commands: Iterable[ChatCommand], words: Words) -> Prose:
    """Return a line for each command."""
    return join_lines(words("menu.entry", name=command.name, text=words(command.text_key)) for command in commands)
