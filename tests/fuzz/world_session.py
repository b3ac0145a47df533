"""Session of a bot that plays Telegram by the sandbox's world, in the same process and without limits of pace."""

import json
from collections.abc import AsyncGenerator
from typing import Any

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, InputFile

from bot.sandbox.methods.parameters import Parameters, Upload
from bot.sandbox.methods.table import carry_out
from bot.sandbox.refusals import Refusal
from bot.sandbox.world.world import World


class WorldSession(BaseSession):
    """Calls are carried out at once; a refusal is the one that Telegram would give."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:  # noqa: ASYNC109 - aiogram's
        name, chat = method.__api_method__, getattr(method, "chat_id", None)
        try:
            body: dict[str, Any] = {
                "ok": True,
                "result": carry_out(self.world, name, self._read_parameters(bot, method)),
            }
            outcome, code = "ok", 200
        except Refusal as refusal:
            body, outcome, code = refusal.body(), str(refusal), refusal.code
        self.world.record_call(name, chat if isinstance(chat, int) else None, outcome)
        return self.check_response(bot, method, code, json.dumps(body)).result

    def _read_parameters(self, bot: Bot, method: TelegramMethod[Any]) -> Parameters:
        files: dict[str, InputFile] = {}
        values = {
            name: prepared
            for name, value in method.model_dump(warnings=False).items()
            if (prepared := self.prepare_value(value, bot=bot, files=files))
        }
        uploads = {}
        for name, file in files.items():
            assert isinstance(file, BufferedInputFile)
            uploads[name] = Upload(file.filename or name, "application/octet-stream", file.data)
        return Parameters(values, uploads)

    async def close(self) -> None: ...

    async def stream_content(self, url: str, *_args: Any, **_kwargs: Any) -> AsyncGenerator[bytes, None]:
        stored = self.world.files.find_by_path(url.partition("/file/")[2].partition("/")[2])
        yield stored.content if stored else b""
