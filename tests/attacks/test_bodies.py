"""Bodies that nobody sends in earnest: each is one sentence, and what is good in them is taken."""

import gzip
import json
from typing import Any

import pytest

from tests.http.conftest import Client, post_body, client, clock, outside, shop, stranger
from tests.http.test_events import CANARY, event, post_events

__all__ = ["post_body", "client", "clock", "outside", "shop", "stranger"]


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
async def test_a_number_no_float_holds_is_refused_by_itself(client: Client, changes: dict[str, Any]) -> None:
    results = await post_events(client, [event(1, **changes), event(2)])
    assert [r["status"] for r in results] == ["rejected", "accepted"]
    assert results[0]["errors"][0]["at"] == f"events[0].{next(iter(changes))}"


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_body_that_is_not_encoded_as_it_says_is_refused(
    client: Client, encoding: str, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    answer = await client.post("/v1/events", data=b"\x1f\x8b\x08" + CANARY.encode(), headers=headers)
    assert answer.status == 400
    assert "damaged" in (await answer.json())["error"]["message"]
    assert CANARY not in caplog.text


async def test_a_body_that_grows_when_it_is_unpacked_is_too_large(client: Client) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await client.post("/v1/events", data=gzip.compress(b" " * 50_000_000), headers=headers)
    assert answer.status == 413


async def test_a_packed_body_is_unpacked(client: Client) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await client.post("/v1/events", data=gzip.compress(json.dumps(event()).encode()), headers=headers)
    assert [r["status"] for r in (await answer.json())["results"]] == ["accepted"]
