"""Every command that works is named wherever its readers look, and no other: handlers, menus, help texts, README."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from aiogram import Dispatcher, Router
from aiogram.filters import Command

from bot.messages.commands import COMMANDS, START, Audience, ChatCommand, listed_commands
from bot.screens.customer import welcome
from bot.screens.manager import manager_screens
from bot.telegram.command_filter import CommandFilter, MisplacedCommandFilter
from bot.telegram.manager.roles import MapViewerFilter
from bot.telegram.senders import PrivateChatFilter
from bot.telegram.team.binding import GroupFilter
from bot.telegram.team.cases import CaseChatFilter
from bot.texts import LANGUAGES, words_in
from bot.texts.catalogue import catalogue_entries
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.address import Address
from tests.house.source import ROOT

NOBODY = Address("telegram", "1")
MENTIONED = re.compile(r"(?<![\w/])/([a-z]+)\b(?!/)")
BEGINS_A_LINE = re.compile(r"^/([a-z]+)\b", re.MULTILINE)


def _filters_of_handlers(dispatcher: Dispatcher) -> list[list[object]]:
    """Return the filters of each message handler."""
    return [
        [each.callback for each in handler.filters or ()]
        for router in _routers(dispatcher)
        for handler in router.message.handlers
    ]


def _routers(router: Router) -> Iterator[Router]:
    yield router
    for each in router.sub_routers:
        yield from _routers(each)


def _audiences(filters: list[object]) -> set[Audience]:
    """Return who gets through the filters of a handler."""
    for each in filters:
        if isinstance(each, MapViewerFilter):
            return {Audience.MANAGER} if each.only_managers else {Audience.MANAGER, Audience.TEAM}
        if isinstance(each, CaseChatFilter):
            return {Audience.MANAGER, Audience.TEAM}
        if isinstance(each, GroupFilter):
            return {Audience.TEAM}
    assert any(isinstance(each, PrivateChatFilter) for each in filters), filters
    return {Audience.CUSTOMER}


async def test_a_command_works_for_exactly_the_audiences_that_the_registry_names(real_dispatcher: Dispatcher) -> None:
    works: dict[ChatCommand, set[Audience]] = {}
    for filters in _filters_of_handlers(real_dispatcher):
        for each in filters:
            if isinstance(each, CommandFilter) and not isinstance(each, MisplacedCommandFilter):
                for command in each.chat_commands:
                    works.setdefault(command, set()).update(_audiences(filters))
    assert works == {command: set(command.audiences) for command in COMMANDS}


async def test_no_handler_takes_a_command_that_is_not_in_the_registry(real_dispatcher: Dispatcher) -> None:
    filters = [each for handler in _filters_of_handlers(real_dispatcher) for each in handler]
    assert [each for each in filters if isinstance(each, Command) and not isinstance(each, CommandFilter)] == []


def test_commands_are_listed_unless_the_messenger_has_a_button_for_them() -> None:
    assert [command for command in COMMANDS if not command.is_listed] == [START]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_of_each_audience_lists_its_commands(language: str) -> None:
    manager = MapViewer(NOBODY, NOBODY, "Anna", language)
    texts = {
        Audience.CUSTOMER: welcome.customer_help(words_in(language)).text,
        Audience.MANAGER: manager_screens.role_help(manager, "shop").text,
        Audience.TEAM: manager_screens.role_help(replace(manager, team="care"), "shop").text,
    }
    listed = {audience: BEGINS_A_LINE.findall(str(text)) for audience, text in texts.items()}
    assert listed == {audience: [command.name for command in listed_commands(audience)] for audience in Audience}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_manager_of_some_journeys_is_not_told_of_the_command_that_refuses_them(language: str) -> None:
    manager = MapViewer(NOBODY, NOBODY, "Anna", language, journeys=frozenset({"shop"}))
    assert "/managers" not in str(manager_screens.role_help(manager, "shop").text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_names_a_command_that_does_not_exist(language: str) -> None:
    known = {command.name for command in COMMANDS}
    texts = [text if isinstance(text, str) else " ".join(text) for text in catalogue_entries(language).values()]
    assert {name for text in texts for name in MENTIONED.findall(text)} - known == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_a_command_fit_a_menu(language: str) -> None:
    assert all(3 <= len(words_in(language)(command.text_key)) <= 256 for command in COMMANDS if command.is_listed)


def test_the_readme_lists_the_commands_of_each_audience_in_the_order_of_the_menus() -> None:
    sentence = re.search(r"In the chat: (.*?)\n\n", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert sentence is not None
    parts = sentence[1].split(";")
    assert [re.findall(r"`/([a-z]+)`", part) for part in parts] == [
        [command.name for command in listed_commands(audience)] for audience in Audience
    ]
