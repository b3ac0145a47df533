"""Address of a person or a team: a messenger and an id in it. Only the messenger's own package knows what ids mean."""

import re
from dataclasses import dataclass
from typing import Self

_FORM = re.compile(r"([a-z][a-z0-9]{1,19}):(-?[A-Za-z0-9_@.-]{1,64})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Messenger and id, such as ``Address("telegram", "123")``, written ``telegram:123``."""

    messenger: str
    id: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse ``text`` such as "telegram:123". Raises ValueError with a sentence that says what would be right."""
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise ValueError('an address is a messenger and an id, such as "telegram:123456789"')
        return cls(*found.groups())

    def __str__(self) -> str:
        return f"{self.messenger}:{self.id}"
