"""Words that simulated customers write, from the files in ``words``: one for every template, and one for each.

The files have sentences by language, by what is written about, and by what was tapped before: the reason that was
chosen, or "good" or "bad" after a score. So a sentence about a torn box never explains "It came late".
"""

import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from random import Random

from bot.demo.simulated.walk_plan import WalkPlan
from cjm.journeys.parts.diary_question import DIARY_QUESTIONS

GENERAL, ANYTHING = "general", "anything"

Sentences = Mapping[str, Mapping[str, list[str]]]
"""Sentences by what they are about and by tone."""


class SimulatedWords:
    """Words of the customers of one demo; it remembers what was said.

    Nothing is repeated before everything was said: two equal quotes side by side on a map would look like a mistake.
    """

    def __init__(self, template: str, plan: WalkPlan, language: str) -> None:
        self._own = [_read_sentences(name, language) for name in (template, plan.words_of) if name is not None]
        self._general = _read_sentences(GENERAL, language)
        self._said: Counter[str] = Counter()

    def list_choices(self, about: str, tone: str) -> list[str]:
        """Return what can be said about a touchpoint, a stage or a question of a diary, after this tone.

        Diaries have general sentences beside those of the template. About everything else the template's own are said,
        and general ones only where it has none.
        """
        own = [text for each in self._own for text in each.get(about, {}).get(tone, [])]
        if about in DIARY_QUESTIONS:
            return [*own, *self._general[about].get(tone, [])]
        return own or self._general[ANYTHING].get(tone, [])

    def choose(self, about: str, tone: str, random: Random) -> str | None:
        """Choose something to say; None where there is nothing."""
        choices = self.list_choices(about, tone)
        if not choices:
            return None
        least = min(self._said[text] for text in choices)
        text = random.choice([text for text in choices if self._said[text] == least])
        self._said[text] += 1
        return text


@cache
def _read_sentences(name: str, language: str) -> Sentences:
    file = files("bot.demo.simulated") / "words" / f"{name}.toml"
    if not file.is_file():  # a template that says only what another one says
        return {}
    sentences: Sentences = tomllib.loads(file.read_text(encoding="utf-8"))[language]
    return sentences
