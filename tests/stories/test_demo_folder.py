"""Folder of a demo that is kept: it goes on where it stopped, with its chats, and other commands look into it.

Starting a demo takes seconds, so one of a week serves all: it runs, runs again, and a copy of it was killed.
"""

import asyncio
import shlex
import shutil
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

from bot.cli import tropa
from bot.cli.demo import COMMANDS_FOR_A_KEPT_DEMO
from bot.config.settings import Settings
from bot.db.people import customers
from bot.demo.folder import CONFIG, DATABASE, DemoFolder
from bot.demo.kept_chats import CHATS, FILES
from bot.demo.startup import Demo, DemoOptions, start_demo
from bot.demo.time_travel import LONGEST_WAIT
from bot.sandbox.people import Person, Viewer
from bot.sandbox.records import Change
from bot.texts import words_in

SECRET = "Kanarienvogel 4711"
PHOTO = b"\x89PNG\r\n\x1a\n a box that is dented"
Look = tuple[int, str, list[str], bytes]
SPEAKING = ("map {journey} --describe", "digest {journey}")
POLISH_TITLE = "Zakupy w naszym sklepie"
OPTIONS = DemoOptions(open_browser=False, weeks=1, language="pl")


@pytest.mark.timeout(300)  # it starts three times, on a machine that is busy with other tests
def test_demo_is_kept_with_its_chats_and_forgets_who_asks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, killed = tmp_path / "kept", tmp_path / "killed"
    monkeypatch.chdir(tmp_path)
    folder.mkdir()
    (folder / DATABASE).write_bytes(b"what a simulation that was stopped has left")
    stopped_at, looks = asyncio.run(_run_first(folder))
    _check_files(folder, stopped_at)
    _check_commands(folder)
    asyncio.run(_run_again(folder, killed, looks))
    _check_words_are_gone(folder)
    asyncio.run(_run_killed(killed))


async def _run_first(folder: Path) -> tuple[datetime, list[list[Look]]]:
    shares: list[float] = []
    async with start_demo(OPTIONS, folder, shares.append) as demo:
        assert shares, "a past was simulated"
        await _check_happenings(demo)
        await _check_time(demo, DemoFolder(folder))
        await _complain(demo, demo.customers[0])
        return demo.backstage.now(), _look_at_all(demo)


async def _run_again(folder: Path, killed: Path, looks: list[list[Look]]) -> None:
    shares: list[float] = []
    async with start_demo(OPTIONS, folder, shares.append) as demo:
        assert not shares
        await _check_chats_are_back(demo, looks)
        shutil.copytree(folder, killed)  # what a run that is killed now would leave
        await _forget(demo, demo.customers[0])


async def _run_killed(folder: Path) -> None:
    """After a run that was killed the chats begin empty, the page says so, and people can go on."""
    killed_at = DemoFolder(folder).read_state().now
    async with start_demo(OPTIONS, folder, lambda _share: None) as demo:
        assert demo.backstage.now() >= killed_at
        assert "od nowa" in demo.sandbox.page.notice
        person = demo.customers[0]
        assert person.messages == []
        assert any("shop" in message.words for message in demo.group.messages)
        await person.send("/help")
        await person.wait_for_message("/forget")


def _check_files(folder: Path, stopped_at: datetime) -> None:
    for path in (folder / CONFIG, folder / DATABASE, folder / CHATS, *(folder / FILES).iterdir()):
        assert path.stat().st_mode & 0o777 == 0o600, path
    settings = Settings.model_validate(tomllib.loads((folder / CONFIG).read_text(encoding="utf-8")))
    assert settings.database.url.get_secret_value() == f"sqlite:///{folder / DATABASE}"
    state = DemoFolder(folder).read_state()
    assert (state.language, state.now >= stopped_at) == ("pl", True)


def _check_commands(folder: Path) -> None:
    """The commands that the demo names at its end work on what it left."""
    for command in COMMANDS_FOR_A_KEPT_DEMO:
        args = shlex.split(command.format(journey="shop"))
        result = CliRunner().invoke(tropa, ["--config", str(folder / CONFIG), *args], prog_name="tropa")
        assert result.exit_code == 0, (command, result.output)
        assert (POLISH_TITLE in result.output) == (command in SPEAKING), command
    assert Path("map.png").read_bytes().startswith(b"\x89PNG")
    assert Path("answers.csv").stat().st_size > 0


async def _check_happenings(demo: Demo) -> None:
    """The first event brings a question, every other one a sentence; a question that waits can be asked anyway."""
    backstage, person = demo.backstage, demo.customers[0]
    link = await backstage.create_link(person.id)
    await person.start(parse_qs(urlsplit(link).query)["start"][0])
    await _settle(demo)
    await person.click(0)
    await _settle(demo)
    for happening in backstage.list_happenings():
        title, _, sentence = (await backstage.start_happening(person.id, happening.key)).says.partition(": ")
        assert title == happening.title["pl"]
        assert sentence.count(".") >= 2  # "done." and what comes of it
    await _settle(demo)
    first = person.last
    held = await backstage.start_happening(person.id, "delivery")
    assert held.may_insist
    await backstage.insist(person.id)
    assert person.last.id != first.id
    assert person.last.buttons


async def _check_time(demo: Demo, kept: DemoFolder) -> None:
    """What is due next is never "nothing", and while time passes other customers go on.

    A run that is killed on its way would go on from where it was, not from where the jump began.
    """
    before, visits = demo.backstage.now(), len(demo.life.people)
    delays: list[timedelta] = []

    def compare(_change: Change) -> None:
        delays.append(demo.backstage.now() - kept.read_state().now)

    # First of all: what it reads was stored by the jump itself, not for the change.
    demo.sandbox.world.watchers.insert(0, compare)
    says = await demo.backstage.travel("next")
    demo.sandbox.world.watchers.remove(compare)
    assert before < demo.backstage.now() <= before + LONGEST_WAIT + timedelta(minutes=1)
    assert demo.group.chat.title in says or demo.customers[0].user.first_name in says
    assert delays
    assert max(delays) < (demo.backstage.now() - before) / 2
    assert "wizyty" in says
    assert len(demo.life.people) > visits


async def _complain(demo: Demo, person: Person) -> None:
    """Leave words, and a picture, in this person's chat and in the team's."""
    await person.send("/complain")
    await _settle(demo)
    await person.send_photo(PHOTO, SECRET)
    await _settle(demo)
    assert any(SECRET in message.words for message in demo.group.messages), (
        person.describe_chat() + demo.group.describe_chat()
    )


async def _forget(demo: Demo, person: Person) -> None:
    await person.send("/forget")
    await _settle(demo)
    await person.click(words_in("pl")("chat.forget.yes"))
    await _settle(demo)
    assert await demo.tropa.db.read(lambda tx: customers.find_by_external_id(tx, "olga")) is None


def _check_words_are_gone(folder: Path) -> None:
    """Who is forgotten keeps what they sent in their own chat, as in Telegram; nothing else knows of it."""
    kept = (folder / CHATS).read_text(encoding="utf-8")
    assert kept.count(SECRET) == 1
    for path in folder.glob(f"{DATABASE}*"):
        assert SECRET.encode() not in path.read_bytes(), path


async def _settle(demo: Demo) -> None:
    await demo.sandbox.wait_until_acknowledged()
    await demo.tropa.settle()


def _look_at_all(demo: Demo) -> list[list[Look]]:
    return [_look_at(viewer) for viewer in (*demo.customers, demo.manager, demo.group)]


def _look_at(viewer: Viewer) -> list[Look]:
    return [(message.id, message.words, message.buttons, message.content) for message in viewer.messages]


async def _check_chats_are_back(demo: Demo, looks: list[list[Look]]) -> None:
    """All chats are as they were, an old button works, and what is new has higher ids."""
    assert _look_at_all(demo) == looks
    assert not demo.sandbox.page.notice
    person = demo.customers[0]
    assert any(message.content == PHOTO for message in person.messages)
    newest = max(each.id for each in person.messages)
    question = next(message for message in reversed(person.messages) if message.buttons)
    await person.click(0, question)
    await _settle(demo)
    assert _look_at(person) != looks[0]
    await person.send("/help")
    await _settle(demo)
    assert person.last.id > newest
