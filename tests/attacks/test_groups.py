"""A team's group becomes a supergroup in the middle of a case."""

from tests.stories.stage import start_stage


async def test_group_that_becomes_a_supergroup_stays_the_teams_chat(sqlite_url: str) -> None:
    async with start_stage(sqlite_url) as stage:
        boss, group = await stage.set_up_company()
        olga = await stage.add_consenting_customer("Olga", "77")
        for text in ("/complain", "It came late"):
            await olga.send(text)
            await stage.settle()
        card = group.last
        await group.upgrade()
        await stage.settle()
        await group.send(boss, "/complaints")
        await stage.settle()
        assert "It came late" in group.last.words, "the new group is known before anything is sent to it"

        messages_before = len(olga.messages)
        lunch = await group.send(boss, "Lunch at twelve?")
        while lunch.id < card.id:
            lunch = await group.send(boss, "Or at one?")
        assert lunch.id == card.id, "a supergroup counts from 1 again"
        await group.send(boss, "Twelve is fine", reply_to=lunch)
        await stage.settle()
        assert len(olga.messages) == messages_before, (
            "a reply to another message with the same number is no answer to the customer"
        )

        await group.click(boss, "#1")
        await stage.settle()
        await group.send(boss, "We are sorry", reply_to=group.last)
        await stage.settle()
        assert "We are sorry" in olga.last.words
