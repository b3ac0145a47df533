"""The page and the Bot API of the sandbox answer themselves and programs, and no page of another site."""

import pytest
from aiohttp import ClientSession

from bot.sandbox.own_origin import is_own_host
from bot.sandbox.server import Sandbox
from tests.sandbox.conftest import sandbox

__all__ = ["sandbox"]
PATHS = ["/", "/page/page.js", "/page/api/stream", "/page/files/x", "/bot{token}/getMe", "/file/bot{token}/x"]


async def status(sandbox: Sandbox, path: str, **headers: str) -> int:
    url = sandbox.url + path.replace("{token}", sandbox.token)
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    async with ClientSession() as session, session.get(url, headers=fields) as answer:
        return answer.status


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:80"},
        {"Host": "[::"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "no-cors"},
    ],
    ids=str,
)
async def test_other_sites_are_refused_also_by_get(sandbox: Sandbox, path: str, headers: dict[str, str]) -> None:
    assert await status(sandbox, path, **headers) == 403


async def test_page_itself_and_programs_are_answered(sandbox: Sandbox) -> None:
    assert await status(sandbox, "/bot{token}/getMe") == 200
    assert await status(sandbox, "/", Origin=sandbox.url, Sec_Fetch_Site="same-origin") == 200
    assert await status(sandbox, "/", Sec_Fetch_Site="none", Sec_Fetch_Mode="navigate") == 200
    # Somebody follows a link to the page; from its scripts the other site learns nothing.
    assert await status(sandbox, "/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate") == 200
    assert await status(sandbox, "/page/page.js", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate") == 403


@pytest.mark.parametrize("host", ["localhost:8", "LOCALHOST", "127.0.0.1", "192.168.1.5:80", "[::1]:9"])
def test_names_of_this_machine_are_own(host: str) -> None:
    assert is_own_host(host)
