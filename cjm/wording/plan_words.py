"""Words of what the team planned and typed: targets, channels, guesses, hand-overs. Typed words are called assumed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cjm.figures.journey_map import JourneyMap, StageFigures
from cjm.figures.map_parts.hand_overs import HandOver
from cjm.figures.map_parts.stage_facts import ChannelUse
from cjm.figures.map_parts.targets import TargetFigure, TargetOutcome, TargetSubject
from cjm.figures.map_parts.typed_texts import TypedTexts
from cjm.figures.map_parts.voice import Voice
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.scales import Scale
from cjm.wording.change_words import size_text
from cjm.wording.count_words import people_text
from cjm.wording.figure_words import figure_number, named_score_text
from cjm.wording.flow_words import conversion_text
from cjm.wording.line_start import begin_line
from cjm.wording.quantity_words import quantity_text
from cjm.wording.words import FigureWords

_BLUEPRINT = ("frontstage", "backstage", "systems", "responsible")
_STATUS_KEYS = {
    TouchpointStatus.LIVE: "plan.typed",
    TouchpointStatus.PLANNED: "plan.typed.planned",
    TouchpointStatus.REMOVED: "plan.typed.removed",
}


def target_lines(stage: StageFigures, words: FigureWords) -> Iterator[str]:
    """Yield "Target not met: at least 60% go on" for each target of a stage."""
    for target in stage.targets:
        yield words(f"plan.target.{target.outcome}", target=target_text(target, words))


def target_text(target: TargetFigure, words: FigureWords) -> str:
    """Return what a target says: "at least 60% go on", "ease, at least 5.5"; of support contacts, also their figure."""
    text = _bare_target_text(target, words)
    return _with_figure(text, target, words) if target.subject is TargetSubject.SUPPORT else text


def _bare_target_text(target: TargetFigure, words: FigureWords) -> str:
    side, value = "at_least" if target.is_least else "at_most", _value_text(target, target.target, words)
    match target.subject:
        case TargetSubject.SCORE:
            return words(f"plan.target.{side}", name=_scale_name(Scale(target.key), words), value=value)
        case TargetSubject.CONVERSION:
            return words("plan.target.conversion", share=value)
        case TargetSubject.TIME:
            return words("plan.target.time", time=value)
        case TargetSubject.SUPPORT:
            return words("plan.target.support", value=value)
        case TargetSubject.MEASURE:
            return words(f"plan.target.{side}", name=target.title, value=value)


def missed_targets_text(targets: Sequence[TargetFigure], headline: Scale, words: FigureWords) -> str:
    """Return "Target not met: at least 60% go on, now 52%", or of several "2 targets not met: going on, time".

    Empty where none is missed for certain. A score without a key is that of the ``headline`` scale.
    """
    missed = [replace(each, key=each.key or headline) for each in targets if each.outcome is TargetOutcome.MISSED]
    if len(missed) == 1:
        return _missed_target_text(missed[0], words)
    names = ", ".join(_target_name(target, words) for target in missed)
    return f"{words('map.target.missed', n=len(missed))}: {names}" if missed else ""


def _missed_target_text(target: TargetFigure, words: FigureWords) -> str:
    text = _bare_target_text(target, words)
    if target.value is None:
        return words("plan.target.missed", target=text)
    return words("plan.target.missed_by", target=text, value=_value_text(target, target.value, words))


def _target_name(target: TargetFigure, words: FigureWords) -> str:
    match target.subject:
        case TargetSubject.SCORE:
            return _scale_name(Scale(target.key), words)
        case TargetSubject.MEASURE:
            return words("map.quote", text=target.title)
        case _:
            return words(f"plan.target.name.{target.subject}")


def _scale_name(scale: Scale, words: FigureWords) -> str:
    """Return the name of a scale inside a sentence."""
    name = words(f"map.scale.{scale}")
    return name[:1].lower() + name[1:]


def _value_text(target: TargetFigure, value: float, words: FigureWords) -> str:
    """Return a value of the target's figure in its unit."""
    match target.subject:
        case TargetSubject.SCORE:
            return figure_number(Scale(target.key), value, words)
        case TargetSubject.CONVERSION:
            return words.percent(value / 100)
        case TargetSubject.TIME:
            return words.short_duration(value)
        case TargetSubject.SUPPORT:
            return _rate(round(value, 1), words)
        case TargetSubject.MEASURE:
            return quantity_text(value, target.unit, words)


def _rate(value: float, words: FigureWords) -> str:
    return words.number(value, 0 if value == round(value) else 1)


def _with_figure(text: str, target: TargetFigure, words: FigureWords) -> str:
    """Return the target with the figure and its range: that of support contacts stands nowhere else."""
    if target.value is None or target.low is None:
        return text
    values = {"target": text, "value": words.number(target.value, 1), "low": words.number(target.low, 1)}
    if target.high is None:
        return words("plan.target.now_or_more", **values)
    return words("plan.target.now", **values, high=words.number(target.high, 1))


def channel_lines(stage: StageFigures, journey_map: JourneyMap, words: FigureWords) -> Iterator[str]:
    """Yield the channels of a stage with their figures, then those that nobody used."""
    used = [use for use in stage.channels if use.is_used]
    if used:
        yield words("plan.channels", list="; ".join(_channel_text(use, journey_map, words) for use in used))
    if unused := [channel_name(use.channel, words) for use in stage.channels if use not in used]:
        yield words("plan.channels.unused", list=", ".join(unused))


def channel_name(channel: str, words: FigureWords) -> str:
    """Return a channel's name; its key where the catalogues have none."""
    key = f"map.channel.{channel}"
    return words(key) if words.has(key) else channel


def _channel_text(use: ChannelUse, journey_map: JourneyMap, words: FigureWords) -> str:
    """Return "site: 120 visits, 72% satisfied, 95% range …, 60 people, 65% go on, …, 2.5 complaints per 100 visits"."""
    parts = [words("map.visits", n=use.visits)] if use.visits else []
    if use.score is not None:
        parts.append(named_score_text(journey_map.scale, use.score, journey_map, words).removesuffix("."))
    if use.conversion is not None and (conversion := conversion_text(use.conversion, words)):
        parts.append(conversion)
    if use.complaints and use.visits >= journey_map.judge_from:
        parts.append(f"{words.number(100 * use.complaints / use.visits, 1)} {words('map.complaint_rate')}")
    elif use.complaints:
        parts.append(words("map.complaints", n=use.complaints))
    name = channel_name(use.channel, words)
    return f"{name}: {', '.join(parts)}" if parts else name


def typed_lines(stage: StageFigures, words: FigureWords) -> Iterator[str]:
    """Yield what the team typed about each touchpoint of a stage, and who used one that is to be removed."""
    for typed in stage.typed:
        texts = "; ".join(_list_typed(typed, words))
        if texts or typed.status is not TouchpointStatus.LIVE:
            yield words(_STATUS_KEYS[typed.status], title=typed.title, list=texts or words("plan.typed.nothing"))


def _list_typed(typed: TypedTexts, words: FigureWords) -> Iterator[str]:
    if typed.status is TouchpointStatus.REMOVED and typed.customers is not None:
        people = people_text(typed.customers, typed.customers_is, words)
        yield words("plan.typed.used_by", people=people)
    for name in ("does", "thinks"):
        if text := getattr(typed, name):
            yield words(f"plan.typed.{name}", text=text)
    if typed.feels is not None:
        yield words("plan.typed.feels", text=words(f"chat.{Scale.EMOTION}.{typed.feels}"))
    for name in _BLUEPRINT:
        if text := getattr(typed, name):
            yield words(f"plan.typed.{name}", text=text)


def voice_text(voice: Voice, words: FigureWords) -> str:
    """Return a quote; one about an earlier place says that it is recalled."""
    text = words("map.quote", text=voice.text)
    return words("plan.voice.recalled", quote=text) if voice.recalled else text


def hand_over_lines(journey_map: JourneyMap, words: FigureWords) -> Iterator[str]:
    """Yield a line for each hand-over at which the score falls."""
    titles = {typed.key: typed.title for stage in journey_map.stages for typed in stage.typed}
    for each in journey_map.hand_overs:
        if each.falls:
            yield begin_line(_hand_over_text(each, titles[each.from_key], titles[each.to_key], journey_map, words))


def _hand_over_text(
    hand_over: HandOver, from_title: str, to_title: str, journey_map: JourneyMap, words: FigureWords
) -> str:
    return words(
        "plan.hand_over.falls",
        from_responsible=hand_over.from_responsible,
        to_responsible=hand_over.to_responsible,
        from_title=from_title,
        to_title=to_title,
        points=size_text(journey_map.scale, hand_over.points or 0.0, words),
    )
