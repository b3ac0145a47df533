"""Rules about the kinds of answers that a question takes: several options, and "does not apply"."""

from collections.abc import Iterator

from cjm.journeys.outline import Loc, OutlineNode
from cjm.journeys.survey import QuestionKind
from cjm.mistake_wording import quote_name

_SEVERAL, _NOT_APPLICABLE = "several", "not_applicable"


def find_broken_answers(question: OutlineNode) -> Iterator[tuple[Loc, str]]:
    """Yield what a question offers although its kind has no such answers."""
    kind = question.text("kind")
    if kind not in set(QuestionKind):  # pydantic reports it
        return
    if question.data.get(_SEVERAL) is True and kind != QuestionKind.CHOICE:
        yield (*question.loc, _SEVERAL), f'only a question of kind "choice" takes several answers; this one is "{kind}"'
    if question.data.get(_NOT_APPLICABLE) is True and kind == QuestionKind.TEXT:
        yield (*question.loc, _NOT_APPLICABLE), "a question in words can be skipped; remove this"


def find_unmet_condition(when: OutlineNode, asked: OutlineNode) -> Iterator[tuple[Loc, str]]:
    """Yield a condition on "does not apply" that the question ``asked`` does not offer."""
    is_offered = asked.data.get(_NOT_APPLICABLE, False)
    if when.data.get(_NOT_APPLICABLE) is True and is_offered is False:
        name = quote_name(asked.key or "")
        yield (*when.loc, _NOT_APPLICABLE), f"{name} does not offer it; write not_applicable = true there too"
