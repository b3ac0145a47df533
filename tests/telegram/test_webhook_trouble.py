"""What Telegram says is wrong with our webhook, for `tropa doctor`."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiohttp.test_utils import unused_port

from bot.sandbox.server import Sandbox
from bot.telegram.connection import make_bot
from bot.telegram.receiving.webhook import find_webhook_trouble, set_webhook


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    bot = make_bot(sandbox.token, sandbox.url)
    yield bot
    await bot.session.close()


async def test_webhook_that_is_missing_or_elsewhere_is_told(bot: Bot) -> None:
    ours = f"http://127.0.0.1:{unused_port()}"
    assert str(await find_webhook_trouble(bot, ours)).startswith("Telegram knows no address to post to")
    await set_webhook(bot, f"{ours}/elsewhere", "s3cret")
    assert str(await find_webhook_trouble(bot, ours)).startswith("Telegram posts to another address")
    await set_webhook(bot, f"{ours}/telegram/webhook", "s3cret")
    assert await find_webhook_trouble(bot, ours) is None


async def test_posts_that_fail_are_told_in_telegrams_words(bot: Bot, sandbox: Sandbox) -> None:
    ours = f"http://127.0.0.1:{unused_port()}"  # nobody listens there
    await set_webhook(bot, f"{ours}/telegram/webhook", "s3cret")
    await sandbox.add_person("Anna").start()
    await sandbox.world.bell.until(lambda: sandbox.webhook_delivery.webhook.last_error, 60)
    reason = sandbox.webhook_delivery.webhook.last_error
    assert await find_webhook_trouble(bot, ours) == (
        f'Telegram cannot post 1 update ("{reason}"): check telegram.webhook_url and what stands before Tropa'
    )
