"""Settings: a TOML file and the environment, read once at start; all mistakes at once.

The environment wins over the file. ``[telegram] token`` is ``TROPA_TELEGRAM__TOKEN`` there; lists are JSON; a secret
may also stand alone in a file that ``TROPA_TELEGRAM__TOKEN_FILE`` names. An empty variable counts as not set, except
``TROPA_ASKING__QUIET_HOURS``, which then means none. Relative paths belong to the folder of the file they were written
in; those from the environment to the current folder.

Secrets are ``SecretStr``: they are in no repr and in no error. The database's address is one: it may hold a password.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from bot.config.sources import Setting, Sources, gather_sources
from bot.config.values import (
    AddressValue,
    BearerToken,
    BotToken,
    DatabaseUrl,
    Days,
    LinkSecret,
    QuietHoursValue,
    WebAddress,
    WebhookSecret,
    WeeklyMomentValue,
    WholeNumber,
    WorkingHoursValue,
)
from cjm.asking.decision import AskingRules
from cjm.asking.quiet_hours import QuietHours
from cjm.errors import Mistake, TropaError
from cjm.journeys.journey import TimeZone
from cjm.journeys.survey import Key
from cjm.mistake_sentences import join_names, find_similar, describe_error
from cjm.weekly import WeeklyMoment, WorkingHours

TELEGRAM_API = "https://api.telegram.org"
CONFIG_NAMES = ("tropa.toml", "config.toml")


class ConfigError(TropaError):
    """Settings that cannot be taken; ``mistakes`` holds each of them, by file and key or by environment variable."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


class SettingsSection(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class TelegramSettings(SettingsSection):
    """The bot. Without a token everything but ``run`` works. ``api_url`` may be another server, such as the sandbox."""

    token: BotToken = SecretStr("")
    api_url: WebAddress = TELEGRAM_API
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: WebAddress = ""
    webhook_secret: WebhookSecret = SecretStr("")


class DatabaseSettings(SettingsSection):
    url: DatabaseUrl = SecretStr("sqlite:///tropa.db")

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database; None for a server."""
        kind, _, path = self.url.get_secret_value().partition(":///")
        return Path(path.partition("?")[0]) if kind == "sqlite" else None

    @property
    def redacted_url(self) -> str:
        """The address without name and password."""
        return re.sub(r"//[^/]*@", "//…@", self.url.get_secret_value()).partition("?")[0]


class HttpSettings(SettingsSection):
    """``tokens`` are the bearer tokens of those who post events; without one nobody can."""

    host: Annotated[str, Field(min_length=1, max_length=255)] = "127.0.0.1"
    port: Annotated[WholeNumber, Field(ge=0, le=65535)] = 8080
    tokens: tuple[BearerToken, ...] = ()
    link_secret: LinkSecret = SecretStr("")


class AccessSettings(SettingsSection):
    managers: tuple[AddressValue, ...] = ()


class TeamSettings(SettingsSection):
    """A team and its chat. Without ``journeys`` it is about all of them; without ``chat`` it is bound in the chat."""

    key: Key
    chat: AddressValue | None = None
    thread: Annotated[WholeNumber, Field(ge=1)] | None = None
    journeys: tuple[Key, ...] = ()
    language: Literal["en", "ru", "pl"] = "en"
    timezone: TimeZone = "UTC"
    digest: WeeklyMomentValue = WeeklyMoment.parse("mon 09:00")
    working_hours: WorkingHoursValue = WorkingHours.parse("mon-fri 09:00-18:00")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class JourneySettings(SettingsSection):
    """Journey files, or folders of them."""

    paths: tuple[Path, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """The files themselves, those of a folder by name."""
        return tuple(f for p in self.paths for f in (sorted(p.glob("*.toml")) if p.is_dir() else [p]))


class AskingSettings(SettingsSection):
    """The house's rules of asking; 0 switches a clock off."""

    any_survey_days: Days = 7
    same_touchpoint_days: Days = 30
    nps_days: Days = 90
    per_month: Annotated[WholeNumber, Field(ge=0, le=1000)] = 4
    quiet_hours: QuietHoursValue = QuietHours.parse("21:00-09:00")
    remind_after_hours: Annotated[WholeNumber, Field(ge=0, le=24 * 365)] = 48
    expire_hours: Annotated[WholeNumber, Field(ge=1, le=24 * 365)] = 168

    @property
    def rules(self) -> AskingRules:
        """The same as values that decisions take."""
        return AskingRules(
            any_survey=timedelta(days=self.any_survey_days),
            same_touchpoint=timedelta(days=self.same_touchpoint_days),
            nps=timedelta(days=self.nps_days),
            per_month=self.per_month,
            quiet_hours=self.quiet_hours,
        )


class PrivacySettings(SettingsSection):
    """Visits, answers and closed cases go after ``retention_days``, counts stay; 0 keeps them until they are erased."""

    retention_days: Days = 0
    minimum_answers: Annotated[WholeNumber, Field(ge=1, le=1000)] = 5


class Settings(SettingsSection):
    telegram: TelegramSettings = TelegramSettings()
    database: DatabaseSettings = DatabaseSettings()
    http: HttpSettings = HttpSettings()
    access: AccessSettings = AccessSettings()
    teams: tuple[TeamSettings, ...] = ()
    journeys: JourneySettings = JourneySettings()
    asking: AskingSettings = AskingSettings()
    privacy: PrivacySettings = PrivacySettings()

    def find_team(self, key: str) -> TeamSettings | None:
        return next((t for t in self.teams if t.key == key), None)


SECTIONS: Mapping[str, type[SettingsSection]] = {
    "telegram": TelegramSettings,
    "database": DatabaseSettings,
    "http": HttpSettings,
    "access": AccessSettings,
    "journeys": JourneySettings,
    "asking": AskingSettings,
    "privacy": PrivacySettings,
}
SECRETS = {
    ("telegram", "token"),
    ("telegram", "webhook_secret"),
    ("database", "url"),
    ("http", "tokens"),
    ("http", "link_secret"),
}
_LISTS = {("http", "tokens"), ("access", "managers"), ("journeys", "paths")}


def list_settings() -> list[Setting]:
    """Every key that can be set from the environment, section by section, and the list of teams."""
    places = [(section, key) for section, model in SECTIONS.items() for key in model.model_fields]
    return [
        *(Setting(place, is_secret=place in SECRETS, is_list=place in _LISTS) for place in places),
        Setting(("teams",), is_list=True),
    ]


def find_config_file(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    """The file to read: the one given, that of TROPA_CONFIG, or tropa.toml or config.toml here; None without one."""
    if path is not None or environ.get("TROPA_CONFIG"):
        return path or Path(environ["TROPA_CONFIG"])
    return next((Path(name) for name in CONFIG_NAMES if Path(name).is_file()), None)


def read_settings(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of a file and the environment (``os.environ`` when none is given); see :func:`config_path`.

    Raises ConfigError with every mistake: where it stands and what would be right.
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
        raise ConfigError(list(dict.fromkeys(mistakes)))
    return settings


def _resolve_paths(sources: Sources, folder: Path) -> None:
    """Relative paths that the file holds, and the database's own default, are meant from the file's folder."""
    database = sources.data.setdefault("database", {})
    if isinstance(database, dict) and ("database", "url") not in sources.variables:
        url = database.setdefault("url", "sqlite:///tropa.db")
        if isinstance(url, str) and re.match(r"sqlite:///(?!/|:memory:|\?|$)", url):
            database["url"] = f"sqlite:///{folder / url.removeprefix('sqlite:///')}"
    journeys = sources.data.get("journeys")
    if isinstance(journeys, dict) and ("journeys", "paths") not in sources.variables:
        paths = journeys.get("paths")
        if isinstance(paths, list):
            journeys["paths"] = [str(folder / p) if isinstance(p, str) and p else p for p in paths]


def _unknown_key_message(loc: tuple[int | str, ...]) -> str:
    """A key that is not ours: the one that was meant, here or in another section."""
    name = str(loc[-1])
    model = Settings if len(loc) == 1 else TeamSettings if loc[0] == "teams" else SECTIONS[str(loc[0])]
    known = list(model.model_fields)
    meant = find_similar(name, known)
    if meant:
        return f"is not a setting; did you mean {meant}?"
    for setting in list_settings():
        if setting.place[-1] == name:
            return f"is not a setting here; it belongs to [{setting.place[0]}]"
    return f"is not a setting; here can stand {join_names(known)}"


def _find_conflicts(data: Mapping[str, Any]) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """What only shows when settings are held together, judged by whatever could be read."""

    def section(name: str) -> Mapping[str, Any]:
        value = data.get(name)
        return value if isinstance(value, dict) else {}

    telegram, asking = section("telegram"), section("asking")
    address = telegram.get("webhook_url")
    if telegram.get("mode") == "webhook":
        for key in ("webhook_url", "webhook_secret"):
            if telegram.get(key, "") == "":
                yield ("telegram", key), 'is needed when mode is "webhook"'
    # Telegram itself calls https only; a Bot API server of one's own may call as it likes.
    if isinstance(address, str) and address.startswith("http://") and not telegram.get("api_url"):
        yield ("telegram", "webhook_url"), "must begin with https://"
    remind, expire = asking.get("remind_after_hours", 48), asking.get("expire_hours", 168)
    if str(remind).isdecimal() and str(expire).isdecimal() and 0 < int(expire) <= int(remind):
        yield (
            ("asking", "remind_after_hours" if "remind_after_hours" in asking else "expire_hours"),
            "the reminder must come before the invitation expires: remind_after_hours must be less than expire_hours",
        )
    yield from _find_duplicate_teams(data.get("teams"))
    paths = section("journeys").get("paths")
    for place, path in enumerate(paths if isinstance(paths, list) else []):
        if isinstance(path, str) and not ("\0" not in path and Path(path).exists()):
            yield ("journeys", "paths", place), "there is no such file or folder"


def _find_duplicate_teams(teams: object) -> Iterator[tuple[tuple[int | str, ...], str]]:
    first: dict[str, int] = {}
    for place, team in enumerate(teams if isinstance(teams, list) else []):
        key = team.get("key") if isinstance(team, dict) else None
        if isinstance(key, str) and first.setdefault(key, place) != place:
            yield ("teams", place, "key"), f"teams[{first[key] + 1}] has the same key; each team has its own"
