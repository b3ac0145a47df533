"""The registry of all commands: who may use each one, and where it is named.

Invariants:

* A command works for exactly the audiences it names here: a test compares the filters of the handlers with them.
* Menus and help texts are made of this registry: each names every listed command of its audience, and no other. Only
  managers of all journeys see ``managers``.
* The text of a command is one catalogue key, ``menu.NAME``, in every language; menu and help show the same words.

A new command is a constant here with its audiences, its place in ``COMMANDS``, a handler, its text in each language,
and the README's list.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Audience(StrEnum):
    """People who meet the bot in different chats; each audience has a menu and a help text of its own.

    A manager is a customer as well: in their private chat the commands of customers work, too. The manager's menu and
    help do not name them, because they would hide the commands that a manager needs.
    """

    CUSTOMER = "customer"  # anybody in a private chat
    MANAGER = "manager"  # a manager in a private chat
    TEAM = "team"  # everybody in a team's group, or topic


@dataclass(frozen=True, slots=True)
class ChatCommand:
    """Command by its name without the slash; ``is_listed`` is False for what menus and help need not name."""

    name: str
    audiences: tuple[Audience, ...]
    is_listed: bool = True

    @property
    def text_key(self) -> str:
        """Key of the words that stand beside the command in menus and help texts."""
        return f"menu.{self.name}"


_CUSTOMERS = (Audience.CUSTOMER,)
_MANAGERS = (Audience.MANAGER,)
_VIEWERS = (Audience.MANAGER, Audience.TEAM)

START: Final = ChatCommand("start", (Audience.CUSTOMER, Audience.MANAGER), is_listed=False)  # messengers have a button
COMPLAIN: Final = ChatCommand("complain", _CUSTOMERS)
MY_CASES: Final = ChatCommand("mycases", _CUSTOMERS)
SETTINGS: Final = ChatCommand("settings", _CUSTOMERS)
MY_DATA: Final = ChatCommand("mydata", _CUSTOMERS)
STOP: Final = ChatCommand("stop", _CUSTOMERS)
FORGET: Final = ChatCommand("forget", _CUSTOMERS)
MAP: Final = ChatCommand("map", _VIEWERS)
STAGES: Final = ChatCommand("stages", _VIEWERS)
VOICES: Final = ChatCommand("voices", _VIEWERS)
BARRIERS: Final = ChatCommand("barriers", _VIEWERS)
CHANNELS: Final = ChatCommand("channels", _VIEWERS)
PERSONA: Final = ChatCommand("persona", _VIEWERS)
ASKING: Final = ChatCommand("asking", _VIEWERS)
DIGEST: Final = ChatCommand("digest", _VIEWERS)
COMPLAINTS: Final = ChatCommand("complaints", _VIEWERS)
CHANGES: Final = ChatCommand("changes", _VIEWERS)
CHANGE: Final = ChatCommand("change", _MANAGERS)
JOURNEYS: Final = ChatCommand("journeys", _MANAGERS)
WHY: Final = ChatCommand("why", _MANAGERS)
ASK: Final = ChatCommand("ask", _MANAGERS)
EXPORT: Final = ChatCommand("export", _MANAGERS)
MANAGERS: Final = ChatCommand("managers", _MANAGERS)
TEAM: Final = ChatCommand("team", (Audience.TEAM,))
HELP: Final = ChatCommand("help", tuple(Audience))

COMMANDS: Final = (
    START, COMPLAIN, MY_CASES, SETTINGS, MY_DATA, STOP, FORGET,
    MAP, STAGES, VOICES, BARRIERS, CHANNELS, PERSONA, ASKING, DIGEST, COMPLAINTS, CHANGES, CHANGE,
    WHY, ASK, EXPORT, JOURNEYS, MANAGERS,
    TEAM, HELP,
)  # fmt: skip
"""Every command, in the order in which menus and help texts list them."""


def listed_commands(audience: Audience) -> tuple[ChatCommand, ...]:
    """Return the commands that the menu and the help of this audience name, in their order."""
    return tuple(command for command in COMMANDS if audience in command.audiences and command.is_listed)
