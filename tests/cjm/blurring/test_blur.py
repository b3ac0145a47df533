"""Blurring of personal data: what is taken, what stays, and what holds for any text."""

import re

import pytest

from cjm.blurring.blur import blur_personal_data
from cjm.blurring.span import MARK
from tests.cjm.blurring.sentences import (
    KEPT_EN,
    KEPT_PL,
    KEPT_RU,
    NAMES,
    NUMBERS_EN,
    NUMBERS_PL,
    NUMBERS_RU,
    STAFF,
)  # fmt: skip

_PERSONAL = re.compile(r"\[\[(.*?)\]\]")


def list_lines(text: str) -> list[str]:
    return text.strip().splitlines()


def check(sentence: str, names: tuple[str, ...], regions: tuple[str, ...]) -> None:
    written = _PERSONAL.sub(r"\1", sentence)
    assert blur_personal_data(written, names, regions) == _PERSONAL.sub(MARK, sentence)


@pytest.mark.parametrize("sentence", list_lines(NUMBERS_RU + KEPT_RU))
def test_numbers_and_addresses_in_russian(sentence: str) -> None:
    check(sentence, (), ("RU",))


@pytest.mark.parametrize("sentence", list_lines(NUMBERS_EN + KEPT_EN))
def test_numbers_and_addresses_in_english(sentence: str) -> None:
    check(sentence, (), ())


@pytest.mark.parametrize("sentence", list_lines(NUMBERS_PL + KEPT_PL))
def test_numbers_and_addresses_in_polish(sentence: str) -> None:
    check(sentence, (), ("PL",))


@pytest.mark.parametrize("sentence", list_lines(NAMES))
def test_names_in_their_grammatical_cases(sentence: str) -> None:
    check(sentence, STAFF, ())


@pytest.mark.parametrize(
    "written",
    [
        "8️⃣9️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣9️⃣",
        "８９１２ ３４５ ６７ ８９",
        "⁸⁹¹²³⁴⁵⁶⁷⁸⁹",
        "⑧⑨①②③④⑤⑥⑦⑧⑨",
        "8912\U000e0001345\U000e00016789",
        "anna＠mail.ru",
        "Ａｎｎａ",
        "𝐀𝐧𝐧𝐚",
        "An\u034fna",
    ],
)
def test_other_shapes_of_letters_and_digits_hide_nothing(written: str) -> None:
    assert blur_personal_data(written, ["Anna"], ("RU",)) == MARK
    assert blur_personal_data("Super ❤️ x²", ["Anna"], ("RU",)) == "Super ❤️ x²"
