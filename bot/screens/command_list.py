"""The list of commands that every help text begins with, made of the registry."""

from bot.messages.commands import Audience, ChatCommand, listed_commands
from bot.messages.message import Prose, join_lines
from bot.texts import Words


def command_list(audience: Audience, words: Words, *, without: tuple[ChatCommand, ...] = ()) -> Prose:
    """Return a line for each command of this audience, except for those that this reader may not use."""
    return join_lines(
        words("menu.entry", name=command.name, text=words(command.text_key))
        for command in listed_commands(audience)
        if command not in without
    )
