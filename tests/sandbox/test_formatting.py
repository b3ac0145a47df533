"""Formatting: HTML and lists of entities, in UTF-16 units, and entities that Telegram finds by itself."""
# ruff: noqa: E501 (a table reads better in long lines)

from typing import Any

import pytest

from bot.sandbox.formatting import add_found_entities, entity_text, read_html, trim_text, utf16_length


def find_marked(source: str) -> list[tuple[str, str]]:
    text, entities = read_html(source)
    return [(entity["type"], entity_text(text, entity["offset"], entity["length"])) for entity in entities]


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("<b>a</b> b", "a b", [("bold", "a")]),
        ("😀<i>😀</i>", "😀😀", [("italic", "😀")]),
        ("<b>a<i>b</i></b>", "ab", [("bold", "ab"), ("italic", "b")]),
        ("a &lt;b&gt; &amp; &quot;c&quot; &#33;&#x21;", 'a <b> & "c" !!', []),
        ("&copy; & &nbsp", "&copy; & &nbsp", []),
        ("<u>a</u><s>b</s><del>c</del><ins>d</ins>", "abcd", [("underline", "a"), ("strikethrough", "b"), ("strikethrough", "c"), ("underline", "d")]),
        ('<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>', "ab", [("spoiler", "a"), ("spoiler", "b")]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", "a")]),
        ("<B>a</B>", "a", [("bold", "a")]),
        ("<b></b>a", "a", []),
        ("<a>a</a>", "a", []),
    ],
)  # fmt: skip
def test_html_becomes_text_with_entities(source: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert read_html(source)[0] == text
    assert find_marked(source) == expected


def test_links_and_code_carry_their_argument() -> None:
    text, entities = read_html('<a href="https://a.b/?x=1&amp;y=2">a</a><pre><code class="language-py">b</code></pre>')
    assert text == "ab"
    assert entities == [
        {"type": "text_link", "offset": 0, "length": 1, "url": "https://a.b/?x=1&y=2"},
        {"type": "pre", "offset": 1, "length": 1, "language": "py"},
    ]


def test_units_are_utf_16() -> None:
    assert (utf16_length("a"), utf16_length("я"), utf16_length("😀")) == (1, 1, 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start abc", [("bot_command", "/start")]),
        ("try /map@tropa_bot.", [("bot_command", "/map@tropa_bot")]),
        ("<b>bold</b> it is", []),
        ("and/or 1/2", []),
        ("see https://t.me/tropa_bot?start=a1.", [("url", "https://t.me/tropa_bot?start=a1")]),
        ("ask @tropa_bot", [("mention", "@tropa_bot")]),
        ("me@example.org", []),
    ],
)
def test_commands_links_and_names_are_found(text: str, expected: list[tuple[str, str]]) -> None:
    found = add_found_entities(text, [])
    assert [(each["type"], entity_text(text, each["offset"], each["length"])) for each in found] == expected


def test_nothing_is_found_inside_code() -> None:
    code: list[dict[str, Any]] = [{"type": "code", "offset": 0, "length": 6}]
    assert add_found_entities("/start", code) == code


def test_white_space_at_the_ends_is_stripped_and_entities_move() -> None:
    bold = {"type": "bold", "offset": 2, "length": 4}
    assert trim_text("  ab   ", [bold]) == ("ab", [{"type": "bold", "offset": 0, "length": 2}])
