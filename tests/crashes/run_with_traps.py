"""Tropa with traps: `python -m tests.crashes.run_with_traps run` is `python -m bot run` that dies where it is told."""

import runpy

from tests.crashes.traps import prepare

if __name__ == "__main__":
    prepare()
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
