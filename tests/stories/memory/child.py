"""Tropa in a process of its own, whose business time the parent moves: a line of JSON in, a line of JSON out.

The first line has the settings, the journey and the time; its answer is the address of the HTTP interface. Then
``{"do": …}``: ``advance`` by ``seconds``, ``settle``, ``measure``, ``manager`` (the payload of the first one's link).
"""

import asyncio
import gc
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.app.tropa import Tropa
from bot.clock import FrozenClock
from bot.config.settings import Settings
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.maps.apart.map_process import MapProcess


class LateMaps(MapProcess):
    """Process of maps that is started by the first one: most days of a simulation want none."""

    async def start(self, *used: object) -> None:
        """Load nothing ahead."""


def read_line() -> Any:
    line = sys.stdin.readline()
    return json.loads(line) if line else None


def write_line(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def measure() -> dict[str, int]:
    """Return what this process holds: small blocks of memory, and bytes of it that no other process shares."""
    gc.collect()
    rows = Path("/proc/self/smaps_rollup").read_text("utf-8").splitlines()[1:]
    kilobytes = {row.split()[0].rstrip(":"): int(row.split()[1]) for row in rows}
    return {"blocks": sys.getallocatedblocks(), "rss": 1024 * kilobytes["Rss"], "pss": 1024 * kilobytes["Pss"]}


async def serve(first: Any) -> None:
    clock = FrozenClock(datetime.fromisoformat(first["now"]))
    process = LateMaps()
    async with Tropa(Settings.model_validate(first["settings"]), clock, process) as tropa:
        await ApplyJourney(tropa.db, clock).apply(first["journey"], "shop.toml")
        write_line(tropa.url)
        while (request := await asyncio.to_thread(read_line)) is not None:
            match request["do"]:
                case "advance":
                    write_line(clock.advance(timedelta(seconds=request["seconds"])).isoformat())
                case "settle":
                    await tropa.settle()
                    write_line(None)
                case "manager":
                    write_line(await tropa.create_first_manager_token())
                case "measure":
                    write_line(measure())
    await process.close()


if __name__ == "__main__":
    asyncio.run(serve(read_line()))
