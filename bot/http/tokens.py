"""Bearer tokens of the machines that may use the HTTP interface.

Invariants:
* `BearerTokens` keeps only hashes of the tokens.
* A comparison takes the same time for every token, so that the time does not help to guess one.
"""

import hashlib
import hmac
from collections.abc import Sequence

from aiohttp import web

from bot.http.refusals import Handler, HttpRefusal

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="tropa"'}
# A proxy on this machine makes every request look local; these headers tell that it came from elsewhere.
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")
_LOOPBACK = ("127.0.0.1", "::1")


class BearerTokens:
    """Tokens from the settings; without any, every request that needs one is refused."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._hashes = [_hash_token(token) for token in tokens]

    def require_token(self, handler: Handler) -> Handler:
        """Return a handler that refuses requests without a valid token."""

        async def handle(request: web.Request) -> web.StreamResponse:
            self.check_token(request)
            return await handler(request)

        return handle

    def require_token_from_outside(self, handler: Handler) -> Handler:
        """Return a handler that needs a token only from requests of other machines, or through a proxy."""

        async def handle(request: web.Request) -> web.StreamResponse:
            if request.remote not in _LOOPBACK or any(name in request.headers for name in _FORWARDED):
                self.check_token(request)
            return await handler(request)

        return handle

    def check_token(self, request: web.Request) -> None:
        """Raise HttpRefusal for a request without a token or with a wrong one."""
        if not self._hashes:
            message = "no request can be accepted yet: set a token in the settings ([http] tokens)"
            raise HttpRefusal(401, message, headers=_CHALLENGE)
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        digest = _hash_token(token.strip())
        matches = [hmac.compare_digest(digest, known) for known in self._hashes]  # all of them, for an equal time
        if kind.lower() != "bearer" or not any(matches):
            raise HttpRefusal(401, "a valid token is needed: Authorization: Bearer TOKEN", headers=_CHALLENGE)


def _hash_token(token: str) -> bytes:
    # aiohttp decodes the bytes of a header with surrogateescape; without it a broken header would raise here.
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
