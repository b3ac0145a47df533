"""Malformed and hostile bodies: each is refused with one message, and its valid events are accepted."""

import asyncio
import gzip
import json
from typing import Any

import pytest

from bot.http.payloads import MOST_HINTS
from bot.http.reading.bodies import MOST_ITEM_BYTES
from bot.http.sources.source import read_event
from cjm.errors import Mistake
from tests.http.conftest import Client, client, clock, outside, post_body, shop, stranger
from tests.http.test_events import event, post_events

__all__ = ["client", "clock", "outside", "post_body", "shop", "stranger"]


@pytest.mark.parametrize(
    "changes",
    [
        {"attributes": {"a": 10**400}},
        {"attributes": {"a": -(10**400)}},
        {"attributes": {"a": float("nan")}},
        {"measures": {"a": 10**400}},
        {"amount": 10**400},
        {"amount": float("-inf")},
    ],
)
async def test_number_beyond_a_float_rejects_only_its_own_event(client: Client, changes: dict[str, Any]) -> None:
    results = await post_events(client, [event(1, **changes), event(2)])
    assert [r["status"] for r in results] == ["rejected", "accepted"]
    assert results[0]["errors"][0]["at"] == f"events[0].{next(iter(changes))}"


async def test_key_that_is_no_unicode_rejects_only_its_own_event(client: Client) -> None:
    body = json.dumps([event(1, **{"\ud800": 1}), event(2)])
    answer = await client.post("/v1/events", data=body, headers={"Content-Type": "application/json"})
    assert answer.status == 200
    assert [r["status"] for r in (await answer.json())["results"]] == ["rejected", "accepted"]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, gzip", "x"])
async def test_packed_body_is_refused_and_never_unpacked(client: Client, encoding: str) -> None:
    body = gzip.compress(json.dumps(event()).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    answer = await client.post("/v1/events", data=body, headers=headers)
    assert answer.status == 415
    assert "without Content-Encoding" in (await answer.json())["error"]["message"]


async def test_body_that_says_that_it_is_not_packed_is_accepted(client: Client) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "identity"}
    answer = await client.post("/v1/events", data=json.dumps(event()), headers=headers)
    assert [r["status"] for r in (await answer.json())["results"]] == ["accepted"]


@pytest.mark.parametrize("path", ["/v1/events", "/v1/customers/7", "/messenger/webhook"])
@pytest.mark.parametrize("expect", ["", "Expect: 100-continue\r\n"])
async def test_stranger_is_refused_before_any_of_the_body_is_read_or_asked_for(
    stranger: Client, path: str, expect: str
) -> None:
    method = "PUT" if "customers" in path else "POST"
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\n{expect}Content-Length: 9000000\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", stranger.port)
    writer.write(head.encode())  # and nothing of the body
    assert (await reader.readline()).startswith(b"HTTP/1.1 401 ")
    writer.close()


async def test_body_that_is_expected_is_asked_for_when_the_token_is_right(client: Client) -> None:
    answer = await client.post("/v1/events", json=event(), expect100=True)
    assert [r["status"] for r in (await answer.json())["results"]] == ["accepted"]


class _CountingKey(str):
    """Key that counts how often a similar one is looked for."""

    lookups = 0

    def lower(self) -> str:
        _CountingKey.lookups += 1
        return super().lower()


def test_unknown_keys_are_counted_and_only_a_few_are_compared_with_known_ones() -> None:
    posted = read_event({_CountingKey(f"key-{n}"): n for n in range(5000)}, "")
    assert _CountingKey.lookups <= MOST_HINTS
    assert len(posted.mistakes) < 20
    assert Mistake("", "has 5,000 unknown keys") in posted.mistakes


@pytest.mark.parametrize("key", ["attributes", "measures"])
async def test_object_of_many_wrong_entries_has_one_mistake(client: Client, key: str) -> None:
    [result] = await post_events(client, [{**event(), key: {str(n): [] for n in range(5000)}}])
    assert result["errors"] == [{"at": f"events[0].{key}", "message": "holds more than 20 entries"}]


async def test_event_that_is_too_large_is_refused(client: Client) -> None:
    large = event(lost_reason="x" * MOST_ITEM_BYTES)
    error = await post_events(client, [event(), large], 413)
    assert error["message"] == "item 2 of the body is larger than 64 KB"
    lines = f"{json.dumps(event())}\n{json.dumps(large)}\n".encode()
    answer = await client.post("/v1/events", data=lines, headers={"Content-Type": "application/x-ndjson"})
    good, bad = (await answer.json())["results"]
    assert (good["status"], bad["errors"][0]["message"]) == ("accepted", "is larger than 64 KB")
