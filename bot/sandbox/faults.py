"""Planned faults of the next calls. Each fault ends by itself after so many calls.

A fault says whether the call is carried out before its answer goes wrong: after `reset_after` the message is in the
chat, although the bot never got an answer.
"""

from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.refusals import Refusal, too_many_requests

ANY = "*"
HTML = b"<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"


@dataclass(frozen=True)
class Fault:
    """Fault of one call. `is_processed`: the call is carried out first. `end`: how its answer goes wrong."""

    name: str
    end: Literal["answer", "reset", "hang"]
    is_processed: bool = False
    status: int = 200
    body: bytes = b""
    refusal: Refusal | None = field(default=None, compare=False)
    seconds: float | None = None


def too_many(retry_after: int) -> Fault:
    """Return a 429 answer although no limit was reached."""
    return Fault("too many", "answer", refusal=too_many_requests(retry_after))


def refusal(code: int, description: str, *, processed: bool = False) -> Fault:
    """Return any refusal, in these words; a 5xx may come although the call was ``processed``."""
    return Fault(f"refused {code}", "answer", processed, refusal=Refusal(code, description))


def topic_closed() -> Fault:
    """Return the refusal of a topic that was closed, to a bot that may not manage topics."""
    return refusal(400, "Bad Request: TOPIC_CLOSED")


def topic_deleted() -> Fault:
    return refusal(400, "Bad Request: message thread not found")


def group_deleted() -> Fault:
    return refusal(403, "Forbidden: the group chat was deleted")


def person_deleted() -> Fault:
    """Return the refusal of a person who deleted their account."""
    return refusal(403, "Forbidden: user is deactivated")


def server_error(status: int = 502, *, processed: bool = False) -> Fault:
    """Return a gateway's HTML page where JSON was expected."""
    return Fault(f"server error {status}", "answer", processed, status, HTML)


def garbage(*, processed: bool = True) -> Fault:
    """Return status 200 with a body that is not JSON."""
    return Fault("garbage", "answer", processed, 200, b'{"ok": tru')


def wrong_json(body: bytes = b'{"ok": true, "result": 7}', *, processed: bool = True) -> Fault:
    """Return status 200 with JSON that is no answer to the call."""
    return Fault("wrong JSON", "answer", processed, 200, body)


def reset_before() -> Fault:
    """Reset the connection before the call is carried out."""
    return Fault("reset before", "reset")


def reset_after() -> Fault:
    """Reset the connection after the call is carried out: the answer is lost."""
    return Fault("reset after", "reset", is_processed=True)


def hang(seconds: float | None = None, *, processed: bool = False) -> Fault:
    """Give no answer until the client gives up, or reset the connection after so many seconds."""
    return Fault("hang", "hang", processed, seconds=seconds)


@dataclass(eq=False)
class Plan:
    """Fault that waits for its calls. `left`: the number of calls it has still to meet."""

    fault: Fault
    method: str
    chat: int | None
    left: int


class Faults:
    """Planned faults, in the order in which they were planned."""

    def __init__(self) -> None:
        self.plans: list[Plan] = []

    def add(self, fault: Fault, method: str = ANY, *, chat: int | None = None, times: int = 1) -> Plan:
        """Plan this fault for the next `times` calls of `method`, to `chat` if given. Earlier plans go first."""
        plan = Plan(fault, method.lower(), chat, times)
        self.plans.append(plan)
        return plan

    def take(self, method: str, chat: int | None) -> Fault | None:
        """Return the fault that this call meets, and count it; None when the call is spared."""
        for plan in self.plans:
            if plan.method not in {ANY, method.lower()} or plan.chat not in {None, chat}:
                continue
            # The first plan that fits takes the call; later plans do not see it.
            plan.left -= 1
            if plan.left == 0:
                self.plans.remove(plan)
            return plan.fault
        return None

    def clear(self) -> None:
        self.plans.clear()
