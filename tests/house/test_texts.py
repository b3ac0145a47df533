"""Texts: every language says the same, and the code asks for nothing else."""

import re

import pytest

from bot.texts import LANGUAGES, words_in
from bot.texts.catalogue import catalogue_entries
from tests.house.source import ROOT, tracked_files


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_every_text_is_there_in_every_language(language: str) -> None:
    assert set(catalogue_entries(language)) == set(catalogue_entries("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_fills_in_the_same_values(language: str) -> None:
    def values(text: str | tuple[str, ...]) -> set[str]:
        whole = text if isinstance(text, str) else " ".join(text)
        return set(re.findall(r"{(\w+)", whole))

    assert {key: values(text) for key, text in catalogue_entries(language).items()} == {
        key: values(text) for key, text in catalogue_entries("en").items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_as_many_forms_as_the_language(language: str) -> None:
    forms = 2 if language == "en" else 3
    assert [
        key for key, text in catalogue_entries(language).items() if isinstance(text, tuple) and len(text) != forms
    ] == []
    assert all(all(text) for text in catalogue_entries(language).values())


def test_every_text_the_code_asks_for_is_in_the_catalogues() -> None:
    topics = {key.split(".")[0] for key in catalogue_entries("en")}
    pattern = re.compile(r"[\"']((?:" + "|".join(sorted(topics)) + r")\.[a-z0-9_]+(?:\.[a-z0-9_]+)*)[\"']")
    asked = {
        (str(path), key)
        for path in tracked_files()
        if path.suffix == ".py" and path.parts[0] in ("bot", "cjm")
        for key in pattern.findall((ROOT / path).read_text(encoding="utf-8"))
    }
    assert sorted((path, key) for path, key in asked if not words_in("en").has(key)) == []


def test_no_text_is_in_the_catalogues_for_nothing() -> None:
    code = "\n".join(
        (ROOT / path).read_text(encoding="utf-8")
        for path in tracked_files()
        if path.suffix == ".py" and path.parts[0] in ("bot", "cjm")
    )
    # A key may be put together: f"chat.why.{reason}" makes every key that begins so wanted, key += ".mixed" one more.
    made = set(re.findall(r"[\"']([a-z_]+\.(?:[a-z0-9_]+\.)*[a-z0-9_]*){", code))

    def is_asked_for(key: str) -> bool:
        if any(f"{quote}{key}{quote}" in code for quote in "\"'") or any(key.startswith(m) for m in made):
            return True
        parent, _, last = key.rpartition(".")
        return f'".{last}"' in code and is_asked_for(parent)

    assert [key for key in catalogue_entries("en") if not is_asked_for(key)] == []
