"""Three replicas on one PostgreSQL behind the proxy of compose.yaml: restarted one after the other, and one killed."""

from pathlib import Path

import pytest

from tests.stories.replicas import ALLOWED, Load, adapt_proxy, count_questions, open_replicas, read_compose, read_proxy

pytestmark = [pytest.mark.timeout(300), pytest.mark.allow_hosts(ALLOWED)]
PEOPLE = 5


@pytest.mark.postgresql
async def test_replicas_restarted_under_load_and_a_killed_leader_lose_and_double_nothing(
    postgresql_url: str, tmp_path: Path
) -> None:
    async with open_replicas(postgresql_url, tmp_path) as replicas:
        stage = replicas.stage
        await replicas.start()
        people = [await stage.add_consenting_customer(f"Anna {n}", str(n)) for n in range(PEOPLE)]
        async with Load(replicas, people[:-1]) as load:
            await replicas.restart_one_after_the_other()
        await load.wait_until_answered()
        counts = await load.count()
        assert (counts.lost, counts.doubled, counts.unknown) == (0, 0, 0), counts
        assert stage.sandbox.webhook_delivery.webhook.last_error == "", "nginx found a replica for every update"

        await stage.wait_until_recorded()
        leader = await replicas.find_leader()
        assert leader is not None
        await leader.kill()
        # A post to a process that waits; whoever leads next sends the question.
        assert await replicas.ask(str(PEOPLE - 1)) == "accepted"
        await stage.wait_until(lambda: count_questions(people[-1]) == 1)
        assert await replicas.find_leader() not in (None, leader)


def test_change_that_finds_no_place_in_the_proxy_is_reported() -> None:
    with pytest.raises(AssertionError, match="'listen 8080;' is not in the proxy"):
        adapt_proxy(read_proxy().replace("8080", "80"), "127.0.0.1:53", "127.0.0.1:80", 8080)


def test_compose_starts_as_many_replicas_as_the_environment_says_and_one_proxy() -> None:
    services = read_compose()["services"]
    assert services["tropa"]["deploy"] == {"replicas": "${REPLICAS:-1}"}
    assert "ports" not in services["tropa"], "two replicas cannot publish one port"
    assert services["proxy"]["ports"] == ["127.0.0.1:8080:8080"]
