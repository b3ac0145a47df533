"""/ask: who is asked and who is not, stopping, restarts, two managers, and journeys that change meanwhile."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import TROPA
from bot.db.audit.audit_entries import AuditFilter
from bot.db.campaigns import campaigns
from bot.db.campaigns.tables import campaign_table
from bot.db.engine.database import Database
from bot.db.people import customers
from bot.outbox.messenger import Throttled
from bot.screens.manager import campaign_screens
from bot.texts import LANGUAGES, words_in
from bot.usecases.asking.turn import ConversationTap
from bot.usecases.campaigns import plan_campaigns, prepare_campaign
from bot.usecases.campaigns.plan_campaigns import PlanCampaigns
from bot.usecases.journeys.archive_journey import ArchiveJourney
from cjm.address import Address
from cjm.asking.campaign_state import CampaignState
from cjm.asking.decision import AskingReason, AskingRules
from cjm.asking.invitation_state import InvitationState
from tests.usecases.asking.world import JOURNEY, QUIET, REMIND
from tests.usecases.campaigns.conftest import (
    BOSS,
    BY_HAND,
    OTHER_BOSS,
    CampaignWorld,
    make_campaign_world,
    manager,
)

R = AskingReason
ANONYMOUS = BY_HAND.replace('title = "Shop"', 'title = "Shop"\nanonymous = true', 1)


async def count(campaign: CampaignWorld, segment: int = 0) -> prepare_campaign.CampaignCount:
    menu = await campaign.prepare.list_surveys(manager())
    counted = await campaign.prepare.count(manager(), menu.view_id, 0, segment)
    assert counted is not None
    return counted


@pytest.mark.parametrize("page", [1, 500])
async def test_the_count_says_how_many_are_asked_and_why_others_are_not(
    campaign: CampaignWorld, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare_campaign, "PAGE", page)
    counted = await count(campaign)
    assert (counted.at_once, counted.later) == (3, 0)
    assert counted.not_asked == {R.NO_CHAT: 1, R.NO_CONSENT: 1, R.STOPPED: 1}
    gold = await count(campaign, 1)
    assert (gold.choice.segment, gold.to_ask, gold.not_asked) == ("gold", 1, {})


async def test_a_count_that_would_take_long_says_that_there_are_more(
    campaign: CampaignWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare_campaign, "PAGE", 1)
    monkeypatch.setattr(prepare_campaign, "MOST_COUNTED", 2)
    counted = await count(campaign)
    assert (counted.to_ask + sum(counted.not_asked.values()), counted.is_partial) == (2, True)
    for screen in (campaign_screens.count_screen, campaign_screens.confirmation):
        assert "so more will be asked" in str(screen(counted, words_in("en")).text)


async def test_those_who_may_be_asked_later_are_counted_apart(db: Database) -> None:
    campaign = await make_campaign_world(db, AskingRules(timedelta(days=7), quiet_hours=QUIET))
    campaign.world.clock.advance(timedelta(hours=10))
    counted = await count(campaign)
    assert (counted.at_once, counted.later) == (0, 3)


async def test_everybody_who_may_be_asked_gets_the_question_once(any_db: Database) -> None:
    campaign = await make_campaign_world(any_db)
    number = (await campaign.begin()).campaign.id
    await campaign.ask()
    report = await campaign.report(number)
    assert (report.progress.sent, report.progress.waiting, report.campaign.state) == (3, 0, CampaignState.RUNNING)
    assert report.progress.unsent == {R.STOPPED: 1}
    assert {row.visit_id for row in await campaign.rows()} == {None}
    asked = next(row.id for row in await campaign.rows() if row.customer_id == campaign.people["77"])
    await campaign.world.answer(asked, 0, 5)
    await campaign.ask()
    await campaign.ask()
    report = await campaign.report(number)
    assert (report.progress.sent, report.progress.answered) == (3, 1)
    assert report.campaign.state is CampaignState.DONE
    (notice,) = campaign.told()
    assert "Finished" in str(notice.text)
    assert await campaign.world.wrong_counters() == []


async def test_the_end_is_not_told_to_somebody_who_is_no_manager_any_more(campaign: CampaignWorld) -> None:
    number = (await campaign.begin(manager(OTHER_BOSS))).campaign.id
    for _ in range(3):
        await campaign.ask()
        campaign.world.clock.advance(timedelta(days=3))
    await campaign.ask()
    assert (await campaign.report(number)).campaign.state is CampaignState.DONE
    assert campaign.told(OTHER_BOSS) == []


async def test_a_segment_is_asked_alone(campaign: CampaignWorld) -> None:
    await campaign.begin(segment=1)
    await campaign.ask()
    (row,) = await campaign.rows()
    assert row.customer_id == campaign.people["gold"]


async def test_quiet_hours_and_limits_hold_a_campaign(db: Database) -> None:
    campaign = await make_campaign_world(db, AskingRules(timedelta(days=7), quiet_hours=QUIET))
    campaign.world.clock.advance(timedelta(hours=10))
    number = (await campaign.begin()).campaign.id
    await campaign.ask()
    assert (await campaign.report(number)).progress.waiting == 3
    campaign.world.clock.advance(timedelta(hours=11))
    await campaign.ask()
    assert (await campaign.report(number)).progress.sent == 3


async def test_stopping_drops_what_waits_and_leaves_what_is_being_sent(campaign: CampaignWorld) -> None:
    number = (await campaign.begin()).campaign.id
    await campaign.plan()
    await campaign.world.ask_due()  # reserved, with letters that no worker has taken
    report = await campaign.follow.stop(manager(), number)
    assert report is not None
    assert report.campaign.state is CampaignState.STOPPED
    assert report.progress.unsent == {R.CAMPAIGN_STOPPED: 3, R.STOPPED: 1}
    await campaign.ask()
    assert campaign.world.messenger.arrived == []
    assert await campaign.follow.stop(manager(), number) == report  # a second tap changes nothing


async def test_a_question_that_is_on_its_way_while_the_campaign_stops_arrives_and_can_be_answered(
    campaign: CampaignWorld,
) -> None:
    number = (await campaign.begin(segment=1)).campaign.id
    await campaign.plan()
    await campaign.world.ask_due()
    send = campaign.world.messenger.send

    async def stop_and_send(*args: object, **kwargs: object) -> object:
        await campaign.follow.stop(manager(), number)
        return await send(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came

    campaign.world.messenger.send = stop_and_send  # type: ignore[method-assign,assignment]  # the call itself is what the stop meets
    await campaign.world.deliver()
    (row,) = await campaign.rows()
    assert row.state == InvitationState.OPEN
    report = await campaign.report(number)
    assert (report.campaign.state, report.progress.sent, report.progress.unsent) == (CampaignState.STOPPED, 1, {})


async def test_a_question_that_a_stop_met_on_its_way_is_not_tried_again(campaign: CampaignWorld) -> None:
    number = (await campaign.begin(segment=1)).campaign.id
    await campaign.plan()
    await campaign.world.ask_due()
    send = campaign.world.messenger.send

    async def stop_and_send(*args: object, **kwargs: object) -> object:
        await campaign.follow.stop(manager(), number)
        return await send(*args, **kwargs)  # type: ignore[arg-type]  # as above

    campaign.world.messenger.send = stop_and_send  # type: ignore[method-assign,assignment]  # as above
    campaign.world.messenger.will_raise(Throttled(0.01))
    await campaign.world.deliver()
    campaign.world.clock.advance(timedelta(minutes=10))
    await campaign.world.deliver()
    (row,) = await campaign.rows()
    assert (row.state, row.reason) == (InvitationState.DROPPED, R.CAMPAIGN_STOPPED)
    assert campaign.world.messenger.arrived == []


async def test_nobody_is_reminded_of_a_question_whose_campaign_was_stopped(campaign: CampaignWorld) -> None:
    number = (await campaign.begin(segment=1)).campaign.id
    await campaign.ask()
    await campaign.follow.stop(manager(), number)
    campaign.world.clock.advance(REMIND)
    await campaign.world.remind()
    await campaign.world.deliver()
    assert len(campaign.world.messenger.arrived) == 1
    (row,) = await campaign.rows()
    assert row.state == InvitationState.OPEN


async def test_a_restart_asks_nobody_twice_and_leaves_nobody_out(
    campaign: CampaignWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_campaigns, "PAGE", 1)
    number = (await campaign.begin()).campaign.id
    for _ in range(8):
        await PlanCampaigns(campaign.db, campaign.world.clock, campaign.rules)()  # each is a process of its own
    await campaign.ask()
    report = await campaign.report(number)
    assert (report.progress.sent, report.progress.unsent, report.campaign.is_looking) == (3, {R.STOPPED: 1}, False)


async def test_two_managers_at_once_start_one_campaign(campaign: CampaignWorld) -> None:
    first, second = await campaign.begin(), await campaign.begin(manager(OTHER_BOSS))
    assert first.campaign == second.campaign
    assert await campaign.db.read(lambda tx: len(tx.execute(select(campaign_table)).all())) == 1
    await campaign.follow.stop(manager(OTHER_BOSS), first.campaign.id)
    await campaign.world.deliver()
    assert "Stopped" in str(campaign.told()[0].text)  # the one who started it is told
    third = await campaign.begin()
    assert third.campaign.id != first.campaign.id


async def test_a_survey_that_leaves_the_journey_stops_its_campaign(campaign: CampaignWorld) -> None:
    number = (await campaign.begin()).campaign.id
    await campaign.plan()
    await campaign.world.apply(JOURNEY)
    await campaign.ask()
    report = await campaign.report(number)
    assert (report.campaign.state, report.progress.sent) == (CampaignState.STOPPED, 0)
    for language in LANGUAGES:  # its key stands for the question that is gone
        assert "wishes" in str(campaign_screens.report_screen(report, words_in(language)).text)
    assert len(campaign.told()) == 1


async def test_what_is_gone_or_not_theirs_or_forged_starts_nothing(campaign: CampaignWorld) -> None:
    menu = await campaign.prepare.list_surveys(manager())
    stranger = manager(OTHER_BOSS, frozenset({"other"}))
    for viewer, view, place, segment in (
        (manager(OTHER_BOSS), menu.view_id, 0, 0),  # the list of another chat
        (manager(seen=frozenset({"other"})), menu.view_id, 0, 0),  # the journey is not theirs any more
        (manager(), menu.view_id, 1, 0),
        (manager(), menu.view_id, 0, 2),
        (manager(), menu.view_id + 1, 0, 0),
    ):
        assert await campaign.start(viewer, view, place, segment) is None
        assert await campaign.prepare.count(viewer, view, place, segment) is None
    number = (await campaign.begin()).campaign.id
    assert await campaign.follow.report(stranger, number) is None
    assert await campaign.follow.stop(stranger, number) is None
    assert await campaign.follow.stop(manager(), number + 1) is None
    await campaign.world.apply(BY_HAND.replace('key = "gold"', 'key = "silver"'))
    assert await campaign.start(manager(), menu.view_id, 0, 1) is None
    assert (await campaign.prepare.list_surveys(stranger)).surveys == []


async def test_starting_and_stopping_are_in_the_audit_log(campaign: CampaignWorld) -> None:
    number = (await campaign.begin(segment=1)).campaign.id
    await campaign.follow.stop(manager(), number)
    entries = await campaign.db.read(lambda tx: audit_entries.list_entries(tx, AuditFilter(), 50))
    assert [(e.action, e.subject) for e in entries if "campaign" in e.action] == [
        ("stop-campaign", "wishes"),
        ("start-campaign", "wishes segment gold"),
    ]
    assert {e.actor for e in entries if "campaign" in e.action} == {str(BOSS)}


async def test_an_anonymous_campaign_does_not_tell_who_answered(db: Database) -> None:
    campaign = await make_campaign_world(db, text=ANONYMOUS)
    number = (await campaign.begin(segment=1)).campaign.id
    await campaign.ask()
    (row,) = await campaign.rows()
    silent = str(campaign_screens.report_screen(await campaign.report(number), words_in("en")).text)
    await campaign.world.answer(row.id, 0, 1)
    answered = str(campaign_screens.report_screen(await campaign.report(number), words_in("en")).text)
    assert silent == answered
    assert "anonymous" in silent


@pytest.mark.parametrize("value", [1, None], ids=["answered", "declined"])
async def test_what_was_asked_anonymously_is_not_told_after_the_journey_became_named(
    db: Database, value: int | None
) -> None:
    campaign = await make_campaign_world(db, text=ANONYMOUS)
    number = (await campaign.begin(segment=1)).campaign.id
    await campaign.ask()
    (row,) = await campaign.rows()
    tap = ConversationTap(Address("telegram", "2"), campaign.world.last, row.id)
    await (campaign.world.stop.mute(tap) if value is None else campaign.world.give.answer(tap, 0, value))
    await campaign.world.apply(BY_HAND)
    progress = (await campaign.report(number)).progress
    assert (progress.sent, progress.answered, progress.declined) == (1, 0, 0)


async def test_a_customer_who_is_forgotten_meanwhile_leaves_the_campaign(campaign: CampaignWorld) -> None:
    await campaign.begin()
    gone = campaign.people["gold"]
    await campaign.plan()
    await campaign.db.write(lambda tx: customers.delete_customer(tx, gone))
    await campaign.ask()
    assert gone not in {row.customer_id for row in await campaign.rows()}


async def test_no_campaign_is_left_running_without_customers(db: Database) -> None:
    campaign = await make_campaign_world(db)
    campaign.world.clock.advance(timedelta(days=400))
    counted = await count(campaign)
    assert (counted.to_ask, counted.not_asked) == (0, {})
    number = (await campaign.begin()).campaign.id
    await campaign.ask()
    await campaign.ask()
    assert (await campaign.report(number)).campaign.state is CampaignState.DONE
    assert await db.read(campaigns.list_running) == []


async def test_an_archived_journey_ends_what_is_asked_by_hand(campaign: CampaignWorld) -> None:
    number = (await campaign.begin()).campaign.id
    await ArchiveJourney(campaign.db, campaign.world.clock)("shop", True, TROPA)
    await campaign.ask()
    report = await campaign.report(number)
    assert (report.campaign.state, report.progress.sent) == (CampaignState.STOPPED, 0)
    assert (await campaign.prepare.list_surveys(manager())).surveys == []
