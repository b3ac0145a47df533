"""``GET /v1/openapi.json``: the HTTP interface as OpenAPI 3.1, made from the models that read the bodies.

Invariant: every address under ``/v1`` stands in it, with each method (a test compares it with the router).
"""

import functools
from collections.abc import Iterable
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter

from bot.http.maps import CONTENT_TYPES, LANES, LAYOUTS, MOST_IN_COMPARE, OPTIONS, THEMES
from bot.http.payloads import CustomerPayload, EventPayload
from bot.http.reading.bodies import JSON_TYPES
from bot.http.reading.items import LINES_TYPES
from bot.http.refusals import CODES, Handler
from bot.http.sources.source import MOST_EVENTS
from bot.texts import LANGUAGES
from bot.usecases.asking.event_checks import EventStatus
from cjm.asking.decision import AskingReason, AskingVerdict
from cjm.drawing import MOST_PAGES
from cjm.figures.contrasts.requested_side import WAYS
from cjm.figures.journey_map import MapKind
from cjm.journeys.attributes import SOURCE_PATTERN
from cjm.tables.own.columns import ExportKind
from cjm.tables.own.writers import EXPORT_CONTENT_TYPES, ExportFormat

Schema = dict[str, Any]
OPENAPI_PATH = "/v1/openapi.json"
_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "integer"}
_MISTAKES: Schema = {"type": "array", "items": {"$ref": "#/components/schemas/Mistake"}}
_OPTION_SCHEMAS: dict[str, Schema] = {
    "days": {"type": "integer", "minimum": 1},
    "from": {"type": "string", "format": "date"},
    "to": {"type": "string", "format": "date"},
    "kind": {"type": "string", "enum": list(MapKind), "description": f"By default {MapKind.CURRENT}."},
    "compare": {"type": "string", "maxLength": MOST_IN_COMPARE, "description": f"The other side: {WAYS}."},
    "language": {"type": "string", "enum": list(LANGUAGES)},
    "layout": {"type": "string", "enum": list(LAYOUTS), "default": "wall"},
    "lanes": {"type": "string", "enum": list(LANES), "default": "simple"},
    "theme": {"type": "string", "enum": list(THEMES), "default": "brand"},
    "page": {"type": "integer", "minimum": 1, "maximum": MOST_PAGES, "default": 1},
}


def make_get_openapi(event_paths: Iterable[str]) -> Handler:
    """Make the handler; events arrive at ``event_paths``."""
    # At the first request: a start has no need of it, and few ever ask.
    describe = functools.cache(functools.partial(make_openapi, tuple(event_paths)))

    async def get_openapi(request: web.Request) -> web.StreamResponse:
        return web.json_response(describe())

    return get_openapi


def make_openapi(event_paths: Iterable[str]) -> Schema:
    """Return the description as JSON values."""
    customer = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 128}}
    maps = {
        f"/v1/journeys/{{key}}/map{ending}": {"get": _describe_map(kinds)}
        for ending, kinds in (
            ("", tuple(CONTENT_TYPES.values())),
            *((f".{name}", (kind,)) for name, kind in CONTENT_TYPES.items()),
        )
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tropa", "version": "1", "description": "Every call needs a token of [http] tokens."},
        "security": [{"bearer": []}],
        "paths": {
            **{path: {"post": _describe_events()} for path in event_paths},
            "/v1/customers/{id}": {
                "parameters": [customer],
                "put": _describe("Tell about a customer; get their personal link.", "CustomerLink", _json("Customer"))
                | {"parameters": [_SOURCE]},
                "delete": _describe("Forget a customer.", "Forgotten"),
            },
            **maps,
            "/v1/journeys/{key}/export/{what}.{ending}": {"get": _describe_export()},
            OPENAPI_PATH: {"get": _describe("This description.", None)},
        },
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Event": _model(EventPayload), "Customer": _model(CustomerPayload), **_ANSWERS},
        },
    }


_SOURCE = {
    "name": "source",
    "in": "query",
    "description": "Where the link will stand; told about the customer when they open it.",
    "schema": {"type": "string", "pattern": f"^{SOURCE_PATTERN}$"},
}


def _model(model: type[Any]) -> Schema:
    return TypeAdapter(model).json_schema(ref_template="#/components/schemas/{model}")


def _json(schema: str) -> Schema:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _describe(summary: str, answer: str | None, body: Schema | None = None) -> Schema:
    """Return an operation that answers 200 with the schema ``answer``, and anything else with an error."""
    content = _json(answer) if answer else {"application/json": {"schema": {"type": "object"}}}
    refused = {"description": "Refused.", "content": _json("Error")}
    described: Schema = {"summary": summary, "responses": {"200": {"description": "Done.", "content": content}}}
    described["responses"]["default"] = refused
    return described | ({"requestBody": {"content": body}} if body else {})


def _describe_events() -> Schema:
    one: Schema = {"$ref": "#/components/schemas/Event"}
    several = {"oneOf": [one, {"type": "array", "items": one, "maxItems": MOST_EVENTS}]}
    body = {kind: {"schema": several} for kind in JSON_TYPES} | {kind: {"schema": one} for kind in LINES_TYPES}
    described = _describe("Say what happened: one event, a list, or a line each (NDJSON).", "EventResults", body)
    described["requestBody"]["required"] = True
    return described


def _describe_map(kinds: tuple[str, ...]) -> Schema:
    key = {"name": "key", "in": "path", "required": True, "schema": _TEXT}
    options = [{"name": name, "in": "query", "schema": _OPTION_SCHEMAS.get(name, _TEXT)} for name in OPTIONS]
    described = _describe("The map of a journey.", None) | {"parameters": [key, *options]}
    figures: Schema = {"schema": {"type": "object"}}
    described["responses"]["200"]["content"] = {kind: figures if kind == "application/json" else {} for kind in kinds}
    return described


def _describe_export() -> Schema:
    schemas = {"key": _TEXT, "what": _enum(ExportKind), "ending": _enum(ExportFormat)}
    parameters = [{"name": n, "in": "path", "required": True, "schema": schema} for n, schema in schemas.items()]
    described = _describe("Rows of a journey as a file.", None) | {"parameters": parameters}
    described["responses"]["200"]["content"] = {kind: {} for kind in EXPORT_CONTENT_TYPES.values()}
    return described


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties}


def _enum(values: Iterable[str]) -> Schema:
    return {"type": "string", "enum": [str(value) for value in values]}


_RESULT = _object(
    id={"type": ["string", "null"]},
    status=_enum(EventStatus),
    errors=_MISTAKES,
    decisions={
        "type": "array",
        "items": _object(survey=_TEXT, verdict=_enum(AskingVerdict), reason=_enum(AskingReason)),
    },
)
_LASTING = _object(chat=_TEXT, message=_TEXT, holds=_TEXT, link={"type": ["string", "null"]})
_ANSWERS: dict[str, Schema] = {
    "Mistake": _object(at=_TEXT, message=_TEXT),
    "Error": _object(error=_object(code=_enum([*CODES.values(), "refused"]), message=_TEXT, details=_MISTAKES)),
    "EventResults": _object(results={"type": "array", "items": _RESULT}),
    "CustomerLink": _object(customer=_TEXT, link=_TEXT, expires={"type": "string", "format": "date-time"}),
    "Forgotten": _object(
        customer=_TEXT,
        forgotten={"type": "boolean"},
        messages=_object(
            being_deleted=_NUMBER, in_doubt=_NUMBER, cannot_be_recalled={"type": "array", "items": _LASTING}
        ),
    ),
}
