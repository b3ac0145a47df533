"""What holds for any text that is blurred."""

import re
from string import ascii_letters

from hypothesis import example, given, settings
from hypothesis import strategies as st
from phonenumbers import SUPPORTED_REGIONS, PhoneNumberFormat, example_number, format_number

from cjm.blurring.blur import blur_personal_data
from cjm.blurring.span import MARK
from tests.cjm.blurring.sentences import STAFF
from tests.depth import choose_depth

REGIONS = ("RU", "PL")
FEW = settings(max_examples=choose_depth(40, 3000), deadline=None)
LETTERS = "0123456789 -+().,:/@#№_•\u00a0\u200babzABZёяЯ₽$\n"
TEXTS = st.text(st.sampled_from(LETTERS), max_size=60) | st.text(max_size=60)
PLAIN_WORDS = st.sampled_from(["доставка", "late", "kurier", "5", "2026", "и", "10:30", "good", "nie", "3 часа", "😀"])
# "5 2026 2026" reads like a number, and is blurred beside one as it is alone.
PLAIN_SENTENCES = st.lists(PLAIN_WORDS, max_size=3).filter(lambda some: MARK not in blur_personal_data(" ".join(some)))


@FEW
@given(TEXTS)
@example("8 912 345 67 89 000")
def test_blurring_twice_changes_nothing_more(text: str) -> None:
    once = blur_personal_data(text, STAFF, REGIONS)
    assert blur_personal_data(once, STAFF, REGIONS) == once
    assert len(once) <= len(text) + len(MARK) * once.count(MARK)


@FEW
@given(st.sampled_from(sorted(SUPPORTED_REGIONS)), PLAIN_SENTENCES, PLAIN_SENTENCES)
def test_no_digit_of_an_international_phone_number_is_left(region: str, before: list[str], after: list[str]) -> None:
    number = example_number(region)
    assert number is not None
    written = format_number(number, PhoneNumberFormat.INTERNATIONAL)
    blurred = blur_personal_data(" ".join([*before, "tel", written, "и", *after]))
    assert blurred == " ".join([*before, "tel", MARK, "и", *after])


@FEW
@given(st.integers(10**14, 10**15 - 1), st.sampled_from(["", " ", "-", "\u00a0", " - "]), st.integers(3, 5))
def test_no_digit_of_a_card_number_is_left_however_it_is_grouped(digits: int, gap: str, size: int) -> None:
    number = str(digits) + luhn_digit(str(digits))
    written = gap.join(re.findall(f".{{1,{size}}}", number))
    assert not re.search(r"\d", blur_personal_data(f"card {written} declined"))


def luhn_digit(digits: str) -> str:
    doubled = [int(d) * (2 - n % 2) for n, d in enumerate(reversed(digits))]
    return str(-sum(d // 10 + d % 10 for d in doubled) % 10)


@FEW
@given(st.text(ascii_letters + "._", min_size=1, max_size=12), st.sampled_from(["mail.ru", "wp.pl", "a.b.co.uk"]))
def test_no_name_of_an_email_address_is_left(name: str, host: str) -> None:
    assert blur_personal_data(f"на x{name}x@{host} жду") == f"на {MARK} жду"


@FEW
@given(st.text(st.characters(exclude_categories=["N", "Cs"], exclude_characters="@./#№"), max_size=80))
def test_text_without_numbers_names_and_addresses_stays(text: str) -> None:
    assert blur_personal_data(text, (), REGIONS) == text
