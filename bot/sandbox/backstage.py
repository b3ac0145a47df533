"""Port for the program around the page: what can happen to customers, and time. The sandbox knows messengers only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol


class BackstageError(Exception):
    """Failed request of the page; the text is a sentence for the person who looks at the page."""


@dataclass(frozen=True)
class Happening:
    """Event that can happen to a customer: a button on the page. Titles by language; `group` is its stage's title."""

    key: str
    title: dict[str, str]
    group: dict[str, str] | None = None


@dataclass(frozen=True)
class HappeningResult:
    """Sentence about what comes of a happening. With ``may_insist`` the page offers to ask anyway."""

    says: str
    may_insist: bool = False


@dataclass(frozen=True)
class Cast:
    """People on the page: the customers to choose from, the manager, and the chat id of the team's group."""

    people: list[int]
    manager: int
    group: int


class Backstage(Protocol):
    """Program around the page. Each returned sentence is shown on the page."""

    def list_happenings(self) -> Sequence[Happening]: ...

    async def start_happening(self, person: int, key: str) -> HappeningResult:
        """Let it happen to this person, and return what comes of it. Raises BackstageError."""
        ...

    async def insist(self, person: int) -> str:
        """Ask this person what they would be asked later, and return a sentence."""
        ...

    def is_linked(self, person: int) -> bool:
        """Return whether the business knows whose chat this person's is; else the page offers their link."""
        ...

    async def create_link(self, person: int) -> str:
        """Return the personal link of this customer: https://t.me/NAME?start=PAYLOAD."""
        ...

    def now(self) -> datetime:
        """Return business time, with a time zone."""
        ...

    async def travel(self, to: timedelta | Literal["next"]) -> str:
        """Move business time forward, with everything that falls due, and return a sentence. May take seconds."""
        ...
