"""How long tests of chance look: quickly with all other tests, and deeply when DEEP=1 is in the environment.

Both take the same kinds of steps. On a machine of a developer examples differ from run to run, so quick runs together
look deeply too. CI tries the same few in every run (`.ci/run`): only DEEP=1 finds what these miss.
"""

import os


def choose_depth(quick: int, deep: int) -> int:
    """Return how many examples a property tries."""
    return deep if os.environ.get("DEEP") else quick
