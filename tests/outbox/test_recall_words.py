"""Words for messages that are taken away: what stands in their place, and who is told what remains."""

from io import BytesIO

import pytest
from PIL import Image

from bot.db.delivery.recalls import RecallTarget
from bot.db.delivery.states import ErasureCause, MessageCarrier, RecallState
from bot.outbox.letters.recalls.recall_words import (
    MOST_LISTED,
    empty_message,
    erasure_report,
    recall_lines,
    remaining_report,
)
from bot.texts import LANGUAGES, words_in
from cjm.address import Address

TEAM, EN = Address("telegram", "-100500"), words_in("en")


def remaining(
    number: int, carrier: MessageCarrier | None = MessageCarrier.VOICE, case: int | None = 12
) -> RecallTarget:
    return RecallTarget(TEAM, str(number), carrier, case)


def link(to: Address, message_id: str) -> str | None:
    return f"https://t.me/c/{to.id.removeprefix('-100')}/{message_id}"


@pytest.mark.parametrize("cause", ErasureCause)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_deleted_is_emptied_as_its_carrier_lets_it(language: str, cause: ErasureCause) -> None:
    emptied = {c: empty_message(c, cause, words_in(language)) for c in (*MessageCarrier, None)}
    kinds = {carrier: message.upload and message.upload.kind for carrier, message in emptied.items()}
    assert kinds == {
        MessageCarrier.TEXT: None,
        MessageCarrier.PHOTO: "photo",
        MessageCarrier.VOICE: None,  # no messenger replaces a recording
        MessageCarrier.DOCUMENT: "document",
        None: None,
    }
    assert all(len(message.text) and message.buttons == () for message in emptied.values())
    assert {message.quotes for message in emptied.values()} == {frozenset()}


def test_the_empty_picture_is_a_picture_that_telegram_takes() -> None:
    upload = empty_message(MessageCarrier.PHOTO, ErasureCause.WISH, EN).upload
    assert upload is not None
    with Image.open(BytesIO(upload.data or b"")) as picture:
        picture.load()
        assert picture.getextrema() == (0xD8, 0xD8)
        assert max(picture.size) <= 20 * min(picture.size)


def test_in_their_own_chat_a_person_is_not_called_the_customer() -> None:
    own = empty_message(MessageCarrier.TEXT, ErasureCause.WISH, EN, is_own=True)
    assert str(own.text) == "Erased at your wish."
    assert "customer" in str(empty_message(MessageCarrier.TEXT, ErasureCause.WISH, EN).text)


def test_what_remains_is_listed_with_links_and_a_long_list_says_how_long_it_is() -> None:
    text = str(remaining_report([remaining(7), remaining(8, None, None)], ErasureCause.WISH, EN, link).text)
    assert text.splitlines()[2:] == [
        "• Voice message · case 12 · https://t.me/c/500/7",
        "• Message · https://t.me/c/500/8",
    ]
    many = str(remaining_report([remaining(n) for n in range(400)], ErasureCause.AGE, EN, link).text)
    assert len(many) < 4096
    assert many.endswith(f"and {400 - MOST_LISTED} more")
    nowhere = str(remaining_report([remaining(7)], ErasureCause.WISH, EN, lambda _to, _id: None).text)
    assert nowhere.endswith("• Voice message · case 12")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_forgotten_person_is_told_the_numbers(language: str) -> None:
    words = words_in(language)
    counts = {RecallState.DELETED: 5, RecallState.EMPTIED: 3, RecallState.REMAINS: 1}
    lines = str(erasure_report(counts, words).text).splitlines()
    assert [line[2] for line in lines if line.startswith("• ")] == ["5", "3", "1"]
    short = str(erasure_report({RecallState.DELETED: 5}, words).text)
    assert "5" in short
    assert "•" not in short


@pytest.mark.parametrize(
    ("recalled", "lasting", "in_doubt", "numbers"), [(0, 0, 0, ""), (3, 0, 0, "3"), (3, 2, 0, "32"), (0, 0, 4, "4")]
)
def test_forgetting_says_at_once_what_is_sure(recalled: int, lasting: int, in_doubt: int, numbers: str) -> None:
    targets = [RecallTarget(TEAM, str(n)) for n in range(lasting)]
    for language in LANGUAGES:
        text = recall_lines(recalled, targets, in_doubt, words_in(language))
        assert "".join(filter(str.isdigit, text)) == numbers
        assert text
