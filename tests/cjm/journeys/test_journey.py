"""Journey files: what can be read, and what is refused."""

from pathlib import Path

import pytest

from cjm.errors import JourneyError
from cjm.journeys.journey_file import read_journey, read_journey_file
from cjm.journeys.mistakes import MOST_MISTAKES
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.scales import Scale
from tests.cjm.journeys.files import SMALL, changed, mistakes


def test_the_small_journey_is_right() -> None:
    journey = read_journey(SMALL, "shop.toml")
    assert journey.find_place("send") == (journey.stages[0], journey.stages[0].touchpoints[1])
    assert journey.find_target("buy", Scale.CSAT) == 70
    assert journey.stage_index("buy") == 0


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "key: is missing"),
        ("[[stages]", "is not valid TOML: Expected ']]' at the end of an array declaration (at line 1, column 9)"),
        ("a = " + "[" * 4000, "is nested too deeply"),
        ("a = " + "9" * 5000, "contains a number with thousands of digits"),
        ("a.b" + ".c" * 600 + " = 1", "has more than 300 dots in line 1"),
        ("a = " + " " * 10_000, "has more than 10000 characters in line 1"),
        ("#" * 300_000, "is larger than 256 kB, the largest size allowed"),
        (b"\xff\xfek\0", "is saved as UTF-16; save it as UTF-8"),
        ("key = 1\ntitle = 'Цена'".encode("cp1251"), "is not saved as UTF-8 (line 2 is the first with other bytes)"),
    ],
)
def test_a_file_that_is_not_toml_is_refused_with_one_sentence(content: str | bytes, expected: str) -> None:
    assert mistakes(content)[0] == expected


def test_deep_tables_and_huge_numbers_are_mistakes_too() -> None:
    assert mistakes(SMALL + "\n[" + "x." * 200 + "x]\n")[-1].startswith("x: is not a key of a journey")
    assert mistakes(changed(("at_most = 3", f"at_most = 0x{'f' * 4000}"))) == [
        "surveys.paid.questions.pay_why.when.at_most: must be from 1 to 5, the values of csat"
    ]
    assert mistakes(changed(("at_least = 70", f"at_least = 0x{'f' * 4000}")))[0].startswith("targets[1].at_least: ")


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert read_journey(b"\xef\xbb\xbf" + SMALL.encode(), "x") == read_journey("\ufeff" + SMALL, "x")


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text(SMALL, "utf-8")
    assert read_journey_file(path) == read_journey(SMALL, "x")
    with pytest.raises(JourneyError, match="cannot be read: no such file or directory"):
        read_journey_file(tmp_path / "missing.toml")
    with pytest.raises(JourneyError, match="cannot be read: is a directory"):
        read_journey_file(tmp_path)


def test_mistakes_beyond_the_limit_are_counted_not_listed() -> None:
    found = mistakes(
        SMALL.replace("\n[[attributes]]", "".join(f"\nx{n} = 1" for n in range(1000)) + "\n[[attributes]]")
    )
    assert len(found) == MOST_MISTAKES + 1
    assert found[-1] == f"and {1000 - MOST_MISTAKES} more mistakes"


def test_texts_are_cleaned_once() -> None:
    journey = read_journey(changed(('pl = "Sklep"', 'pl = "  Nasz\\u200b \\n sklep\\u00ad "')), "x")
    assert journey.title.in_language("pl") == "Nasz sklep"
    assert journey.title.in_language("ru") == "Shop"


def test_a_cohort_holds_declared_attributes_only() -> None:
    journey = read_journey(SMALL, "x")
    assert journey.cohort({"class": " new ", "region": "x"}) == {"class": "new"}
    assert journey.cohort({"class": "\u202enewest"}) == {"class": "other"}
    assert journey.cohort({}) == {"class": ""}
    assert journey.segments[0].includes(journey.cohort({"class": "new"}))


def test_the_touchpoints_of_today_win_over_former_keys() -> None:
    journey = read_journey(SMALL, "x")
    assert journey.find_place("nowhere") is None
    assert journey.find_place("buy") == (journey.stages[0], None)
    assert all(point.status is TouchpointStatus.LIVE for _, point in journey.touchpoints.values())
