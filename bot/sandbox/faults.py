"""Scripted failures: what goes wrong with the next calls. Each ends by itself after so many times.

Whether a call was carried out before its answer went wrong is the point of most of them: after `reset_after` the
message stands in the chat although the bot never heard of it.
"""

from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.refusals import Refusal, too_many_requests

ANY = "*"
HTML = b"<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"


@dataclass(frozen=True)
class Fault:
    """`processed`: the call is carried out first. `end`: how the answer goes wrong."""

    name: str
    end: Literal["answer", "reset", "hang"]
    is_processed: bool = False
    status: int = 200
    body: bytes = b""
    refusal: Refusal | None = field(default=None, compare=False)
    seconds: float | None = None


def too_many(retry_after: int) -> Fault:
    """429 although no limit was passed."""
    return Fault("too many", "answer", refusal=too_many_requests(retry_after))


def refusal(code: int, description: str) -> Fault:
    """Any refusal, in these words."""
    return Fault("refused", "answer", refusal=Refusal(code, description))


def server_error(status: int = 502, *, processed: bool = False) -> Fault:
    """A gateway's page of HTML where JSON was expected."""
    return Fault(f"server error {status}", "answer", processed, status, HTML)


def garbage(*, processed: bool = True) -> Fault:
    """200 and a body that is no JSON."""
    return Fault("garbage", "answer", processed, 200, b'{"ok": tru')


def reset_before() -> Fault:
    """The connection is reset and nothing happened."""
    return Fault("reset before", "reset")


def reset_after() -> Fault:
    """The message arrived; the answer is lost."""
    return Fault("reset after", "reset", is_processed=True)


def hang(seconds: float | None = None, *, processed: bool = False) -> Fault:
    """No answer until the client gives up, or a reset after so many seconds."""
    return Fault("hang", "hang", processed, seconds=seconds)


@dataclass(eq=False)
class Plan:
    """A fault that waits for its calls. `left` tells how many it has still to meet."""

    fault: Fault
    method: str
    chat: int | None
    left: int


class Faults:
    def __init__(self) -> None:
        self.plans: list[Plan] = []

    def add(self, fault: Fault, method: str = ANY, *, chat: int | None = None, times: int = 1) -> Plan:
        """The next `times` calls of `method` (to `chat`, if one is named) meet this fault. Earlier plans go first."""
        plan = Plan(fault, method.lower(), chat, times)
        self.plans.append(plan)
        return plan

    def take(self, method: str, chat: int | None) -> Fault | None:
        for plan in self.plans:
            if plan.method not in {ANY, method.lower()} or plan.chat not in {None, chat}:
                continue
            plan.left -= 1
            if plan.left == 0:
                self.plans.remove(plan)
            return plan.fault
        return None

    def clear(self) -> None:
        self.plans.clear()
