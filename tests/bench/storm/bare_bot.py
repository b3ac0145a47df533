"""Bare aiogram bot, a program: it acknowledges a tap and edits its message.

`python -m tests.bench.storm.bare_bot URL TOKEN`. It stores nothing and keeps no pace. It says "ready" before it polls.
"""

import asyncio
import sys

from aiogram import Bot, Dispatcher, types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer


async def main() -> None:
    url, token = sys.argv[1:]
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    dispatcher = Dispatcher()

    @dispatcher.callback_query()
    async def take_tap(query: types.CallbackQuery) -> None:
        await query.answer()
        if isinstance(query.message, types.Message):
            await query.message.edit_text("Thank you!")

    print("ready", flush=True)  # noqa: T201 - read by the process that started it
    await dispatcher.start_polling(bot, handle_signals=False)


if __name__ == "__main__":
    asyncio.run(main())
