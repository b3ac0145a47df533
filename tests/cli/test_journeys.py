"""`tropa journey`: apply, show, list."""

import re
from pathlib import Path

from tests.cli.conftest import AIRLINE, Tropa, assert_refused


def test_a_journey_is_applied_after_a_yes(airline: Tropa, home: Path) -> None:
    changed = AIRLINE.read_text("utf-8").replace('title = "Wi-Fi on board"', 'title = "Internet"')
    (home / "new.toml").write_text(changed, "utf-8")
    result = airline("journey", "apply", "new.toml", answer="n\n")
    assert result.exit_code == 1
    assert "touchpoint stages.fly.inflight_wifi_service: title reworded: Wi-Fi on board → Internet" in result.stdout
    assert result.stderr.splitlines()[-1] == "nothing was applied"
    result = airline("journey", "apply", "new.toml", answer="")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (1, "nothing was applied")
    assert airline("journey", "apply", "new.toml", answer="y\n").stdout.endswith("airline: version 2 is in force\n")
    assert airline("journey", "apply", "new.toml").stdout == "airline: nothing changes; version 2 stays in force\n"
    assert airline("journey", "show", "airline").stdout == changed
    [line] = airline("journey", "list").stdout.splitlines()
    assert line.split("\t")[:3] == ["airline", "Flight", "version 2"]


def test_a_journey_that_would_falsify_history_is_refused(airline: Tropa, home: Path) -> None:
    changed = AIRLINE.read_text("utf-8").replace('kind = "csat"', 'kind = "ces"', 1)
    (home / "new.toml").write_text(changed, "utf-8")
    result = airline("journey", "apply", "new.toml", "--yes")
    assert result.exit_code == 1
    assert result.stderr.startswith("new.toml: surveys.departure_arrival_time_convenient.")


def test_journey_with_mistakes_and_missing_journeys_are_refused(airline: Tropa, home: Path) -> None:
    (home / "bad.toml").write_text('key = "bad"\ntitle = "Bad"\ntitel = "x"\n', "utf-8")
    result = airline("journey", "apply", "bad.toml")
    assert result.exit_code == 1
    missing, unknown = result.stderr.splitlines()
    assert unknown.startswith("bad.toml:3: titel: is not a key of a journey")
    assert missing == "bad.toml: stages: is missing"
    assert_refused(airline("journey", "apply", "none.toml"), "none.toml: cannot be read: no such file or directory")
    assert_refused(airline("journey", "show", "air"), 'there is no journey "air"; the journeys are: airline')


def test_letters_that_no_font_has_are_named_before_the_question_and_by_check(airline: Tropa, home: Path) -> None:
    changed = AIRLINE.read_text("utf-8").replace('title = "Wi-Fi on board"', 'title = "Wi-Fi ᏣᎳᎩ"')
    (home / "new.toml").write_text(changed, "utf-8")
    line = 1 + changed[: changed.index("ᏣᎳᎩ")].count("\n")
    advice = "title: no font has the letters ᏣᎳᎩ; maps will show “…” in their place"
    applied = airline("journey", "apply", "new.toml", "--yes").stdout
    assert re.search(rf"^  ! new\.toml:{line}: stages\..*inflight_wifi_service\.{advice}$", applied, re.M)
    (home / "config.toml").write_text('[journeys]\npaths = ["new.toml"]\n', "utf-8")
    result = airline("check")
    assert (result.exit_code, f"  ! new.toml:{line}: stages." in result.stdout, advice in result.stdout) == (
        0,
        True,
        True,
    )
