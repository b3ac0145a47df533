"""A backup that is made while events come in is whole: restored as docs/running.md says, Tropa goes on from it.

It proves itself: counters agree with the rows, and what people said, with the files that they sent, is as it was.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot.db.asking.tables import answer_table
from bot.db.cases.tables import case_message_table, case_table
from bot.db.engine.database import Connection
from tests.conftest import ROOT
from tests.postgresql import find_binaries
from tests.stories.stage import Stage, start_stage

pytestmark = pytest.mark.timeout(300)
PHOTO = b"\x89PNG\r\n\x1a\n a box that is torn"


def run_program(*command: object, **environment: str) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr


def run_postgresql_program(name: str, url: str, *arguments: object) -> None:
    binaries = find_binaries()
    assert binaries is not None
    parts = urlsplit(url)
    run_program(binaries / name, "-h", parts.hostname, "-p", parts.port, "-U", parts.username, *arguments)


def make_backup(url: str, file: Path) -> None:
    if url.startswith("sqlite"):
        run_program(sys.executable, "-m", "bot", "backup", file, TROPA_DATABASE__URL=url)
    else:
        run_postgresql_program("pg_dump", url, "--format=custom", f"--file={file}", urlsplit(url).path[1:])


def restore_backup(url: str, file: Path) -> str:
    """Put the backup in place of the database; return the address to go on with."""
    if url.startswith("sqlite"):
        run_program(sys.executable, "-m", "bot", "restore", file, TROPA_DATABASE__URL=url)
        return url
    restored = f"{url}_restored"
    run_postgresql_program("createdb", url, urlsplit(restored).path[1:])
    run_postgresql_program("pg_restore", url, "--no-owner", f"--dbname={urlsplit(restored).path[1:]}", file)
    return restored


def discard_restored(url: str) -> None:
    if not url.startswith("sqlite"):
        run_postgresql_program("dropdb", url, "--force", urlsplit(url).path[1:])


@asynccontextmanager
async def post_events(stage: Stage, customer: str) -> AsyncIterator[list[str]]:
    """Post one event after the other while the context is open; the list has the ids of those that were accepted.

    The first one is accepted before the context opens.
    """
    accepted: list[str] = []
    has_begun = asyncio.Event()

    async def post() -> None:
        while True:
            number = f"flow-{len(accepted)}"
            if await post_one(stage, customer, number) == "accepted":
                accepted.append(number)
                has_begun.set()

    task = asyncio.create_task(post())
    try:
        await has_begun.wait()
        yield accepted
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def post_one(stage: Stage, customer: str, number: str) -> str:
    """Post an event and return its status."""
    event = {"id": number, "customer": customer, "journey": "shop", "touchpoint": "checkout"}
    answer = await stage.call_api("POST", "/v1/events", [event | {"at": stage.clock.now().isoformat()}])
    return str(answer["results"][0]["status"])


async def store_words_and_photo(stage: Stage) -> None:
    """Let a customer answer, write, want to be contacted, and complain with a photo."""
    anna = await stage.add_consenting_customer("Anna", "79")
    await stage.post_event("79", "delivery")
    for button in ("🙁", "2", "It came late"):
        await anna.click(button)
        await stage.settle()
    await anna.send("Nobody called")
    await stage.settle()
    await anna.click("Yes, please")
    await stage.settle()
    await anna.send("/complain")
    await stage.settle()
    await anna.send_photo(PHOTO, "The box is torn")
    await stage.settle()


def read_what_people_said(tx: Connection) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of answers and cases; the files of a case stand in its messages."""
    return {
        table.name: [dict(row._mapping) for row in tx.execute(select(table).order_by(table.c.id))]
        for table in (answer_table, case_table, case_message_table)
    }


async def test_backup_made_while_events_come_in_is_whole_and_tropa_goes_on_from_it(
    database_url: str, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    async with start_stage(database_url) as stage:
        olga = await stage.add_consenting_customer("Olga", "77")
        await stage.post_event("77", "delivery")
        await store_words_and_photo(stage)
        said = await stage.tropa.db.read(read_what_people_said)
        assert any(message["file_id"] for message in said["case_message"])
        before = ["before-1", "before-2"]
        for number in before:
            await post_one(stage, "78", number)
        async with post_events(stage, "78") as accepted:
            await asyncio.to_thread(make_backup, database_url, backup)
            assert accepted, "no event came while the backup was made"
        await stage.stop()
        url = await asyncio.to_thread(restore_backup, database_url, backup)
        stage.settings = stage.settings.model_copy(
            update={"database": stage.settings.database.model_copy(update={"url": SecretStr(url)})}
        )
        try:
            await stage.start()
            again = [await post_one(stage, "78", number) for number in (*before, *accepted)]
            known = again.count("repeated")
            assert known >= len(before)
            assert again == ["repeated"] * known + ["accepted"] * (len(again) - known), "the backup is of one moment"
            assert await stage.list_wrong_counters() == []
            assert await stage.tropa.db.read(read_what_people_said) == said
            await olga.click("🙁")
            await stage.settle()
            assert "2" in olga.last.buttons, "a question that was open goes on"
        finally:
            await stage.stop()
            await asyncio.to_thread(discard_restored, url)
