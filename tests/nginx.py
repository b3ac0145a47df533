"""nginx for the tests: the server block of docs/running.md, on a loopback port, with a certificate made for it."""

import asyncio
import os
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

_MAIN = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log stderr notice;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{block}
}}
"""
_SECONDS = 60.0  # only a test that fails waits so long


def find_nginx() -> str:
    """Return the program, or skip the test."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("there is no nginx here")
    return program


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 that only a context of `trust` accepts; return its file and its key's."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-out", str(certificate), "-keyout", str(key)]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


def trust(certificate: Path) -> ssl.SSLContext:
    """Return a client's context that knows this certificate only."""
    return ssl.create_default_context(cafile=certificate)


@asynccontextmanager
async def run_nginx(block: str, folder: Path) -> AsyncIterator[None]:
    """Serve a server block until the context ends."""
    config = folder / "nginx.conf"
    # nginx started by root gives its work to another user, who cannot reach pytest's folders.
    user = "user root;" if os.geteuid() == 0 else ""
    config.write_text(_MAIN.format(user=user, folder=folder, block=block), "utf-8")
    process = await asyncio.create_subprocess_exec(
        *(find_nginx(), "-p", str(folder), "-c", str(config), "-e", "stderr"),
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(_SECONDS):
            await _wait_until_started(process)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def _wait_until_started(process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    lines = []
    while line := await process.stderr.readline():
        lines.append(line.decode())
        if "start worker process " in lines[-1]:
            return
    pytest.fail("nginx ended:\n" + "".join(lines))
