"""Events whose id is known: the same again is repeated, another content differs and changes nothing."""

import pytest

from bot.db.engine.database import Database
from bot.db.journeys import visits
from tests.http.conftest import Client, Outside
from tests.http.test_events import event, post_events


async def test_event_that_comes_again_with_other_values_differs_and_changes_nothing(
    client: Client, shop: Database, outside: Outside
) -> None:
    told = event(measures={"wait_minutes": 12}, amount=19.5, passage="812", attributes={"tariff": "plus"})
    await post_events(client, told)
    first = (await shop.read(lambda tx: visits.list_by_event_ids(tx, ["order-1"])))["order-1"]
    other = told | {"at": "2026-11-22T09:00:00+01:00", "amount": 20, "attributes": None, "channel": "store"}
    result = (await post_events(client, [event(2), other]))[1]
    message = "is not what was sent before"
    assert result == {
        "id": "order-1",
        "status": "differs",
        "errors": [{"at": f"events[1].{key}", "message": message} for key in ("at", "channel", "attributes", "amount")],
    }
    assert (await shop.read(lambda tx: visits.list_by_event_ids(tx, ["order-1"])))["order-1"] == first
    assert (await post_events(client, other | {"withdrawn": True}))[0]["status"] == "accepted"
    await post_events(client, [other])
    assert outside.times_accepted == 3


@pytest.mark.parametrize(
    "again",
    [
        {"at": "2026-11-22T09:00:00Z"},
        {"amount": 3.0, "measures": {"b": 1.0, "a": 2.5}},
        {"channel": "courier"},
        {"passage": None, "lost_reason": None, "stage": None, "withdrawn": False},
    ],
)
async def test_same_event_in_other_words_is_repeated(client: Client, again: dict[str, object]) -> None:
    told = event(amount=3, measures={"a": 2.5, "b": 1}, attributes={"n": 3})
    results = await post_events(client, [told, told | again])
    assert [r["status"] for r in results] == ["accepted", "repeated"]
    assert [r["status"] for r in await post_events(client, dict(reversed((told | again).items())))] == ["repeated"]


async def test_of_two_events_of_one_id_in_a_batch_the_first_counts(client: Client, shop: Database) -> None:
    results = await post_events(client, [event(amount=1), event(amount=2), event(amount=1)])
    assert [r["status"] for r in results] == ["accepted", "differs", "repeated"]
    assert (await shop.read(lambda tx: visits.list_by_event_ids(tx, ["order-1"])))["order-1"].amount == 1


async def test_withdrawn_event_that_comes_again_is_repeated_unless_it_says_something_else(client: Client) -> None:
    await post_events(client, [event(amount=1), event(withdrawn=True)])
    results = await post_events(client, [event(amount=1), event(amount=2), event(amount=2, withdrawn=True)])
    assert [r["status"] for r in results] == ["repeated", "differs", "repeated"]
