"""Help, failures and exit codes of every command."""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from bot.cli import tropa
from bot.cli.demo import LINES_OF_A_PAST, ShareLines, describe_kept_demo
from cjm import templates
from tests.cli.conftest import ROOT, Tropa, assert_refused
from tests.house.documents import read_document


def run_python(*args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *args]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=cwd, env=env, timeout=250)


def start_process(args: list[str], home: Path) -> subprocess.Popen[bytes]:
    pipe, env = subprocess.PIPE, {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(args, cwd=home, env=env, stdin=pipe, stdout=pipe, stderr=pipe)


def test_help_answers_at_once() -> None:
    code = (
        "import sys\nfrom bot.cli import tropa\n"
        "try:\n    tropa.main(['--help'], prog_name='tropa')\nexcept SystemExit as end:\n    assert not end.code\n"
        "print([m for m in ('aiogram', 'aiohttp', 'sqlalchemy', 'matplotlib', 'pydantic', 'babel')"
        " if m in sys.modules])"
    )
    result = run_python("-c", code)
    assert result.stdout.splitlines()[0].startswith("Usage: tropa"), result.stderr
    assert result.stdout.splitlines()[-1] == "[]"


def test_every_command_explains_itself(cli: Tropa) -> None:
    for name, command in tropa.load_commands().items():
        assert cli(name, "--help").exit_code == 0
        assert command.get_short_help_str(62).endswith("."), name
        assert "..." not in command.get_short_help_str(62), name
        assert command.get_short_help_str(200) == tropa.commands[name].get_short_help_str(200), name


def test_command_alone_prints_the_help_and_nothing_else(cli: Tropa) -> None:
    for group in ((), ("journey",), ("inbox",)):
        result = cli(*group)
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout == cli(*group, "--help").stdout


def test_a_port_in_use_is_told_before_the_past_is_simulated(cli: Tropa) -> None:
    with socket.socket() as used:
        used.bind(("127.0.0.1", 0))
        used.listen()
        port = used.getsockname()[1]
        result = cli(*("demo", "--no-browser", "--port", port, "--weeks", 1, "--data", "kept", "--language", "pl"))
    assert_refused(result, f"--port {port}: another program uses it; choose another port, or leave the option out")


def test_a_demo_of_no_template_is_told_before_the_past_is_simulated(cli: Tropa) -> None:
    result = cli("demo", "--no-browser", "--data", "kept", "--template", "shoe")
    assert_refused(result, f'there is no template "shoe"; the templates are: {", ".join(templates.names())}')


def test_without_a_terminal_a_demo_says_how_far_its_past_is(capsys: pytest.CaptureFixture[str]) -> None:
    show = ShareLines()
    for step in range(1001):
        show(step / 1000)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == LINES_OF_A_PAST + 1
    assert lines[0] == "  20 %"
    assert lines[-1].startswith("Starting the bot")


def test_command_that_a_kept_demo_names_can_be_typed(cli: Tropa, home: Path) -> None:
    assert cli("init", "kept it").exit_code == 0
    command, *_ = re.findall(r"^ +tropa (.*)$", describe_kept_demo(Path("kept it"), "shop"), re.M)
    # Without a demo in the folder the command gets as far as the database: it is typed right.
    (line,) = cli(*shlex.split(command)).stderr.splitlines()
    assert line.startswith("the database kept it/tropa.db does not exist yet")


def test_python_m_bot_is_the_same_command(home: Path) -> None:
    result = run_python("-m", "bot", "map", cwd=home)
    assert result.returncode == 2
    assert result.stderr == "tropa map: Missing argument 'KEY'. See 'tropa map --help'.\n"
    assert result.stdout == ""


def test_closed_pipe_prints_nothing(airline: Tropa, home: Path) -> None:
    args = [sys.executable, "-m", "bot", "export", "airline", "--out", "-"]
    with start_process(args, home) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        printed = process.stderr.read()
    assert (process.returncode, printed) == (1, b"")


def test_ctrl_c_ends_quietly(airline: Tropa, home: Path) -> None:
    (home / "new.toml").write_text(templates.text("shop"), "utf-8")
    args = [sys.executable, "-m", "bot", "journey", "apply", "new.toml"]
    with start_process(args, home) as process:
        assert process.stderr is not None
        printed = b""
        while not printed.endswith(b"[y/N]: ") and process.poll() is None:
            printed += process.stderr.read(1)
        while process.poll() is None:  # a signal just before the program begins to read waits for the next one
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(40)  # a second signal while it ends would kill it
        rest = process.stderr.read()
    assert (process.returncode, rest.strip()) == (130, b"")


def test_unexpected_error_is_one_line(cli: Tropa, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str, language: str) -> str:
        raise KeyError("kanarek")

    monkeypatch.setattr(templates, "text", fail)
    assert_refused(cli("init"), "unexpected error (KeyError), please report it; TROPA_DEBUG=1 shows the traceback")
    monkeypatch.setenv("TROPA_DEBUG", "1")
    assert isinstance(cli("init", "elsewhere").exception, KeyError)


def test_signal_to_end_that_comes_while_tropa_loads_is_swallowed_by_no_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads_and_swallows = """
import os, signal, sys
from bot.cli import main

class Swallowing:
    def find_spec(self, name, path, target=None):
        if name == "bot.app.run":
            try:
                os.kill(os.getpid(), signal.SIGTERM)
            except BaseException:
                pass
            print("Tropa runs on")

sys.meta_path.insert(0, Swallowing())
sys.argv = ["tropa", "run"]
main()
"""
    monkeypatch.setenv("TROPA_TELEGRAM__TOKEN", "7000000001:sandbox-token-that-opens-nothing")
    monkeypatch.setenv("TROPA_TELEGRAM__API_URL", "http://127.0.0.1:1")
    ended = run_python("-c", loads_and_swallows, cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_commands_and_options_as_the_page_says(home: Path) -> None:
    line = next(line for line in read_document("docs/commands.md").splitlines() if "=bash_source tropa" in line)
    (home / "tropa").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bot "$@"\n', "utf-8")
    (home / "tropa").chmod(0o755)
    script = f"""PATH=.:$PATH; {line}
    complete_words() {{
        COMPREPLY=(); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tropa_completion tropa; echo ${{COMPREPLY[@]}}
    }}
    complete_words tropa jour; complete_words tropa map --d"""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    shell = subprocess.run(["bash", "-c", script], check=False, capture_output=True, text=True, cwd=home, env=env)
    assert (shell.stdout.split(), shell.stderr) == (["journey", "--days", "--describe"], "")
