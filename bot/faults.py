"""An unexpected error, named so that it can be found and nothing that people said gets into a log."""

import traceback
from pathlib import Path


def describe_fault(error: BaseException) -> str:
    """``KeyError at invitation.py:42``: the kind of error and the line of ours that it came through last."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if {"bot", "cjm", "tests"} & set(Path(frame.filename).parts)]
    last = (ours or frames)[-1:]
    place = "".join(f" at {Path(frame.filename).name}:{frame.lineno}" for frame in last)
    return f"{type(error).__name__}{place}"
