"""Three customers are asked anonymously in their languages: one answers, one declines, one keeps silent."""

from datetime import timedelta

from sqlalchemy import select

from bot.db.asking.tables import answer_table, invitation_table, response_table
from bot.sandbox.people import Person
from bot.texts import words_in
from bot.usecases.journeys.apply_journey import ApplyJourney
from cjm import templates
from tests.stories.stage import Stage, start_stage

CANARY = "zanzibar"
LANGUAGES = {"77": "en", "78": "ru", "79": "pl"}


def anonymous_shop() -> str:
    shop = templates.text("shop")
    shop = shop.replace("anonymous = false", "anonymous = true").replace("judge_from = 10", "judge_from = 20")
    return shop.replace('delay = "5d"', 'delay = "11d"')  # nothing else is asked in the nine days of a story


def bot_texts(person: Person) -> str:
    return "\n".join(message.words for message in person.messages if message.sender.is_bot)


async def ask_customers(stage: Stage) -> dict[str, Person]:
    people = {}
    for customer, language in LANGUAGES.items():
        people[customer] = await stage.add_consenting_customer(f"Customer {customer}", customer, language=language)
        await stage.post_event(customer, "delivery")
    return people


async def answer_everything(stage: Stage, person: Person) -> None:
    for button in ("🙁", "2", "It came late"):
        await person.click(button)
        await stage.settle()
    await person.send(f"{CANARY} was late")
    await stage.settle()
    await person.click("No, thank you")
    await stage.settle()


async def decline(stage: Stage, person: Person, language: str) -> None:
    for button in ("⋯", words_in(language)("chat.menu.mute")):
        await person.click(button)
        await stage.settle()


async def test_closed_questions_look_alike_in_chats_and_rows_whatever_became_of_them(database_url: str) -> None:
    async with start_stage(database_url) as stage:
        await ApplyJourney(stage.tropa.db, stage.clock).apply(anonymous_shop(), "shop.toml")
        people = await ask_customers(stage)
        for customer, language in LANGUAGES.items():
            assert words_in(language)("anonymous.question") in people[customer].last.words
        await answer_everything(stage, people["77"])
        await decline(stage, people["78"], "ru")
        assert CANARY in bot_texts(people["77"])

        await stage.pass_time(timedelta(days=9))  # the silent one was reminded, and their question is over, too

        for customer, language in LANGUAGES.items():
            closed = words_in(language)("chat.closed.anonymous")
            assert people[customer].last.words == closed, customer
            assert not people[customer].last.buttons
        for told in (CANARY, "It came late"):
            assert told not in bot_texts(people["77"])
        await check_rows(stage)
        assert await stage.list_wrong_counters() == []
        totals = (await stage.call_api("GET", "/v1/journeys/shop/map?days=365"))["totals"]
        assert (totals["invitations"], totals["response_rate"]) == (3, None)


async def check_rows(stage: Stage) -> None:
    """Check that the rows tell who was asked, what was answered, and nothing of both together."""
    read = stage.tropa.db.read
    answers = await read(lambda tx: [row._mapping for row in tx.execute(select(answer_table))])
    assert {row["text"] for row in answers} >= {f"{CANARY} was late"}
    assert {row["customer_id"] for row in answers} == {row["response_id"] for row in answers} == {None}
    assert {(row["at"].hour, row["at"].minute) for row in answers} == {(0, 0)}
    assert await read(lambda tx: tx.execute(select(response_table)).all()) == []
    sent = select(invitation_table).where(invitation_table.c.sent_at.is_not(None))
    invitations = await read(lambda tx: [row._mapping for row in tx.execute(sent)])
    assert len(invitations) == len(LANGUAGES)
    told = ("state", "reason", "reminded_at", "expires_at", "seal_at", "not_after")
    assert len({tuple(row[name] for name in told) for row in invitations}) == 1
