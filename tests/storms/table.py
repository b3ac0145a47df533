"""Storms of the messenger: what goes wrong, and which line of the log and which check of `/readyz` name it.

In the ``kind`` of a storm stands what the answers of the messenger mean: `REFUSED` calls did not happen, `DOUBTFUL`
ones may have.
"""

from dataclasses import dataclass
from enum import Enum, auto

from bot.sandbox import faults
from bot.sandbox.faults import ANY, Fault

SILENT_MESSENGER, NO_UPDATES, WAITS = (
    "messenger does not answer; letters wait",
    "polling interrupted",
    "messenger asks everybody to wait",
)


class StormKind(Enum):
    """Meaning of the answers in a storm."""

    REFUSED = auto()
    DOUBTFUL = auto()


@dataclass(frozen=True)
class Storm:
    """Trouble of the messenger. ``method``: the calls that meet it. ``has_timeout``: only the bot ends a call."""

    name: str
    fault: Fault
    kind: StormKind
    lines: tuple[str, ...]
    checks: tuple[str, ...]
    method: str = ANY
    has_timeout: bool = False


def _everywhere(name: str, fault: Fault, kind: StormKind = StormKind.DOUBTFUL) -> Storm:
    return Storm(name, fault, kind, (SILENT_MESSENGER, NO_UPDATES), ("messenger", "polling"))


def _sending(name: str, fault: Fault, *, has_timeout: bool = False) -> Storm:
    """Return a storm in which pings and updates go on, and no message is taken."""
    return Storm(
        name, fault, StormKind.DOUBTFUL, (SILENT_MESSENGER,), ("messenger",), "sendMessage", has_timeout=has_timeout
    )


STORMS = (
    _everywhere("5xx in HTML", faults.server_error(502)),
    _everywhere("5xx in JSON", faults.refusal(500, "Internal Server Error")),
    _everywhere("reset before", faults.reset_before()),
    _everywhere("garbage", faults.garbage()),
    _everywhere("wrong JSON", faults.wrong_json()),
    _everywhere("JSON that is no object", faults.wrong_json(b"[]", processed=False)),
    _everywhere("neither yes nor no", faults.wrong_json(b'{"ok": false}', processed=False)),
    _everywhere("no answer", faults.hang(0.2)),
    _everywhere("token revoked", faults.refusal(401, "Unauthorized"), StormKind.REFUSED),
    Storm(
        "another poller",
        faults.refusal(409, "Conflict: terminated by other getUpdates request"),
        StormKind.REFUSED,
        (NO_UPDATES,),
        ("polling",),
        "getUpdates",
    ),
    Storm("too many requests", faults.too_many(3), StormKind.REFUSED, (WAITS,), ("messenger",), "sendMessage"),
    _sending("5xx while pings are answered", faults.server_error(502)),
    _sending("reset after", faults.reset_after()),
    _sending("no answer in time", faults.hang(processed=True), has_timeout=True),
)
