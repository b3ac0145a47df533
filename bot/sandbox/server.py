"""Server of the sandbox: the Bot API for one bot, any number of people, and the page that shows them."""

import asyncio
import json
import random
import re
import socket
import struct
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from bot.sandbox.backstage import Backstage, Cast
from bot.sandbox.faults import ANY, Fault, Faults, Plan
from bot.sandbox.methods.parameters import Parameters, Upload
from bot.sandbox.methods.table import carry_out
from bot.sandbox.own_origin import refuse_other_sites
from bot.sandbox.page_api import Page
from bot.sandbox.people import TIMEOUT, Group, Person
from bot.sandbox.polling import Polling
from bot.sandbox.records import Json, User
from bot.sandbox.refusals import Refusal, bad_request, not_found, wrong_token
from bot.sandbox.webhook import WebhookDelivery
from bot.sandbox.world import actions
from bot.sandbox.world.files import LARGEST_UPLOAD
from bot.sandbox.world.limits import Limits
from bot.sandbox.world.world import World

TOKEN = "7000000001:sandbox-token-that-opens-nothing"  # noqa: S105 (no secret: it opens nothing)
TOKEN_SHAPE = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{20,}")
FIRST_PERSON = 501_000_001
FIRST_GROUP = -4_000_000_001


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Sandbox:
    """Sandbox on a free port of this machine: `async with Sandbox() as sandbox:`.

    `limits`: sends allowed before a 429; None for no limits. `latency`: shortest and longest seconds that a call takes
    on its way, there and back; half of it goes by before it counts. `now`: the time that messages carry. `first_id`:
    the first id of messages and updates; a caller whose database outlives the sandbox passes a number that grows from
    run to run, so that no id comes twice.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        name: str = "Tropa",
        username: str = "tropa_bot",
        limits: Limits | None = None,
        latency: tuple[float, float] = (0.0, 0.0),
        now: Callable[[], datetime] = _utc_now,
        first_id: int = 1,
        backstage: Backstage | None = None,
        cast: Cast | None = None,
    ) -> None:
        if not TOKEN_SHAPE.fullmatch(token):
            raise ValueError("a token looks like 123456:ABC…")
        self.token = token
        bot = User(int(token.partition(":")[0]), name, username, is_bot=True)
        self.world = World(bot, now=now, monotonic=time.monotonic, limits=limits, first_id=first_id)
        self.faults = Faults()
        self.polling = Polling(self.world)
        self.webhook_delivery = WebhookDelivery(self.world, self._carry_out_webhook_answer)
        self.page = Page(self.world, backstage, cast)
        self.url = ""
        self._runner: web.AppRunner | None = None
        self._closing = asyncio.Event()
        self._latency = latency

    @property
    def page_url(self) -> str:
        return f"{self.url}/"

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> Self:
        """Listen. Port 0 takes a free one. Raises OSError when the port is in use."""
        self._closing.clear()
        self.polling.closed = False
        # A little above the largest upload, so that Telegram's own refusal can be given.
        app = web.Application(client_max_size=LARGEST_UPLOAD + 5_000_000, middlewares=[refuse_other_sites])
        app.router.add_route("*", "/bot{token}/{method}", self._handle_call)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self.page.add_routes(app)
        # handler_cancellation: a bot that hangs up ends its long poll at once.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            site = web.TCPSite(self._runner, host, port)
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise
        url_host = f"[{host}]" if ":" in host else host
        self.url = f"http://{url_host}:{self._runner.addresses[0][1]}"
        return self

    async def stop(self) -> None:
        """End deliveries, stop listening, then end long polls and streams. The world stays as it is."""
        self._closing.set()
        await self.webhook_delivery.stop()
        if self._runner is not None:
            for site in list(self._runner.sites):
                await site.stop()
            # Only after the listening has stopped: a bot whose long poll ends would otherwise connect again at once.
            self.polling.close()
            await self.page.close()
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    # The people of this world

    def add_person(
        self,
        first_name: str,
        *,
        id: int | None = None,  # noqa: A002 (the Bot API calls it so)
        username: str | None = None,
        language: str | None = "en",
        last_name: str | None = None,
    ) -> Person:
        """Add a person, who has not pressed Start yet."""
        number = id if id is not None else FIRST_PERSON + len(self.world.people)
        user = User(number, first_name, username, language, last_name)
        self.world.add_person(user)
        return Person(self.world, user.id)

    def add_group(self, title: str, creator: Person, *, forum: bool = False, supergroup: bool = False) -> Group:
        """Add a group without the bot in it. A forum is a supergroup."""
        number = FIRST_GROUP - sum(chat.kind == "group" for chat in self.world.chats.values())
        if forum or supergroup:
            number = actions.SUPERGROUP + FIRST_GROUP - len(self.world.chats)
        chat = self.world.add_group(number, title, creator.user, super_=forum or supergroup)
        if forum:
            chat.topics[0] = ""
        return Group(self.world, chat)

    def plan_fault(self, fault: Fault, method: str = ANY, *, chat: int | None = None, times: int = 1) -> Plan:
        """Let the next calls go wrong; see `faults`."""
        return self.faults.add(fault, method, chat=chat, times=times)

    async def wait_until_acknowledged(self, seconds: float = TIMEOUT) -> None:
        """Wait until the bot has acknowledged every update (by offset, or 2xx). It may still be handling them.

        Raises TimeoutError after so many seconds.
        """
        await self.world.bell.until(lambda: not self.world.updates.waiting, seconds)

    # Calls

    async def _handle_call(self, request: web.Request) -> web.StreamResponse:
        one_way = random.uniform(*self._latency) / 2  # noqa: S311 - no secret
        if not one_way or request.match_info["method"].lower() == "getupdates":
            return await self._answer_call(request)
        await asyncio.sleep(one_way)
        response = await self._answer_call(request)
        await asyncio.sleep(one_way)
        return response

    async def _answer_call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            self._check_token(request.match_info["token"])
            parameters = await _read_parameters(request)
        except Refusal as refusal:
            return _json_response(refusal.body(), refusal.code)
        chat = parameters.integer("chat_id") or None
        fault = self.faults.take(method, chat)
        if fault is None:
            body, status = await self._run_and_record(method, parameters, chat)
            response = _json_response(body, status)
            if self._closing.is_set():
                # While stopping, a kept connection would delay the end.
                response.force_close()
            return response
        if fault.is_processed:
            await self._run_and_record(method, parameters, chat, outcome=fault.name)
        else:
            self.world.record_call(method, chat, str(fault.refusal or fault.name))
        return await self._answer_with_fault(request, fault)

    async def _run_and_record(
        self, method: str, parameters: Parameters, chat: int | None, outcome: str | None = None
    ) -> tuple[Json, int]:
        try:
            result = await self._run_method(method, parameters)
        except Refusal as refusal:
            self.world.record_call(method, chat, outcome or str(refusal))
            return refusal.body(), refusal.code
        self.world.record_call(method, chat, outcome or "ok")
        return {"ok": True, "result": result}, 200

    async def _run_method(self, method: str, parameters: Parameters) -> Any:
        name = method.lower()
        # These four belong to the delivery of updates, and getUpdates may wait; all others act on the world at once.
        if name == "getupdates":
            return await self.polling.get_updates(parameters)
        if name == "setwebhook":
            done = await self.webhook_delivery.set_webhook(parameters)
        elif name == "deletewebhook":
            done = await self.webhook_delivery.delete_webhook(parameters)
        elif name == "getwebhookinfo":
            return self.webhook_delivery.webhook_info()
        else:
            return carry_out(self.world, method, parameters)
        self.polling.webhook_active = self.webhook_delivery.is_active
        self.world.bell.ring()
        return done

    async def _carry_out_webhook_answer(self, method: str, values: Json) -> None:
        parameters = Parameters(values)
        await self._run_and_record(method, parameters, parameters.integer("chat_id") or None)

    async def _answer_with_fault(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.refusal is not None:
            return _json_response(fault.refusal.body(), fault.refusal.code)
        if fault.end == "answer":
            kind = "text/html" if fault.status >= 500 else "application/json"
            return web.Response(status=fault.status, body=fault.body, content_type=kind)
        if fault.end == "hang":
            try:
                async with asyncio.timeout(fault.seconds):
                    await self._closing.wait()
            except TimeoutError:
                pass  # it has hung as long as planned; now the connection is reset
        _reset_connection(request)
        return web.Response()

    async def _download(self, request: web.Request) -> web.StreamResponse:
        try:
            self._check_token(request.match_info["token"])
        except Refusal as refusal:
            return _json_response(refusal.body(), refusal.code)
        stored = self.world.files.find_by_path(request.match_info["path"])
        if stored is None:
            return _json_response(not_found().body(), 404)
        return web.Response(body=stored.content, content_type="application/octet-stream")

    def _check_token(self, token: str) -> None:
        if not TOKEN_SHAPE.fullmatch(token):
            raise not_found()
        if token != self.token:
            raise wrong_token()


def _json_response(body: Json, status: int) -> web.Response:
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/json")


def _reset_connection(request: web.Request) -> None:
    """Reset the connection, so that the client sees a broken connection and not an empty answer."""
    transport = request.transport
    if transport is None:
        return
    wire = transport.get_extra_info("socket")
    if wire is not None:
        # Linger 0 makes the kernel send RST instead of FIN.
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def _read_parameters(request: web.Request) -> Parameters:
    """Return the parameters of a call, sent in the URL, as JSON, as a form, or as multipart with files."""
    values: dict[str, Any] = dict(request.query)
    uploads: dict[str, Upload] = {}
    try:
        if request.content_type == "application/json":
            body = json.loads(await request.text() or "{}")
            if not isinstance(body, dict):
                raise bad_request("object expected as request")
            values |= body
        elif request.can_read_body:
            for name, part in (await request.post()).items():
                if isinstance(part, web.FileField):
                    uploads[name] = Upload(part.filename, part.content_type, part.file.read())
                else:
                    values[name] = part if isinstance(part, str) else bytes(part).decode()
    except web.HTTPRequestEntityTooLarge:
        raise Refusal(413, "Request Entity Too Large") from None
    except (ValueError, RecursionError):
        raise bad_request("can't parse the request") from None
    return Parameters(values, uploads)
