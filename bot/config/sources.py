"""Sources of settings: a file, environment variables, and files that variables name. No value is checked here."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cjm.errors import Mistake, name_line
from cjm.mistake_wording import find_similar, path_step, quote_name
from cjm.toml_file import TomlError, parse_toml, read_toml_text
from cjm.toml_lines import find_line, find_lines

PREFIX = "TROPA_"
OTHER_VARIABLES = ("TROPA_CONFIG", "TROPA_DEBUG")  # read elsewhere
_EMPTY_HAS_MEANING = ("TROPA_ASKING__QUIET_HOURS",)
_MOST_SECRET_BYTES = 64 * 1024

SettingPath = tuple[str, ...]
"""Section and key, such as ("http", "port"); one part for the list of teams."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Key that may be set: its place in the file, and how the environment writes it."""

    place: SettingPath
    is_secret: bool = False
    is_list: bool = False

    @property
    def variable(self) -> str:
        return PREFIX + "__".join(self.place).upper()


@dataclass(slots=True)
class Sources:
    """Raw settings: ``data`` as TOML would hold it, and the variable, or the line of the file, that each came from."""

    file: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[tuple[int | str, ...], int] = field(default_factory=dict)
    variables: dict[SettingPath, str] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def describe_place(self, loc: tuple[int | str, ...]) -> str:
        """Return the place of a mistake: "a.toml:7: teams[2].chat" or "TROPA_TEAMS[2].chat". Lists count from 1."""
        for length in range(len(loc), 0, -1):
            variable = self.variables.get(tuple(map(str, loc[:length])))
            if variable is not None:
                return variable + _path_text(loc[length:])
        if self.file:
            return f"{name_line(self.file, find_line(loc, self.lines))}: {_path_text(loc).removeprefix('.')}"
        return PREFIX + "__".join(str(s).upper() for s in loc[:2]) + _path_text(loc[2:])

    def set_value(self, setting: Setting, variable: str, value: object) -> None:
        """Set one value from a variable, over the value of the file."""
        self.variables[setting.place] = variable
        here = self.data
        for name in setting.place[:-1]:
            # A section that is no table is a mistake of the file; the variable wins over it.
            if not isinstance(here.get(name), dict):
                here[name] = {}
            here = here[name]
        here[setting.place[-1]] = value


def _path_text(loc: tuple[int | str, ...]) -> str:
    return "".join(f"[{s + 1}]" if isinstance(s, int) else f".{path_step(s)}" for s in loc)


def gather_sources(path: Path | None, environ: Mapping[str, str], settings: list[Setting]) -> Sources:
    """Read the file and lay the environment over it. Unreadable parts are in ``mistakes``; nothing is raised."""
    sources = Sources(file=str(path) if path else "")
    if path is not None:
        try:
            text = read_toml_text(path)
            sources.data, sources.lines = parse_toml(text), find_lines(text)
        except TomlError as error:
            hint = "" if os.path.lexists(path) else "; 'tropa init' writes one to start from"
            sources.mistakes.append(Mistake(str(path), f"{error}{hint}"))
    sources.mistakes += _unknown_variables(environ, settings)
    for setting in settings:
        for variable, text in _find_value(setting, environ, sources.mistakes):
            _store_value(sources, setting, variable, text)
    return sources


def _find_value(setting: Setting, environ: Mapping[str, str], mistakes: list[Mistake]) -> Iterator[tuple[str, str]]:
    """Yield the variable that sets this key, if any, with its text or the text of the file that it names."""
    variable, file_variable = setting.variable, setting.variable + "_FILE"
    text = environ.get(variable)
    if text or (text == "" and variable in _EMPTY_HAS_MEANING):
        yield variable, text
    if setting.is_secret and environ.get(file_variable):
        if text:
            mistakes.append(Mistake(file_variable, f"{variable} is set too; keep one of the two"))
            return
        try:
            with Path(environ[file_variable]).open("rb") as file:
                # Not the whole file: the name may be wrong. Editors on Windows write a byte-order mark.
                raw = file.read(_MOST_SECRET_BYTES + 1)
            if len(raw) > _MOST_SECRET_BYTES:  # a secret that is cut would be another, weaker secret
                raise ValueError(file_variable)
            content = raw.decode("utf-8-sig")
        except OSError as error:
            reason = os.strerror(error.errno or 0).lower()
            mistakes.append(Mistake(file_variable, f"the file that it names cannot be read: {reason}"))
        except ValueError:  # not UTF-8, too long, or a path that no file can have
            mistakes.append(
                Mistake(file_variable, "must name a UTF-8 text file of at most 64 KiB that holds only the secret")
            )
        else:
            if not content.strip():
                # Taken for "not set", it would leave a bot without its token, or the doors of HTTP without theirs.
                mistakes.append(Mistake(file_variable, "the file that it names is empty"))
                return
            yield file_variable, _secrets_as_json(content) if setting.is_list else content.strip()


def _secrets_as_json(content: str) -> str:
    """Return a file of several secrets, a JSON list or one per line, as a JSON list."""
    if content.lstrip().startswith("["):
        return content
    return json.dumps([line.strip() for line in content.splitlines() if line.strip()])


def _store_value(sources: Sources, setting: Setting, variable: str, text: str) -> None:
    if not setting.is_list:
        sources.set_value(setting, variable, text)
        return
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, list):
        sources.set_value(setting, variable, value)
    else:
        sources.mistakes.append(Mistake(variable, 'must be a list in JSON, such as ["…", "…"]'))


def _unknown_variables(environ: Mapping[str, str], settings: list[Setting]) -> Iterator[Mistake]:
    """Yield a mistake for each unknown variable that seems to be meant for Tropa.

    Other programs may use the prefix too. So a name without "__" is reported only when it is a setting's variable with
    "_" in place of "__", or TROPA_TEAMS_FILE.
    """
    variables = [s.variable for s in settings] + [s.variable + "_FILE" for s in settings if s.is_secret]
    # Sorted: the same mistakes come in the same order on every machine.
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in variables or name in OTHER_VARIABLES:
            continue
        similar = find_similar(name.removeprefix(PREFIX), [k.removeprefix(PREFIX) for k in variables])
        similar = similar and PREFIX + similar
        if name.removesuffix("_FILE") in variables:
            yield Mistake(path_step(name), "only a secret can be read from its own file")
        elif similar and (similar.replace("__", "_") == name or "__" in name):
            yield Mistake(path_step(name), f"is not a setting; did you mean {similar}?")
        elif "__" in name:
            yield Mistake(path_step(name), f"is not a setting; names of settings look like {quote_name(variables[0])}")
