"""Parameters of one call, converted as leniently as Telegram does it, and refused in its words."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.refusals import CHAT_ID_EMPTY, bad_request, not_modelled


@dataclass(frozen=True)
class Upload:
    name: str
    mime: str
    content: bytes


class Parameters:
    """Parameters of one call. An empty value counts as absent."""

    def __init__(self, values: Mapping[str, Any], uploads: Mapping[str, Upload] | None = None) -> None:
        self.values = {key: value for key, value in values.items() if value is not None and value != ""}
        self.uploads = dict(uploads or {})

    def __contains__(self, name: str) -> bool:
        return name in self.values or name in self.uploads

    def refuse_others(self, names: Iterable[str]) -> None:
        """Refuse parameters that the sandbox would otherwise ignore in silence."""
        # Uploads are not checked: their part may have any name that `attach://` gives.
        if unknown := sorted(set(self.values) - set(names)):
            raise not_modelled(f"the parameter {', '.join(unknown)}")

    def text(self, name: str) -> str:
        """Return the value as text; empty when it is absent."""
        # Forms send everything as text; JSON may hold any type.
        value = self.values.get(name, "")
        if isinstance(value, (dict, list)):
            return json.dumps(value, ensure_ascii=False)
        return str(value).replace("\x00", "") if not isinstance(value, bool) else str(value).lower()

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"true", "yes", "1"}

    def integer(self, name: str, default: int = 0, low: int | None = None, high: int | None = None) -> int:
        """Return a number. A value that is no number counts as the default, as with Telegram."""
        try:
            value = int(self.text(name))
        except ValueError:
            return default
        value = value if low is None else max(low, value)
        return value if high is None else min(high, value)

    def json(self, name: str, type_name: str) -> Any:
        """Return an object or list, which forms carry as JSON text; None when it is absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise bad_request(f"can't parse {type_name} JSON object") from None

    def chat_id(self, name: str = "chat_id") -> int | str:
        """Return a number, or an @name."""
        value = self.text(name)
        if not value:
            raise bad_request(CHAT_ID_EMPTY)
        try:
            return int(value)
        except ValueError:
            return value

    def message_id(self, name: str = "message_id") -> int:
        value = self.text(name)
        if not value:
            raise bad_request("message identifier is not specified")
        return self.integer(name)
