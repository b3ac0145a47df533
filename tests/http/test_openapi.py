"""``/v1/openapi.json`` describes every address under ``/v1`` with each method."""

import re
from typing import Any

from cjm.journeys.journey import CHANNELS
from tests.http.conftest import Client


def list_references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for item in value.values() for found in list_references(item)]
    return [found for item in value for found in list_references(item)] if isinstance(value, list) else []


async def test_description_has_every_address_and_method_and_no_reference_leads_nowhere(client: Client) -> None:
    answer = await client.get("/v1/openapi.json")
    described = await answer.json()
    assert (answer.status, described["openapi"]) == (200, "3.1.0")
    assert {
        (method.upper(), path)
        for path, item in described["paths"].items()
        for method in item
        if method != "parameters"
    } == {
        (route.method, re.sub(r"\{form\}$", form, route.resource.canonical))
        for route in client.app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/v1/") and route.method != "HEAD"
        for form in ("json", "png", "svg", "pdf")
    }  # fmt: skip
    names = {reference.removeprefix("#/components/schemas/") for reference in list_references(described)}
    assert names <= set(described["components"]["schemas"])
    event = described["components"]["schemas"]["Event"]
    assert event["required"] == ["id", "customer", "journey", "at"]
    assert event["properties"]["id"] == {"title": "Id", "type": "string", "minLength": 1, "maxLength": 128}
    assert event["properties"]["channel"]["anyOf"][0]["enum"] == list(CHANNELS)
