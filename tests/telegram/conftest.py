"""A sandbox and a bot that calls it, and the dispatcher as Tropa puts it together."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiogram import Bot, Dispatcher

from bot.app.parts import Parts
from bot.app.tropa import assemble_dispatcher
from bot.clock import Clock
from bot.config.settings import Settings
from bot.sandbox.server import TOKEN, Sandbox
from bot.telegram.connection import make_bot


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    connected = make_bot(TOKEN, sandbox.url)
    yield connected
    await connected.session.close()


@pytest.fixture
async def real_dispatcher(tmp_path: Path) -> AsyncIterator[Dispatcher]:
    """Return the dispatcher of all chats; its database is never opened."""
    database = {"url": f"sqlite:///{tmp_path / 'tropa.db'}"}
    parts = Parts(Settings.model_validate({"telegram": {"token": TOKEN}, "database": database}), Clock(), None)
    yield assemble_dispatcher(parts)
    await parts.bot.session.close()
    await parts.db.close()
