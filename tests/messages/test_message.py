"""Words are cut where a reader would cut them, counted as messengers count, and keep their styles."""

from hypothesis import given
from hypothesis import strategies as st

from bot.messages.message import Prose, TextPiece, TextStyle, bold, join_lines, plain, quote, utf16_length

texts = st.text(st.sampled_from("ab \n😀ż"), max_size=40)
proses = st.lists(st.builds(TextPiece, texts, st.sampled_from(TextStyle)), max_size=4).map(lambda p: Prose(tuple(p)))


def styles(prose: Prose) -> list[tuple[str, TextStyle]]:
    """Return each character with its style."""
    return [(character, piece.style) for piece in prose.pieces for character in piece.text]


@given(proses, st.integers(2, 60))
def test_a_split_loses_nothing_but_the_space_that_it_splits_at(prose: Prose, most: int) -> None:
    head, rest = prose.split_to_fit(most)
    assert utf16_length(str(head)) <= most
    lost = len(prose) - len(head) - len(rest)
    assert lost in (0, 1)
    assert str(prose)[len(head) : len(head) + lost] in ("", " ", "\n")
    assert styles(head) + styles(prose)[len(head) : len(head) + lost] + styles(rest) == styles(prose)


def test_a_split_prefers_the_end_of_a_line_to_the_end_of_a_word() -> None:
    head, rest = plain("one two\nthree four five").split_to_fit(13)
    assert (str(head), str(rest)) == ("one two", "three four five")
    assert str(plain("one two three").split_to_fit(9)[0]) == "one two"


def test_an_emoji_is_two_units_and_is_never_cut_in_half() -> None:
    assert utf16_length("a😀") == 3
    assert [str(part) for part in plain("a😀b").split_to_fit(2)] == ["a", "😀b"]


@given(proses)
def test_stripping_removes_only_white_space_at_the_ends(prose: Prose) -> None:
    assert str(prose.strip()) == str(prose).strip()


def test_empty_parts_leave_no_gap() -> None:
    assert join_lines(["", bold("a"), plain(""), quote("b")]) == bold("a") + "\n" + quote("b")
