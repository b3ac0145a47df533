"""Lines of the keys of a TOML file."""

import tomllib
from collections.abc import Iterator

import pytest

from cjm import templates
from cjm.toml_lines import TomlPath, find_line, find_lines

TRICKY = """\
a.b = 1
"q k".c = \"\"\"x [
"" y
\"\"\"
[[s]]
k = [
    1, # ]
    { x = 2, y = [3,
        4] },
]
[s.t]
z = '''
# no comment = 5
'''
[[s]]
[[s.u]]
v = 2026-01-01 10:00:00
[w.x]
'l.k' = "[[no]] # list"
"""


def list_paths(value: object, path: TomlPath = ()) -> Iterator[TomlPath]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield (*path, name)
        yield from list_paths(item, (*path, name))


@pytest.mark.parametrize("text", [TRICKY, templates.text("shop")], ids=["tricky", "shop"])
def test_every_key_and_item_has_a_line_on_which_its_name_stands(text: str) -> None:
    found, lines = find_lines(text), text.splitlines()
    assert set(found) == set(list_paths(tomllib.loads(text)))
    assert [path for path, line in found.items() if isinstance(path[-1], str) and path[-1] not in lines[line - 1]] == []


def test_lines_of_a_file_with_everything() -> None:
    found = find_lines(TRICKY)
    at: dict[TomlPath, int] = {
        ("a", "b"): 1,
        ("q k", "c"): 2,
        ("s", 0): 5,
        ("s", 0, "k", 1, "y", 1): 9,
        ("s", 0, "t", "z"): 12,
    }
    at |= {("s", 1, "u", 0, "v"): 17, ("w", "x", "l.k"): 19}
    assert {path: found[path] for path in at} == at


def test_what_is_missing_stands_where_its_table_begins() -> None:
    found = find_lines(TRICKY)
    assert find_line(("s", 0, "t", "missing"), found) == 11
    assert find_line(("missing",), found) == 0


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = 1\n= 2", "a = 1\n[b", 'a = 1\nb = "', "a = 1\nb {"])
def test_what_the_scanner_does_not_understand_ends_it(text: str) -> None:
    assert find_line(("a",), find_lines(text)) == 1
