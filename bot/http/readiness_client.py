"""Ask a Tropa that runs on this machine for its `/readyz`: `tropa doctor` is another process."""

from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.http.health import Readiness
from bot.usecases.upkeep.findings import CheckName, Finding, ProcessRole, Severity

_SECONDS = 10.0
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - read from the settings, not bound


async def ask_readiness(host: str, port: int) -> Readiness | None:
    """Return what the Tropa at this address says about itself; None when something else or nobody answers."""
    host = _LOOPBACK.get(host, host)
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}/readyz"
    try:
        async with ClientSession(timeout=ClientTimeout(total=_SECONDS)) as session, session.get(url) as response:
            return _read_readiness(await response.json())
    except (ClientError, OSError, TimeoutError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _read_readiness(body: Any) -> Readiness:
    """Return the value of a Tropa's answer. Raises ValueError, KeyError or TypeError for any other."""
    problems = body["error"]["details"] if "error" in body else []
    return Readiness(
        ProcessRole(body["role"]),
        [*_read_findings(problems, Severity.PROBLEM), *_read_findings(body["warnings"], Severity.WARNING)],
    )


def _read_findings(rows: Any, severity: Severity) -> list[Finding]:
    return [Finding(CheckName(row["at"]), severity, str(row["message"])) for row in rows]
