"""Names of walk-ins: people whom the business does not know, who scanned a poster.

A walk-in is a customer with an id that we made: random, so that it tells nothing about the account, and of a form by
which it is known. A personal link may take it from them: then they are the customer that the link was made for.
"""

import re
import secrets

_PREFIX, _BYTES = "walk-in-", 12
_FORM = re.compile(rf"{_PREFIX}[A-Za-z0-9_-]{{16}}")


def make_walk_in_name() -> str:
    """Return a new id for a walk-in."""
    return _PREFIX + secrets.token_urlsafe(_BYTES)


def is_walk_in_name(external_id: str | None) -> bool:
    """Return whether an id is one that was made for a walk-in."""
    return external_id is not None and _FORM.fullmatch(external_id) is not None
