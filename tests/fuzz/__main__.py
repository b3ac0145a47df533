"""Fuzz doors for as long as wanted: ``uv run python -m tests.fuzz [DOOR …] --minutes 60 [--seed N] [--life N]``.

Each door has a process of its own, which gives way to all others. It prints each kind of finding once, with what it
takes to repeat it, and a line with its figures at the end. It ends with 1 when something was found.
"""

import argparse
import multiprocessing
import signal
import sys
from random import SystemRandom

from tests.fuzz.doors import DOORS
from tests.fuzz.running import fuzz


def main() -> int:
    """Fuzz the doors side by side."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("doors", nargs="*", choices=[[], *DOORS], metavar="DOOR", help=", ".join(DOORS))
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    parser.add_argument("--life", type=int, default=0, help="the life to begin with, to repeat a finding")
    chosen = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=fuzz, args=(name, chosen.minutes, chosen.seed, chosen.life), daemon=True)
        for name in chosen.doors or DOORS
    ]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ends the processes, too
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return int(any(process.exitcode for process in processes))


if __name__ == "__main__":
    sys.exit(main())
