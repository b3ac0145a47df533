"""Words about a journey: the caption of its picture, and the views in words, from stages to personas."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.messages.message import Message, Prose, Upload, bold, italic, join_lines, plain, quote, utf16_length
from bot.outbox.letters.digest_words import extreme_lines, list_writers
from bot.screens.manager.map_buttons import view_buttons
from bot.screens.manager.stage_screens import distribution_parts, stage_goal, stage_parts, stage_title
from bot.texts import Words, words_in
from bot.usecases.maps.view_map import MOST_DAYS, NothingToView
from bot.usecases.maps.views.load_view import ViewedMap
from cjm.figures.journey_map import JourneyMap
from cjm.figures.map_view import ViewContent
from cjm.scales import ButtonLabels, Scale
from cjm.text import cut_text
from cjm.wording.change_words import comparison_text, shown_comparison
from cjm.wording.choice_words import lost_reasons_text
from cjm.wording.count_words import customers_text
from cjm.wording.day.day_words import hour_texts
from cjm.wording.figure_words import named_score_text
from cjm.wording.personas.channel_words import channel_parts
from cjm.wording.personas.persona_words import compare_lines, persona_lines
from cjm.wording.stage_words import stage_lines
from cjm.wording.takeaway_words import takeaway_text

PAGE_UNITS = 3000  # units of one part, and characters of a page: short enough to be read
MOST_VOICE = 500
_WITH_QUOTED = (
    ViewContent.VOICES,
    ViewContent.STAGE,
    ViewContent.STAGES,
    ViewContent.BARRIERS,
    ViewContent.PERSONA,
    ViewContent.PERSONAS,
    ViewContent.CHANNELS,
)
"""Contents whose message may show words, or stands where words may have stood."""


def nothing_to_view(reason: NothingToView, language: str, thread: int | None) -> Message:
    """Say why a command shows nothing, such as an unknown journey."""
    return Message(plain(words_in(language)(f"manager.nothing.{reason}", most=MOST_DAYS)), thread=thread)


def words_of(viewed: ViewedMap) -> Words:
    """Return the texts in the language that the map was made in."""
    return words_in(viewed.map.language)


def map_picture(viewed: ViewedMap, upload: Upload, caption_units: int) -> Message:
    """Return the picture of the map with its key findings as the caption."""
    words = words_of(viewed)
    text = join_lines([_head(viewed, words), join_lines(key_findings(viewed.map, words))], "\n\n")
    caption, buttons = text.split_to_fit(caption_units)[0], view_buttons(viewed, words, viewed.page_count)
    return Message(caption, buttons, upload, quotes=list_writers(viewed.map))


def stage_picture(viewed: ViewedMap, upload: Upload, caption_units: int) -> Message:
    """Return a stage's page under the picture of the map that it was opened from."""
    words = words_of(viewed)
    head = _head(viewed, words)
    room = max(caption_units // 2, caption_units - utf16_length(str(head)) - 2)
    pages = split_into_pages([*stage_parts(viewed, words)], room)
    page = min(viewed.view.page, len(pages) - 1)
    caption = join_lines([head, pages[page]], "\n\n").split_to_fit(caption_units)[0]
    return Message(caption, view_buttons(viewed, words, len(pages)), upload, quotes=list_writers(viewed.map))


def view_in_words(viewed: ViewedMap) -> Message:
    """Return a view without a picture, such as stages or voices, with its buttons."""
    words = words_of(viewed)
    parts = {
        ViewContent.STAGE: stage_parts,
        ViewContent.STAGES: _stages,
        ViewContent.VOICES: _voices,
        ViewContent.BARRIERS: _barriers,
        ViewContent.CHANNELS: _channels,
        ViewContent.PERSONA: _personas,
        ViewContent.PERSONAS: _compared_personas,
    }[viewed.view.content]
    pages = split_into_pages(list(parts(viewed, words)))
    # Of voices only the page to show was loaded, and a page of personas is one of them.
    is_one_page = viewed.view.content in (ViewContent.VOICES, ViewContent.PERSONA)
    page = 0 if is_one_page else min(viewed.view.page, len(pages) - 1)
    text = join_lines([_head(viewed, words), pages[page]], "\n\n")
    count = viewed.page_count if viewed.persona is not None else len(pages)
    return Message(text, view_buttons(viewed, words, count), quotes=_quoted_people(viewed))


def words_under_picture(viewed: ViewedMap, upload: Upload, caption_units: int) -> Message:
    """Return the picture of personas or channels with as many of its words as a caption holds."""
    shown = view_in_words(replace(viewed, view=replace(viewed.view, page=0)) if viewed.persona is None else viewed)
    caption = shown.text.split_to_fit(caption_units)[0]
    buttons = view_buttons(viewed, words_of(viewed), viewed.page_count)
    return Message(caption, buttons, upload, quotes=_quoted_people(viewed))


def _quoted_people(viewed: ViewedMap) -> frozenset[int] | None:
    if viewed.view.content not in _WITH_QUOTED:
        return None
    # A page of words may have stood there before: then the message shows none any more.
    return frozenset(each for each in viewed.quote_writers if each is not None)


def split_into_pages(parts: Sequence[Prose], units: int = PAGE_UNITS) -> list[Prose]:
    """Put parts under each other on as many pages as they need; there is always at least one page, maybe empty."""
    pages = [Prose()]
    for part in parts:
        fitting = part.split_to_fit(units)[0]  # a part longer than a page is cut: no part spans two pages
        if len(pages[-1]) and utf16_length(str(pages[-1])) + utf16_length(str(fitting)) + 2 > units:
            pages.append(Prose())
        pages[-1] = join_lines([pages[-1], fitting], "\n\n")
    return pages


def _head(viewed: ViewedMap, words: Words) -> Prose:
    journey_map, totals = viewed.map, viewed.map.totals
    title = bold(journey_map.title)
    if viewed.view.saved:
        title = bold(f"★ {viewed.view.saved} · ") + title
    if viewed.lost_segment:
        title = join_lines([title, italic(words("views.lost_segment"))])
    if viewed.kind_refusal is not None:
        title = join_lines([title, italic(words(f"views.refused.{viewed.kind_refusal}"))])
    if viewed.view.content is ViewContent.STAGE:
        days = words.days(journey_map.period.first, journey_map.period.last, now=journey_map.as_of.date())
        chosen = " · ".join([days, *_choices(journey_map, words)])
        return join_lines([bold(stage_title(viewed)), stage_goal(viewed), chosen])
    about = [words.days(journey_map.period.first, journey_map.period.last, now=journey_map.as_of.date())]
    about += _choices(journey_map, words)
    counts = [customers_text(journey_map, words), words("map.answers", n=totals.answers)]
    if totals.complaints:
        counts.append(words("map.complaints", n=totals.complaints))
    lines: list[Prose | str] = [title, " · ".join(about), " · ".join(filter(None, counts))]
    # The picture of the map says itself which days its changes compare.
    comparison = shown_comparison(journey_map)
    if viewed.view.content is ViewContent.STAGES and comparison is not None:
        lines.append(comparison_text(comparison, words))
    return join_lines(lines)


def _choices(journey_map: JourneyMap, words: Words) -> list[str]:
    """Return what the map is narrowed to."""
    segment = [journey_map.segment_title] if journey_map.segment_title else []
    return segment + ([words(f"map.channel.{journey_map.channel}")] if journey_map.channel else [])


def key_findings(journey_map: JourneyMap, words: Words) -> Iterator[str]:
    """Yield the sentence that stands on the picture, too, and the best and the weakest stage.

    While no stage is judged the notes say how many answers are missing; later they stand on the picture alone, as do
    the days that it compares.
    """
    if journey_map.day is not None:
        yield from (
            takeaway_text(journey_map, words) or " ".join(journey_map.notes),
            *hour_texts(journey_map.day, words),
        )
    elif takeaway := takeaway_text(journey_map, words):
        yield takeaway
        yield from extreme_lines(journey_map, words)
    else:
        yield from journey_map.notes


# ---- stages, with every figure ---------------------------------------------------------------------------------------


def _stages(viewed: ViewedMap, words: Words) -> Iterator[Prose]:
    for place, stage in enumerate(viewed.map.stages, 1):
        yield join_lines([bold(f"{place}. {stage.title}"), *stage_lines(stage, viewed.map, words)])


# ---- voices, barriers, channels, personas ----------------------------------------------------------------------------


def _voices(viewed: ViewedMap, words: Words) -> Iterator[Prose]:
    if len(head := _voices_about(viewed, words)):
        yield head
    if viewed.voice_page.is_withheld:
        yield plain(words("views.voices.too_few"))
    elif not viewed.voices:
        yield plain(words("manager.voices.none"))
    for voice in viewed.voices:
        place = viewed.journey.find_place(voice.subject)
        title = place.part.title.in_language(words.language) if place else voice.subject
        if voice.diary is not None:  # words about a moment of a day, not about the place after which they were invited
            title = words(f"diaries.voice.{voice.diary}")
        score = _answer_text(Scale(voice.kind), voice.value, words) if voice.kind and voice.value is not None else ""
        # Of words that name nobody the day would narrow down who wrote them.
        day = words.day(voice.day) if voice.writer is not None else ""
        about = " · ".join(filter(None, [title, day, score]))
        yield join_lines([quote(cut_text(voice.text, MOST_VOICE)), italic(about)])


def _voices_about(viewed: ViewedMap, words: Words) -> Prose:
    """Return the place and the reason that words are about, with the figure behind which they stand."""
    part, scale, theme = viewed.touchpoint or viewed.stage, viewed.map.scale, viewed.voice_page.theme
    lines: list[Prose | str] = []
    if part is not None:
        score = part.scores.get(scale)
        lines.append(bold(part.title))
        lines.append(named_score_text(scale, score, viewed.map, words) if score is not None else words("map.none"))
    if theme is not None:
        lines.append(words("views.voices.theme", theme=theme.title, times=words("map.times", count=theme.n)))
    # How often each answer was given belongs to the page that opens the list.
    if part is not None and viewed.view.page == 0 and theme is None and viewed.view.mood is None:
        lines += distribution_parts(part, viewed.map, words)
    return join_lines(lines)


def _answer_text(scale: Scale, value: int, words: Words) -> str:
    """Return what a customer tapped: "Satisfied: 2 of 5", "Mood: disappointed"."""
    spec = scale.spec
    if spec.buttons.labels is ButtonLabels.DIGITS:
        text = words("manager.voice.score", value=words.number(value), most=words.number(spec.values[-1]))
    else:
        text = words(f"chat.{scale}.{value}")
    return f"{words(f'map.scale.{scale}')}: {text}"


def _barriers(viewed: ViewedMap, words: Words) -> Iterator[Prose]:
    stages = [stage for stage in viewed.map.stages if stage.barriers or stage.lost_reasons]
    if not stages:
        yield plain(words("manager.barriers.none"))
    for stage in stages:
        themes = [words("manager.barrier", theme=b.theme, times=words("map.times", count=b.n)) for b in stage.barriers]
        yield join_lines([bold(stage.title), *themes, lost_reasons_text(stage, words)])


def _channels(viewed: ViewedMap, words: Words) -> Iterator[Prose]:
    for name, lines in channel_parts(viewed.map, words):
        yield join_lines([bold(name), *lines] if name else lines)


def _personas(viewed: ViewedMap, words: Words) -> Iterator[Prose]:
    """Yield the persona whose card is shown; the card's page is its place."""
    if viewed.persona is None:
        yield plain(words("manager.personas.none"))
        return
    lines = persona_lines(viewed.persona, viewed.map, words)
    yield join_lines([bold(viewed.persona.title), *(plain(line) for line in lines)])


def _compared_personas(viewed: ViewedMap, words: Words) -> Iterator[Prose]:
    if not viewed.journey.personas:
        yield plain(words("manager.personas.none"))
    for line in compare_lines(viewed.map, words):
        yield plain(line)
