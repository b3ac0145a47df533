"""Processes that have loaded Tropa, and fork what the tests start: importing everything takes seconds of CPU each time.

* `loader.py` runs once in a run of the tests (`shared.py`), and forks each `python -m …` that a test asks for.
* A fork of it imports the tests, too, and forks the workers of pytest-xdist. `enter.py` stands in for a fork.
* A fork is a process of its own, with its own memory, files, locks and signals. It only spares the loading.
"""
