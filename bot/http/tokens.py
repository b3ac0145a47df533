"""Who may come in: bearer tokens, compared so that the time it takes tells nothing."""

import hashlib
import hmac
from collections.abc import Sequence

from aiohttp import web

from bot.http.refusals import Handler, HttpRefusal

_ASK = {"WWW-Authenticate": 'Bearer realm="tropa"'}
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


class BearerTokens:
    """The tokens of those who post events. Only their hashes are kept."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._hashes = [_hash(token) for token in tokens]

    def guard(self, handler: Handler) -> Handler:
        """The handler for those who bring a token."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            self.check(request)
            return await handler(request)

        return guarded

    def guard_from_outside(self, handler: Handler) -> Handler:
        """The same, but whoever is on this machine needs none (and did not come through a proxy)."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            if request.remote not in ("127.0.0.1", "::1") or any(name in request.headers for name in _FORWARDED):
                self.check(request)
            return await handler(request)

        return guarded

    def check(self, request: web.Request) -> None:
        """Raises Refusal for who brings no token, or a wrong one."""
        if not self._hashes:
            raise HttpRefusal(
                401, "nobody may come in yet: there is no token in the settings ([http] tokens)", headers=_ASK
            )
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        given = _hash(token.strip())
        right = [hmac.compare_digest(given, known) for known in self._hashes]  # each of them, whichever is right
        if kind.lower() != "bearer" or not any(right):
            raise HttpRefusal(401, "a valid token is needed: Authorization: Bearer TOKEN", headers=_ASK)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
