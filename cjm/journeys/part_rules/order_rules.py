"""Rules about the order of the stages: what is remembered lies before, and nobody goes on from the last stage.

Like `cjm.journeys.rules`, they check what could be read and are silent about the rest.
"""

from collections.abc import Iterator

from cjm.journeys.outline import Loc, Outline, OutlineNode
from cjm.journeys.survey import STAY_BEHIND, TriggerKind
from cjm.mistake_wording import quote_name


def find_broken_order(outline: Outline) -> Iterator[tuple[Loc, str]]:
    """Yield a broken rule, its path and its sentence, for each reference that the order of stages makes void."""
    for survey in outline.surveys:
        on = survey.table("on")
        if on is not None:
            yield from _check_last_stage(outline, on)
        for question in survey.tables("questions"):
            if question.data.get("recalled") is True:
                yield from _check_recalled(outline, on, question)


def _check_last_stage(outline: Outline, on: OutlineNode) -> Iterator[tuple[Loc, str]]:
    last = outline.stages[-1].key if outline.stages else None
    for kind in STAY_BEHIND:
        if last is not None and on.text(kind) == last:
            yield (*on.loc, kind.value), f"{quote_name(last)} is the last stage: nobody goes on from it"


def _check_recalled(outline: Outline, on: OutlineNode | None, question: OutlineNode) -> Iterator[tuple[Loc, str]]:
    about, at = question.text("about"), (*question.loc, "recalled")
    if about is None:
        if "about" not in question.data:
            yield at, 'needs about = "…", the earlier stage or touchpoint that the customer remembers'
        return
    asked_at = _find_trigger_place(on)
    remembered, now = _find_rank(outline, about), _find_rank(outline, asked_at) if asked_at else None
    if remembered is not None and now is not None and remembered >= now:
        yield at, f"{quote_name(about)} does not come before {quote_name(asked_at or '')}, so nobody recalls it there"


def _find_trigger_place(on: OutlineNode | None) -> str | None:
    """Return the key of the stage or touchpoint that a trigger is about."""
    texts = [on.text(name) for name in (*TriggerKind, "about")] if on is not None else []
    return next((text for text in texts if text is not None), None)


def _find_rank(outline: Outline, key: str) -> tuple[int, int] | None:
    """Return the place of a stage or touchpoint in the order of the file: a stage stands before its touchpoints."""
    for number, stage in enumerate(outline.stages):
        if key == stage.key or key in _list_former(stage):
            return number, -1
        for place, point in enumerate(stage.tables("touchpoints")):
            if key == point.key or key in _list_former(point):
                return number, place
    return None


def _list_former(part: OutlineNode) -> list[str]:
    return [text for _, text in part.texts("was")]
