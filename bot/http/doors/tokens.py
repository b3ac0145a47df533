"""Bearer tokens of the machines that may use the HTTP interface.

Invariants:
* `BearerTokens` keeps only hashes of the tokens.
* A comparison takes the same time for every token, so that the time does not help to guess one.
* A request is refused before anything of its body is read.
"""

import hashlib
import hmac
from collections.abc import Sequence

from aiohttp import web

from bot.http.doors.addresses import ClientAddresses
from bot.http.doors.wrong_tokens import WrongTokens
from bot.http.refusals import Handler, HttpRefusal

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="tropa"'}


class BearerTokens:
    """Tokens of the key ``setting`` in the settings; without any, every request that needs one is refused."""

    def __init__(
        self, tokens: Sequence[str], setting: str, addresses: ClientAddresses, wrong_tokens: WrongTokens
    ) -> None:
        self._hashes = [_hash_token(token) for token in tokens]
        self._setting, self._addresses, self._wrong_tokens = setting, addresses, wrong_tokens

    def require_token(self, handler: Handler) -> Handler:
        """Return a handler that refuses requests without a valid token."""

        async def handle(request: web.Request) -> web.StreamResponse:
            await self.check_token(request)
            return await handler(request)

        return handle

    def require_token_from_outside(self, handler: Handler) -> Handler:
        """Return a handler that needs a token only from requests of other machines, or through a proxy."""

        async def handle(request: web.Request) -> web.StreamResponse:
            if not self._addresses.is_local(request):
                await self.check_token(request)
            return await handler(request)

        return handle

    async def check_token(self, request: web.Request) -> None:
        """Raise HttpRefusal for a request without a token or with a wrong one, after a delay that grows."""
        if not self._hashes:
            message = f"no request can be accepted yet: set a token in the settings ({self._setting})"
            raise HttpRefusal(401, message, headers=_CHALLENGE)
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        digest = _hash_token(token.strip())
        matches = [hmac.compare_digest(digest, known) for known in self._hashes]  # all of them, for an equal time
        if kind.lower() != "bearer" or not any(matches):
            await self._wrong_tokens.delay(self._addresses.find(request))
            raise HttpRefusal(401, "a valid token is needed: Authorization: Bearer TOKEN", headers=_CHALLENGE)


def _hash_token(token: str) -> bytes:
    # aiohttp decodes the bytes of a header with surrogateescape; without it a broken header would raise here.
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
