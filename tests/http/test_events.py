"""POST /v1/events: good events are accepted, bad ones are told where and why, and no body ends in a 500."""

import asyncio
import contextlib
import json
import tracemalloc
from collections.abc import AsyncIterator, Sequence
from io import BytesIO
from typing import Any

import pytest
from aiohttp import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.db.engine.database import Database
from bot.db.journeys import visits
from bot.http import event_results
from bot.http.shared_recording import MOST_TRANSACTIONS, SharedRecording
from bot.http.sources.source import BATCH
from bot.usecases.asking.event_checks import EventResult
from bot.usecases.asking.record_visits import RecordVisits
from cjm import templates
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.depth import choose_depth
from tests.http.conftest import Client, Outside

CANARY = "kanarek-4f1c"


def event(number: int = 1, **changes: object) -> dict[str, object]:
    return {
        "id": f"order-{number}",
        "customer": "77",
        "journey": "shop",
        "touchpoint": "delivery",
        "at": "2026-11-22T10:00:00+01:00",
        **changes,
    }


async def post_events(client: Client, body: object, status: int = 200) -> Any:
    answer = await client.post("/v1/events", json=body)
    said = await answer.json()
    assert answer.status == status, said
    return said["results"] if status == 200 else said["error"]


async def test_one_event_is_a_visit(client: Client, shop: Database, outside: Outside) -> None:
    [result] = await post_events(client, event(measures={"wait_minutes": 12}, amount=19.5, passage="812"))
    assert (result["id"], result["status"]) == ("order-1", "accepted")
    visit = (await shop.read(lambda tx: visits.list_by_event_ids(tx, ["order-1"])))["order-1"]
    assert (visit.touchpoint, visit.amount, visit.measures) == ("delivery", 19.5, {"wait_minutes": 12})
    assert outside.times_accepted == 1


async def test_why_somebody_is_asked_or_not_is_told(client: Client) -> None:
    [result] = await post_events(client, event())
    assert result["decisions"][0] == {"survey": "delivered", "verdict": "hold", "reason": "no_chat"}


async def test_the_same_event_again_is_repeated_and_wakes_nobody(client: Client, outside: Outside) -> None:
    await post_events(client, event())
    [result] = await post_events(client, event())
    assert result == {"id": "order-1", "status": "repeated"}
    assert outside.times_accepted == 1


async def test_many_posts_at_once_share_few_transactions(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    record, share, have_arrived = RecordVisits.__call__, SharedRecording.record, asyncio.Event()
    posts, arrived, at_work, most, batches = 3 * MOST_TRANSACTIONS, 0, 0, 0, list[int]()

    async def arrive(self: SharedRecording, events: Sequence[Event]) -> Sequence[EventResult]:
        nonlocal arrived
        arrived += 1
        if arrived == posts:
            have_arrived.set()
        return await share(self, events)

    async def count(self: RecordVisits, events: Sequence[Event]) -> list[EventResult]:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        batches.append(len(events))
        await have_arrived.wait()  # so that those who come later have something to wait for
        results = await record(self, events)
        at_work -= 1
        return results

    monkeypatch.setattr(SharedRecording, "record", arrive)
    monkeypatch.setattr(RecordVisits, "__call__", count)
    answers = await asyncio.gather(*(post_events(client, event(n)) for n in range(posts)))
    assert [result["id"] for [result] in answers] == [f"order-{n}" for n in range(posts)]
    assert {result["status"] for [result] in answers} == {"accepted"}
    assert most <= MOST_TRANSACTIONS
    assert sum(batches) == posts > len(batches)


async def test_bad_events_are_rejected_and_the_others_accepted(client: Client) -> None:
    results = await post_events(client, [event(1), event(2, at="yesterday"), event(3, touchpoint="nowhere"), event(4)])
    assert [r["status"] for r in results] == ["accepted", "rejected", "rejected", "accepted"]
    assert results[1]["errors"] == [
        {"at": "events[1].at", "message": "must be a time as RFC 3339 writes it, such as 2026-11-22T10:00:00Z"}
    ]
    assert results[2]["errors"][0]["at"] == "events[2].touchpoint"


async def test_every_mistake_of_an_event_is_told(client: Client) -> None:
    wrong = event(1, customer="", channel="pigeon", amount=True, withdrawn="no", touchpiont="x")
    [result] = await post_events(client, wrong)
    assert {d["at"] for d in result["errors"]} == {"", "customer", "channel", "amount", "withdrawn"}


async def test_mistakes_against_the_journey_are_told_together(client: Client) -> None:
    wrong = event(1, touchpoint="nowhere", stage="never", at="1999-12-31T00:00:00Z")
    [result] = await post_events(client, [wrong])
    shop = read_journey(templates.text("shop"), "shop.toml")
    points, stages = ", ".join(list(shop.touchpoints)[:12]) + " …", ", ".join(shop.stages_by_key)
    unknown = "the journey shop has no {0} with this key; its {0}s are: {1}"
    assert result["errors"] == [
        {
            "at": "events[0].touchpoint",
            "message": unknown.format("touchpoint", points),
        },
        {"at": "events[0].stage", "message": unknown.format("stage", stages)},
        {"at": "events[0].at", "message": "is before the year 2000"},
    ]


async def test_wrong_values_do_not_hide_mistakes_against_the_journey(client: Client) -> None:
    wrong = event(1, customer="", amount=True, touchpoint="nowhere", at="1999-12-31T00:00:00Z")
    assert await _mistaken_keys(client, wrong) == ["customer", "amount", "touchpoint", "at"]
    assert await _mistaken_keys(client, event(1, journey=7, touchpoint="nowhere")) == ["journey"]
    assert await _mistaken_keys(client, event(1, touchpoint=7, at="1999-12-31T00:00:00Z")) == ["touchpoint", "at"]
    assert await _mistaken_keys(client, event(1, touchpoint=None, stage=7)) == ["stage"]


async def test_an_id_of_another_customer_is_told_with_the_other_mistakes(client: Client) -> None:
    await post_events(client, event(1))
    keys = await _mistaken_keys(client, event(1, customer="78", touchpoint="nowhere"))
    assert keys == ["touchpoint", "id"]


async def _mistaken_keys(client: Client, wrong: dict[str, object]) -> list[str]:
    [result] = await post_events(client, wrong)
    assert result["status"] == "rejected"
    return [mistake["at"] for mistake in result["errors"]]


@pytest.mark.parametrize(
    ("changes", "at", "says"),
    [
        ({"at": "0001-01-01T00:00:00+14:00"}, "at", "outside of the calendar"),
        ({"at": "0001-01-01T00:00:00Z"}, "at", "before the year 2000"),
        ({"at": "9999-12-31T23:59:59-14:00"}, "at", "outside of the calendar"),
        ({"at": "9999-12-31T23:59:59Z"}, "at", "more than a day ahead"),
        ({"at": "2026-11-22T10:00:00"}, "at", "offset"),
        ({"at": 1_795_000_000}, "at", "RFC 3339"),
        ({"amount": float("nan")}, "amount", "number"),
        ({"amount": float("inf")}, "amount", "number"),
        ({"amount": 10**400}, "amount", "number"),
        ({"measures": {"minutes": float("nan")}}, "measures", "number"),
        ({"attributes": {"deep": {"er": 1}}}, "attributes", "not a text, a number"),
        ({"attributes": {"x": float("inf")}}, "attributes", "number"),
        ({"attributes": {f"a{n}": n for n in range(21)}}, "attributes", "more than 20"),
        ({"attributes": {"x": "a\x00b"}}, "attributes", "invisible characters"),
        ({"customer": "a\x07b"}, "customer", "invisible characters"),
        ({"customer": "\ud800"}, "customer", "invisible characters"),
        ({"customer": "x" * 129}, "customer", "too long"),
        ({"customer": 77}, "customer", "must be a text"),
        ({"id": None}, "id", "must be a text"),
        ({"lost_reason": "x" * 257}, "lost_reason", "too long"),
        ({"lost_reason": "a\x1bb"}, "lost_reason", "control character"),
        ({"touchpoint": None}, "touchpoint", "name a touchpoint or a stage"),
        ({"stage": "loyalty"}, "stage", "belongs to"),
        ({"journey": "ship"}, "journey", "there is no journey with this key"),
    ],
)
async def test_a_wrong_value_is_rejected_with_its_place(
    client: Client, changes: dict[str, object], at: str, says: str
) -> None:
    answer = await client.post(
        "/v1/events", data=json.dumps({**event(), **changes}), headers={"Content-Type": "application/json"}
    )
    [result] = (await answer.json())["results"]
    assert result["status"] == "rejected"
    [detail] = result["errors"]
    assert detail["at"] == at
    assert says in detail["message"]


async def test_ndjson_lines_are_accepted_one_by_one(client: Client) -> None:
    lines = "\n".join([json.dumps(event(1)), "", "{oops", json.dumps([1]), json.dumps(event(2))])
    answer = await client.post("/v1/events", data=lines.encode(), headers={"Content-Type": "application/x-ndjson"})
    results = (await answer.json())["results"]
    assert [r["status"] for r in results] == ["accepted", "rejected", "rejected", "accepted"]
    assert results[1]["errors"] == [{"at": "events[1]", "message": "is not JSON"}]


async def test_a_body_of_lines_is_recorded_as_it_comes_and_may_break_off(client: Client, shop: Database) -> None:
    """What came before is stored; sent again, it is repeated."""
    posted = [json.dumps(event(number)).encode() + b"\n" for number in range(1, 2 * BATCH + 1)]

    async def break_off() -> AsyncIterator[bytes]:
        for line in posted[: BATCH + 50]:
            yield line
        last = [f"order-{BATCH}"]
        while not await shop.read(lambda tx: visits.list_by_event_ids(tx, last)):  # noqa: ASYNC110 - nothing rings here
            await asyncio.sleep(0.01)
        raise ConnectionResetError

    with contextlib.suppress(ClientError, ConnectionError):
        await client.post("/v1/events", data=break_off(), headers={"Content-Type": "application/x-ndjson"})
    answer = await client.post("/v1/events", data=b"".join(posted), headers={"Content-Type": "application/x-ndjson"})
    statuses = [result["status"] for result in (await answer.json())["results"]]
    assert statuses == ["repeated"] * BATCH + ["accepted"] * BATCH


async def test_longer_body_takes_no_more_memory(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_results, "MOST_IN_MEMORY", 20_000)  # so that a short body is beyond it, too

    async def measure_peak(lines: int) -> int:
        async def come() -> AsyncIterator[bytes]:
            for _ in range(lines // 100):
                yield b"1\n" * 100

        tracemalloc.start()
        try:
            answer = await client.post("/v1/events", data=come(), headers={"Content-Type": "application/x-ndjson"})
            size = sum([len(chunk) async for chunk in answer.content.iter_chunked(10_000)])
            assert size == answer.content_length
            assert size > 50 * lines
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    await measure_peak(500)  # what is made once in a process
    assert await measure_peak(10_000) < 1.5 * await measure_peak(2_000)


async def test_a_thousand_events_at_once(client: Client, shop: Database) -> None:
    results = await post_events(client, [event(n, customer=str(n % 50)) for n in range(1000)])
    assert {r["status"] for r in results} == {"accepted"}
    found = await shop.read(lambda tx: visits.list_by_event_ids(tx, [f"order-{n}" for n in range(1000)]))
    assert len(found) == 1000


async def test_an_empty_list_has_no_results(client: Client, outside: Outside) -> None:
    assert await post_events(client, []) == []
    assert outside.times_accepted == 0


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"\xff\xfe{", "application/json", 400),
        (b"[" * 200_000, "application/json", 400),
        (b"9" * 10_000, "application/json", 400),
        (b"\n\n", "application/x-ndjson", 400),
        (b"{\n[", "application/x-ndjson", 400),
        (b"id=1", "application/x-www-form-urlencoded", 415),
        (b"<event/>", "application/xml", 415),
        (b"[" + b"1," * 10_000 + b"1]", "application/json", 413),
    ],
)
async def test_a_body_that_cannot_be_read_is_one_error(client: Client, body: bytes, kind: str, status: int) -> None:
    answer = await client.post("/v1/events", data=body, headers={"Content-Type": kind})
    assert answer.status == status
    error = (await answer.json())["error"]
    assert set(error) == {"code", "message", "details"}


async def test_a_body_that_is_too_large(client: Client) -> None:
    answer = await client.post(
        "/v1/events", data=BytesIO(b" " * (10 * 1024 * 1024 + 1)), headers={"Content-Type": "application/json"}
    )
    assert answer.status == 413
    assert (await answer.json())["error"]["code"] == "too_large"


async def test_nothing_that_was_sent_is_repeated(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    wrong = event(1, customer=CANARY + "\n", attributes={CANARY: []}, lost_reason=CANARY + "\x00", **{CANARY: CANARY})
    answer = await client.post(f"/v1/events?who={CANARY}", json=wrong)
    assert CANARY not in await answer.text()
    assert CANARY not in "".join(str(vars(record)) for record in caplog.records if record.name.startswith("bot"))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NEARLY = st.fixed_dictionaries(
    {},
    optional={
        "id": st.text(max_size=140) | ANYTHING,
        "customer": st.text(max_size=140) | ANYTHING,
        "journey": st.just("shop") | ANYTHING,
        "touchpoint": st.sampled_from(["delivery", "site"]) | ANYTHING,
        "stage": st.sampled_from(["purchase", "loyalty"]) | ANYTHING,
        "at": st.datetimes().map(lambda d: d.isoformat() + "Z") | st.just("2026-11-22T10:00:00Z") | ANYTHING,
        "channel": st.sampled_from(["site", "phone"]) | ANYTHING,
        "passage": ANYTHING,
        "attributes": ANYTHING,
        "measures": ANYTHING,
        "amount": ANYTHING,
        "lost_reason": ANYTHING,
        "withdrawn": ANYTHING,
    },
)


@given(st.lists(NEARLY, min_size=1, max_size=4) | ANYTHING)
@settings(
    max_examples=choose_depth(50, 1000), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_json_is_answered_without_an_internal_error(post_body: Any, body: object) -> None:
    status, said = post_body(json.dumps(body).encode())
    assert status in (200, 400)
    assert "results" in said or set(said["error"]) == {"code", "message", "details"}
    assert all(r["status"] in ("accepted", "repeated", "differs", "rejected") for r in said.get("results", ()))
