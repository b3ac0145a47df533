"""docs/http.md has every key, option, status, reason, code and limit of the HTTP interface, as the code has them."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.http.maps import OPTIONS
from bot.http.openapi import make_openapi
from bot.http.payloads import MOST_ATTRIBUTES, CustomerPayload, EventPayload, Payload
from bot.http.reading.bodies import BODY_SECONDS, MOST_BYTES, MOST_ITEM_BYTES
from bot.http.reading.items import LINES_TYPES
from bot.http.refusals import CODES
from bot.http.sources.source import MOST_EVENTS
from bot.usecases.asking.event_checks import EventStatus
from bot.usecases.maps.make_map import USUAL_DAYS
from cjm.asking.decision import AskingReason, AskingVerdict
from tests.house import documents
from tests.house.documents import in_backticks, rows_below

PAGE = documents.read_document("docs/http.md")


def first_names(heading: str) -> list[str]:
    """Return the names in the first column of the first table below a heading."""
    return [name for row in rows_below(heading, PAGE) for name in in_backticks(row[0])[:1]]


@pytest.mark.parametrize(("heading", "model"), [("## Events", EventPayload), ("## Customers", CustomerPayload)])
def test_tables_have_the_keys_of_the_bodies_in_order(heading: str, model: type[Payload]) -> None:
    assert first_names(heading) == list(model.model_fields)


def test_keys_that_are_needed_are_called_needed() -> None:
    needed = {in_backticks(row[0])[0] for row in rows_below("## Events", PAGE) if row[2] == "yes"}
    assert needed == {name for name, field in EventPayload.model_fields.items() if field.is_required()}


def test_tables_have_the_limits_that_the_description_of_the_interface_has() -> None:
    for heading, model in (("## Events", EventPayload), ("## Customers", CustomerPayload)):
        values = {in_backticks(row[0])[0]: row[1] for row in rows_below(heading, PAGE)}
        for key, schema in model.model_json_schema()["properties"].items():
            kind = schema.get("anyOf", [schema])[0]
            limits = [kind[name] for name in ("maxLength", "maxProperties") if name in kind]
            said = PAGE if values[key].startswith("as in an event") else values[key]
            assert [limit for limit in limits if str(limit) not in said] == [], key
            assert len(kind.get("enum", ())) > 5 or all(f"`{value}`" in values[key] for value in kind.get("enum", ()))


def test_tables_have_the_statuses_reasons_options_and_codes_of_the_code() -> None:
    _, _, results = PAGE.partition("The answer has one result for each event")
    statuses, reasons = re.findall(r"^\| (?:status|reason) \|.*\n\|.*\n((?:\|.*\n)+)", results, re.M)[:2]
    assert re.findall(r"^\| `(\w+)`", statuses, re.M) == list(EventStatus)
    assert re.findall(r"^\| `(\w+)`", reasons, re.M) == list(AskingReason)
    assert all(f"(`{verdict}`)" in results for verdict in AskingVerdict)
    assert first_names("## The map") == list(OPTIONS)
    assert f"{USUAL_DAYS};" in PAGE
    assert [(int(row[0]), *in_backticks(row[1])) for row in rows_below("## Errors", PAGE)] == list(CODES.items())


def test_limits_and_types_of_bodies_are_those_of_the_code() -> None:
    limits = "\n".join(" ".join(row) for row in rows_below("## Limits", PAGE))
    for limit in (f"{MOST_BYTES // 1024**2} MB", f"{MOST_ITEM_BYTES // 1024} KB", f"{MOST_EVENTS:,}",
                  f"{BODY_SECONDS:g} seconds", f"{MOST_ATTRIBUTES},"):  # fmt: skip
        assert limit in limits
    assert [kind for kind in LINES_TYPES if f"`{kind}`" not in PAGE and f": {kind}`" not in PAGE] == []


def test_examples_need_no_new_curl() -> None:
    """``--json`` came with curl 7.82, which is not in Debian 11 or Ubuntu 22.04."""
    examples = "\n".join(documents.code_blocks(PAGE + documents.read_document("README.md"), "sh"))
    assert "curl " in examples
    assert "--json" not in examples


def test_answers_on_the_page_have_the_keys_and_values_of_the_description() -> None:
    schemas = make_openapi(["/v1/events"])["components"]["schemas"]
    answers = [json.loads(block) for block in documents.code_blocks(PAGE, "json")]
    for answer, name in zip(answers, ("EventResults", "CustomerLink", "Forgotten", "Error"), strict=True):
        assert list(find_strange(answer, schemas[name], schemas)) == []
    assert list(find_strange({"customer": 7, "name": "Ola"}, schemas["CustomerLink"], schemas)) == [7, "name"]


def find_strange(value: object, schema: dict[str, Any], schemas: dict[str, Any]) -> Iterator[object]:
    """Yield the keys and values that a schema does not know, of the few kinds of schemas that answers have."""
    schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if isinstance(value, dict):
        for key, each in value.items():
            known = schema["properties"].get(key)
            yield from find_strange(each, known, schemas) if known else [key]
    elif isinstance(value, list):
        for each in value:
            yield from find_strange(each, schema["items"], schemas)
    else:
        kind = {bool: "boolean", int: "integer", str: "string"}[type(value)]
        if kind not in schema["type"] or value not in schema.get("enum", [value]):
            yield value
