"""Malformed and hostile bodies: each is refused with one message, and its valid events are accepted."""

import gzip
import json
from typing import Any

import pytest

from tests.http.conftest import Client, client, clock, outside, post_body, shop, stranger
from tests.http.test_events import CANARY, event, post_events

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


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_body_that_does_not_match_its_encoding_is_refused(
    client: Client, encoding: str, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    answer = await client.post("/v1/events", data=b"\x1f\x8b\x08" + CANARY.encode(), headers=headers)
    assert answer.status == 400
    assert "damaged" in (await answer.json())["error"]["message"]
    assert CANARY not in caplog.text


async def test_compressed_body_counts_by_its_unpacked_size(client: Client) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await client.post("/v1/events", data=gzip.compress(b" " * 50_000_000), headers=headers)
    assert answer.status == 413


async def test_compressed_body_is_accepted(client: Client) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await client.post("/v1/events", data=gzip.compress(json.dumps(event()).encode()), headers=headers)
    assert [r["status"] for r in (await answer.json())["results"]] == ["accepted"]
