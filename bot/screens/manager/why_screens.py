"""The answer to /why: what a customer allows, and the story of each of their visits, the newest first."""

from collections.abc import Iterator
from datetime import datetime

from bot.messages.callbacks import Action, WhyVerb
from bot.messages.message import Button, Message, Prose, bold, join_lines, plain
from bot.texts import Words
from bot.texts.story_steps import step_text
from bot.usecases.asking.explain_asking import AskingStory, ManagerExplanation
from cjm.conversation.asking_story import StoryStep

PAGE = 4  # visits
MOST_IN_A_STORY = 900  # UTF-16 units: so that a page of them fits one message
MOST_STEPS = 7  # of one survey: of more, those after the first are left out


def why_usage(words: Words, example: str) -> Message:
    """Say how to name the customer; ``example`` is the id of one."""
    return Message(plain(words("why.usage", customer=example)))


def why_answer(explanation: ManagerExplanation | None, words: Words) -> Message:
    """Return the facts and a page of stories in the manager's language and clock; None is an unknown customer."""
    if explanation is None:
        return Message(plain(words("why.unknown")))
    stories = explanation.facts.stories
    page = stories[explanation.skip : explanation.skip + PAGE]
    head = join_lines([bold(words("why.head", id=explanation.facts.name)), *_list_facts(explanation, words)])
    told = [_tell_story(story, explanation, words).split_to_fit(MOST_IN_A_STORY)[0] for story in page]
    rest = told or [plain(words("why.nothing" if not stories else "why.no_more"))]
    return Message(join_lines([head, *rest], "\n\n"), _page_buttons(explanation, words))


def _list_facts(explanation: ManagerExplanation, words: Words) -> Iterator[str]:
    facts = explanation.facts
    yield words("why.chat" if facts.has_chat else "why.no_chat")
    if facts.is_staff:
        yield words("why.staff")
    moments = {"consent": facts.consent_at, "stopped": facts.stopped_at, "unreachable": facts.unreachable_at}
    for key, at in moments.items():
        if at is not None:
            yield words(f"why.{key}", moment=words.moment(at.astimezone(explanation.zone)))


def _tell_story(story: AskingStory, explanation: ManagerExplanation, words: Words) -> Prose:
    at = story.at.astimezone(explanation.zone)
    place = explanation.find_title(story, words.language)
    lines: list[Prose | str] = [bold(words(f"why.story.{story.occasion}", place=place, moment=words.moment(at)))]
    for survey in story.surveys:
        if len(story.surveys) > 1:
            lines.append(words("why.survey", survey=survey.survey))
        lines += _tell_steps(survey.steps, at, words)
    return join_lines(lines)


def _tell_steps(steps: tuple[StoryStep, ...], visited: datetime, words: Words) -> list[str]:
    told = [_tell_step(step, visited, words) for step in steps]
    return told if len(told) <= MOST_STEPS else [told[0], "…", *told[-MOST_STEPS + 2 :]]


def _tell_step(step: StoryStep, visited: datetime, words: Words) -> str:
    at = step.at.astimezone(visited.tzinfo) if step.at is not None else None
    text = step_text(words, step, lambda end: words.near_moment(end.astimezone(visited.tzinfo), at or visited))
    return text if at is None else words("why.step", at=words.recent_moment(at, visited), text=text)


def _page_buttons(explanation: ManagerExplanation, words: Words) -> tuple[tuple[Button, ...], ...]:
    customer, skip = explanation.facts.customer_id, explanation.skip
    buttons = []
    if skip:
        buttons.append(Button(words("manager.button.newer"), Action.of(WhyVerb.PAGE, customer, max(0, skip - PAGE))))
    if skip + PAGE < len(explanation.facts.stories):
        buttons.append(Button(words("manager.button.older"), Action.of(WhyVerb.PAGE, customer, skip + PAGE)))
    return (tuple(buttons),) if buttons else ()
