"""Several choices and "does not apply": stored at once, counted as what they are, shown, changed and taken back."""

from datetime import timedelta

from sqlalchemy import select

from bot.db.counters.tables import tally_table
from bot.db.engine.database import Connection
from bot.usecases.asking.turn import TapNotice
from cjm.conversation.conversation import ClosingStep
from cjm.raw_answer import NOT_APPLICABLE
from tests.usecases.asking.world import ALICE, CSAT, EVERY_KIND, FELT, JOURNEY, PACKED, WHY, World

LATE, BOX = range(2)


async def choose(world: World, invitation: int, option: int, is_chosen: bool = True) -> TapNotice:
    tap = world.make_tap(invitation)
    return (await world.show(tap, await world.give.choose(tap, WHY, option, is_chosen))).notice


async def counted(world: World, measure: str) -> dict[str, int]:
    def read(tx: Connection) -> dict[str, int]:
        columns = tally_table.c.bucket, tally_table.c.n
        return {row.bucket: row.n for row in tx.execute(select(*columns).where(tally_table.c.measure == measure))}

    return {bucket: n for bucket, n in (await world.db.read(read)).items() if n}


async def until_reasons(world: World) -> int:
    await world.apply(EVERY_KIND)
    invitation = await world.visit()
    for place, value in ((FELT, 1), (CSAT, 2)):
        await world.answer(invitation, place, value)
    return invitation


async def test_each_choice_is_stored_at_its_tap_and_counts_once(any_world: World) -> None:
    world = any_world
    invitation = await until_reasons(world)
    assert world.labels() == [["It came late"], ["The box was torn"], ["Skip"], ["‹ Back", "⋯"]]
    assert await choose(world, invitation, BOX) is TapNotice.SAVED
    assert await choose(world, invitation, LATE) is TapNotice.CHANGED
    assert await choose(world, invitation, LATE) is TapNotice.SAME
    assert world.labels() == [["✓ It came late"], ["✓ The box was torn"], ["Done"], ["‹ Back", "⋯"]]
    assert await counted(world, "choice:why") == {"late": 1, "box": 1}
    tap = world.make_tap(invitation)
    await world.show(tap, await world.give.confirm(tap, WHY))
    assert "What went wrong? – It came late and The box was torn" in str(world.message_in_chat().text)
    assert await world.wrong_counters() == []


async def test_choices_are_taken_back_one_by_one_also_after_the_end(any_world: World) -> None:
    world = any_world
    invitation = await until_reasons(world)
    for option in (LATE, BOX):
        await choose(world, invitation, option)
    tap = world.make_tap(invitation)
    await world.give.finish(tap)
    await world.show(tap, await world.give.change(tap, WHY))
    await choose(world, invitation, LATE, False)
    assert await counted(world, "choice:why") == {"box": 1}
    await choose(world, invitation, BOX, False)
    assert await counted(world, "choice:why") == {}
    await choose(world, invitation, LATE)
    await world.show(tap, await world.give.go_back(tap))
    assert (await world.context(invitation)).conversation.step == ClosingStep.DONE
    assert (await world.stored_answers(invitation))["why"] == ("late",)
    assert await world.wrong_counters() == []


async def test_choices_half_way_count_when_the_question_expires(world: World) -> None:
    invitation = await until_reasons(world)
    await choose(world, invitation, BOX)
    world.clock.advance(timedelta(days=8))
    await world.remind()
    assert await world.state(invitation) == "done"
    assert await counted(world, "choice:why") == {"box": 1}


async def test_what_does_not_apply_is_shown_and_counted_nowhere_until_it_is_changed(any_world: World) -> None:
    world = any_world
    await world.apply(EVERY_KIND)
    invitation = await world.visit()
    await world.answer(invitation, FELT, 1)
    tap = world.make_tap(invitation)
    assert ["Does not apply to me"] in world.labels()
    await world.show(tap, await world.give.answer_not_applicable(tap, CSAT))
    assert "How satisfied were you with the delivery? – does not apply" in str(world.message_in_chat().text)
    assert await world.stored_answers(invitation) == {"felt": 1, "csat": NOT_APPLICABLE}
    assert (await counted(world, "csat"), await counted(world, "csat.people")) == ({}, {})
    await world.answer(invitation, CSAT, 5)
    assert (await counted(world, "csat"), await world.wrong_counters()) == ({"5": 1}, [])


async def test_a_survey_is_finished_as_it_was_begun_although_its_questions_vanish(any_world: World) -> None:
    world = any_world
    invitation = await until_reasons(world)
    await choose(world, invitation, LATE)
    other = JOURNEY.partition("[[surveys]]")[0].replace('key = "delivery"', 'key = "handover"')
    await world.apply(other)
    assert await choose(world, invitation, BOX) is TapNotice.CHANGED
    tap = world.make_tap(invitation)
    await world.show(tap, await world.give.confirm(tap, WHY))
    await world.comment(ALICE, "It rained", "u1", invitation)
    await world.deliver()
    await world.answer(invitation, PACKED, 9)
    assert await world.stored_answers(invitation) == {
        "felt": 1, "csat": 2, "why": ("late", "box"), "words": "It rained", "packed": 9,
    }  # fmt: skip
    assert await world.wrong_counters() == []


async def test_two_devices_choose_and_neither_choice_is_lost(world: World) -> None:
    invitation = await until_reasons(world)
    await choose(world, invitation, LATE)
    # The other phone shows the question as it was: its button still says "choose".
    assert await choose(world, invitation, LATE) is TapNotice.SAME
    assert await choose(world, invitation, BOX) is TapNotice.CHANGED
    assert (await world.stored_answers(invitation))["why"] == ("late", "box")
