"""The curl lines of README and docs work as they are pasted, and the first event brings a question."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from itertools import pairwise

import pytest

from bot.clock import FrozenClock
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.usecases.journeys.apply_journey import ApplyJourney
from cjm import templates
from tests.house import documents
from tests.http.conftest import NOW, Client

_TIME = "'$(date -u +%FT%TZ)'"
_HOST = "http://localhost:8080"
_OPTIONS = {"-X", "-H", "-d", "-o", "--data-binary"}  # which curl 7.0 had already, but for --data-binary: 7.2


def list_calls(document: str) -> Iterator[list[str]]:
    for block in documents.code_blocks(documents.read_document(document), "sh"):
        joined = block.replace("\\\n", " ").replace(_TIME, f"{NOW:%Y-%m-%dT%H:%M:%SZ}")
        yield from (shlex.split(line)[1:] for line in joined.splitlines() if line.startswith("curl "))


DOCUMENTS = ("README.md", "docs/start.md", "docs/http.md")
CALLS = [call for document in DOCUMENTS for call in list_calls(document)]
# In place of curl: prints its words, each behind a byte that no word has.
_PRINT_WORDS = r"""curl() { for word; do printf '\001%s' "$word"; done; }"""


async def send(client: Client, call: list[str]) -> tuple[int, bytes]:
    """Do what curl does with these words; the client sends its own token."""
    options = [(name, value) for name, value in pairwise(call) if name in _OPTIONS]
    assert {word for word in call if word.startswith("-")} <= _OPTIONS
    headers = dict(value.split(": ", 1) for name, value in options if name == "-H")
    assert headers.pop("Authorization") == "Bearer $TOKEN"
    data = next((value for name, value in options if name in ("-d", "--data-binary")), None)
    if data is not None and data.startswith("@"):
        assert "ndjson" in headers["Content-Type"]
        data = json.dumps({"id": "1", "customer": "7", "journey": "first", "stage": "order", "at": NOW.isoformat()})
    (url,) = (word for word in call if word.startswith(_HOST))
    method = dict(options).get("-X", "GET")
    async with client.request(method, url.removeprefix(_HOST), data=data, headers=headers) as answer:
        return answer.status, await answer.read()


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_shells_read_the_calls_alike_with_the_token_and_the_time(shell: str) -> None:
    for document in DOCUMENTS:
        blocks = [b for b in documents.code_blocks(documents.read_document(document), "sh") if "curl " in b]
        (assignment,) = re.findall(r"^(?:export )?TOKEN='.*'$", documents.read_document(document), re.M)
        script = "\n".join([_PRINT_WORDS, assignment, *blocks])
        done = subprocess.run([shell, "-euc", script], capture_output=True, text=True, check=True)
        words = done.stdout.split("\1")
        assert words.count(f"Authorization: Bearer {shlex.split(assignment)[-1].removeprefix('TOKEN=')}") >= 2
        bodies = [json.loads(word) for word in words if word.startswith("{")]
        assert any(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body.get("at", "")) for body in bodies), words


@pytest.mark.parametrize("document", DOCUMENTS)
def test_lines_to_paste_have_no_comment_and_set_the_token_before_they_send_it(document: str) -> None:
    """zsh, the shell of a Mac, takes a comment of a pasted line for arguments of its command."""
    lines = "".join(documents.code_blocks(documents.read_document(document), "sh")).splitlines()
    assert [line for line in lines if "#" in line] == []
    sets = next(number for number, line in enumerate(lines) if "TOKEN=" in line)
    assert sets < next(number for number, line in enumerate(lines) if line.startswith("curl "))


async def test_every_call_is_answered_and_every_event_is_accepted(
    client: Client, shop: Database, clock: FrozenClock
) -> None:
    await ApplyJourney(shop, clock).apply(templates.text(templates.FIRST), "first.toml")
    assert len(CALLS) >= 7
    for call in CALLS:
        status, body = await send(client, call)
        assert status == 200, (call, body)
        assert b"rejected" not in body, body


@pytest.mark.parametrize("document", ["README.md", "docs/start.md"])
async def test_first_event_waits_for_a_customer_and_asks_one_who_agreed(
    client: Client, shop: Database, clock: FrozenClock, document: str
) -> None:
    await ApplyJourney(shop, clock).apply(templates.text(templates.FIRST), "first.toml")
    put, post = list_calls(document)
    await send(client, put)
    assert await find_verdict(client, post) == "hold"
    (customer,) = (json.loads(word)["customer"] for word in post if word.startswith("{"))
    await shop.write(lambda tx: agree(tx, customer))
    again = [word.replace('"id": "', '"id": "2-') for word in post]
    assert await find_verdict(client, again) == "ask"


async def find_verdict(client: Client, call: list[str]) -> str:
    """Post one event; return what was decided about its survey."""
    _, body = await send(client, call)
    (result,) = json.loads(body)["results"]
    return str(result["decisions"][0]["verdict"])


def agree(tx: Connection, external_id: str) -> None:
    known = customers.ensure_external_ids(tx, [external_id], NOW)
    agreed = {"messenger": "telegram", "address": "5", "language": "en", "consent_at": NOW, "timezone": "UTC"}
    customers.update_customers(tx, {known[external_id].id: agreed})
