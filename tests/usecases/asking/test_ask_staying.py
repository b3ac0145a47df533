"""Who stands on a stage longer than most is asked what holds them back, and who left is asked why; others are not."""

from datetime import timedelta

import pytest

from bot.db.asking import decisions, invitations
from bot.db.asking.invitations import Invitation
from bot.db.engine.database import Database
from bot.db.people import customers
from bot.usecases.asking.staying.ask_staying import AskStaying
from cjm.asking.decision import AskingReason
from cjm.asking.invitation_state import InvitationState
from cjm.journeys.visit import Event
from tests.usecases.asking.world import NO_LIMITS, NOON, World, make_world

DAY = timedelta(days=1)
WALKS = """
key = "walks"
title = "Walks"
languages = ["en", "ru", "pl"]
timezone = "Europe/Warsaw"

[[stages]]
key = "choose"
title = { en = "Choosing", ru = "Выбор", pl = "Wybór" }
touchpoints = [{ key = "page", title = "Page" }]

[[stages]]
key = "buy"
title = "Buying"
touchpoints = [{ key = "pay", title = "Pay" }]

[[surveys]]
key = "hesitating"
on = { dwell = "choose" }

[[surveys.questions]]
key = "hesitation"
kind = "choice"
text = { en = "Is anything holding you back?", ru = "Вас что-нибудь останавливает?", pl = "Czy coś Cię powstrzymuje?" }
options = [
  { key = "price", title = { en = "The price", ru = "Цена", pl = "Cena" } },
  { key = "other", title = { en = "Something else", ru = "Что-то другое", pl = "Coś innego" } },
]

[[surveys]]
key = "left"
on = { exit = "choose" }

[[surveys.questions]]
key = "lost_reason"
kind = "choice"
text = { en = "What was the main reason?", ru = "Что было главной причиной?", pl = "Co było głównym powodem?" }
options = [
  { key = "price", title = { en = "The price", ru = "Цена", pl = "Cena" } },
  { key = "other", title = { en = "Something else", ru = "Что-то другое", pl = "Coś innego" } },
]
"""


class StayingWorld:
    """World in which 20 people bought within 1 to 5 days and 20 never did, and Alice looks at a page at noon."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.look = AskStaying(world.db, world.clock, NO_LIMITS)

    async def visit(
        self, event: str, touchpoint: str = "page", customer: str = "77", passage: str | None = None
    ) -> None:
        at = self.world.clock.now()
        await self.world.record([Event(event, customer, "walks", at, touchpoint=touchpoint, passage=passage)])

    async def wait(self, days: float) -> None:
        """Let time pass, look for those who stay behind, and deliver what is due."""
        self.world.clock.advance(days * DAY)
        await self.look()
        await self.world.ask_due()
        await self.world.deliver()

    async def asked(self) -> list[Invitation]:
        found = await self.world.db.read(lambda tx: invitations.list_by_states(tx, list(InvitationState)))
        return [one for one in found if one.customer_id == self.world.person.id]

    async def state(self) -> tuple[str, str | None]:
        (one,) = await self.asked()
        return one.state, one.reason

    async def last_reason(self) -> AskingReason:
        return (await self.world.db.read(lambda tx: decisions.list_by_customer(tx, self.world.person.id)))[0].reason


async def make_staying_world(db: Database, language: str = "en") -> StayingWorld:
    world = await make_world(db, language)
    await world.apply(WALKS)
    past = [Event(f"look-{n}", f"p{n}", "walks", NOON - 60 * DAY, touchpoint="page") for n in range(40)]
    past += [
        Event(f"pay-{n}", f"p{n}", "walks", NOON - 60 * DAY + (1 + n % 5) * DAY, touchpoint="pay") for n in range(20)
    ]
    await world.record(past)
    staying = StayingWorld(world)
    await staying.visit("look")
    return staying


@pytest.fixture
async def staying(db: Database) -> StayingWorld:
    return await make_staying_world(db)


@pytest.mark.parametrize(
    ("language", "labels"),
    [("en", ["The price", "Something else"]), ("ru", ["Цена", "Что-то другое"]), ("pl", ["Cena", "Coś innego"])],
)
async def test_who_stands_longer_than_most_is_asked_once_and_their_answer_counts_at_the_stage(
    db: Database, language: str, labels: list[str]
) -> None:
    staying = await make_staying_world(db, language)
    await staying.wait(4.9)
    assert await staying.asked() == []  # nine of ten who bought had done so within five days
    await staying.wait(0.2)
    (invitation,) = await staying.asked()
    assert [row[0] for row in staying.world.labels()[:2]] == labels
    await staying.world.answer(invitation.id, 0, 0)
    await staying.wait(1)
    assert [one.id for one in await staying.asked()] == [invitation.id]
    assert (await staying.state())[0] == InvitationState.DONE
    assert (invitation.stage, invitation.day) == ("choose", NOON.date())
    assert await staying.world.wrong_counters() == []


async def test_who_goes_on_before_the_question_leaves_is_not_asked_and_why_says_so(staying: StayingWorld) -> None:
    staying.world.clock.advance(5.1 * DAY)
    await staying.look()
    await staying.visit("pay", "pay", passage="order-812")
    await staying.wait(0)
    assert await staying.state() == (InvitationState.DROPPED, AskingReason.WENT_ON)
    assert await staying.last_reason() is AskingReason.WENT_ON
    assert staying.world.messenger.arrived == []


async def test_a_question_that_is_open_when_its_reader_goes_on_is_closed_and_counts_for_nothing(
    staying: StayingWorld,
) -> None:
    await staying.wait(5.1)
    await staying.visit("pay", "pay")
    assert (await staying.state())[0] == InvitationState.EXPIRED
    assert await staying.last_reason() is AskingReason.WENT_ON
    await staying.world.repair()
    assert staying.world.labels() == []
    assert await staying.world.wrong_counters() == []


async def test_no_decision_tells_that_an_anonymous_question_was_open_when_its_reader_went_on(
    staying: StayingWorld,
) -> None:
    text = WALKS.replace('title = "Walks"', 'title = "Walks"\nanonymous = true', 1)
    await staying.world.apply(text)
    await staying.wait(5.1)
    before = await staying.last_reason()
    await staying.visit("pay", "pay")
    assert (await staying.state())[0] == InvitationState.EXPIRED
    assert await staying.last_reason() is before


async def test_another_look_at_the_same_stage_takes_no_question_back(staying: StayingWorld) -> None:
    await staying.wait(5.1)
    await staying.visit("look-again")
    assert (await staying.state())[0] == InvitationState.OPEN
    await staying.wait(2)
    assert len(await staying.asked()) == 1


async def test_whose_walk_ended_is_asked_why_and_whoever_comes_back_is_left_alone(staying: StayingWorld) -> None:
    await staying.wait(13.9)  # nobody has looked since the time to hesitate was over
    assert await staying.asked() == []
    await staying.wait(0.2)
    assert [one.survey for one in await staying.asked()] == ["left"]
    await staying.visit("back")
    assert (await staying.state())[0] == InvitationState.EXPIRED


async def test_a_question_about_staying_is_never_older_than_its_greatest_age(staying: StayingWorld) -> None:
    await staying.world.db.write(lambda tx: customers.update_customer(tx, staying.world.person.id, consent_at=None))
    await staying.wait(5.1)
    assert (await staying.state())[0] == InvitationState.WAITING
    await staying.wait(1)
    assert await staying.state() == (InvitationState.DROPPED, AskingReason.TOO_LATE)


async def test_without_enough_walks_nobody_is_asked_what_holds_them_back(db: Database) -> None:
    world = await make_world(db)
    await world.apply(WALKS)
    staying = StayingWorld(world)
    await staying.visit("look")
    await staying.wait(10)
    assert await staying.asked() == []
