"""Each audience has a menu of its commands in its language; a menu that cannot be set stops nothing."""

import pytest

from bot.messages.commands import Audience, listed_commands
from bot.sandbox import faults
from bot.sandbox.server import TOKEN, Sandbox
from bot.telegram.connection import make_bot
from bot.telegram.menus import Menus
from bot.texts import words_in
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.address import Address


async def at_once(_seconds: float) -> None: ...


def _names(audience: Audience) -> tuple[str, ...]:
    return tuple(command.name for command in listed_commands(audience))


def _manager(person: int, language: str = "en", *journeys: str) -> MapViewer:
    address = Address("telegram", str(person))
    return MapViewer(address, address, "Boss", language, journeys=frozenset(journeys) or None)


async def test_a_manager_of_some_journeys_has_no_command_that_refuses_them() -> None:
    async with Sandbox() as sandbox:
        bot = make_bot(TOKEN, sandbox.url)
        boss = sandbox.add_person("Boss")
        await boss.start()
        await Menus(bot, sleep=at_once).set_for_manager(_manager(boss.id, "en", "shop"))
        (menu,) = sandbox.world.menus.values()
        assert {command["command"] for command in menu} == set(_names(Audience.MANAGER)) - {"managers"}
        await bot.session.close()


async def test_menus_are_set_by_audience_and_language(caplog: pytest.LogCaptureFixture) -> None:
    async with Sandbox() as sandbox:
        bot = make_bot(TOKEN, sandbox.url)
        boss = sandbox.add_person("Boss")
        await boss.start()
        sandbox.plan_fault(faults.reset_before(), "setMyCommands", times=2)
        menus = Menus(bot, sleep=at_once)
        await menus.set_for_everybody()
        await menus.set_for_manager(_manager(boss.id, "ru"))
        found = {
            place: {command["command"]: command["description"] for command in commands}
            for place, commands in sandbox.world.menus.items()
        }
        private = [found[place] for place in found if "all_private_chats" in str(place)]
        groups = [found[place] for place in found if "all_group_chats" in str(place)]
        (own,) = [found[place] for place in found if str(boss.id) in str(place)]
        assert [tuple(menu) for menu in private] == [_names(Audience.CUSTOMER)] * 3
        assert [tuple(menu) for menu in groups] == [_names(Audience.TEAM)] * 3
        assert tuple(own) == _names(Audience.MANAGER)
        assert own["map"] == "Карта пути клиента"
        assert len({menu["help"] for menu in private}) == 3
        assert "menu not set" not in caplog.text

        await menus.set_for_manager(_manager(424242))
        assert "menu not set" in caplog.text
        await bot.session.close()


async def test_of_several_changes_of_one_chat_the_last_one_holds_and_none_is_waited_for() -> None:
    async with Sandbox() as sandbox:
        bot = make_bot(TOKEN, sandbox.url)
        anna = sandbox.add_person("Anna")
        await anna.start()
        plan = sandbox.plan_fault(faults.reset_before(), "setMyCommands")
        menus, customer = Menus(bot, sleep=at_once), Address("telegram", str(anna.id))
        for language in ("pl", "en", "ru"):
            menus.change_for_customer(customer, language)
        assert sandbox.world.menus == {}
        await menus.wait_until_idle()
        (menu,) = sandbox.world.menus.values()
        assert (plan.left, menu[0]["description"]) == (0, words_in("ru")("menu.complain"))
        menus.change_for_customer(customer, "pl")
        await menus.wait_until_idle()
        (menu,) = sandbox.world.menus.values()
        assert menu[0]["description"] == words_in("pl")("menu.complain")
        await bot.session.close()
