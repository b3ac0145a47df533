"""Address of a person or a team: a messenger and an id in it. Only ``bot.telegram`` knows what Telegram's ids mean."""

import re
from dataclasses import dataclass
from typing import Self

_FORM = re.compile(r"([a-z][a-z0-9]{1,19}):(-?[A-Za-z0-9_@.-]{1,64})", re.ASCII)
_TELEGRAM = re.compile(r"-?[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Messenger and id, such as ``Address("telegram", "123")``, written ``telegram:123``.

    The id of a Telegram group begins with a minus.
    """

    messenger: str
    id: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse ``text`` such as "telegram:123". Raises ValueError with a sentence that says what would be right."""
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise ValueError('an address is a messenger and an id, such as "telegram:123456789"')
        messenger, name = found.groups()
        if messenger == "telegram" and not _TELEGRAM.fullmatch(name):
            raise ValueError(
                'a Telegram address ends in a number, such as "telegram:123456789" or "telegram:-1001234567890"'
            )
        return cls(messenger, name)

    def __str__(self) -> str:
        return f"{self.messenger}:{self.id}"
