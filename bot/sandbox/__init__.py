"""Bot API on this machine, with a chat page: the messenger's side of the wire.

* It has three uses: the first minute of a newcomer, the messenger in tests, and the source of the README's pictures.
* It refuses calls as Telegram does, with the same status and sentence; given `Limits`, it also limits sends.
* It refuses a method or parameter that it does not know, in its own words: a test must not pass because of it.
* It imports nothing of the product.
"""

from bot.sandbox.backstage import Backstage, BackstageError, Cast, Happening, HappeningResult
from bot.sandbox.faults import (
    Fault,
    garbage,
    hang,
    refusal,
    reset_after,
    reset_before,
    server_error,
    too_many,
    wrong_json,
)
from bot.sandbox.people import Group, NotSeenError, Person
from bot.sandbox.records import Chat, Message, Press, Toast, User
from bot.sandbox.server import TOKEN, Sandbox
from bot.sandbox.world.limits import Limits
from bot.sandbox.world.world import Call, World

__all__ = [
    "TOKEN", "Backstage", "BackstageError", "Call", "Cast", "Chat", "Fault", "Group", "Happening",
    "HappeningResult", "Limits", "Message", "NotSeenError", "Person", "Press", "Sandbox", "Toast", "User", "World",
    "garbage", "hang", "refusal", "reset_after", "reset_before", "server_error",
    "too_many", "wrong_json",
]  # fmt: skip
