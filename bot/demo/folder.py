"""Folder of a demo: its database, its configuration for other commands, and where in time it stopped."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_urlsafe

from bot.config.settings import Settings
from bot.db.engine.sqlite.files import lock_file
from bot.demo.journey import DEFAULT_TEMPLATE
from bot.private_files import make_private
from bot.texts.catalogue import LANGUAGES
from cjm import templates
from cjm.errors import TropaError
from cjm.journeys.journey import Journey

DATABASE, STATE, CONFIG, LOCK = "tropa-demo.db", "tropa-demo.json", "config.toml", "tropa-demo.lock"

# A business that asks more often than a real one should, so that a newcomer sees questions: the past is simulated by
# these rules, and for the people of the page there are no limits at all. In both, no question waits for a better one,
# and none is left out because its figure has enough people.
_AT_ONCE = {"patience_days": 0, "sample_by_need": False}
_RULES_OF_THE_PAST = {"any_survey_days": 1, "same_touchpoint_days": 7, "per_month": 8} | _AT_ONCE
_RULES_OF_THE_DEMO = {"any_survey_days": 0, "same_touchpoint_days": 0, "per_month": 0} | _AT_ONCE

_CONFIG_TEXT = """\
# Configuration of a demo, for the other commands: tropa --config {path} map {journey} --out map.png
# `tropa demo --data {folder}` continues the demo itself; it writes this file again.

[database]
url = {url}

[http]
port = 0
tokens = [{token}]

[asking]
any_survey_days = {any_survey_days}
same_touchpoint_days = {same_touchpoint_days}
per_month = {per_month}
patience_days = 0
sample_by_need = false
remind_after_hours = 24
expire_hours = 72

[[teams]]
key = "{team}"
language = "{language}"
timezone = "{zone}"
journeys = ["{journey}"]
"""


class DemoFolderError(TropaError):
    """Folder in which a demo can neither begin nor go on."""


@dataclass(frozen=True, slots=True)
class DemoState:
    """State of a demo between two runs: business time, and what its past was simulated from.

    ``lived_until``: until when simulated customers did what they do; business time went on while nobody moved it.
    ``next_id``: messages and updates of the next run have higher ids than all that the database knows.
    """

    now: datetime
    lived_until: datetime
    begin: datetime
    weeks: int
    language: str
    next_id: int = 1
    template: str = DEFAULT_TEMPLATE

    def __post_init__(self) -> None:
        """Raise ValueError unless a demo can go on from these values."""
        times = (self.now, self.lived_until, self.begin)
        if any(each.tzinfo is None for each in times) or self.language not in LANGUAGES:
            raise ValueError("no time with a zone, or no language")
        if self.template not in templates.names():
            raise ValueError("no template")
        if not (isinstance(self.weeks, int) and isinstance(self.next_id, int) and self.next_id > 0):
            raise ValueError("no number")


class DemoFolder:
    """Folder that a demo is kept in."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()

    @property
    def config_path(self) -> Path:
        return self.path / CONFIG

    def has_earlier_demo(self) -> bool:
        """Tell whether this folder holds a demo whose past was simulated to its end."""
        return (self.path / STATE).exists() and (self.path / DATABASE).exists()

    def remove_database(self) -> None:
        (self.path / DATABASE).unlink(missing_ok=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other demos out of the folder for the block: they would replace its files while this one uses them.

        Raises DemoFolderError when another one runs in it.
        """
        make_private(self.path / LOCK)
        with (self.path / LOCK).open("a") as file:
            try:
                lock_file(file)
            except OSError:
                text = f"{self.path}: another demo runs in this folder; stop that one first, or name another folder"
                raise DemoFolderError(text) from None
            yield

    def read_state(self) -> DemoState:
        """Return the state in which an earlier run ended. Raises DemoFolderError when its file is damaged."""
        try:
            return self._parse_state()
        except (ValueError, LookupError, TypeError, RecursionError):
            text = f"{self.path / STATE}: this is not the state of a demo; name another folder, or put the file back"
            raise DemoFolderError(text) from None

    def _parse_state(self) -> DemoState:
        values = json.loads((self.path / STATE).read_text(encoding="utf-8"))
        return DemoState(
            **{name: datetime.fromisoformat(values[name]) for name in ("now", "lived_until", "begin")},
            weeks=values["weeks"],
            language=values["language"],
            # A demo of an earlier version counted from its time.
            next_id=values.get("next_id", int(datetime.fromisoformat(values["now"]).timestamp())),
            template=values.get("template", DEFAULT_TEMPLATE),
        )

    def write_state(self, state: DemoState) -> None:
        values = {
            "now": state.now.isoformat(),
            "lived_until": state.lived_until.isoformat(),
            "begin": state.begin.isoformat(),
            "weeks": state.weeks,
            "language": state.language,
            "next_id": state.next_id,
            "template": state.template,
        }
        # By another file, so that a run that is killed here leaves a whole one.
        draft = self.path / f"{STATE}.new"
        draft.unlink(missing_ok=True)  # a link would lead the words elsewhere
        draft.write_text(json.dumps(values, indent=1), encoding="utf-8")
        draft.replace(self.path / STATE)

    def write_settings(self, journey: Journey, language: str) -> Settings:
        """Write the configuration into the folder and return it."""
        url, token = f"sqlite:///{self.path / DATABASE}", token_urlsafe(24)
        text = _CONFIG_TEXT.format(
            **_RULES_OF_THE_DEMO,
            journey=journey.key,
            zone=journey.timezone,
            team=journey.key,
            language=language,
            url=json.dumps(url),
            token=json.dumps(token),
            path=self.config_path,
            folder=self.path,
        )
        self.config_path.unlink(missing_ok=True)
        # It holds a token: for nobody else on this machine.
        with os.fdopen(os.open(self.config_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        return _make_settings(url, token, journey, language, _RULES_OF_THE_DEMO)

    def make_settings_of_the_past(self, journey: Journey, language: str) -> Settings:
        """Return the settings by which the past is simulated: with limits, as a business would have them."""
        return _make_settings(f"sqlite:///{self.path / DATABASE}", "", journey, language, _RULES_OF_THE_PAST)


def _make_settings(url: str, token: str, journey: Journey, language: str, rules: dict[str, int]) -> Settings:
    team = {"key": journey.key, "language": language, "timezone": journey.timezone, "journeys": [journey.key]}
    return Settings.model_validate(
        {
            "database": {"url": url},
            "http": {"port": 0, "tokens": [token] if token else []},
            "teams": [team],
            "asking": {**rules, "remind_after_hours": 24, "expire_hours": 72},
        }
    )
