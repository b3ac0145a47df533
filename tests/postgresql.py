"""PostgreSQL server for the tests: started from Debian's binaries on loopback, removed at the end."""

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.db.engine.database import Database
from bot.db.upkeep.schema import migrate

_DONE = "done, with an error:"  # what psql prints after each statement


def find_binaries() -> Path | None:
    """Return the folder with the newest ``initdb`` and ``postgres``; None where there is no server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]), reverse=True)
    on_path = shutil.which("initdb")
    return found[0].parent if found else Path(on_path).resolve().parent if on_path else None


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _copy_folder(source: Path, target: Path) -> None:
    subprocess.run(["cp", "--archive", str(source), str(target)], check=True)  # owners too


def make_cluster(binaries: Path, path: Path) -> None:
    """Make a cluster at ``path`` whose migrated template `Server.create` copies."""
    with Server(binaries) as server:
        server.make_template()
        server.stop()
        _copy_folder(server.data, path)


class StatementFailedError(Exception):
    """Raised with what psql printed about a statement."""


class _Administrator:
    """One psql that stays connected: starting one takes longer than nearly every statement."""

    def __init__(self, command: Sequence[str]) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            [*command, "-X", "-q"], stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True, cwd="/"
        )

    def execute(self, statement: str) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):  # what it printed before it ended is read below
            self._process.stdin.write(f"{statement};\n\\echo {_DONE} :ERROR\n")
            self._process.stdin.flush()
        printed = []
        for line in self._process.stdout:
            if line == f"{_DONE} false\n":
                return
            printed.append(line)
            if line == f"{_DONE} true\n":
                break
        raise StatementFailedError("".join(printed))

    def close(self) -> None:
        with suppress(BrokenPipeError):
            self._process.communicate()


class Server:
    """One cluster. PostgreSQL refuses to run as root; then it runs as the user ``postgres``.

    It begins as a copy of ``cluster``, which is quicker than making a new one; without it, as a new one.
    """

    def __init__(self, binaries: Path, cluster: Path | None = None) -> None:
        self._cluster = cluster
        # A folder of its own: PostgreSQL's user cannot reach pytest's, which is open to its owner only.
        self._folder = Path(tempfile.mkdtemp(prefix="tropa-postgresql-"))
        self._bin, self.data, self.port = binaries, self._folder / "data", _free_port()
        self._administrator: _Administrator | None = None
        self._as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as_user:
            shutil.chown(self._folder, "postgres", "postgres")

    def _run(self, program: str, *args: str) -> None:
        subprocess.run([*self._as_user, str(self._bin / program), *args], check=True, capture_output=True, cwd="/")

    def __enter__(self) -> Self:
        if self._cluster is None:
            options = ["-U", "tropa", "--auth=trust", "-E", "UTF8", "--no-locale", "--no-sync"]
            self._run("initdb", "-D", str(self.data), *options)
        else:
            _copy_folder(self._cluster, self.data)
        self.start()
        return self

    def start(self, *settings: str) -> None:
        """Start the server and wait until it takes connections; ``settings`` such as "max_connections=8"."""
        ours = ("fsync=off", "full_page_writes=off", "listen_addresses=127.0.0.1", "unix_socket_directories=''")
        config = " ".join(f"-c {setting}" for setting in (*ours, *settings))
        log = ["-l", str(self.data / "log"), "-o", f"-p {self.port} {config}"]
        self._run("pg_ctl", "-D", str(self.data), "-w", "-t", "60", *log, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: "fast" ends every connection, "immediate" is as a crash."""
        self._dismiss_administrator()
        self._run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._dismiss_administrator()
        if self._is_running:
            self.stop("immediate")
        shutil.rmtree(self._folder, ignore_errors=True)

    def restart(self, *settings: str) -> None:
        """Start the server with these settings, after stopping it if it runs."""
        if self._is_running:
            self.stop()
        self.start(*settings)

    @property
    def _is_running(self) -> bool:
        return (self.data / "postmaster.pid").exists()

    def open_socket(self) -> Path:
        """Restart the server so that it can be reached by a socket too; return the folder of the socket."""
        self._set_access("local all all trust", "host all all 127.0.0.1/32 trust")
        self.restart(f"unix_socket_directories={self._folder}")
        return self._folder

    def demand_passwords(self) -> None:
        """Let nobody in without a password, but the administrator."""
        self._set_access("host all tropa 127.0.0.1/32 trust", "host all all 127.0.0.1/32 scram-sha-256")

    def trust_everybody(self) -> None:
        self._set_access("host all all 127.0.0.1/32 trust")

    def _set_access(self, *lines: str) -> None:
        (self.data / "pg_hba.conf").write_text("\n".join(lines) + "\n")
        self.execute("SELECT pg_reload_conf()")

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run a statement as the administrator would, outside of Tropa."""
        administrator = self._call_administrator(database)
        try:
            administrator.execute(statement)
        finally:
            administrator.close()

    def _manage(self, statement: str) -> None:
        """Run a statement about databases, which every test needs."""
        if self._administrator is None:
            self._administrator = self._call_administrator("postgres")
        try:
            self._administrator.execute(statement)
        except StatementFailedError:
            self._dismiss_administrator()
            raise

    def _call_administrator(self, database: str) -> _Administrator:
        # By TCP anybody may: changing the user first would take longer than the statement.
        address = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "tropa", "-d", database]
        return _Administrator([str(self._bin / "psql"), *address])

    def _dismiss_administrator(self) -> None:
        if self._administrator is not None:
            self._administrator.close()
            self._administrator = None

    def read_log(self) -> str:
        """Return what the server has logged so far."""
        return (self.data / "log").read_text(errors="replace")

    def url(self, name: str) -> str:
        return f"postgresql://tropa@127.0.0.1:{self.port}/{name}"

    def make_template(self) -> None:
        self.execute("CREATE DATABASE template_tropa")

        async def make() -> None:
            db = Database(self.url("template_tropa"))
            await migrate(db)
            await db.close()

        asyncio.run(make())

    @property
    def _strategy(self) -> str:
        """Let files be copied: from version 15 on each block goes through the server's log else, in twice the time."""
        return " STRATEGY FILE_COPY" if int((self.data / "PG_VERSION").read_text()) >= 15 else ""

    def create(self, name: str) -> str:
        """Make a migrated, empty database; return its address."""
        for attempt in range(5):
            try:
                self._manage(f"CREATE DATABASE {name} TEMPLATE template_tropa{self._strategy}")
                break
            except StatementFailedError:  # the last connection to the template is still closing
                if attempt == 4:
                    raise
                time.sleep(0.2)
        return self.url(name)

    def drop(self, name: str) -> None:
        self._manage(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
