"""Each story of both engines is played on one of them, about half on each; with DEEP=1 on both.

What is stored, and how, is tested on both engines in `tests.db` and `tests.usecases`; a story shows the way from end to
end.
"""

from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import pytest

from tests.depth import choose_depth

HERE = Path(__file__).parent
ENGINES = ("sqlite", "postgresql")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the other engine of stories that are there for both of them."""
    left_out = set() if choose_depth(0, 1) else find_doubles([item for item in items if item.path.is_relative_to(HERE)])
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in left_out])
    items[:] = [item for item in items if item.nodeid not in left_out]


def find_doubles(stories: Sequence[pytest.Item]) -> set[str]:
    """Return the ids of the stories to leave out: of each that is there for both engines, that of the other one."""
    by_story: dict[str, dict[str, str]] = {}
    for story in stories:
        call = getattr(story, "callspec", None)
        engine = call.params.get("database_url") if call is not None else None
        if engine in ENGINES:
            by_story.setdefault(story.nodeid.replace(engine, ""), {})[engine] = story.nodeid
    doubles = {name: found for name, found in by_story.items() if len(found) == len(ENGINES)}
    return {found[ENGINES[crc32(name.encode()) % len(ENGINES)]] for name, found in doubles.items()}
