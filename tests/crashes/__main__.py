"""Kill the process at every named point, then at random moments, on one engine or both, and print the counts.

``python -m tests.crashes --kills 200`` takes some minutes. The exit code is 1 when a promise was broken.
"""

import argparse
import asyncio
import math
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiohttp import ClientSession

from bot.db.engine.database import Database
from bot.db.upkeep.schema import migrate
from tests.crashes.checks import CrashCounts, CrashFault, render_table
from tests.crashes.run import CrashRun
from tests.crashes.scenario import go_on, pass_named_points, pass_random_kills
from tests.postgresql import Server, find_binaries

ENGINES = ("sqlite", "postgresql")


def main() -> int:
    """Return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.crashes", description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, action="append", help="one engine; both without it")
    parser.add_argument("--kills", type=int, default=200, help="kills at random moments, after the named points")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the moments and of what people do")
    parser.add_argument("--customers", type=int, default=24)
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin no further week of kills after them")
    arguments = parser.parse_args()
    counts: dict[str, CrashCounts] = {}
    all_faults: list[CrashFault] = []
    for engine in arguments.engine or ENGINES:
        _say(f"{engine}, seed {arguments.seed}")
        with _database(engine) as (url, folder):
            faults, counts[engine] = asyncio.run(_crash(url, folder, arguments))
        for fault in faults:
            _say(f"{fault.kind}: {fault.what}")
        all_faults += faults
        _say(render_table(counts))
    return 1 if all_faults else 0


async def _crash(url: str, folder: Path, wanted: argparse.Namespace) -> tuple[list[CrashFault], CrashCounts]:
    async with ClientSession() as session, CrashRun(url, folder, wanted.seed, session) as run:
        await pass_named_points(run, url, wanted.customers)
        await pass_random_kills(run, wanted.kills, 60 * wanted.minutes, _say)
        await go_on(run)
        return await run.account()


@contextmanager
def _database(engine: str) -> Iterator[tuple[str, Path]]:
    """Make a migrated database and a folder, and remove both in the end."""
    folder = Path(tempfile.mkdtemp(prefix="tropa-crashes-"))
    try:
        if engine == "sqlite":
            url = f"sqlite:///{folder / 'tropa.db'}"
            asyncio.run(_migrate(url))
            yield url, folder
            return
        binaries = find_binaries()
        if binaries is None:
            raise SystemExit("there is no PostgreSQL server here (initdb was not found)")
        with Server(binaries) as server:
            server.make_template()
            yield server.create("crashes"), folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _migrate(url: str) -> None:
    db = Database(url)
    await migrate(db)
    await db.close()


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the counts are the output of this program


if __name__ == "__main__":
    sys.exit(main())
