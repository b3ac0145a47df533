"""Words of what people chose at a stage: reasons for not going on, what they recall, and that a figure is recalled."""

from collections.abc import Iterator

from cjm.figures.journey_map import LostReason, StageFigures
from cjm.figures.score import RecallShare
from cjm.wording.words import FigureWords


def recalled_text(share: RecallShare, words: FigureWords) -> str:
    """Return "recalled" or "partly recalled"; empty where all answers were given at the moment itself."""
    return "" if share is RecallShare.NONE else words(f"map.recalled.{share}")


def lost_reasons_text(stage: StageFigures, words: FigureWords) -> str:
    """Return "Why people did not go on: The price (12, reported 5), …"; empty without reasons."""
    reasons = ", ".join(lost_reason_text(reason, words) for reason in stage.lost_reasons)
    return words("map.lost_reasons", list=reasons) if reasons else ""


def lost_reason_text(reason: LostReason, words: FigureWords) -> str:
    """Return a reason with how many chose it, and of how many people events reported it."""
    n, events = words.number(reason.n), words.number(reason.events)
    if not reason.events:
        return words("map.lost_reason", title=reason.title, n=n)
    if not reason.n:
        return words("map.lost_reason.reported", title=reason.title, events=events)
    return words("map.lost_reason.both", title=reason.title, n=n, events=events)


def recalled_choice_texts(stage: StageFigures, words: FigureWords) -> Iterator[str]:
    """Yield "Recalled: “How did you first hear of us?” A friend (12), …" for each choice from memory."""
    for choice in stage.recalled:
        options = ", ".join(f"{option.title} ({words.number(option.n)})" for option in choice.options)
        yield words("map.recalled.choice", title=choice.title, list=options)
