"""Map in words, for people who cannot see the picture, in the map's language.

* It says all that a wall with full lanes shows, in the order of its stages; a test compares the figures.
* A figure that the picture withholds is withheld here too. The words are those of the chat and of the digest.
"""

from collections.abc import Iterator
from dataclasses import replace

from bot.texts import Words, words_in
from cjm.figures.asking.reach import HeardReport
from cjm.figures.journey_map import OF_STAGES, JourneyMap, MapKind, StageFigures, TouchpointFigures
from cjm.figures.map_parts.voice import Voice
from cjm.figures.quotes.stage_quotes import QUOTE_LENGTH
from cjm.text import visible_line
from cjm.wording.asking_words import heard_text, silence_text, unlike_text
from cjm.wording.change_words import comparison_text, shown_comparison
from cjm.wording.count_words import customers_text, replies_texts
from cjm.wording.day.day_words import day_parts
from cjm.wording.figure_words import named_score_text
from cjm.wording.kinds.kind_words import kind_lines
from cjm.wording.personas.channel_words import channel_parts
from cjm.wording.personas.persona_words import persona_lines
from cjm.wording.plan_words import channel_lines, hand_over_lines, typed_lines, voice_text
from cjm.wording.stage_words import stage_lines
from cjm.wording.takeaway_words import takeaway_text
from cjm.wording.verdicts.stage_change_words import stage_change_line


def describe_map(journey_map: JourneyMap) -> Iterator[str]:
    """Yield the map line by line."""
    words = words_in(journey_map.language)
    channel = journey_map.channel and words(f"map.channel.{journey_map.channel}")
    narrowed_to = [part for part in (journey_map.segment_title, channel) if part]
    yield journey_map.title + (f" ({', '.join(narrowed_to)})" if narrowed_to else "")
    yield from filter(None, (journey_map.purpose, journey_map.scenario))
    is_of_stages = journey_map.kind in OF_STAGES
    if (is_of_stages or journey_map.kind is MapKind.DAY) and (takeaway := takeaway_text(journey_map, words)):
        yield takeaway
    yield from kind_lines(journey_map, words)
    days = words.days(journey_map.period.first, journey_map.period.last, now=journey_map.as_of.date())
    yield ", ".join([days, *_totals(journey_map, words), words("map.as_of", moment=words.moment(journey_map.as_of))])
    if journey_map.kind is not MapKind.DAY and (comparison := shown_comparison(journey_map)) is not None:
        yield comparison_text(comparison, words)
    if journey_map.totals.answers:
        yield words(f"map.meaning.{journey_map.scale}")
    yield from journey_map.notes
    if not is_of_stages:
        yield from _describe_other_kind(journey_map, words)
        return
    if journey_map.heard is not None:
        yield from _describe_heard(journey_map.heard, words)
    for number, stage in enumerate(journey_map.stages, 1):
        yield ""
        yield from _describe_stage(number, stage, journey_map, words)
    if falls := list(hand_over_lines(journey_map, words)):
        yield from ("", *falls)


def _describe_other_kind(journey_map: JourneyMap, words: Words) -> Iterator[str]:
    """Yield what pictures of personas, channels and a day say."""
    if journey_map.kind is MapKind.CHANNELS:
        parts: Iterator[tuple[str, list[str]]] = channel_parts(journey_map, words)
    elif journey_map.kind is MapKind.DAY:
        parts = day_parts(_with_day_on_lines(journey_map), words)
    else:
        personas = (replace(each, voice=each.voice and _on_one_line(each.voice)) for each in journey_map.personas)
        parts = ((each.title, list(persona_lines(each, journey_map, words))) for each in personas)
    for title, lines in parts:
        yield ""
        yield from filter(None, [title])
        yield from (f"   {line}" for line in lines)


def _totals(journey_map: JourneyMap, words: Words) -> Iterator[str]:
    totals = journey_map.totals
    visits = words("map.visits", n=totals.visits) if totals.visits else ""
    yield from filter(None, (customers_text(journey_map, words), visits))
    yield words("map.answers", n=totals.answers)
    if totals.complaints:
        yield words("map.complaints", n=totals.complaints)
    yield from replies_texts(journey_map, words)


def _describe_heard(heard: HeardReport, words: Words) -> Iterator[str]:
    if text := heard_text(heard, words):
        yield text
    yield from (f"! {unlike_text(unlike, words)}" for unlike in heard.unlike)


def _describe_stage(number: int, stage: StageFigures, journey_map: JourneyMap, words: Words) -> Iterator[str]:
    yield f"{number}. {stage.title}" + (f": {stage.goal}" if stage.goal else "")
    yield from (f"   {line}" for line in stage_lines(stage, journey_map, words))
    yield from (f"   {line}" for line in _describe_lanes(stage, journey_map, words))
    if silence := silence_text(stage.silence, words):
        yield f"   {silence}"
    yield from (f"   {voice_text(_on_one_line(voice), words)}" for voice in stage.voices)
    yield from (f"   - {_describe_touchpoint(point, journey_map, words)}" for point in stage.touchpoints)
    yield from (f"   {line}" for line in typed_lines(stage, words))


def _with_day_on_lines(journey_map: JourneyMap) -> JourneyMap:
    """Return the map with each quote of its day on one line."""
    if journey_map.day is None:
        return journey_map
    parts = tuple(
        replace(part, quotes={question: _on_one_line(voice) for question, voice in part.quotes.items()})
        for part in journey_map.day.parts
    )
    return replace(journey_map, day=replace(journey_map.day, parts=parts))


def _on_one_line(voice: Voice) -> Voice:
    """Return a quote as a terminal can show it: what customers wrote neither commands it nor makes lines of its own."""
    return replace(voice, text=visible_line(voice.text, QUOTE_LENGTH.stop))


def _describe_lanes(stage: StageFigures, journey_map: JourneyMap, words: Words) -> Iterator[str]:
    """Yield what no score says: how far a stage is from being judged, its channels and changes under way."""
    headline = stage.scores.get(journey_map.scale)
    if headline is not None and 0 < headline.n < journey_map.judge_from:
        yield words("map.missing", n=journey_map.judge_from - headline.n)
    yield from channel_lines(stage, journey_map, words)
    for change in stage.changes:
        yield f"{words('map.lane.changes')}: {stage_change_line(change, journey_map, words)}"


def _describe_touchpoint(point: TouchpointFigures, journey_map: JourneyMap, words: Words) -> str:
    importance = f", {words('plan.moment')}" if point.moment_of_truth else ""
    scores = sorted(
        point.scores.items(), key=lambda each: each[0] is not journey_map.scale
    )  # the headline figure first
    texts = [named_score_text(scale, score, journey_map, words).removesuffix(".") for scale, score in scores]
    return f"{point.title}{importance}: {'; '.join(texts) or words('map.none')}"
