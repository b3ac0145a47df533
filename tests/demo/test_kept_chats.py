"""Chats of a demo come back as they were stored, or not at all."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.demo.kept_chats import CHATS, FILES, keep_chats
from bot.sandbox import Sandbox
from bot.sandbox.world.actions import press_start
from tests.sandbox.conftest import png

VICTIM = "words of somebody else"


def use_chats(folder: Path) -> tuple[bool, list[str]]:
    """Bring the chats back in a new run; return whether they are, and the words of Anna's chat."""
    sandbox = Sandbox(first_id=1000)
    anna = sandbox.add_person("Anna")
    with keep_chats(folder, sandbox.world) as are_back:
        words = [message.words for message in anna.messages]
    return are_back, words


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    kept = tmp_path / "kept"
    kept.mkdir()
    (tmp_path / "victim.txt").write_text(VICTIM)
    sandbox = Sandbox()
    anna = sandbox.add_person("Anna")
    with keep_chats(kept, sandbox.world):
        press_start(sandbox.world, anna.user, "")
        await anna.send_photo(png(), "torn")
    assert use_chats(kept) == (True, ["/start", "torn"])
    return kept


def change_a_word(folder: Path) -> None:
    path = folder / CHATS
    path.write_bytes(path.read_bytes().replace(b"torn", b"born"))


def change_a_picture(folder: Path) -> None:
    next((folder / FILES).iterdir()).write_bytes(b"")


def cut(folder: Path) -> None:
    path = folder / CHATS
    path.write_bytes(path.read_bytes()[:-1])


def nest(folder: Path) -> None:
    (folder / CHATS).write_bytes(b"[" * 100_000)


def make_pipe(folder: Path) -> None:
    (folder / CHATS).unlink()
    os.mkfifo(folder / CHATS)


def make_folder(folder: Path) -> None:
    (folder / CHATS).unlink()
    (folder / CHATS).mkdir()


def make_file(folder: Path) -> None:
    (folder / FILES).rename(folder / "aside")
    (folder / FILES).write_text("")


def link_files_elsewhere(folder: Path) -> None:
    (folder / FILES).rename(folder / "aside")
    (folder / FILES).symlink_to(folder.parent)


def link_to_nothing(folder: Path) -> None:
    (folder / FILES).rename(folder / "aside")
    for name in (CHATS, FILES, f"{CHATS}.new"):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(folder / "nothing")


def link_the_draft(folder: Path) -> None:
    cut(folder)
    (folder / f"{CHATS}.new").symlink_to(folder.parent / "victim.txt")


@pytest.mark.parametrize(
    "damage",
    [
        change_a_word, change_a_picture, cut, nest, make_pipe, make_folder, make_file, link_files_elsewhere,
        link_to_nothing, link_the_draft,
    ],
)  # fmt: skip
@pytest.mark.timeout(60)  # reading a pipe would wait for ever
async def test_damaged_chats_do_not_come_back_and_the_next_are_stored(
    folder: Path, damage: Callable[[Path], None]
) -> None:
    damage(folder)
    assert use_chats(folder) == (False, [])
    assert use_chats(folder) == (True, [])
    assert (folder.parent / "victim.txt").read_text() == VICTIM
    assert sorted(path.name for path in folder.parent.iterdir()) == ["kept", "victim.txt"]
