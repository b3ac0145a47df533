"""Read the settings from a TOML file and the environment, once at start.

* The environment wins over the file. ``[telegram] token`` is ``TROPA_TELEGRAM__TOKEN`` in the environment, and lists
  are JSON. A secret may stand alone in a file of its own, which ``TROPA_TELEGRAM__TOKEN_FILE`` names.
* An empty variable counts as not set, except ``TROPA_ASKING__QUIET_HOURS``, where empty means no quiet hours.
* Relative paths in the file, and the default database when there is a file, are relative to the file's folder;
  those in the environment are relative to the current folder.
* All mistakes are reported at once.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.config.brand import find_brand_mistakes
from bot.config.settings import DEFAULT_DATABASE, SECTIONS, TELEGRAM_API, AskingSettings, Settings, TeamSettings
from bot.config.sources import Setting, Sources, gather_sources
from cjm.errors import Mistake, TropaError
from cjm.mistake_wording import describe_error, find_similar, join_names

CONFIG_NAMES = ("tropa.toml", "config.toml")
SECRETS = {
    ("telegram", "token"),
    ("telegram", "webhook_secret"),
    ("database", "url"),
    ("http", "tokens"),
    ("http", "metrics_token"),
    ("http", "link_secret"),
}
_LISTS = {
    ("http", "tokens"),
    ("http", "trusted_proxies"),
    ("access", "managers"),
    ("journeys", "paths"),
    ("brand", "font"),
}

_PATHS = (("journeys", "paths"), ("brand", "logo"), ("brand", "font"))


class ConfigError(TropaError):
    """Settings with mistakes. Each of ``mistakes`` names its file, with the key if it has one, or its variable."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


def list_settings() -> list[Setting]:
    """Return every key that the environment can set, section by section, and the list of teams."""
    places = [(section, key) for section, model in SECTIONS.items() for key in model.model_fields]
    return [
        *(Setting(place, is_secret=place in SECRETS, is_list=place in _LISTS) for place in places),
        Setting(("teams",), is_list=True),
    ]


def find_config_file(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    """Return ``path``, else the file that TROPA_CONFIG names, else tropa.toml or config.toml in the current folder."""
    if path is not None or environ.get("TROPA_CONFIG"):
        return path or Path(environ["TROPA_CONFIG"])
    return next((Path(name) for name in CONFIG_NAMES if Path(name).is_file()), None)


def read_settings(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the file that :func:`find_config_file` chooses, and the environment (default: ``os.environ``).

    Raises ConfigError with every mistake: where it stands, and what would be right.
    """
    environ = os.environ if environ is None else environ
    path = find_config_file(path, environ)
    sources = gather_sources(path, environ, list_settings())
    if path is not None:
        _resolve_paths(sources, path.parent)
    mistakes = list(sources.mistakes)
    settings: Settings | None = None
    try:
        settings = Settings.model_validate(sources.data)
    except ValidationError as error:
        mistakes += [
            Mistake(
                sources.describe_place(e["loc"]),
                _unknown_key_message(e["loc"]) if e["type"] == "extra_forbidden" else describe_error(e),
            )
            for e in error.errors(include_url=False, include_input=False)
        ]
    mistakes += [Mistake(sources.describe_place(loc), message) for loc, message in _find_conflicts(sources.data)]
    if mistakes or settings is None:
        # One cause may be found by two rules; it is reported once.
        raise ConfigError(list(dict.fromkeys(mistakes)))
    return settings


def _resolve_paths(sources: Sources, folder: Path) -> None:
    """Make the file's relative paths, and the default database, relative to the file's folder."""
    database = sources.data.setdefault("database", {})
    if isinstance(database, dict) and ("database", "url") not in sources.variables:
        # The default too: a bot started from another folder should find the same database.
        url = database.setdefault("url", DEFAULT_DATABASE)
        # A relative path: not absolute (a fourth slash), not in memory, not empty.
        if isinstance(url, str) and re.match(r"sqlite:///(?!/|:memory:|\?|$)", url):
            database["url"] = f"sqlite:///{folder / url.removeprefix('sqlite:///')}"
    for section, key in _PATHS:
        values = sources.data.get(section)
        if not isinstance(values, dict) or (section, key) in sources.variables:
            continue
        match values.get(key):
            case str(path) if path:
                values[key] = str(folder / path)
            case list(paths):
                values[key] = [str(folder / p) if isinstance(p, str) and p else p for p in paths]


def _unknown_key_message(loc: tuple[int | str, ...]) -> str:
    """Return the message for an unknown key: a similar key, else the key's own section, else the keys of this one."""
    name = str(loc[-1])
    model = Settings if len(loc) == 1 else TeamSettings if loc[0] == "teams" else SECTIONS[str(loc[0])]
    known = list(model.model_fields)
    similar = find_similar(name, known)
    if similar:
        return f"is not a setting; did you mean {similar}?"
    for setting in list_settings():
        if setting.place[-1] == name:
            return f"is not a setting of this section; it belongs to [{setting.place[0]}]"
    return f"is not a setting; this section has {join_names(known)}"


def _find_conflicts(data: Mapping[str, Any]) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """Yield mistakes that are found by comparing settings with each other or with the files on this machine.

    They are found even when other settings are wrong, so this reads the raw data, where a value may have any type.
    """

    def read_section(name: str) -> Mapping[str, Any]:
        value = data.get(name)
        return value if isinstance(value, dict) else {}

    telegram, asking, defaults = read_section("telegram"), read_section("asking"), AskingSettings()
    webhook_url, api_url = telegram.get("webhook_url"), telegram.get("api_url") or TELEGRAM_API
    if telegram.get("mode") == "webhook":
        for key in ("webhook_url", "webhook_secret"):
            if telegram.get(key, "") == "":
                yield ("telegram", key), 'is needed when mode is "webhook"'
    # Telegram itself calls https only; a Bot API server of your own may call http.
    if isinstance(webhook_url, str) and webhook_url.startswith("http://") and str(api_url).rstrip("/") == TELEGRAM_API:
        yield ("telegram", "webhook_url"), "must begin with https://"
    remind = asking.get("remind_after_hours", defaults.remind_after_hours)
    expire = asking.get("expire_hours", defaults.expire_hours)
    # From the environment, numbers come as text. Those that are no positive whole number are mistakes of their own.
    if str(remind).isdecimal() and str(expire).isdecimal() and 0 < int(expire) <= int(remind):
        yield (
            ("asking", "remind_after_hours" if "remind_after_hours" in asking else "expire_hours"),
            "the reminder must come before the invitation expires: remind_after_hours must be less than expire_hours",
        )
    yield from _find_duplicate_teams(data.get("teams"))
    yield from ((("brand", key), sentence) for key, sentence in find_brand_mistakes(read_section("brand")))
    paths = read_section("journeys").get("paths")
    for index, path in enumerate(paths if isinstance(paths, list) else []):
        if isinstance(path, str) and not os.path.exists(path):  # noqa: PTH110 - Path.exists raises for a name that is too long
            yield ("journeys", "paths", index), "there is no such file or folder"


def _find_duplicate_teams(teams: object) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """Yield a mistake for each team whose key an earlier team has."""
    first_index: dict[str, int] = {}
    for index, team in enumerate(teams if isinstance(teams, list) else []):
        key = team.get("key") if isinstance(team, dict) else None
        if isinstance(key, str) and first_index.setdefault(key, index) != index:
            yield ("teams", index, "key"), f"teams[{first_index[key] + 1}] has the same key; each team needs its own"
