"""A messenger is known to its own package and to those that wire, configure or imitate it; everything else is neutral.

So a second messenger is a new package beside `bot.telegram` and edits in `bot.app` and `bot.config`. Texts for people
may name a messenger: the catalogues are no Python, and docstrings and comments are not looked at.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.house.layers import messenger_rooms, read_messengers
from tests.house.source import Modules, Place, list_nodes, product_modules

pytestmark = pytest.mark.xdist_group("source")  # one worker parses the source, once

KNOWING_ROOMS = ("bot/app/", "bot/config/", "bot/sandbox/", "bot/demo/")  # beside the messenger's own package
# Sentences for people that would be vaguer without an example, by file.
EXCEPTIONS = {
    # Names the setting to edit next.
    "bot/cli/init.py": {"creates the database and starts the bot, once [telegram] token is set"},
    # Shows a right address to somebody who typed a wrong one.
    "cjm/address.py": {'an address is a messenger and an id, such as "telegram:123456789"'},
}


def list_words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield every name, imported module and string in the code, with its line; docstrings are left out."""
    docs = {id(node.value) for node in list_nodes(tree) if isinstance(node, ast.Expr)}
    for node in list_nodes(tree):
        if id(node) in docs and isinstance(node, ast.Constant):
            continue
        for _, value in ast.iter_fields(node):
            for word in value if isinstance(value, list) else [value]:
                if isinstance(word, str | bytes):
                    text = word if isinstance(word, str) else word.decode("latin-1")
                    yield getattr(node, "lineno", 1), text


def names_of_messenger(messenger: str, modules: Modules) -> list[Place]:
    """Return the places outside of the rooms that may know ``messenger`` where the code, or a file's name, has it."""
    return [
        Place(file, line, word)
        for file, tree in modules.items()
        if not file.startswith((f"bot/{messenger}/", *KNOWING_ROOMS))
        for line, word in ((1, file), *list_words(tree))
        if messenger in word.lower() and word not in EXCEPTIONS.get(file, ())
    ]


@pytest.mark.parametrize("messenger", read_messengers())
def test_a_messenger_is_named_only_where_it_is_wired_configured_or_imitated(messenger: str) -> None:
    assert [str(place) for place in names_of_messenger(messenger, product_modules())] == []


def test_no_exception_is_kept_for_nothing() -> None:
    words = {file: {word for _, word in list_words(product_modules()[file])} for file in EXCEPTIONS}
    assert {file: sentences - words[file] for file, sentences in EXCEPTIONS.items() if sentences - words[file]} == {}


@pytest.mark.parametrize(
    "source",
    [
        "from bot.telegram.limits import LIMITS",
        "import bot.telegram",
        "def make_telegram_webhook(): ...",
        "class Card:\n    telegram_id: int",
        "def send(telegram): ...",
        "send(telegram=True)",
        "reply.telegram.send()",
        'WEBHOOK = "/telegram/webhook"',
        'HEADER = b"X-Telegram-Secret"',
        'f"Telegram refused {reason}"',
    ],
)
def test_planted_name_of_a_messenger_is_reported(source: str) -> None:
    assert names_of_messenger("telegram", {"bot/http/planted.py": ast.parse(source)})


def test_a_file_named_after_a_messenger_is_reported() -> None:
    assert names_of_messenger("telegram", {"bot/outbox/telegram_letter.py": ast.parse("")})


def test_docstrings_may_name_a_messenger() -> None:
    source = '"""Telegram repeats it."""\nUpdate = bytes\n"""As Telegram sends it."""\ndef read():\n    """Telegram."""'
    assert names_of_messenger("telegram", {"bot/http/planted.py": ast.parse(source)}) == []


def test_a_package_beside_telegram_in_the_contract_is_a_messenger_too() -> None:
    assert messenger_rooms([["app"], ["telegram", "carrier", "http", "scheduler"], ["screens"]]) == [
        "telegram",
        "carrier",
    ]
