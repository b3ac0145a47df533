"""``PUT`` and ``DELETE /v1/customers/{id}``: a business tells us about a person, or asks us to forget them."""

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web
from pydantic import ValidationError

from bot.http.payloads import CustomerPayload, drop_unknown_keys, payload_mistakes, unknown_key_mistakes
from bot.http.reading.bodies import read_json
from bot.http.refusals import Handler, HttpRefusal, join_mistakes
from bot.outbox.messenger import DeliveryError
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.save_customer import SaveCustomer
from cjm.address import Address
from cjm.errors import Mistake
from cjm.tables import cell
from cjm.tables.cell import CellError

MakeStartLink = Callable[[str], Awaitable[str]]
DeleteMessages = Callable[[Sequence[tuple[Address, str]]], None]


def _customer_id(request: web.Request) -> str:
    try:
        return cell.read_identifier(request.match_info["id"])
    except CellError as error:
        raise HttpRefusal(400, "the customer's id cannot be used", [Mistake("id", str(error))]) from None


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
        payload = _check_payload(await read_json(request) if request.body_exists else {})
        personal_link = await save_customer(
            external_id, payload.attributes, language=payload.language, timezone=payload.timezone
        )
        try:
            url = await make_start_link(personal_link.token)
        except DeliveryError:
            message = "the customer is saved, but the messenger does not answer; repeat the request to get the link"
            raise HttpRefusal(503, message, headers={"Retry-After": "10"}) from None
        expires = personal_link.expires.isoformat(timespec="seconds")
        return web.json_response({"customer": personal_link.customer, "link": url, "expires": expires})

    return put_customer


def make_delete_customer(forget_customer: ForgetCustomer, delete_messages: DeleteMessages) -> Handler:
    """Make the handler of ``DELETE``. ``delete_messages`` gets our messages in other chats that hold their words."""

    async def delete_customer(request: web.Request) -> web.StreamResponse:
        external_id = _customer_id(request)
        forgotten = await forget_customer.by_external_id(external_id)
        if forgotten.messages_to_delete:
            delete_messages(forgotten.messages_to_delete)
        return web.json_response({"customer": external_id, "forgotten": forgotten.was_known})

    return delete_customer
