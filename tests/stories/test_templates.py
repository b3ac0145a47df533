"""Each template is lived through in the demo: as a customer, as a manager and in the team's chat.

A demo takes seconds to start, so each template is lived through in one language, and all languages occur. With all
other tests only the longest and the shortest journey are: they have all that differs, such as days of the week and the
numbers of stages. DEEP=1 lives through all of them. The shop is lived through by the demo's other stories and its page.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.conversation.context import load_context
from bot.db.asking import invitations
from bot.db.engine.database import Connection
from bot.db.people import customers
from bot.demo.journey import read_demo_source
from bot.demo.startup import Demo, DemoOptions, start_demo
from bot.texts import words_in
from bot.usecases.maps.make_map import MapRequest, make_map
from cjm import templates
from cjm.conversation.conversation import ClosingStep, Conversation
from cjm.journeys.journey import Journey
from cjm.journeys.journey_file import read_journey
from cjm.journeys.survey import QuestionKind
from tests.depth import choose_depth

LANGUAGES = {"b2b": "ru", "smallshop": "pl", "appointment": "pl", "callcentre": "ru", "first": "en", "saas": "en"}
LIVED_THROUGH = [*LANGUAGES.items()][: choose_depth(2, len(LANGUAGES))]
WORDS, COMPLAINT, REPLY = "Kanarienvogel 4712", "Kanarienvogel 4713", "Kanarienvogel 4714"
MOST_TURNS = 8  # of a conversation: five questions, words, and whether to be contacted


def test_each_template_has_its_story() -> None:
    assert {*LANGUAGES, "shop"} == set(templates.names())


@pytest.mark.timeout(300)  # on a machine that is busy with other tests
@pytest.mark.parametrize(("template", "language"), LIVED_THROUGH)
async def test_template_is_lived_through_by_customer_manager_and_team(
    tmp_path: Path, template: str, language: str
) -> None:
    options = DemoOptions(open_browser=False, weeks=1, language=language, template=template)
    journey = read_journey(read_demo_source(template, language), template)
    async with start_demo(options, tmp_path, lambda _share: None) as demo:
        await _become_customer(demo)
        answered = await _walk_through(demo, journey, language)
        assert len(answered) >= 2, demo.customers[0].describe_chat()
        await _complain_and_be_answered(demo, language)
        await _look_at_the_map(demo, journey, language)
        await _check_figures(demo, journey, answered)


async def _settle(demo: Demo) -> None:
    await demo.sandbox.wait_until_acknowledged()
    await demo.tropa.settle()


async def _become_customer(demo: Demo) -> None:
    person = demo.customers[0]
    link = await demo.backstage.create_link(person.id)
    await person.start(parse_qs(urlsplit(link).query)["start"][0])
    await _settle(demo)
    await person.click(0)
    await _settle(demo)


async def _walk_through(demo: Demo, journey: Journey, language: str) -> Mapping[str, str]:
    """Be at each touchpoint in the order of the journey and answer what is asked; return where, by survey."""
    answered = {}
    for happening in demo.backstage.list_happenings():
        result = await demo.backstage.start_happening(demo.customers[0].id, happening.key)
        assert result.says.startswith(happening.title[language])
        await _settle(demo)
        conversation = await _find_conversation(demo)
        if conversation is not None:
            survey = conversation.survey
            first = survey.questions[0].text.in_language(language)
            assert first in demo.customers[0].last.words
            await _answer_to_the_end(demo)
            answered[survey.key] = journey.current_key(survey.questions[0].about or survey.on.subject)
    return answered


async def _find_conversation(demo: Demo) -> Conversation | None:
    """Return the open conversation of the first customer; None while nothing is asked."""

    def read(tx: Connection) -> Conversation | None:
        customer = customers.find_by_external_id(tx, "olga")
        assert customer is not None
        invitation = invitations.find_open(tx, customer.id)
        context = None if invitation is None else load_context(tx, invitation.id)
        return None if context is None else context.conversation

    return await demo.tropa.db.read(read)


async def _answer_to_the_end(demo: Demo) -> None:
    """Give the answer of the first button to each question, and write where words are asked."""
    person = demo.customers[0]
    for _ in range(MOST_TURNS):
        conversation = await _find_conversation(demo)
        if conversation is None or (conversation.question is None and conversation.step != ClosingStep.CONTACT):
            return
        question = conversation.question
        if question is not None and question.kind is QuestionKind.TEXT:
            await person.send(WORDS)
        else:
            await person.click(0)
        await _settle(demo)
    raise AssertionError(person.describe_chat())


async def _complain_and_be_answered(demo: Demo, language: str) -> None:
    """A complaint reaches the team's chat, and what is replied there the customer."""
    person = demo.customers[0]
    await person.send("/complain")
    await _settle(demo)
    await person.send(COMPLAINT)
    await _settle(demo)
    card = next((message for message in demo.group.messages if COMPLAINT in message.words), None)
    assert card is not None, person.describe_chat() + demo.group.describe_chat()
    await demo.group.click(demo.manager, words_in(language)("cases.button.take"), card)
    await demo.group.send(demo.manager, REPLY, reply_to=card)
    await _settle(demo)
    assert any(REPLY in message.words for message in person.messages), person.describe_chat()


async def _look_at_the_map(demo: Demo, journey: Journey, language: str) -> None:
    """The manager gets the picture, and the stages in words, in the language of the demo."""
    await demo.manager.send("/map")
    await _settle(demo)
    assert demo.manager.last.content.startswith(b"\x89PNG")
    assert journey.title.in_language(language) in demo.manager.last.words
    await demo.manager.send("/stages")
    await _settle(demo)
    titles = [stage.title.in_language(language) for stage in journey.stages]
    assert [title for title in titles if title not in demo.manager.last.words + str(demo.manager.last.buttons)] == []


async def _check_figures(demo: Demo, journey: Journey, answered: Mapping[str, str]) -> None:
    """What simulated customers did is on the map; so is the walk of the customer of the page."""
    made = await demo.tropa.db.read(lambda tx: make_map(tx, MapRequest(journey.key), 1, demo.backstage.now()))
    stages = {stage.key: stage for stage in made.stages}
    assert set(stages) == {stage.key for stage in journey.stages}
    for place in answered.values():
        found = journey.find_place(place)
        assert found is not None
        assert stages[found.stage.key].customers > 0
        assert any(score.answers for score in stages[found.stage.key].scores.values())
