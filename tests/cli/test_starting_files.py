"""`tropa init` and `tropa check`."""

import re
import stat
import tomllib
from pathlib import Path

import pytest

from bot.cli.init import read_example_config
from bot.config.settings import PrivacySettings
from cjm import templates
from tests.cli.conftest import ROOT, Tropa, assert_refused


def test_init_writes_files_that_run_as_they_are(cli: Tropa, home: Path) -> None:
    result = cli("init", "shop", "--template", "shop")
    assert result.exit_code == 0
    assert "cd shop" in result.stdout
    assert stat.S_IMODE((home / "shop/config.toml").stat().st_mode) == 0o600
    assert tomllib.loads((home / "shop/config.toml").read_text("utf-8"))["journeys"]["paths"] == ["journeys"]
    assert (home / "shop/journeys/shop.toml").read_text("utf-8") == templates.text("shop")
    result = cli("--config", "shop/config.toml", "check")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "shop/config.toml: fine"
    assert result.stdout.splitlines()[1].startswith("shop/journeys/shop.toml: fine (shop: 5 stages")


def test_init_writes_and_explains_how_long_rows_are_kept(cli: Tropa, home: Path) -> None:
    said = cli("init").stdout
    days = tomllib.loads((home / "config.toml").read_text("utf-8"))["privacy"]["retention_days"]
    assert days == PrivacySettings().retention_days == 730
    assert "erased when they are two years old" in said
    assert "retention_days" in said


def test_init_overwrites_nothing(cli: Tropa, home: Path) -> None:
    (home / "config.toml").write_text("mine", "utf-8")
    assert_refused(cli("init"), "config.toml: exists already; nothing was written")
    assert not (home / "journeys").exists()
    assert (home / "config.toml").read_text("utf-8") == "mine"


def test_init_into_a_file_says_that_it_is_no_folder(cli: Tropa, home: Path) -> None:
    (home / "run.toml").touch()
    result = cli("init", "run.toml")
    assert result.exit_code == 2
    assert "run.toml is a file, not a folder" in result.stderr


def test_init_lists_its_templates(cli: Tropa) -> None:
    lines = {line.split()[0]: line for line in cli("init", "--list").stdout.splitlines()}
    assert tuple(lines) == templates.names()
    assert re.search(r": Choosing → Ordering → Receiving \(en, ru or pl\)$", lines["first"])
    assert re.search(r": Heard of us → .* → Delivered, paid \(en, ru, pl\)$", lines["b2b"])
    names = ", ".join(templates.names())
    assert_refused(cli("init", "--template", "shoe"), f'there is no template "shoe"; the templates are: {names}')


@pytest.mark.parametrize("language", ["en", "ru", "pl"])
def test_init_begins_in_the_language_that_was_asked_for(cli: Tropa, home: Path, language: str) -> None:
    assert cli("init", "--language", language).exit_code == 0
    assert (home / "journeys/first.toml").read_text("utf-8") == templates.text("first", language)
    config = tomllib.loads((home / "config.toml").read_text("utf-8"))
    assert config["teams"][0]["language"] == language
    assert cli("check").stdout.splitlines()[1] == "journeys/first.toml: fine (first: 3 stages, 2 surveys)"


def test_check_counts_one_survey_in_the_singular(cli: Tropa, home: Path) -> None:
    text = templates.text("first", "en")
    (home / "config.toml").write_text('[journeys]\npaths = ["one.toml"]\n', "utf-8")
    (home / "one.toml").write_text(text[: text.rindex("[[surveys]]")], "utf-8")
    assert cli("check").stdout.splitlines()[1] == "one.toml: fine (first: 3 stages, 1 survey)"


def test_the_example_config_is_the_one_in_the_repository() -> None:
    assert read_example_config() == (ROOT / "config.example.toml").read_text("utf-8")


def test_check_lists_every_mistake_of_every_file(cli: Tropa, home: Path) -> None:
    (home / "journeys").mkdir()
    (home / "config.toml").write_text('[journeys]\npaths = ["journeys"]\n[http]\nport = "many"\n[x]\n', "utf-8")
    (home / "journeys/a.toml").write_text('key = "A"\n', "utf-8")
    (home / "journeys/b.toml").write_bytes(b"\xff\xfea")
    (home / "journeys/c.toml").write_text(templates.text("shop"), "utf-8")
    (home / "journeys/d.toml").write_text(templates.text("shop"), "utf-8")
    result = cli("check")
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    for start in (
        "config.toml:4: http.port: ", "config.toml:5: x: ", "journeys/a.toml:1: key: ",
        "journeys/a.toml: title: is missing",
        "journeys/b.toml: is saved as UTF-16", "journeys/d.toml:14: key: journeys/c.toml has the same key",
    ):  # fmt: skip
        assert any(line.startswith(start) for line in lines), start
    assert len(lines) == len(set(lines))
    paged = cli("check", "--stdout")
    assert (paged.exit_code, paged.stderr) == (1, "")
    assert paged.stdout.splitlines() == [*result.stdout.splitlines(), *lines]


def test_check_tells_a_missing_language_once_and_behind_the_mistakes(cli: Tropa, home: Path) -> None:
    text = templates.text("shop").replace('languages = ["en", "ru", "pl"]', 'languages = ["en", "de", "fr"]')
    (home / "config.toml").write_text('[journeys]\npaths = ["shop.toml"]\n', "utf-8")
    (home / "shop.toml").write_text(text.replace("judge_from = 10 ", 'judge_from = "x" '), "utf-8")
    wrong, german, french = cli("check").stderr.splitlines()
    line = text[: text.index("judge_from")].count("\n") + 1
    assert wrong == f"shop.toml:{line}: judge_from: must be a whole number"
    assert german.startswith("shop.toml:15: title: has no text in de, like ")
    assert french == german.replace(" de,", " fr,")


def test_check_finds_journeys_of_teams_that_are_neither_in_a_file_nor_in_force(cli: Tropa, home: Path) -> None:
    assert cli("init").exit_code == 0
    config = home / "config.toml"
    text = config.read_text("utf-8")
    config.write_text(
        re.sub(r"^journeys = \[\] .*", 'journeys = [\n"first", "fist", "shop"]', text, flags=re.M), "utf-8"
    )
    line = text[: text.index("\njourneys = []")].count("\n") + 3
    misspelt = f'config.toml:{line}: teams[1].journeys[2]: there is no journey "fist"; did you mean first?'
    unknown = f'config.toml:{line}: teams[1].journeys[3]: there is no journey "shop"; the journeys are: first'
    assert_refused(cli("check"), misspelt, unknown)
    # One that a manager has sent to the bot stands in no file.
    (home / "shop.toml").write_text(templates.text("shop"), "utf-8")
    assert cli("migrate").exit_code == cli("journey", "apply", "shop.toml", "--yes").exit_code == 0
    assert_refused(cli("check"), misspelt)
    # While a file does not tell its key, no journey is called unknown.
    (home / "journeys/second.toml").write_text("key =", "utf-8")
    (mistake,) = cli("check").stderr.splitlines()
    assert mistake.startswith("journeys/second.toml: is not valid TOML")
    # Nor while the database cannot tell what is in force: `tropa doctor` says what is wrong with it.
    (home / "journeys/second.toml").unlink()
    (home / "tropa.db").write_bytes(b"no database" * 99)
    assert cli("check").exit_code == 0


def test_a_config_that_is_missing_leads_to_init(cli: Tropa) -> None:
    hint = "none.toml: cannot be read: no such file or directory; 'tropa init' writes one to start from"
    assert_refused(cli("--config", "none.toml", "check"), hint)
    assert_refused(cli("--config", "none.toml", "map", "shop", "--describe"), hint)
    assert cli("check").stdout == "no config file here: the defaults apply ('tropa init' writes one)\n"
