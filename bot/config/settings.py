"""Settings as typed sections; `bot.config.reader` fills them from a file and the environment.

Secrets are ``SecretStr``, so no repr and no error shows them. The database's URL is a secret: it may hold a password.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from bot.config.values import (
    AddressValue,
    BearerToken,
    BotToken,
    ColourValue,
    DatabaseUrl,
    Days,
    LinkSecret,
    MetricsToken,
    OptionalPath,
    ProxyNetwork,
    QuietHoursValue,
    WebAddress,
    WebhookSecret,
    WeeklyMomentValue,
    WholeNumber,
    WorkingHoursValue,
)
from cjm.asking.decision import AskingRules
from cjm.asking.quiet_hours import QuietHours
from cjm.cases.intake import CaseLimits
from cjm.errors import TropaError
from cjm.file_model import Key
from cjm.time_zones import TimeZone
from cjm.weekly import WEEKDAYS, Weekday, WeeklyMoment, WorkingHours

TELEGRAM_API = "https://api.telegram.org"
DEFAULT_DATABASE = "sqlite:///tropa.db"


class SettingsSection(BaseModel):
    """Section of the settings. Unknown keys are mistakes."""

    # hide_input_in_errors: pydantic would put the value, maybe a secret, into its messages.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class TelegramSettings(SettingsSection):
    """Telegram settings. Only ``tropa run`` needs a token. ``api_url``: the Bot API server; empty: Telegram's own."""

    token: BotToken = SecretStr("")
    api_url: WebAddress = TELEGRAM_API
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: WebAddress = ""
    webhook_secret: WebhookSecret = SecretStr("")


class DatabaseSettings(SettingsSection):
    """Database settings: an SQLite file, or a PostgreSQL server."""

    # A secret as a whole: the password is inside.
    url: DatabaseUrl = SecretStr(DEFAULT_DATABASE)

    @property
    def path(self) -> Path | None:
        """File of an SQLite database; None for a server."""
        kind, _, path = self.url.get_secret_value().partition(":///")
        return Path(path.partition("?")[0]) if kind == "sqlite" else None

    @property
    def redacted_url(self) -> str:
        """Database URL without user name and password, for messages."""
        # Parameters after "?" may hold secrets as well.
        return re.sub(r"//[^/]*@", "//…@", self.url.get_secret_value()).partition("?")[0]


class HttpSettings(SettingsSection):
    """HTTP settings.

    ``tokens``: bearer tokens of the systems that may use ``/v1/…``; without one, none can. ``metrics_token``: that of a
    watcher on another machine. ``trusted_proxies``: networks whose word about a request's address is believed.
    """

    host: Annotated[str, Field(min_length=1, max_length=255)] = "127.0.0.1"
    port: Annotated[WholeNumber, Field(ge=0, le=65535)] = 8080
    tokens: tuple[BearerToken, ...] = ()
    metrics_token: MetricsToken = SecretStr("")
    trusted_proxies: tuple[ProxyNetwork, ...] = ()
    link_secret: LinkSecret = SecretStr("")


class AccessSettings(SettingsSection):
    """Managers that the settings name; others are added in the chat."""

    managers: tuple[AddressValue, ...] = ()


class TeamSettings(SettingsSection):
    """Team and its chat. Empty ``journeys``: all journeys.

    Without ``chat``, a manager binds the team to a chat there, and the database keeps which one.
    """

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
    """Journey settings: files, or folders of files."""

    paths: tuple[Path, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """Journey files; those of a folder in order of name."""
        return tuple(f for p in self.paths for f in (sorted(p.glob("*.toml")) if p.is_dir() else [p]))


class AskingSettings(SettingsSection):
    """Rules of asking for all journeys; 0 switches a rule off, but every invitation expires."""

    any_survey_days: Days = 7
    same_touchpoint_days: Days = 30
    nps_days: Days = 90
    per_month: Annotated[WholeNumber, Field(ge=0, le=1000)] = 4
    quiet_hours: QuietHoursValue = QuietHours.parse("21:00-09:00")
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)] = WEEKDAYS
    patience_days: Days = 3
    sample_by_need: bool = True
    remind_after_hours: Annotated[WholeNumber, Field(ge=0, le=24 * 365)] = 48
    expire_hours: Annotated[WholeNumber, Field(ge=1, le=24 * 365)] = 168
    poster_visits_a_day: Annotated[WholeNumber, Field(ge=0, le=1_000_000)] = 300

    @property
    def rules(self) -> AskingRules:
        """These settings as the value that decisions take."""
        return AskingRules(
            any_survey=timedelta(days=self.any_survey_days),
            same_touchpoint=timedelta(days=self.same_touchpoint_days),
            nps=timedelta(days=self.nps_days),
            per_month=self.per_month,
            quiet_hours=self.quiet_hours,
            weekdays=frozenset(self.weekdays),
            patience=timedelta(days=self.patience_days),
            is_adaptive=self.sample_by_need,
        )


class CaseSettings(SettingsSection):
    """Limits of one person's cases and messages in a journey; 0 is no limit. What goes beyond is kept, never lost."""

    most_open: Annotated[WholeNumber, Field(ge=0, le=1000)] = 5
    most_messages_a_day: Annotated[WholeNumber, Field(ge=0, le=10_000)] = 50

    @property
    def limits(self) -> CaseLimits:
        """These settings as the value that decisions take."""
        return CaseLimits(self.most_open, self.most_messages_a_day)


class PrivacySettings(SettingsSection):
    """Privacy settings.

    Visits, answers and closed cases are erased after ``retention_days``, two years unless a file says otherwise, and
    the counts of visits and answers stay; 0: kept until erased by request. Figures of fewer than
    ``minimum_answers`` people are withheld.
    Entries of the audit log are kept for ``audit_days``; 0: until there are too many of them.
    """

    retention_days: Days = 730
    minimum_answers: Annotated[WholeNumber, Field(ge=1, le=1000)] = 5
    audit_days: Days = 365


class BrandSettings(SettingsSection):
    """Look of a company's pictures: a theme with its own colours, logo and font. What is empty stays the theme's.

    ``font``: files and folders of TrueType or OpenType files whose names end in Regular, Medium, Bold or Italic.
    """

    theme: Literal["light", "dark", "print"] = "light"
    accent: ColourValue = ""
    structure: ColourValue = ""
    logo: OptionalPath = None
    font: tuple[Path, ...] = ()


class Settings(SettingsSection):
    """All settings, one attribute per section of the file."""

    telegram: TelegramSettings = TelegramSettings()
    database: DatabaseSettings = DatabaseSettings()
    http: HttpSettings = HttpSettings()
    access: AccessSettings = AccessSettings()
    teams: tuple[TeamSettings, ...] = ()
    journeys: JourneySettings = JourneySettings()
    asking: AskingSettings = AskingSettings()
    cases: CaseSettings = CaseSettings()
    privacy: PrivacySettings = PrivacySettings()
    brand: BrandSettings = BrandSettings()

    def require_messenger(self) -> None:
        """Raise TropaError when no messenger is set up. Every command but ``run`` works without one."""
        if not self.telegram.token:
            raise TropaError("telegram.token is missing: set it to the token from @BotFather, or try 'tropa demo'")

    @property
    def bot_id(self) -> str | None:
        """Id of the bot in the messenger, which its token begins with; None without a token."""
        return self.telegram.token.get_secret_value().partition(":")[0] or None

    def find_team(self, key: str) -> TeamSettings | None:
        return next((t for t in self.teams if t.key == key), None)


SECTIONS: Mapping[str, type[SettingsSection]] = {
    "telegram": TelegramSettings,
    "database": DatabaseSettings,
    "http": HttpSettings,
    "access": AccessSettings,
    "journeys": JourneySettings,
    "asking": AskingSettings,
    "cases": CaseSettings,
    "privacy": PrivacySettings,
    "brand": BrandSettings,
}
