"""Filter messages by command. `bot.messages.commands` lists the commands."""

from typing import Any

from aiogram import Bot, types
from aiogram.filters import Command

from bot.messages.commands import ChatCommand


class CommandFilter(Command):
    """Let messages that begin with one of these commands through; the handler may take the parsed ``command``."""

    def __init__(self, *commands: ChatCommand) -> None:
        super().__init__(*(command.name for command in commands))
        self.chat_commands = commands

    async def __call__(self, message: types.Message, bot: Bot) -> bool | dict[str, Any]:
        # aiogram would also read captions, and the photo above them would be lost.
        return await super().__call__(message, bot) if message.text else False


class MisplacedCommandFilter(CommandFilter):
    """Let a command through in a chat where it does not work: the handler's answer says where it does."""
