"""Events of walks along the shop's journey: who they are, when they come, what they tell."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from cjm import templates

JOURNEY_KEY = "store"  # apart from that of the storms of taps
JOURNEY = templates.text("shop").replace('key = "shop"', f'key = "{JOURNEY_KEY}"', 1)
PLACES = ("advert", "product_page", "checkout", "delivery", "help")
PEOPLE_AT_ONCE = 1000  # walks under way at any time


def list_events(count: int, now: datetime | None = None) -> Iterator[dict[str, Any]]:
    """Yield so many events: walks of five places each, a thousand of them side by side, one after the other."""
    begin = (now or datetime.now(UTC)) - timedelta(days=27)
    for number in range(count):
        turn, person = divmod(number, PEOPLE_AT_ONCE)
        walk, place = divmod(turn, len(PLACES))
        customer = walk * PEOPLE_AT_ONCE + person
        event: dict[str, Any] = {
            "id": f"event-{number:09}",
            "customer": f"c{customer:08}",
            "journey": JOURNEY_KEY,
            "touchpoint": PLACES[place],
            "at": (begin + timedelta(seconds=number * 2 % 2_000_000)).isoformat(),
            "passage": f"order-{customer:08}",
        }
        if place == 0:
            event["attributes"] = {
                "customer": ("new", "returning")[customer % 2],
                "region": ("city", "country")[customer % 3 % 2],
            }
        elif PLACES[place] == "checkout":
            event["amount"] = 10.0 + customer % 90
        elif PLACES[place] == "delivery":
            event["measures"] = {"delivery_days": 1.0 + customer % 7}
        yield event
