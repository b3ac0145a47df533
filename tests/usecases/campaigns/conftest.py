"""Worlds of /ask: customers of one journey with a survey that is asked by hand, and a manager."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.db.asking.tables import invitation_table
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.messages.message import Message
from bot.outbox.letters.campaigns.campaign_notice import CampaignReport
from bot.usecases.campaigns.follow_campaign import FollowCampaign
from bot.usecases.campaigns.plan_campaigns import PlanCampaigns
from bot.usecases.campaigns.prepare_campaign import PrepareCampaign
from bot.usecases.campaigns.start_campaign import StartCampaign
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.address import Address
from cjm.asking.decision import AskingRules
from cjm.journeys.visit import Event
from tests.usecases.asking.world import JOURNEY, MANAGER, NO_LIMITS, World, make_world

BY_HAND = (
    JOURNEY.replace(
        'timezone = "Europe/Warsaw"',
        'timezone = "Europe/Warsaw"\nattributes = [{ key = "class", title = "Class" }]\n'
        'segments = [{ key = "gold", title = "Gold", where = { class = ["gold"] } }]',
    )
    + """
[[surveys]]
key = "wishes"
on = { by_hand = "get" }

[[surveys.questions]]
key = "wishes_csat"
kind = "csat"
text = { en = "How satisfied are you with us?", ru = "Насколько вы довольны нами?", pl = "Jak nas oceniasz?" }
"""
)
BOSS, OTHER_BOSS = MANAGER, Address("telegram", "9002")


def manager(address: Address = BOSS, seen: frozenset[str] | None = None, language: str = "en") -> MapViewer:
    return MapViewer(address, address, "Boss", language, journeys=seen)


@dataclass
class CampaignWorld:
    """Six customers: one in the segment gold, one each without a chat, without a consent and one who stopped."""

    world: World
    rules: AskingRules = NO_LIMITS
    people: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        db, clock = self.world.db, self.world.clock
        self.prepare, self.start = PrepareCampaign(db, clock, self.rules), StartCampaign(db, clock)
        self.follow, self.plan = FollowCampaign(db, clock), PlanCampaigns(db, clock, self.rules)

    @property
    def db(self) -> Database:
        return self.world.db

    async def begin(self, viewer: MapViewer | None = None, segment: int = 0) -> CampaignReport:
        """Start the campaign as a manager does, and return its report."""
        who = viewer or manager()
        menu = await self.prepare.list_surveys(who)
        report = await self.start(who, menu.view_id, 0, segment)
        assert report is not None
        return report

    async def ask(self) -> None:
        """Look at a page of customers, ask what is due and deliver."""
        await self.plan()
        await self.world.ask_due()
        await self.world.deliver()

    async def report(self, number: int) -> CampaignReport:
        report = await self.follow.report(manager(), number)
        assert report is not None
        return report

    async def rows(self) -> list[Any]:
        wanted = select(invitation_table).where(invitation_table.c.survey == "wishes").order_by(invitation_table.c.id)
        return await self.db.read(lambda tx: list(tx.execute(wanted).all()))

    def told(self, address: Address = BOSS) -> list[Message]:
        return [message for to, message in self.world.messenger.arrived if to == address]


async def make_campaign_world(db: Database, rules: AskingRules = NO_LIMITS, text: str = BY_HAND) -> CampaignWorld:
    world = await make_world(db, rules=rules)
    found = CampaignWorld(world, rules)
    await world.apply(text)
    now, names = world.clock.now(), ["77", "gold", "plain", "chatless", "silent", "stopped"]
    attributes = {"gold": {"class": "gold"}}
    events = [Event(f"e-{n}", n, "shop", now, touchpoint="box", attributes=attributes.get(n)) for n in names]
    await world.record(events)

    def settle(tx: Connection) -> dict[str, int]:
        people = {name: person.id for name, person in customers.list_by_external_ids(tx, names).items()}
        for place, name in enumerate(names):
            consent = None if name == "silent" else now
            chat = {} if name == "chatless" else {"messenger": "telegram", "address": str(place + 1)}
            customers.update_customer(tx, people[name], consent_at=consent, **chat)
        customers.update_customer(tx, people["stopped"], stopped_at=now)
        return people

    found.people = await db.write(settle)
    world.clock.advance(timedelta(hours=1))
    return found


@pytest.fixture
async def campaign(db: Database) -> CampaignWorld:
    return await make_campaign_world(db)
