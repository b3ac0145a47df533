"""What the page needs of the program around it. The sandbox knows messengers, not the product."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol


class BackstageError(Exception):
    """Something could not be done; its text is a kind sentence for the person at the page."""


@dataclass(frozen=True)
class Happening:
    """Something that can happen to a customer: a button. Titles by language; `group` is the title of its stage."""

    key: str
    title: dict[str, str]
    group: dict[str, str] | None = None


@dataclass(frozen=True)
class Cast:
    """Who is on the page: the customers to choose from, the manager, and the team's group (a chat id)."""

    people: list[int]
    manager: int
    group: int


class Backstage(Protocol):
    def list_happenings(self) -> Sequence[Happening]: ...

    async def start_happening(self, person: int, key: str) -> str:
        """Does it, and returns a sentence to show. Raises BackstageError."""
        ...

    async def create_link(self, person: int) -> str:
        """The personal link of this customer: https://t.me/NAME?start=PAYLOAD."""
        ...

    def now(self) -> datetime:
        """Business time, aware."""
        ...

    async def travel(self, to: timedelta | Literal["next"]) -> str:
        """Moves business time forward, with all that falls due on the way. May take seconds; returns a sentence."""
        ...
