"""What happens to a team's group: it becomes a supergroup in the middle of a case."""

from tests.stories.stage import on_stage


async def test_a_group_that_becomes_a_supergroup_stays_the_teams_chat(sqlite_url: str) -> None:
    async with on_stage(sqlite_url) as stage:
        boss, group = await stage.first_hour()
        olga = await stage.consenting("Olga", "77")
        for said in ("/complain", "It came late"):
            await olga.send(said)
            await stage.step()
        card = group.last
        await group.upgrade()
        await stage.step()
        await group.send(boss, "/complaints")
        await stage.step()
        assert "It came late" in group.last.words, "nothing had to be sent before it was known"

        heard = len(olga.messages)
        chat = await group.send(boss, "Lunch at twelve?")
        while chat.id < card.id:
            chat = await group.send(boss, "Or at one?")
        assert chat.id == card.id, "a supergroup counts from 1 again"
        await group.send(boss, "Twelve is fine", reply_to=chat)
        await stage.step()
        assert len(olga.messages) == heard, "what is said below another message of the same number is no answer"

        await group.click(boss, "#1")
        await stage.step()
        await group.send(boss, "We are sorry", reply_to=group.last)
        await stage.step()
        assert "We are sorry" in olga.last.words
