"""Groups: privacy mode, joining and leaving, topics, and the upgrade to a supergroup."""

from typing import Any

import pytest

from bot.sandbox import Group, Person, Sandbox
from tests.sandbox.conftest import Caller


@pytest.fixture
async def mia(sandbox: Sandbox) -> Person:
    return sandbox.add_person("Mia")


@pytest.fixture
async def team(sandbox: Sandbox, mia: Person) -> Group:
    group = sandbox.add_group("Team", mia)
    await group.add_bot(mia)
    return group


async def texts(call: Caller) -> list[str]:
    return [u["message"]["text"] for u in await call.get_updates() if "text" in u.get("message", {})]


async def test_a_bot_that_is_added_gets_its_standing_and_a_service_message(
    call: Caller, team: Group, mia: Person
) -> None:
    joined, service = await call.get_updates()
    assert joined["my_chat_member"]["old_chat_member"]["status"] == "left"
    assert joined["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert joined["my_chat_member"]["from"]["id"] == mia.id
    assert [each["id"] for each in service["message"]["new_chat_members"]] == [call.sandbox.world.bot.id]


async def test_privacy_lets_commands_replies_and_service_messages_through(
    call: Caller, sandbox: Sandbox, team: Group, mia: Person
) -> None:
    sent = await call("sendMessage", chat_id=team.id, text="report")
    await team.send(mia, "just talk")
    await team.send(mia, "/map now")
    await team.send(mia, "/map@tropa_bot")
    await team.send(mia, "/map@other_bot")
    await team.send(mia, "an answer", reply_to=team.last)
    await team.send(mia, "among ourselves", reply_to=team.messages[-1])
    tom = sandbox.add_person("Tom")
    await team.add(tom, by=mia)
    assert await texts(call) == ["/map now", "/map@tropa_bot", "an answer"]
    assert (await call.get_updates())[-1]["message"]["new_chat_members"][0]["first_name"] == "Tom"
    reply = next(u for u in await call.get_updates() if u.get("message", {}).get("text") == "an answer")
    assert reply["message"]["reply_to_message"]["message_id"] == sent["message_id"]


async def test_an_administrator_or_a_bot_without_privacy_reads_everything(
    call: Caller, sandbox: Sandbox, team: Group, mia: Person
) -> None:
    await team.promote_bot(mia)
    await team.send(mia, "to an administrator")
    sandbox.world.privacy = False
    other = sandbox.add_group("Other team", mia)
    await other.add_bot(mia)
    await other.send(mia, "without privacy")
    assert await texts(call) == ["to an administrator", "without privacy"]
    assert (await call("getMe"))["can_read_all_group_messages"] is True


async def test_a_removed_bot_is_refused_with_the_reason(call: Caller, team: Group, mia: Person) -> None:
    await team.remove_bot(mia)
    status, body = await call.call_raw("sendMessage", chat_id=team.id, text="a")
    assert (status, body["description"]) == (403, "Forbidden: bot was kicked from the group chat")
    left = (await call.get_updates())[-1]["my_chat_member"]["new_chat_member"]
    assert (left["status"], left["until_date"]) == ("kicked", 0)


async def test_a_bot_can_leave_by_itself(call: Caller, team: Group) -> None:
    assert await call("leaveChat", chat_id=team.id) is True
    status, body = await call.call_raw("sendMessage", chat_id=team.id, text="a")
    assert (status, body["description"]) == (403, "Forbidden: bot is not a member of the group chat")


async def test_a_group_that_the_bot_never_saw_is_not_found(call: Caller, sandbox: Sandbox, mia: Person) -> None:
    elsewhere = sandbox.add_group("Elsewhere", mia)
    assert (await call.call_raw("getChat", chat_id=elsewhere.id))[1]["description"] == "Bad Request: chat not found"


async def test_a_send_to_an_upgraded_group_is_refused_with_its_new_id(call: Caller, team: Group) -> None:
    old = team.id
    new = await team.upgrade()
    assert new < -1_000_000_000_000
    assert team.id == new
    status, body = await call.call_raw("sendMessage", chat_id=old, text="a")
    assert (status, body["description"]) == (400, "Bad Request: group chat was upgraded to a supergroup chat")
    assert body["parameters"] == {"migrate_to_chat_id": new}
    to, from_ = [u["message"] for u in (await call.get_updates())[-2:]]
    assert (to["chat"]["id"], to["migrate_to_chat_id"]) == (old, new)
    assert (from_["chat"]["id"], from_["migrate_from_chat_id"]) == (new, old)
    sent = await call("sendMessage", chat_id=new, text="here")
    assert sent["chat"] == {"id": new, "type": "supergroup", "title": "Team"}
    assert (await team.wait_for_message("here")).text == "here"


async def test_topics_of_a_forum(call: Caller, sandbox: Sandbox, mia: Person) -> None:
    forum = sandbox.add_group("Forum", mia, forum=True)
    await forum.add_bot(mia)
    thread = await forum.open_topic(mia, "Complaints")
    sent = await call("sendMessage", chat_id=forum.id, text="a", message_thread_id=thread)
    assert (sent["message_thread_id"], sent["is_topic_message"], sent["chat"]["is_forum"]) == (thread, True, True)
    status, body = await call.call_raw("sendMessage", chat_id=forum.id, text="a", message_thread_id=999)
    assert (status, body["description"]) == (400, "Bad Request: message thread not found")


async def test_standing_of_members_is_returned(call: Caller, sandbox: Sandbox, team: Group, mia: Person) -> None:
    async def standing(user: int) -> Any:
        return (await call("getChatMember", chat_id=team.id, user_id=user))["status"]

    assert await standing(mia.id) == "creator"
    assert await standing(sandbox.world.bot.id) == "member"
    assert await standing(sandbox.add_person("Outsider").id) == "left"


async def test_rights_of_the_bot_as_an_administrator_are_returned_and_kept_to(
    call: Caller, sandbox: Sandbox, team: Group, mia: Person
) -> None:
    async def may_delete() -> Any:
        return (await call("getChatMember", chat_id=team.id, user_id=sandbox.world.bot.id)).get("can_delete_messages")

    words = await team.send(mia, "/help")
    assert await may_delete() is None
    for rights, is_allowed in ((frozenset({"can_manage_chat"}), False), (None, True)):
        await team.promote_bot(mia, rights)
        assert await may_delete() is is_allowed
        status, _ = await call.call_raw("deleteMessage", chat_id=team.id, message_id=words.id)
        assert (status == 200) is is_allowed


async def test_a_press_in_a_group_names_who_pressed(call: Caller, sandbox: Sandbox, team: Group, mia: Person) -> None:
    markup = {"inline_keyboard": [[{"text": "I take it", "callback_data": "take"}]]}
    await call("sendMessage", chat_id=team.id, text="case", reply_markup=markup)
    tom = sandbox.add_person("Tom")
    await team.add(tom)
    await team.click(tom, "I take it")
    query = (await call.get_updates())[-1]["callback_query"]
    assert (query["from"]["id"], query["data"], query["message"]["chat"]["id"]) == (tom.id, "take", team.id)
