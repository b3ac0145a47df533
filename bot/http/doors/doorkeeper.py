"""Everything that decides whether a request comes in, in one value for the whole HTTP interface."""

from collections.abc import Sequence
from typing import NoReturn

from aiohttp import web

from bot.http.doors.addresses import ClientAddresses
from bot.http.doors.tokens import BearerTokens
from bot.http.doors.wrong_tokens import WrongTokens
from bot.http.refusals import HttpRefusal


class Doorkeeper:
    """Keeper of the tokens of ``senders`` (systems that post events) and ``watchers`` (who read the metrics).

    Wrong tokens and wrong secrets of one address are counted together.
    """

    def __init__(self, tokens: Sequence[str], metrics_token: str, addresses: ClientAddresses) -> None:
        self._addresses, self._wrong_tokens = addresses, WrongTokens()
        self.senders = BearerTokens(tokens, "[http] tokens", addresses, self._wrong_tokens)
        own = [metrics_token] if metrics_token else []
        self.watchers = BearerTokens(own, "[http] metrics_token", addresses, self._wrong_tokens)

    async def refuse_secret(self, request: web.Request, message: str) -> NoReturn:
        """Raise HttpRefusal for a messenger's wrong secret, after a delay that grows."""
        await self._wrong_tokens.delay(self._addresses.find(request))
        raise HttpRefusal(401, message)
