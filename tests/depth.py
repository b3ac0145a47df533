"""How long tests of chance look: quickly with all other tests, and deeply when DEEP=1 is in the environment.

Both take the same kinds of steps. Examples differ from run to run, so quick runs together look deeply too.
"""

import os


def choose_depth(quick: int, deep: int) -> int:
    """Return how many examples a property tries."""
    return deep if os.environ.get("DEEP") else quick
