"""A sandbox and a bot that calls it."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot

from bot.sandbox.server import TOKEN, Sandbox
from bot.telegram.connection import make_bot


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    connected = make_bot(TOKEN, sandbox.url, seconds=2.0)
    yield connected
    await connected.session.close()
