"""Find the lines of a TOML file on which its keys and items stand: `tomllib` does not tell them.

Invariants:

* The text is one that `cjm.toml_file.parse_toml` has read: syntax is not checked again.
* Where the scanner does not understand something it stops: the places behind it have no lines, and nothing is raised.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress

TomlPath = tuple[int | str, ...]
"""Path of a value: keys, and places in lists from 0, such as ("stages", 2, "title")."""

_MOST_NESTED = 20  # tables and lists inside of one value
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_STRING = re.compile(
    r"""
    "{3} (?: [^"\\] | \\. | "{1,2}(?!") )* "{3,5}  # over several lines, with escapes
    | '{3} (?: [^'] | '{1,2}(?!') )* '{3,5}          # over several lines, as it stands
    | " (?: [^"\\\n] | \\. )* "
    | ' [^'\n]* '
    """,
    re.S | re.X,
)
_BARE = re.compile(r"[^,\]}#\n]+")


class _Stop(Exception):  # noqa: N818 - the scanner ends; nothing is broken
    """Text that the scanner does not understand."""


def find_lines(text: str) -> dict[TomlPath, int]:
    """Return the line of each key, table and item of a list, from 1. A table that goes on has its first line."""
    scanner = _LineScanner(text.removeprefix("\ufeff"))
    with suppress(_Stop):
        scanner.scan()
    return scanner.lines


def find_line(path: TomlPath, lines: Mapping[TomlPath, int]) -> int:
    """Return the line of a value, else of the table that lacks it; 0 where none is known."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 0)


class _LineScanner:
    def __init__(self, text: str) -> None:
        self.lines: dict[TomlPath, int] = {}
        self._text, self._at = text, 0
        self._line, self._counted = 1, 0  # the line of the place up to which line breaks were counted
        self._lengths: dict[TomlPath, int] = {}  # of the lists of tables

    def scan(self) -> None:
        table: TomlPath = ()
        while self._skip(_BLANK) < len(self._text):
            if self._text.startswith("[", self._at):
                table = self._read_header()
            else:
                self._read_pair(table, 0)

    def _read_header(self) -> TomlPath:
        is_item = self._text.startswith("[[", self._at)
        line = self._count_line()
        self._at += 2 if is_item else 1
        *above, last = self._read_key()
        path: TomlPath = ()
        for part in above:
            self.lines.setdefault((*path, part), line)
            path = self._enter((*path, part))
        path = (*path, last)
        self._take("]]" if is_item else "]")
        if is_item:
            place = self._lengths.get(path, 0)
            self._lengths[path] = place + 1
            self.lines.setdefault(path, line)
            path = (*path, place)
        else:
            path = self._enter(path)
        self.lines.setdefault(path, line)
        return path

    def _enter(self, path: TomlPath) -> TomlPath:
        """Return the path of a table; of a list of tables, that of its last one."""
        return (*path, self._lengths[path] - 1) if path in self._lengths else path

    def _read_pair(self, table: TomlPath, depth: int) -> None:
        line, path = self._count_line(), table
        for part in self._read_key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        self._skip(_SPACE)
        self._take("=")
        self._skip(_SPACE)
        self._read_value(path, depth)

    def _read_key(self) -> Iterator[str]:
        """Yield the parts of a dotted key."""
        while True:
            self._skip(_SPACE)
            yield _unquote(self._match(_KEY))
            self._skip(_SPACE)
            if not self._text.startswith(".", self._at):
                return
            self._at += 1

    def _read_value(self, path: TomlPath, depth: int) -> None:
        if depth > _MOST_NESTED:
            raise _Stop
        first = self._text[self._at : self._at + 1]
        if first == "[":
            self._read_list(path, depth)
        elif first == "{":
            self._read_inline_table(path, depth)
        else:
            self._match(_STRING if first in ("'", '"') else _BARE)

    def _read_list(self, path: TomlPath, depth: int) -> None:
        self._at += 1
        place = 0
        while self._skip(_BLANK) < len(self._text) and self._text[self._at] != "]":
            self.lines.setdefault((*path, place), self._count_line())
            self._read_value((*path, place), depth + 1)
            self._skip(_BLANK)
            if self._text.startswith(",", self._at):
                self._at += 1
            place += 1
        self._take("]")

    def _read_inline_table(self, path: TomlPath, depth: int) -> None:
        self._at += 1
        while self._skip(_BLANK) < len(self._text) and self._text[self._at] != "}":
            self._read_pair(path, depth + 1)
            self._skip(_BLANK)
            if self._text.startswith(",", self._at):
                self._at += 1
        self._take("}")

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None or found.end() == self._at:
            raise _Stop
        self._at = found.end()
        return found[0]

    def _take(self, mark: str) -> None:
        if not self._text.startswith(mark, self._at):
            raise _Stop
        self._at += len(mark)

    def _count_line(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line


def _unquote(key: str) -> str:
    if key.startswith("'"):
        return key[1:-1]
    if not key.startswith('"'):
        return key
    try:
        return str(json.loads(key))
    except ValueError:  # an escape that JSON does not have; its line is of no use then
        return key
