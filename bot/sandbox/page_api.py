"""HTTP side of the page: its files, its requests, and a live stream of changes as server-sent events."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from bot.sandbox.backstage import Backstage, BackstageError, Cast
from bot.sandbox.panes import Panes
from bot.sandbox.records import Change, Chat, Json, Message, User
from bot.sandbox.world import actions
from bot.sandbox.world.world import World

FOLDER = Path(__file__).parent / "page"
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
SHOWN_INLINE = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/")
POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
HEARTBEAT = 1.0  # seconds between looks at the clock, and so between lines on an idle stream
LONGEST_JUMP = timedelta(days=366)  # the page offers a week
BACKLOG = 5_000
"""Events; a page that is so far behind is disconnected. It reconnects by itself and gets the whole state."""


class Page:
    """Page of the sandbox: its routes, and the open streams of changes.

    ``notice``: sentence that the page shows when it is opened; empty for none.
    """

    def __init__(self, world: World, backstage: Backstage | None, cast: Cast | None) -> None:
        self.world = world
        self.panes = Panes(world, backstage, cast)
        self.notice = ""
        self._streams: set[asyncio.Queue[str | None]] = set()
        world.watchers.append(self._send_change)

    def set_backstage(self, backstage: Backstage | None, cast: Cast | None = None) -> None:
        """Set the people and the happenings of the page. Open pages get the whole state again."""
        self.panes = Panes(self.world, backstage, cast or self.panes._cast)
        self._send_event("state", self._state())

    def _state(self) -> Json:
        return self.panes.page_state() | {"notice": self.notice}

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/", self._serve_index)
        app.router.add_get("/page/api/stream", self._stream_changes)
        app.router.add_get("/page/files/{unique_id}", self._serve_file)
        app.router.add_get("/page/{name}", self._serve_static)
        acts_by_name: dict[str, Callable[[Any], Awaitable[Json]]] = {
            "start": self._press_start,
            "open": self._open_link,
            "send": self._send_text,
            "press": self._press_button,
            "block": self._block_bot,
            "happen": self._start_happening,
            "insist": self._insist,
            "travel": self._move_clock,
        }
        for name, act in acts_by_name.items():
            app.router.add_post(f"/page/api/{name}", _page_handler(act))
        app.router.add_post("/page/api/upload", _page_handler(self._send_file, form=True))

    async def close(self) -> None:
        for stream in self._streams:
            stream.put_nowait(None)

    # Files

    async def _serve_index(self, request: web.Request) -> web.Response:
        return _file_response(FOLDER / "index.html")

    async def _serve_static(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        # Only names of existing files: a path from outside is never joined.
        known = {path.name: path for path in FOLDER.iterdir() if path.suffix in KINDS}
        if name not in known:
            raise web.HTTPNotFound
        return _file_response(known[name])

    async def _serve_file(self, request: web.Request) -> web.Response:
        """Serve a file of a chat. Common pictures and sounds open in the page; any other file is a download."""
        stored = self.world.files.find_by_unique_id(request.match_info["unique_id"])
        if stored is None:
            raise web.HTTPNotFound
        shown = stored.mime.startswith(SHOWN_INLINE)
        # A browser must not guess a type, and run an uploaded HTML file on this origin.
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=3600"}
        headers["Content-Type"] = stored.mime if shown else "application/octet-stream"
        if not shown:
            headers["Content-Disposition"] = "attachment"
        return web.Response(body=stored.content, headers=headers)

    # The live stream

    async def _stream_changes(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        async with self._subscribe() as queue:
            clock = self.panes.clock_text()
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), HEARTBEAT)
                except TimeoutError:
                    # The clock moves without a message too. A comment line keeps the connection, or finds it closed.
                    event, clock = self._clock_event(clock)
                if event is None:
                    return response
                # The page was closed meanwhile: the stream ends without an error.
                with contextlib.suppress(ConnectionError):
                    await response.write(event.encode())
                    continue
                return response

    @contextlib.asynccontextmanager
    async def _subscribe(self) -> AsyncIterator[asyncio.Queue[str | None]]:
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        queue.put_nowait(_event_text("state", self._state()))
        self._streams.add(queue)
        try:
            yield queue
        finally:
            self._streams.discard(queue)

    def _clock_event(self, clock: str | None) -> tuple[str, str | None]:
        now = self.panes.clock_text()
        if now is None or (clock is not None and now[:16] == clock[:16]):
            return ": \n\n", clock
        return _event_text("clock", {"clock": now}), now

    def _send_event(self, kind: str, body: Json) -> None:
        for stream in list(self._streams):
            # A page in a sleeping tab must not fill the memory.
            if stream.qsize() > BACKLOG:
                stream.put_nowait(None)
                self._streams.discard(stream)
            else:
                stream.put_nowait(_event_text(kind, body))

    def _send_change(self, change: Change) -> None:
        if not self._streams:
            return
        chat = self.world.chats[change.chat]
        if change.kind == "chat":
            self._send_event("state", self._state())
        elif change.chat in self.panes.visible_chats():
            self._send_event(change.kind, self._change_body(change, chat))

    def _change_body(self, change: Change, chat: Chat) -> Json:
        if change.kind in {"message", "edit"} and change.message is not None:
            return {"message": self.panes.message_json(change.message), "chat": self.panes.chat_json(chat)}
        if change.kind == "delete" and change.message is not None:
            return {"chat": chat.id, "id": change.message.id}
        if change.press is not None:
            press = change.press
            return {"press": press.id, "person": press.person.id, "chat": chat.id} | (press.answer or {})
        return {"chat": self.panes.chat_json(chat), "action": change.action}

    # Actions of the people at the page

    def _find_person(self, body: Any) -> User:
        number = body.get("person")
        person = self.world.people.get(int(number)) if number is not None else None
        if person is None:
            raise actions.CannotDoError("there is nobody with this id")
        return person

    def _find_chat_and_message(self, body: Any) -> tuple[Chat, Message | None]:
        """Return the chat, and the message in it that the request names, if any."""
        chat = self.world.chats.get(int(body["chat"]))
        if chat is None:
            raise actions.CannotDoError("there is no such chat")
        number = body.get("message") or body.get("reply")
        return chat, chat.messages.get(int(number)) if number else None

    async def _press_start(self, body: Json) -> Json:
        actions.press_start(self.world, self._find_person(body), body.get("payload") or "")
        return {}

    async def _open_link(self, body: Json) -> Json:
        """Open the personal link of a customer, as if it were on a receipt."""
        person = self._find_person(body)
        if self.panes.backstage is None:
            raise actions.CannotDoError("there are no personal links here")
        link = await self.panes.backstage.create_link(person.id)
        payload = parse_qs(urlsplit(link).query).get("start", [""])[0]
        actions.press_start(self.world, person, payload)
        return {"link": link}

    async def _send_text(self, body: Json) -> Json:
        chat, answered = self._find_chat_and_message(body)
        return {
            "id": actions.send_text(self.world, self._find_person(body), chat, str(body["text"]), reply_to=answered).id
        }

    async def _press_button(self, body: Json) -> Json:
        _, message = self._find_chat_and_message(body)
        if message is None:
            raise actions.CannotDoError("this message is gone")
        row, column = int(body["row"]), int(body["column"])
        # An edit may have taken the button away while the finger was on its way.
        if not (0 <= row < len(message.rows) and 0 <= column < len(message.rows[row])):
            raise actions.CannotDoError("this button is gone")
        return {
            "press": actions.press_button(
                self.world, self._find_person(body), message, message.rows[row][column]["callback_data"]
            ).id
        }

    async def _block_bot(self, body: Json) -> Json:
        (actions.block_bot if body.get("blocked") else actions.unblock_bot)(self.world, self._find_person(body))
        return {}

    async def _send_file(self, body: Any) -> Json:
        chat, answered = self._find_chat_and_message(body)
        person, part = self._find_person(body), body["file"]
        content, caption = part.file.read(), body.get("caption") or ""
        mime = part.content_type or "application/octet-stream"
        if body["kind"] == "voice":
            seconds = max(1, round(float(body.get("seconds") or 1)))
            message = actions.send_voice(
                self.world, person, chat, content, seconds=seconds, mime=mime, reply_to=answered
            )
        elif body["kind"] == "photo":
            message = actions.send_photo(self.world, person, chat, content, caption=caption, reply_to=answered)
        else:
            name = part.filename or "file"
            message = actions.send_file(
                self.world, person, chat, content, name, mime=mime, caption=caption, reply_to=answered
            )
        return {"id": message.id}

    async def _start_happening(self, body: Json) -> Json:
        if self.panes.backstage is None:
            raise actions.CannotDoError("there are no events to choose from here")
        result = await self.panes.backstage.start_happening(self._find_person(body).id, str(body["key"]))
        return {"says": result.says, "insist": result.may_insist}

    async def _insist(self, body: Json) -> Json:
        if self.panes.backstage is None:
            raise actions.CannotDoError("there is nobody here who asks")
        return {"says": await self.panes.backstage.insist(self._find_person(body).id)}

    async def _move_clock(self, body: Json) -> Json:
        backstage = self.panes.backstage
        if backstage is None:
            raise actions.CannotDoError("the clock cannot be moved here")
        to: timedelta | Literal["next"] = "next"
        if body.get("seconds") is not None:
            to = timedelta(seconds=float(body["seconds"]))
            if to > LONGEST_JUMP:
                raise ValueError("the page offers no such jump")
        says = await backstage.travel(to)
        self._send_event("clock", {"clock": self.panes.clock_text()})
        return {"says": says}


def _load_json(text: str) -> Any:
    """Parse JSON. Half of a character that UTF-16 writes in two is "?": no chat and no file could take it in."""
    plain = json.dumps(json.loads(text), ensure_ascii=False)
    return json.loads(plain.encode(errors="replace"))


def _event_text(kind: str, body: Json) -> str:
    return f"event: {kind}\ndata: {json.dumps(body, ensure_ascii=False)}\n\n"


def _file_response(path: Path) -> web.Response:
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return web.Response(text=path.read_text("utf-8"), content_type=KINDS[path.suffix], headers=headers)


def _page_handler(
    act: Callable[[Any], Awaitable[Json]], *, form: bool = False
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the handler of one action of the page.

    An action that is not possible is answered with status 200 and a sentence in `error`, a malformed request with 400.
    """

    async def handler(request: web.Request) -> web.Response:
        try:
            body = await request.post() if form else await request.json(loads=_load_json)
            return web.json_response(await act(body))
        except (actions.CannotDoError, BackstageError) as problem:
            return web.json_response({"error": str(problem)})
        except (LookupError, ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            return web.json_response({"error": "the request of the page is malformed"}, status=400)

    return handler
