"""Mix storms at random for minutes and print what came of it: `python -m tests.storms --seed 1 --minutes 5`.

`--engine postgresql` starts a server of its own, as the tests do. Ends with 1 and the seed when the promises is broken.
`--waiting 50000` measures how letters leave a long queue instead; see `long_queue`.
"""

import argparse
import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot.db.engine.database import Database
from bot.db.upkeep.schema import migrate
from tests.postgresql import Server, find_binaries, make_cluster
from tests.storms.company import open_company
from tests.storms.long_queue import measure_queues
from tests.storms.mixture import Mixture, count_customers
from tests.storms.promises import StormCounts


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.storms")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--waiting", type=int, default=0, help="measure a queue of so many letters instead")
    chosen = parser.parse_args()
    with make_database(chosen.engine) as url:
        asyncio.run(prepare(url))
        if chosen.waiting:
            print(asyncio.run(measure_queues(url, chosen.waiting)))  # noqa: T201 - the answer of a command
            return 0
        try:
            counts = asyncio.run(live(url, chosen.seed, chosen.minutes))
        except (AssertionError, ExceptionGroup) as broken:
            print(f"the promises is broken with --seed {chosen.seed}: {broken}", file=sys.stderr)  # noqa: T201 - as above
            return 1
    print(f"{chosen.engine}, seed {chosen.seed}, {chosen.minutes:g} min\n{counts}")  # noqa: T201 - as above
    return 0


async def prepare(url: str) -> None:
    db = Database(url)
    await migrate(db)
    await db.close()


async def live(url: str, seed: int, minutes: float) -> StormCounts:
    """Return the counts of a company that lived so long in the storms of this seed."""
    async with open_company(url, count_customers(minutes)) as company:
        return await Mixture(company, seed).run(minutes)


@contextlib.contextmanager
def make_database(engine: str) -> Iterator[str]:
    """Return the address of an empty database, which is gone after the block."""
    with tempfile.TemporaryDirectory() as folder:
        if engine == "sqlite":
            yield f"sqlite:///{folder}/tropa.db"
            return
        binaries = find_binaries()
        if binaries is None:
            raise SystemExit("there is no PostgreSQL server here (initdb was not found)")
        cluster = Path(folder) / "cluster"
        make_cluster(binaries, cluster)
        with Server(binaries, cluster) as server:
            yield server.create("storms")


if __name__ == "__main__":
    sys.exit(main())
