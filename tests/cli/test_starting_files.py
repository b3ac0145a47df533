"""`tropa init` and `tropa check`."""

import tomllib
from pathlib import Path

from bot.cli.init import read_example_config
from cjm import templates
from tests.cli.conftest import ROOT, Tropa, assert_refused


def test_init_writes_files_that_run_as_they_are(cli: Tropa, home: Path) -> None:
    result = cli("init", "shop", "--template", "shop")
    assert result.exit_code == 0
    assert "cd shop" in result.stdout
    assert tomllib.loads((home / "shop/config.toml").read_text("utf-8"))["journeys"]["paths"] == ["journeys"]
    assert (home / "shop/journeys/shop.toml").read_text("utf-8") == templates.text("shop")
    result = cli("--config", "shop/config.toml", "check")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "shop/config.toml: fine"
    assert result.stdout.splitlines()[1].startswith("shop/journeys/shop.toml: fine (shop: 5 stages")


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
    assert cli("init", "--list").stdout.startswith("shop ")
    assert_refused(cli("init", "--template", "shoe"), 'there is no template "shoe"; the templates are: shop')


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
        "config.toml: http.port: ", "config.toml: x: ", "journeys/a.toml: key: ", "journeys/a.toml: title: is missing",
        "journeys/b.toml: is saved as UTF-16", "journeys/d.toml: key: journeys/c.toml has the same key",
    ):  # fmt: skip
        assert any(line.startswith(start) for line in lines), start
    assert len(lines) == len(set(lines))
