"""The answer to a commit is lost on its way: the transaction is kept once, because its mark tells that it was done."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.db.delivery import inbox, pictures
from bot.db.delivery.inbox import AlreadyHandled, RawUpdate, UpdateHandling
from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseAway
from bot.db.engine.joined_write import next_write_also

pytestmark = pytest.mark.postgresql
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


class LossyLine:
    """Line to a PostgreSQL server. ``commits_to_lose``: so many COMMITs reach the server, and their answers nobody."""

    def __init__(self, port: int) -> None:
        self.commits_to_lose = 0
        self._port = port

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_server, to_client = await asyncio.open_connection("127.0.0.1", self._port), (reader, writer)
        is_lost = asyncio.Event()

        async def carry_requests() -> None:
            while data := await reader.read(65536):
                if b"COMMIT" in data and self.commits_to_lose:
                    self.commits_to_lose -= 1
                    is_lost.set()
                to_server[1].write(data)

        async def carry_answers() -> None:
            while data := await to_server[0].read(65536):
                if is_lost.is_set():  # the server has committed
                    return
                to_client[1].write(data)

        carrying = [asyncio.create_task(carry()) for carry in (carry_requests, carry_answers)]
        await asyncio.wait(carrying, return_when=asyncio.FIRST_COMPLETED)
        for task in carrying:
            task.cancel()
        to_server[1].close()
        writer.close()


@pytest.fixture
async def line(postgresql_url: str) -> AsyncIterator[tuple[LossyLine, Database]]:
    """A line, and a database that is reached over it."""
    direct = Database(postgresql_url)
    assert direct.url.port is not None
    lossy = LossyLine(direct.url.port)
    server = await asyncio.start_server(lossy.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    db = Database(direct.url.set(port=port).render_as_string(hide_password=False))
    yield lossy, db
    await db.close()
    server.close()
    await server.wait_closed()
    await direct.close()


async def handle_update(db: Database, row_id: int, what: str) -> None:
    """Write what a handler writes, with the mark that its update is done."""
    handling = UpdateHandling(row_id, lambda: NOW)
    with next_write_also(handling.mark_done, then=handling.confirm):
        await db.write(lambda tx: pictures.save(tx, what, "x", NOW))


async def test_update_whose_commit_was_not_answered_is_handled_once(line: tuple[LossyLine, Database]) -> None:
    lossy, db = line
    update = RawUpdate(update_id=1, chat="7", payload="{}")
    (stored,) = await db.write(lambda tx: inbox.insert_updates(tx, "bot", [update], NOW))
    lossy.commits_to_lose = 1
    with pytest.raises(DatabaseAway, match="the connection was lost"):
        await handle_update(db, stored.id, "first")
    with pytest.raises(AlreadyHandled):
        await handle_update(db, stored.id, "second")
    assert await db.read(lambda tx: [pictures.find_file_id(tx, key) for key in ("first", "second")]) == ["x", None]


async def test_update_that_is_stored_again_because_the_answer_was_lost_is_stored_once(
    line: tuple[LossyLine, Database],
) -> None:
    lossy, db = line
    update = RawUpdate(update_id=1, chat="7", payload="{}")
    await db.write(lambda tx: inbox.insert_updates(tx, "bot", [], NOW))  # a connection commits its own settings first
    lossy.commits_to_lose = 1
    with pytest.raises(DatabaseAway):
        await db.write(lambda tx: inbox.insert_updates(tx, "bot", [update], NOW))
    await db.write(lambda tx: inbox.insert_updates(tx, "bot", [update], NOW))
    assert sum((await db.read(inbox.count_by_state)).values()) == 1
