"""``PUT`` and ``DELETE /v1/customers/{id}``: the business tells us about a person, or wants one forgotten."""

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web
from pydantic import ValidationError

from bot.http.bodies import read_json
from bot.http.payloads import CustomerPayload, mistakes
from bot.http.refusals import Handler, HttpRefusal
from bot.outbox.messenger import DeliveryError
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.save_customer import SaveCustomer
from cjm.address import Address
from cjm.errors import Mistake
from cjm.tables import cell
from cjm.tables.cell import CellError

StartLink = Callable[[str], Awaitable[str]]
TakeAway = Callable[[Sequence[tuple[Address, str]]], None]


def _customer(request: web.Request) -> str:
    try:
        return cell.identifier(request.match_info["id"])
    except CellError as error:
        raise HttpRefusal(400, "the customer's id cannot be taken", [Mistake("id", str(error))]) from None


def make_put(save_customer: SaveCustomer, start_link: StartLink) -> Handler:
    """``start_link`` makes a web address of a payload, and raises DeliveryError when the messenger cannot be asked."""

    async def put_customer(request: web.Request) -> web.StreamResponse:
        external_id = _customer(request)
        posted = await read_json(request) if request.body_exists else {}
        try:
            told = CustomerPayload.model_validate(posted)
        except ValidationError as error:
            found = mistakes(error, "", CustomerPayload)
            raise HttpRefusal(400, "; ".join(map(str, found)), found) from None
        invited = await save_customer(external_id, told.attributes, language=told.language, timezone=told.timezone)
        try:
            link = await start_link(invited.token)
        except DeliveryError:
            said = "the customer is saved, but the messenger cannot be asked for its name now; try again for the link"
            raise HttpRefusal(503, said, headers={"Retry-After": "10"}) from None
        expires = invited.expires.isoformat(timespec="seconds")
        return web.json_response({"customer": invited.customer, "link": link, "expires": expires})

    return put_customer


def make_delete(forget_customer: ForgetCustomer, take_away: TakeAway) -> Handler:
    """``take_away`` gets our messages elsewhere that still hold the person's words."""

    async def delete_customer(request: web.Request) -> web.StreamResponse:
        external_id = _customer(request)
        forgotten = await forget_customer.by_external(external_id)
        if forgotten.messages:
            take_away(forgotten.messages)
        return web.json_response({"customer": external_id, "forgotten": forgotten.found})

    return delete_customer
