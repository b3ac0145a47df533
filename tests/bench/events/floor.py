"""Bare server of events, a program: aiohttp, and a bare insert of the rows that Tropa stored for the same list.

`python -m tests.bench.events.floor URL LISTS` with the address of Tropa's database after it has recorded many lists.
The rows that it finds there are shared out among so many lists. It reads each list as JSON, checks nothing, and inserts
the rows of that list into empty tables with the same indexes, in one transaction that is durable before the answer. It
prints its address.
"""

import asyncio
import itertools
import json
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # it has no types
from aiohttp import web

TABLES = ("customer", "visit", "stage_entry", "decision", "invitation", "customer_attribute", "tally")
Row = tuple[Any, ...]
Store = Callable[[Sequence[tuple[str, Sequence[Row]]]], Awaitable[None]]


def split_rows(rows: Sequence[Row], lists: int) -> list[Sequence[Row]]:
    """Return as many parts of the rows as there are lists, in their order."""
    ends = [round(len(rows) * number / lists) for number in range(lists + 1)]
    return [rows[begin:end] for begin, end in itertools.pairwise(ends)]


async def open_sqlite(path: str, lists: int) -> tuple[list[list[tuple[str, Sequence[Row]]]], Store]:
    source = sqlite3.connect(path)
    target = sqlite3.connect(Path(path).with_name("floor.db"), check_same_thread=False, isolation_level=None)
    for setting in ("journal_mode = WAL", "synchronous = FULL"):
        target.execute(f"PRAGMA {setting}")
    places = ", ".join("?" * len(TABLES))
    made = source.execute(
        f"SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name IN ({places}) ORDER BY type DESC", TABLES
    )
    for (statement,) in made.fetchall():
        target.execute(statement)
    parts = {table: split_rows(source.execute(f"SELECT * FROM {table}").fetchall(), lists) for table in TABLES}
    batches = [[(table, parts[table][number]) for table in TABLES] for number in range(lists)]

    def write(batch: Sequence[tuple[str, Sequence[Row]]]) -> None:
        target.execute("BEGIN IMMEDIATE")
        for table, rows in batch:
            if rows:
                target.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)
        target.execute("COMMIT")

    one_writer = asyncio.Lock()

    async def store(batch: Sequence[tuple[str, Sequence[Row]]]) -> None:
        async with one_writer:
            await asyncio.to_thread(write, batch)

    return batches, store


async def open_postgresql(url: str, lists: int) -> tuple[list[list[tuple[str, Sequence[Row]]]], Store]:
    pool = await asyncpg.create_pool(url.replace("postgresql+asyncpg", "postgresql"), min_size=2, max_size=4)
    parts = {}
    for table in TABLES:
        await pool.execute(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING DEFAULTS INCLUDING INDEXES)")
        rows = await pool.fetch(f"SELECT * FROM {table}")
        parts[table] = split_rows([tuple(row) for row in rows], lists)
    batches = [[(table, parts[table][number]) for table in TABLES] for number in range(lists)]

    async def store(batch: Sequence[tuple[str, Sequence[Row]]]) -> None:
        async with pool.acquire() as connection, connection.transaction():
            for table, rows in batch:
                if rows:
                    places = ",".join(f"${number + 1}" for number in range(len(rows[0])))
                    await connection.executemany(f"INSERT INTO floor_{table} VALUES ({places})", rows)

    return batches, store


async def main() -> None:
    url, lists = sys.argv[1], int(sys.argv[2])
    if url.startswith("sqlite"):
        batches, store = await open_sqlite(url.removeprefix("sqlite:///"), lists)
    else:
        batches, store = await open_postgresql(url, lists)
    waiting = iter(batches)

    async def post_events(request: web.Request) -> web.Response:
        events = json.loads(await request.read())
        await store(next(waiting))
        return web.json_response({"results": [{"id": event["id"], "status": "accepted"} for event in events]})

    app = web.Application(client_max_size=2**24)
    app.router.add_post("/v1/events", post_events)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)  # noqa: T201 - read by the process that started it
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
