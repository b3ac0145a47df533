"""`tropa journey`: files, drafts, history, roll-back and archive."""

import re
from pathlib import Path

from tests.cli.conftest import AIRLINE, MAPPING, Tropa, assert_refused


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


def test_advice_about_the_map_comes_when_asked_for_with_its_line_and_is_no_mistake(airline: Tropa, home: Path) -> None:
    source = AIRLINE.read_text("utf-8")
    (home / "new.toml").write_text(source, "utf-8")
    (home / "config.toml").write_text('[journeys]\npaths = ["new.toml"]\n', "utf-8")
    assert "!" not in airline("check").stdout
    result = airline("check", "--lint")
    line = 1 + source[: source.index("[[surveys]]")].count("\n")
    assert re.search(rf"^  ! new\.toml:{line}: surveys\.\w+: asks how it was, and never why", result.stdout, re.M)
    assert "  ! new.toml: targets: there are none" in result.stdout
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_draft_is_kept_shown_replaced_after_a_yes_and_applied(airline: Tropa, home: Path) -> None:
    source = AIRLINE.read_text("utf-8")
    first, second = (source.replace('title = "Wi-Fi on board"', f'title = "{title}"') for title in ("Internet", "Net"))
    (home / "first.toml").write_text(first, "utf-8")
    (home / "second.toml").write_text(second, "utf-8")
    kept = airline("journey", "draft", "first.toml").stdout
    assert "title reworded: Wi-Fi on board → Internet" in kept
    assert kept.endswith("airline: kept as a draft; `tropa journey apply --draft airline` puts it into force\n")
    refused = airline("journey", "draft", "second.toml", answer="n\n")
    assert "airline has a draft of " in refused.stdout
    assert (refused.exit_code, refused.stderr.splitlines()[-1]) == (1, "nothing was kept")
    assert airline("journey", "show", "airline", "--draft").stdout == first
    assert airline("journey", "draft", "second.toml", "--yes").exit_code == 0
    assert airline("journey", "list", "--drafts").stdout.startswith("airline\t")
    assert airline("journey", "show", "airline").stdout == source
    assert airline("journey", "apply", "--draft", "airline", "--yes").stdout.endswith("version 2 is in force\n")
    assert airline("journey", "show", "airline").stdout == second
    assert_refused(airline("journey", "apply", "--draft", "airline"), "airline: there is no draft")
    assert_refused(airline("journey", "discard", "air"), 'there is no journey "air"; the journeys are: airline')
    assert airline("journey", "apply").exit_code == 2
    assert airline("journey", "apply", "first.toml", "--draft", "airline").exit_code == 2


def test_a_draft_that_would_change_nothing_is_not_kept_and_one_is_discarded(airline: Tropa, home: Path) -> None:
    source = AIRLINE.read_text("utf-8")
    (home / "same.toml").write_text(source, "utf-8")
    (home / "new.toml").write_text(source.replace("Wi-Fi on board", "Internet"), "utf-8")
    assert airline("journey", "draft", "same.toml").stdout == "airline: nothing would change; no draft was kept\n"
    assert airline("journey", "draft", "new.toml").exit_code == 0
    assert airline("journey", "discard", "airline", answer="n\n").stderr.endswith("nothing was discarded\n")
    assert airline("journey", "discard", "airline", "--yes").stdout == "airline: the draft is discarded\n"
    assert airline("journey", "list", "--drafts").stdout == ""


def test_the_history_is_printed_and_an_earlier_version_brought_back_after_a_yes(airline: Tropa, home: Path) -> None:
    source = AIRLINE.read_text("utf-8")
    (home / "new.toml").write_text(source.replace('title = "Wi-Fi on board"', 'title = "Internet"'), "utf-8")
    none = "airline: there is no earlier version; see `tropa journey history airline`"
    assert_refused(airline("journey", "rollback", "airline"), none)
    airline("journey", "apply", "new.toml", "--yes")
    asked = airline("journey", "rollback", "airline", answer="n\n")
    assert "title reworded: Internet → Wi-Fi on board" in asked.stdout
    assert asked.stderr.splitlines()[-1] == "nothing was applied"
    back = airline("journey", "rollback", "airline", "--to", "1", "--yes").stdout
    assert "airline: version 3 is in force, the same as version 1\n" in back
    assert airline("journey", "show", "airline").stdout == source
    assert "Internet" in airline("journey", "show", "airline", "--version", "2").stdout
    assert_refused(
        airline("journey", "show", "airline", "--version", "9"), "airline: there is no version 9; the newest is 3"
    )
    lines = airline("journey", "history", "airline").stdout.splitlines()
    assert [line.split("  ")[0] for line in lines[::2]] == ["version 3", "version 2", "version 1"]
    assert lines[0].endswith("(version 1 again)")
    assert "command line: " in lines[2]
    assert lines[3].strip() == "touchpoint stages.fly.inflight_wifi_service: title reworded: Wi-Fi on board → Internet"
    assert lines[5].strip().startswith("a new journey: ")
    assert_refused(airline("journey", "history", "airline", "--page", "2"), "airline: there is no page 2")


def test_an_archived_journey_stays_readable_and_takes_no_file(airline: Tropa, home: Path) -> None:
    (home / "new.toml").write_text(AIRLINE.read_text("utf-8").replace("Wi-Fi on board", "Internet"), "utf-8")
    assert airline("journey", "archive", "airline", answer="n\n").stderr.endswith("nothing was archived\n")
    archived = airline("journey", "archive", "airline", "--yes").stdout
    assert archived == "airline: archived; its maps and exports stay readable\n"
    assert airline("journey", "archive", "airline", "--yes").stdout == "airline: is archived already\n"
    assert "\tarchived " in airline("journey", "list").stdout
    assert airline("map", "airline", "--describe").exit_code == 0
    assert "the journey is archived since" in airline("journey", "apply", "new.toml", "--yes").stderr
    refusal = "airline: is archived and takes no rows; `tropa journey unarchive` brings it back"
    assert_refused(airline("import", "p.csv", "--journey", "airline", "--mapping", MAPPING), refusal)
    assert airline("export", "airline", "--out", "own.csv").exit_code == 0
    assert_refused(airline("import", "own.csv", "--journey", "airline"), refusal)
    assert airline("journey", "unarchive", "airline").stdout == "airline: asks and takes events again\n"
    assert airline("journey", "unarchive", "airline").stdout == "airline: is not archived\n"
    assert airline("journey", "apply", "new.toml", "--yes").exit_code == 0
