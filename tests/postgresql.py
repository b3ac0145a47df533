"""PostgreSQL server for the tests: started from Debian's binaries on loopback, removed at the end."""

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.db.engine.database import Database
from bot.db.upkeep.schema import migrate


def find_binaries() -> Path | None:
    """Return the folder with the newest ``initdb`` and ``postgres``; None where there is no server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]), reverse=True)
    on_path = shutil.which("initdb")
    return found[0].parent if found else Path(on_path).resolve().parent if on_path else None


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Server:
    """One cluster. PostgreSQL refuses to run as root; then it runs as the user ``postgres``."""

    def __init__(self, binaries: Path) -> None:
        # A folder of its own: PostgreSQL's user cannot reach pytest's, which is open to its owner only.
        self._folder = Path(tempfile.mkdtemp(prefix="tropa-postgresql-"))
        self._bin, self._data, self.port = binaries, self._folder / "data", _free_port()
        self._as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as_user:
            shutil.chown(self._folder, "postgres", "postgres")

    def _run(self, program: str, *args: str) -> None:
        subprocess.run([*self._as_user, str(self._bin / program), *args], check=True, capture_output=True, cwd="/")

    def __enter__(self) -> Self:
        options = ["-U", "tropa", "--auth=trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        self._run("initdb", "-D", str(self._data), *options)
        config = "-c fsync=off -c full_page_writes=off -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        log = ["-l", str(self._data / "log"), "-o", f"-p {self.port} {config}"]
        self._run("pg_ctl", "-D", str(self._data), "-w", "-t", "60", *log, "start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _psql(self, statement: str) -> None:
        address = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "tropa", "-d", "postgres"]
        self._run("psql", *address, "-q", "-c", statement)

    def url(self, name: str) -> str:
        return f"postgresql://tropa@127.0.0.1:{self.port}/{name}"

    def make_template(self) -> None:
        self._psql("CREATE DATABASE template_tropa")

        async def make() -> None:
            db = Database(self.url("template_tropa"))
            await migrate(db)
            await db.close()

        asyncio.run(make())

    def create(self, name: str) -> str:
        for attempt in range(5):
            try:
                self._psql(f"CREATE DATABASE {name} TEMPLATE template_tropa")
                break
            except subprocess.CalledProcessError:  # the last connection to the template is still closing
                if attempt == 4:
                    raise
                time.sleep(0.2)
        return self.url(name)

    def drop(self, name: str) -> None:
        self._psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
