"""Client of HTTP, as the business has one: it posts whether or not Tropa runs, and knows only what it was answered."""

import asyncio
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.stories.process import TOKEN

LONGEST_ANSWER = 15.0  # seconds


class BusinessClient:
    """Calls to Tropa's HTTP interface. While it is closed, calls wait."""

    def __init__(self, session: ClientSession) -> None:
        self._session, self._url = session, ""
        self._opened = asyncio.Event()

    def open(self, url: str) -> None:
        self._url = url
        self._opened.set()

    def close(self) -> None:
        self._opened.clear()

    async def call(self, method: str, path: str, body: object = None) -> Any | None:
        """Return the body of an answer with 200; None when there was another one or none."""
        await self._opened.wait()
        headers = {"Authorization": f"Bearer {TOKEN}"}
        try:
            request = self._session.request(
                method, self._url + path, json=body, headers=headers, timeout=ClientTimeout(total=LONGEST_ANSWER)
            )
            async with request as response:
                return await response.json() if response.status == 200 else None
        except (ClientError, TimeoutError, OSError):
            await asyncio.sleep(0.05)  # it may be down, and nobody has noticed yet
            return None

    async def call_at_last(self, method: str, path: str, body: object = None) -> Any:
        """Repeat a call until it is answered with 200."""
        while (answer := await self.call(method, path, body)) is None:
            pass
        return answer
