"""``PUT`` and ``DELETE /v1/customers/{id}``: a business tells us about a person, or asks us to forget them."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from bot.db.delivery.recalls import RecallTarget
from bot.http.payloads import CustomerPayload, drop_unknown_keys, payload_mistakes, unknown_key_mistakes
from bot.http.reading.bodies import read_json
from bot.http.refusals import Handler, HttpRefusal, join_mistakes
from bot.outbox.messenger import DeliveryError
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.save_customer import SaveCustomer
from cjm.address import Address
from cjm.errors import Mistake
from cjm.journeys.attributes import is_source
from cjm.tables import cell
from cjm.tables.cell import CellError

MakeStartLink = Callable[[str], Awaitable[str]]
MakeMessageLink = Callable[[Address, str], str | None]


def _customer_id(request: web.Request) -> str:
    try:
        return cell.read_identifier(request.match_info["id"])
    except CellError as error:
        raise HttpRefusal(400, "the customer's id cannot be used", [Mistake("id", str(error))]) from None


def _find_source(request: web.Request) -> str | None:
    """Return the source that the customer's link is to tell; None for none. Raises HttpRefusal."""
    source = request.query.get("source")
    if source is not None and not is_source(source):
        mistake = Mistake("source", "must have 1 to 40 letters A to Z, digits, - and _")
        raise HttpRefusal(400, join_mistakes([mistake]), [mistake])
    return source


def _check_payload(posted: object) -> CustomerPayload:
    """Return the checked body. Raises HttpRefusal with all its mistakes."""
    mistakes = unknown_key_mistakes(posted, CustomerPayload)
    try:
        payload = CustomerPayload.model_validate(drop_unknown_keys(posted, CustomerPayload))
        if not mistakes:
            return payload
    except ValidationError as error:
        mistakes = [*payload_mistakes(error, CustomerPayload), *mistakes]
    raise HttpRefusal(400, join_mistakes(mistakes), mistakes)


def make_put_customer(save_customer: SaveCustomer, make_start_link: MakeStartLink) -> Handler:
    """Make the handler of ``PUT``.

    ``make_start_link`` turns a link's payload into a web address, and raises DeliveryError when the messenger does not
    answer. The customer is saved before it is called, so a repeated request is safe.
    """

    async def put_customer(request: web.Request) -> web.StreamResponse:
        external_id = _customer_id(request)
        source = _find_source(request)
        payload = _check_payload(await read_json(request) if request.body_exists else {})
        personal_link = await save_customer(
            external_id,
            payload.attributes,
            language=payload.language,
            timezone=payload.timezone,
            is_staff=payload.staff,
            source=source,
        )
        try:
            url = await make_start_link(personal_link.token)
        except DeliveryError:
            message = "the customer is saved, but the messenger does not answer; repeat the request to get the link"
            raise HttpRefusal(503, message, headers={"Retry-After": "10"}) from None
        expires = personal_link.expires.isoformat(timespec="seconds")
        return web.json_response({"customer": personal_link.customer, "link": url, "expires": expires})

    return put_customer


def make_delete_customer(forget_customer: ForgetCustomer, make_message_link: MakeMessageLink) -> Handler:
    """Make the handler of ``DELETE``. It answers what is sure then; people's chats are cleared after the answer.

    ``make_message_link`` turns a chat and a message's id into a web address, None where there is none.
    """

    def describe_lasting(target: RecallTarget) -> dict[str, Any]:
        link = make_message_link(target.to, target.message_id)
        return {"chat": str(target.to), "message": target.message_id, "holds": target.carrier, "link": link}

    async def delete_customer(request: web.Request) -> web.StreamResponse:
        external_id = _customer_id(request)
        forgotten = await forget_customer.by_external_id(external_id)
        messages = {
            "being_deleted": forgotten.recalled - len(forgotten.lasting),
            "in_doubt": forgotten.in_doubt,
            "cannot_be_recalled": [describe_lasting(target) for target in forgotten.lasting],
        }
        return web.json_response({"customer": external_id, "forgotten": forgotten.was_known, "messages": messages})

    return delete_customer
