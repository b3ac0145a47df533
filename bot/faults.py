"""Names of unexpected errors for the log: enough to find the place, and nothing that people said.

A traceback or an error's message may hold a customer's words; the kind of the error and a line of ours cannot.
"""

import traceback
from pathlib import Path


def describe_fault(error: BaseException) -> str:
    """Return the kind of an error and the last line of ours that it came through: ``KeyError at invitation.py:42``.

    An error that came through no line of ours is placed at its last line; one that was never raised has no place.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if {"bot", "cjm", "tests"} & set(Path(frame.filename).parts)]
    last = (ours or frames)[-1:]
    place = "".join(f" at {Path(frame.filename).name}:{frame.lineno}" for frame in last)
    return f"{type(error).__name__}{place}"
