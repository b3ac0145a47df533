"""A subject is known by all names that it has had, and by no name that is another's now."""

import pytest

from cjm.asking.subject_names import Renaming, SubjectHistory, SubjectName, list_renamings
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey

Places = dict[str, list[str]]
"""Keys of touchpoints, each with the former keys that the file lists."""


def make_journey(places: Places, stage: str = "get", *, was: str = "[]", key: str = "shop") -> Journey:
    points = ", ".join(f'{{ key = "{place}", title = "{place}", was = {former} }}' for place, former in places.items())
    stages = f'[[stages]]\nkey = "{stage}"\ntitle = "Get"\nwas = {was}\ntouchpoints = [{points}]'
    return read_journey(f'key = "{key}"\ntitle = "Shop"\n{stages}', "shop.toml")


def tell_history(*versions: Journey) -> SubjectHistory:
    before = (None, *versions)
    told = [list_renamings(number, *pair) for number, pair in enumerate(zip(before, versions, strict=False), 1)]
    return SubjectHistory(renaming for renamings in told for renaming in renamings)


@pytest.mark.parametrize(
    ("versions", "stored", "present"),
    [
        ([{"a": []}], ("a", 1), "a"),
        ([{"a": []}, {"b": ["a"]}], ("a", 1), "b"),
        ([{"a": []}, {"b": ["a"]}, {"c": ["a", "b"]}], ("a", 1), "c"),
        ([{"a": []}, {"b": ["a"]}, {"c": ["b"]}], ("a", 1), "c"),  # a chain that the last file does not tell whole
        ([{"a": []}, {"b": ["a"]}, {"b": []}], ("a", 1), "b"),  # the former key is not listed any more
        ([{"a": []}, {"b": ["a"]}, {"b": [], "a": []}], ("a", 1), "b"),  # the key is something else's now
        ([{"a": []}, {"b": ["a"]}, {"b": [], "a": []}], ("a", 3), "a"),
        ([{"a": []}, {"b": ["a"]}, {"b": [], "c": []}, {"b": [], "a": ["c"]}], ("c", 3), "a"),
        ([{"a": []}, {"b": ["a"]}, {"a": []}], ("a", 1), "a"),  # the old file was put into force again
        ([{"a": []}, {"b": ["a"]}, {"a": ["b"]}], ("a", 1), "a"),  # a renaming that was taken back
        ([{"a": []}, {"b": ["a"]}, {"a": ["b"]}, {"c": ["a"]}], ("b", 2), "c"),
        ([{"a": [], "x": []}, {"x": []}, {"x": [], "b": ["a"]}], ("a", 1), "b"),  # it was away for a version
        ([{"a": [], "b": []}, {"c": ["a", "b"]}], ("b", 1), "c"),  # two became one
        ([{"a": [], "x": []}, {"x": []}], ("a", 1), "a"),  # it has vanished
        ([{"b": ["a"]}], ("a", 0), "b"),  # stored before versions were
        ([{"a": []}, {"b": ["a"]}, {"c": ["b"]}], ("get", 1), "get"),
    ],
)
def test_name_leads_to_what_is_called_otherwise_now(
    versions: list[Places], stored: tuple[str, int], present: str
) -> None:
    journeys = [make_journey(places) for places in versions]
    name = SubjectName("shop", stored[1], stored[0])
    assert tell_history(*journeys).find_present_key(name, journeys[-1]) == present


def test_stage_is_known_by_its_former_names_too() -> None:
    versions = [make_journey({"a": []}), make_journey({"a": []}, "fetch", was='["get"]')]
    assert tell_history(*versions).find_present_key(SubjectName("shop", 1, "get"), versions[-1]) == "fetch"


def test_names_of_another_journey_are_another_subject() -> None:
    shop, history = make_journey({"a": []}), SubjectHistory(())
    name = SubjectName("shop", 1, "a")
    assert history.is_same(name, SubjectName("shop", 1, "a"), shop)
    assert not history.is_same(name, SubjectName("bank", 1, "a"), shop)
    assert not history.is_same(SubjectName("bank", 1, "a"), SubjectName("bank", 1, "a"), shop)
    assert history.is_same(name, SubjectName("", 0, "a"), shop)  # stored before journeys were


def test_renaming_of_one_journey_says_nothing_of_another() -> None:
    shop = make_journey({"a": []})
    history = SubjectHistory([Renaming("bank", 2, "a", "b")])
    assert history.find_present_key(SubjectName("shop", 1, "a"), shop) == "a"


def test_each_renaming_is_told_once() -> None:
    one, two = make_journey({"a": []}), make_journey({"b": ["a"]})
    assert list_renamings(2, one, two) == [Renaming("shop", 2, "a", "b")]
    assert list_renamings(3, two, two) == []
