"""Settings: from file and environment, with every mistake at once and no secret anywhere."""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import time
from pathlib import Path

import pytest

from bot.config.reader import ConfigError, find_config_file, list_settings, read_settings
from bot.config.settings import SECTIONS, Settings, TeamSettings
from bot.config.sources import Setting
from cjm.address import Address
from cjm.asking.quiet_hours import QuietHours
from cjm.weekly import WeeklyMoment, WorkingHours

EXAMPLE = Path(__file__).parent.parent.parent / "config.example.toml"
TOKEN = "123456789:AAE-abcdefghijklmnopqrstuvwxyz0123456"
CANARY = "kanarek-7d1f"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_config(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def list_mistakes(path: Path | None, environ: Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_settings(path, environ or {})
    return [re.sub(rf"^{re.escape(str(path))}(:\d+)?: ", "", str(mistake)) for mistake in caught.value.mistakes]


def test_without_file_and_environment_the_defaults_apply(folder: Path) -> None:
    settings = read_settings(None, {})
    assert settings.database.url.get_secret_value() == "sqlite:///tropa.db"
    assert settings.asking.quiet_hours == QuietHours(time(21), time(9))
    assert (settings.http.host, settings.http.port) == ("127.0.0.1", 8080)
    assert not settings.telegram.token


def test_the_example_loads_and_names_every_key(folder: Path) -> None:
    text = EXAMPLE.read_text("utf-8")
    assert read_settings(EXAMPLE, {}).teams[0].key == "team"
    # Keys that stand in comments have no default, or do nothing yet.
    data = tomllib.loads(re.sub(r"^# (?=(chat|thread|working_hours) =)", "", text, flags=re.M))
    assert {name: set(table) for name, table in data.items() if name != "teams"} == {
        name: set(model.model_fields) for name, model in SECTIONS.items()
    }
    assert set(data["teams"][0]) == set(TeamSettings.model_fields)
    assert Settings.model_validate({k: v for k, v in data.items() if k != "teams"}) == Settings()


EVERY_SECTION = f"""
[telegram]
token = "{TOKEN}"
mode = "webhook"
webhook_url = "https://bot.example.com/"
webhook_secret = "abc_-1-0123456789"
[database]
url = "postgresql://tropa:{CANARY}@db/tropa"
[http]
tokens = ["{CANARY}-of-the-shop"]
metrics_token = "{CANARY}-of-a-watcher"
trusted_proxies = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"]
[access]
managers = ["telegram:12"]
[[teams]]
key = "north"
chat = "telegram:-100123"
thread = 7
journeys = ["shop"]
language = "pl"
timezone = "Europe/Warsaw"
digest = "Friday 16:30"
working_hours = "mon-thu,sat 8:00-16:00"
[journeys]
paths = ["journeys"]
[asking]
quiet_hours = ""
"""


@pytest.fixture
def every_section(folder: Path) -> Settings:
    """Return the settings of a file with every section, beside a folder of two journey files."""
    (folder / "journeys").mkdir()
    (folder / "journeys" / "b.toml").touch()
    (folder / "journeys" / "a.toml").touch()
    return read_settings(write_config(folder, EVERY_SECTION), {})


def test_team_of_a_file_is_read_with_all_its_keys(every_section: Settings) -> None:
    assert every_section.find_team("north") == TeamSettings(
        key="north",
        chat=Address("telegram", "-100123"),
        thread=7,
        journeys=("shop",),
        language="pl",
        timezone="Europe/Warsaw",
        digest=WeeklyMoment(4, time(16, 30)),
        working_hours=WorkingHours(frozenset({0, 1, 2, 3, 5}), time(8), time(16)),
    )


def test_other_sections_of_a_file_are_read(every_section: Settings) -> None:
    assert every_section.access.managers == (Address("telegram", "12"),)
    assert every_section.asking.quiet_hours is None
    assert every_section.telegram.webhook_url == "https://bot.example.com"
    assert list(map(str, every_section.http.trusted_proxies)) == ["127.0.0.1/32", "10.0.0.0/8", "fd00::/8"]


def test_journey_files_of_a_folder_come_in_order_of_name(every_section: Settings) -> None:
    assert [f.name for f in every_section.journeys.files] == ["a.toml", "b.toml"]


def test_no_secret_of_a_file_is_in_a_text_of_the_settings(every_section: Settings) -> None:
    texts = repr(every_section) + str(every_section) + every_section.model_dump_json()
    assert CANARY not in texts
    assert TOKEN not in texts
    assert every_section.database.redacted_url == "postgresql://…@db/tropa"


EVERYTHING_WRONG = """
[telegram]
token = "kanarek-7d1f"
mode = "webhok"
api = "x"
webhook_url = "bot.example.com"
webhook_secret = "kanarek-7d1f ü"
[database]
url = "mysql://root:kanarek-7d1f@localhost/x"
[http]
host = ""
port = 70000
tokens = ["kanarek-7d1f 1", 5, "", "kanarek-7d1f-15"]
metrics_token = "kanarek-7d1f"
trusted_proxies = ["kanarek", "0.0.0.0/0", "10.0.0.1/8", 5]
link_secret = "kanarek-7d1f"
[acces]
managers = []
[access]
managers = ["telegram:kanarek", "12", 12]
[[teams]]
key = "North"
chat = "telegram"
thread = 0
language = "de"
timezone = "Europe/Warszawa"
digest = "someday 9:00"
working_hours = "mon-fri 18:00-9:00"
[[teams]]
key = "a"
[[teams]]
key = "a"
quiet_hours = ""
[journeys]
paths = ["nowhere.toml"]
[asking]
any_survey_days = -1
nps_days = true
per_month = 1.5
quiet_hours = "9-25"
remind_after_hours = 200
[privacy]
minimum_answers = 0
"""

SHORT_TOKEN = (
    "must have 16 to 200 letters, digits and punctuation marks, without spaces, such as from 'openssl rand -hex 32'"
)
NO_NETWORK = 'must be an address or a network, such as "127.0.0.1" or "10.0.0.0/8"'
EVERY_MISTAKE = [
    ("telegram.token: is not a bot token; a token from @BotFather is digits, a colon and about 35 letters and digits"),
    "telegram.mode: must be one of 'polling' or 'webhook'",
    'telegram.webhook_url: must be a web address, such as "https://bot.example.com"',
    (
        "telegram.webhook_secret: must have 16 to 256 of the characters A-Z, a-z, 0-9, _ and -, such as from "
        "'openssl rand -hex 32'"
    ),
    "telegram.api: is not a setting; did you mean api_url?",
    (
        'database.url: must be "sqlite:///FILE" or "postgresql://USER:PASSWORD@HOST/DATABASE"; in a password, @ is %40 '
        "and / is %2F"
    ),
    "http.host: is empty",
    "http.port: must be at most 65535",
    f"http.tokens[1]: {SHORT_TOKEN}",
    "http.tokens[2]: must be text in quotes",
    f"http.tokens[3]: {SHORT_TOKEN}",
    f"http.tokens[4]: {SHORT_TOKEN}",
    f"http.metrics_token: {SHORT_TOKEN}",
    f"http.trusted_proxies[1]: {NO_NETWORK}",
    "http.trusted_proxies[2]: would trust everybody: name the addresses of your proxies",
    f"http.trusted_proxies[3]: {NO_NETWORK}",
    f"http.trusted_proxies[4]: {NO_NETWORK}",
    "http.link_secret: must have at least 16 characters, or personal links could be guessed",
    (
        'access.managers[1]: a Telegram address ends in a number, such as "telegram:123456789" or '
        '"telegram:-1001234567890"'
    ),
    'access.managers[2]: an address is a messenger and an id, such as "telegram:123456789"',
    "access.managers[3]: must be text in quotes",
    "teams[1].key: must begin with a small letter and hold only small letters, digits, - and _, at most 40 of them",
    'teams[1].chat: an address is a messenger and an id, such as "telegram:123456789"',
    "teams[1].thread: must be at least 1",
    "teams[1].language: must be one of 'en', 'ru' or 'pl'",
    'teams[1].timezone: is not a time zone; did you mean "Europe/Warsaw"?',
    "teams[1].digest: a day of the week is one of mon, tue, wed, thu, fri, sat, sun",
    "teams[1].working_hours: working hours begin and end on the same day, so the second time must be later",
    "teams[3].quiet_hours: is not a setting of this section; it belongs to [asking]",
    "asking.any_survey_days: must be at least 0",
    "asking.nps_days: must be a whole number",
    "asking.per_month: must be a whole number",
    'asking.quiet_hours: a time of day is written as "09:00", from 00:00 to 23:59',
    "privacy.minimum_answers: must be at least 1",
    "acces: is not a setting; did you mean access?",
    (
        "asking.remind_after_hours: the reminder must come before the invitation expires: "
        "remind_after_hours must be less than expire_hours"
    ),
    "teams[3].key: teams[2] has the same key; each team needs its own",
    "journeys.paths[1]: there is no such file or folder",
]


def test_mistakes_have_the_line_of_their_key_or_of_the_section_that_lacks_it(folder: Path) -> None:
    path = write_config(folder, '[http]\nport = 1\nhost = ""\n\n[telegram]\nmode = "webhook"\n')
    with pytest.raises(ConfigError) as caught:
        read_settings(path, {})
    places = [str(mistake).partition(": ")[0] for mistake in caught.value.mistakes]
    assert places == [f"{path}:3", f"{path}:5", f"{path}:5"]


def test_every_mistake_is_reported_at_once_and_no_secret_with_it(folder: Path) -> None:
    found = list_mistakes(write_config(folder, EVERYTHING_WRONG))
    assert sorted(found) == sorted(EVERY_MISTAKE)
    assert CANARY not in "\n".join(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '[telegram]\nmode = "webhook"',
            [
                'telegram.webhook_url: is needed when mode is "webhook"',
                'telegram.webhook_secret: is needed when mode is "webhook"',
            ],
        ),
        ('[telegram]\nwebhook_url = "http://x.example"', ["telegram.webhook_url: must begin with https://"]),
        (
            '[telegram]\napi_url = "https://api.telegram.org"\nwebhook_url = "http://x.example"',
            ["telegram.webhook_url: must begin with https://"],
        ),
        (
            f'[journeys]\npaths = ["{"x" * 5000}", "\\u0000"]',
            [
                "journeys.paths[1]: there is no such file or folder",
                "journeys.paths[2]: there is no such file or folder",
            ],
        ),
        ('[database]\nurl = "sqlite:///:memory:"', ['database.url: needs a file, such as "sqlite:///tropa.db"']),
        (
            "[asking]\nexpire_hours = 24",
            [
                (
                    "asking.expire_hours: the reminder must come before the invitation expires: "
                    "remind_after_hours must be less than expire_hours"
                )
            ],
        ),
        ("teams = 5", ["teams: must be a list, such as [ … ]"]),
        ("telegram = 5", ["telegram: must be a table"]),
        ("[telegram", ["is not valid TOML: Expected ']' at the end of a table declaration (at end of document)"]),
        ("x = " + "[" * 5000, ["is nested too deeply"]),
        ("x = " + "1" * 5000, ["contains a number with thousands of digits"]),
    ],
)
def test_single_mistake_has_its_own_message(folder: Path, text: str, expected: list[str]) -> None:
    assert list_mistakes(write_config(folder, text)) == expected


def test_own_bot_api_server_may_call_a_webhook_by_http(folder: Path) -> None:
    path = write_config(folder, '[telegram]\napi_url = "http://127.0.0.1:9"\nwebhook_url = "http://127.0.0.1:8"')
    assert read_settings(path, {}).telegram.webhook_url == "http://127.0.0.1:8"


def test_the_environment_wins_and_reaches_every_key(folder: Path) -> None:
    path = write_config(folder, '[http]\nport = 1\n[asking]\nquiet_hours = "20:00-08:00"\n[telegram]\nmode = "webhook"')
    environ = {
        "TROPA_HTTP__PORT": "9000",
        "TROPA_HTTP__TOKENS": json.dumps([f"{CANARY}-of-the-shop"]),
        "TROPA_ASKING__QUIET_HOURS": "",
        "TROPA_TELEGRAM__MODE": "polling",
        "TROPA_TELEGRAM__TOKEN": TOKEN,
        "TROPA_HTTP__HOST": "",
        "TROPA_TEAMS": json.dumps([{"key": "a", "chat": "telegram:-5"}]),
        "TROPA_UNRELATED": "1",
    }
    settings = read_settings(path, environ)
    assert settings.http.port == 9000
    assert settings.http.host == "127.0.0.1"
    assert settings.http.tokens[0].get_secret_value() == f"{CANARY}-of-the-shop"
    assert settings.asking.quiet_hours is None
    assert settings.telegram.token.get_secret_value() == TOKEN
    assert settings.teams[0].chat == Address("telegram", "-5")
    assert {s.variable for s in list_settings()} >= set(environ) - {"TROPA_UNRELATED"}


def test_mistakes_in_the_environment_name_the_variable(folder: Path) -> None:
    assert list_mistakes(
        None,
        {
            "TROPA_TELEGRAM_TOKEN": CANARY,
            "TROPA_HTP__PORT": "1",
            "TROPA_HTTP__PORT": CANARY,
            "TROPA_ACCESS__MANAGERS": CANARY,
            "TROPA_HTTP__PORT_FILE": "x",
            "TROPA_TEAMS": '[{"key": "a"}, {"kee": 5}]',
            "TROPA_TELEGRAM__MODE": "webhook",
            "TROPA_TELEGRAM__WEBHOOK_SECRET": "x" * 16,
            "TROPA_TELEGRAM__TOKEN_FILE": "missing",
            "TROPA_VERY__STRANGE": "1",
        },
    ) == [
        "TROPA_HTP__PORT: is not a setting; did you mean TROPA_HTTP__PORT?",
        "TROPA_HTTP__PORT_FILE: only a secret can be read from its own file",
        "TROPA_TELEGRAM_TOKEN: is not a setting; did you mean TROPA_TELEGRAM__TOKEN?",
        'TROPA_VERY__STRANGE: is not a setting; names of settings look like "TROPA_TELEGRAM__TOKEN"',
        "TROPA_TELEGRAM__TOKEN_FILE: the file that it names cannot be read: no such file or directory",
        'TROPA_ACCESS__MANAGERS: must be a list in JSON, such as ["…", "…"]',
        "TROPA_HTTP__PORT: must be a whole number",
        "TROPA_TEAMS[2].key: is missing",
        "TROPA_TEAMS[2].kee: is not a setting; did you mean key?",
        'TROPA_TELEGRAM__WEBHOOK_URL: is needed when mode is "webhook"',
    ]


def test_secrets_can_be_read_from_files(folder: Path) -> None:
    (folder / "token").write_text(TOKEN + "\n")
    (folder / "tokens").write_text(f"{CANARY}-the-first\n\n{CANARY}-the-second\n")
    environ = {"TROPA_TELEGRAM__TOKEN_FILE": "token", "TROPA_HTTP__TOKENS_FILE": "tokens"}
    settings = read_settings(None, environ)
    assert settings.telegram.token.get_secret_value() == TOKEN
    assert [t.get_secret_value() for t in settings.http.tokens] == [f"{CANARY}-the-first", f"{CANARY}-the-second"]
    assert list_mistakes(None, environ | {"TROPA_TELEGRAM__TOKEN": TOKEN}) == [
        "TROPA_TELEGRAM__TOKEN_FILE: TROPA_TELEGRAM__TOKEN is set too; keep one of the two"
    ]


@pytest.mark.parametrize("setting", [setting for setting in list_settings() if setting.is_secret], ids=str)
def test_empty_secret_file_is_not_taken_for_no_secret(folder: Path, setting: Setting) -> None:
    (folder / "secret").write_text("\ufeff \n", "utf-8")
    assert list_mistakes(None, {f"{setting.variable}_FILE": "secret"}) == [
        f"{setting.variable}_FILE: the file that it names is empty"
    ]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"secret\n" * 10_000], ids=["not UTF-8", "too long"])
def test_secret_file_that_is_no_secret_is_refused_and_not_cut(folder: Path, content: bytes) -> None:
    (folder / "tokens").write_bytes(content)
    assert list_mistakes(None, {"TROPA_HTTP__TOKENS_FILE": "tokens"}) == [
        "TROPA_HTTP__TOKENS_FILE: must name a UTF-8 text file of at most 64 KiB that holds only the secret"
    ]


def test_config_file_is_found_by_option_variable_or_name(folder: Path) -> None:
    assert find_config_file(None, {}) is None
    write_config(folder, "")
    assert find_config_file(None, {}) == Path("config.toml")
    (folder / "tropa.toml").touch()
    assert find_config_file(None, {}) == Path("tropa.toml")
    assert find_config_file(None, {"TROPA_CONFIG": "x.toml"}) == Path("x.toml")
    assert find_config_file(Path("y.toml"), {"TROPA_CONFIG": "x.toml"}) == Path("y.toml")
    assert list_mistakes(Path("y.toml")) == [
        "cannot be read: no such file or directory; 'tropa init' writes one to start from"
    ]


def test_relative_paths_are_relative_to_the_folder_of_their_file(folder: Path) -> None:
    home = folder / "etc"
    home.mkdir()
    (home / "shop.toml").touch()
    path = write_config(home, '[journeys]\npaths = ["shop.toml"]')
    settings = read_settings(path, {})
    assert settings.database.path == home / "tropa.db"
    assert settings.journeys.files == (home / "shop.toml",)
    assert read_settings(path, {"TROPA_DATABASE__URL": "sqlite:///x.db"}).database.path == Path("x.db")
    assert Settings().database.path == Path("tropa.db")


@pytest.mark.parametrize("content", [b"\xff\xfe[\0", b"[http]\nhost = '\xe9'", b"#" * 300_000])
def test_file_that_is_not_text_is_one_mistake(folder: Path, content: bytes) -> None:
    path = folder / "config.toml"
    path.write_bytes(content)
    assert len(list_mistakes(path)) == 1
