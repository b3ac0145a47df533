"""A Bot API on this machine and a chat page: the other side of the wire.

One fake with three uses: a newcomer's first minute, the other side in tests, the source of pictures. It refuses what
Telegram refuses, in Telegram's words, and counts what Telegram counts. It knows nothing of the product.
"""

from bot.sandbox.backstage import Backstage, BackstageError, Cast, Happening
from bot.sandbox.faults import Fault, garbage, hang, refusal, reset_after, reset_before, server_error, too_many
from bot.sandbox.people import Group, NotSeenError, Person
from bot.sandbox.records import Chat, Message, Press, Toast, User
from bot.sandbox.server import TOKEN, Sandbox
from bot.sandbox.world.limits import Limits
from bot.sandbox.world.world import Call, World

__all__ = [
    "TOKEN", "Backstage", "BackstageError", "Call", "Cast", "Chat", "Fault", "Group", "Happening", "Limits", "Message",
    "NotSeenError", "Person", "Press", "Sandbox", "Toast", "User", "World", "garbage", "hang", "refusal", "reset_after",
    "reset_before", "server_error", "too_many",
]  # fmt: skip
