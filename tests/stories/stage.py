"""Stage for stories: the whole product against the sandbox over HTTP, on either database, with restarts."""

import functools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from aiohttp import ClientSession

from bot.app.tropa import Tropa
from bot.clock import FrozenClock
from bot.config.settings import Settings
from bot.db.journeys import journeys
from bot.db.upkeep import counter_check
from bot.sandbox.people import Group, Person
from bot.sandbox.server import Sandbox
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.maps.apart.map_process import MapProcess
from cjm import templates

MONDAY = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)  # half past ten in Warsaw, an hour and a half after the digest
TOKEN = "a-token-for-events"


def make_settings(sandbox: Sandbox, database_url: str, **asking: int) -> Settings:
    return Settings.model_validate(
        {
            "telegram": {"token": sandbox.token, "api_url": sandbox.url},
            "database": {"url": database_url},
            "http": {"port": 0, "tokens": [TOKEN]},
            "teams": [{"key": "shop", "timezone": "Europe/Warsaw"}],
            "asking": asking,
        }
    )


@functools.cache
def share_map_process() -> MapProcess:
    """Return the process of maps of all stories: warming one is the slowest part of a start. It ends with the tests."""
    return MapProcess()


class Stage:
    """Tropa of one company. ``restarting`` restarts it after every step of a story."""

    def __init__(self, sandbox: Sandbox, settings: Settings, clock: FrozenClock, *, restarting: bool = False) -> None:
        self.sandbox, self.settings, self.clock, self.restarting = sandbox, settings, clock, restarting
        self.map_process = share_map_process()
        self.tropa = Tropa(settings, clock, self.map_process)
        self._events = count(1)

    async def start(self) -> None:
        self.tropa = Tropa(self.settings, self.clock, self.map_process)
        await self.tropa.__aenter__()

    async def stop(self) -> None:
        await self.tropa.__aexit__(None, None, None)

    async def settle(self) -> None:
        """Wait until everything sent so far is handled and answered; then restart, in a story with restarts."""
        await self.sandbox.wait_until_acknowledged()
        await self.tropa.settle()
        await self.sandbox.wait_until_acknowledged()
        if self.restarting:
            await self.stop()
            await self.start()
            await self.tropa.settle()

    async def pass_time(self, duration: timedelta) -> None:
        self.clock.advance(duration)
        await self.settle()

    async def call_api(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with (
            ClientSession(headers=headers) as session,
            session.request(method, self.tropa.url + path, json=body) as response,
        ):
            return await response.json()

    async def create_link(self, customer: str, **facts: object) -> str:
        """Create a customer's personal link and return its payload."""
        answer = await self.call_api("PUT", f"/v1/customers/{customer}", facts)
        return str(answer["link"]).partition("?start=")[2]

    async def add_consenting_customers(self, customers: Sequence[str]) -> list[Person]:
        """Return customers who have opened their links, and then given consent, all at once."""
        people = [self.sandbox.add_person(f"Customer {customer}") for customer in customers]
        for person, customer in zip(people, customers, strict=True):
            await person.start(await self.create_link(customer))
        await self.settle()
        for person in people:
            await person.click(0)
        await self.settle()
        return people

    async def post_event(self, customer: str, touchpoint: str, **more: object) -> Mapping[str, Any]:
        result = await self.send_event(customer, touchpoint, **more)
        await self.settle()
        return result

    async def send_event(self, customer: str, touchpoint: str, **more: object) -> Mapping[str, Any]:
        """Post an event, and do not wait until what follows from it has happened."""
        event = {
            "id": f"event-{next(self._events)}",
            "customer": customer,
            "journey": "shop",
            "touchpoint": touchpoint,
            "at": self.clock.now().isoformat(),
        }
        answer = await self.call_api("POST", "/v1/events", event | more)
        result: Mapping[str, Any] = answer["results"][0]
        return result

    async def add_consenting_customer(self, name: str, customer: str, **facts: object) -> Person:
        """Return a customer who has opened their link and given consent."""
        person = self.sandbox.add_person(name)
        await person.start(await self.create_link(customer, **facts))
        await self.settle()
        await person.click(0)
        await self.settle()
        return person

    async def set_up_company(self) -> tuple[Person, Group]:
        """Let the first manager open their link, add the bot to a group and bind it; return both."""
        boss = self.sandbox.add_person("Boss")
        token = await self.tropa.create_first_manager_token()
        assert token is not None
        await boss.start(token)
        await self.settle()
        group = self.sandbox.add_group("Shop team", boss)
        await group.add_bot(by=boss)
        await self.settle()
        viewer = next(v for v in (group, boss) if any(m.buttons for m in v.messages))
        offer = next(m for m in reversed(viewer.messages) if m.buttons)
        await (group.click(boss, 0, offer) if viewer is group else boss.click(0, offer))
        await self.settle()
        return boss, group

    async def list_wrong_counters(self) -> list[object]:
        """Return the counters that differ from the rows."""

        def list_wrong(tx: Any) -> list[object]:
            return [
                wrong
                for journey in journeys.list_current(tx).values()
                for wrong in counter_check.list_wrong_counters(tx, journey)
            ]

        return await self.tropa.db.read(list_wrong)


@asynccontextmanager
async def start_stage(
    database_url: str, *, restarting: bool = False, twice: bool = False, **asking: int
) -> AsyncIterator[Stage]:
    """Run a company with the shop's journey in force. ``twice`` delivers every update two times."""
    clock = FrozenClock(MONDAY)
    async with Sandbox(now=clock.now) as sandbox:
        sandbox.world.deliver_twice = twice
        stage = Stage(sandbox, make_settings(sandbox, database_url, **asking), clock, restarting=restarting)
        await stage.tropa.__aenter__()
        try:
            await ApplyJourney(stage.tropa.db, clock).apply(templates.text("shop"), "shop.toml")
            yield stage
        finally:
            await stage.stop()
