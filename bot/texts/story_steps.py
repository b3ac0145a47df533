"""Steps of the story of a question, in words."""

from collections.abc import Callable
from datetime import datetime

from bot.texts.asking_reasons import reason_text
from bot.texts.catalogue import Words
from cjm.asking.decision import AskingVerdict
from cjm.conversation.asking_story import StoryStep, StoryStepKind

_FINAL = (StoryStepKind.SKIPPED, StoryStepKind.GIVEN_UP)


def step_text(words: Words, step: StoryStep, write_moment: Callable[[datetime], str]) -> str:
    """Return what happened at a step, without its time. ``write_moment`` writes the end of a wait."""
    key = f"why.step.{step.kind}"
    if step.is_open_ended:
        key += ".open"
    if step.kind is StoryStepKind.GIVEN_UP and step.reason is None:
        key += ".failed"
    verdict = AskingVerdict.SKIP if step.kind in _FINAL else AskingVerdict.HOLD
    reason = reason_text(words, verdict, step.reason) if step.reason else ""
    return words(key, until=write_moment(step.until) if step.until else "…", reason=reason)
