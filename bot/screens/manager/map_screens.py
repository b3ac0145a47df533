"""What is said of a journey under its picture, and instead of it: the same figures for those who cannot see it."""

from collections.abc import Iterator, Sequence

from bot.messages.message import Message, Prose, Upload, bold, italic, join_lines, plain, quote
from bot.outbox.letters.digest_words import figure_number, figure_text, next_step_text, points_text
from bot.screens.manager.map_buttons import view_buttons
from bot.texts import Words, words_in
from bot.usecases.maps.view_map import ViewedMap
from cjm.figures.digest import build_digest
from cjm.figures.journey_map import ChangeDirection, JourneyMap, StageFigures
from cjm.figures.map_view import ViewContent
from cjm.figures.score import Score, Verdict
from cjm.journeys.journey import Persona
from cjm.scales import Scale
from cjm.text import cut_text

A_PAGE = 3000  # units of a page of words: short enough to be read, and within what any messenger takes
MOST_VOICE = 500


def words_of(seen: ViewedMap) -> Words:
    return words_in(seen.map.language)


def map_picture(seen: ViewedMap, upload: Upload, caption_units: int) -> Message:
    """The map with the three things that matter."""
    words = words_of(seen)
    text = join_lines([_head(seen, words), join_lines(key_findings(seen.map, words))], "\n\n")
    return Message(text.split_to_fit(caption_units)[0], view_buttons(seen, words, seen.page_count), upload)


def view_in_words(seen: ViewedMap) -> Message:
    """A face that is no picture."""
    words = words_of(seen)
    parts = {
        ViewContent.STAGES: _stages,
        ViewContent.VOICES: _voices,
        ViewContent.BARRIERS: _barriers,
        ViewContent.CHANNELS: _channels,
        ViewContent.PERSONA: _personas,
    }[seen.view.content]
    found = split_into_pages(list(parts(seen, words)))
    shown = found[min(seen.view.page, len(found) - 1)] if seen.view.content is not ViewContent.VOICES else found[0]
    return Message(join_lines([_head(seen, words), shown], "\n\n"), view_buttons(seen, words, len(found)))


def split_into_pages(parts: Sequence[Prose]) -> list[Prose]:
    """Parts under each other, on as many pages as they need; never none."""
    pages = [Prose()]
    for part in parts:
        fitting = part.split_to_fit(A_PAGE)[0]
        if len(pages[-1]) and len(pages[-1]) + len(fitting) > A_PAGE:
            pages.append(Prose())
        pages[-1] = join_lines([pages[-1], fitting], "\n\n")
    return pages


def _head(seen: ViewedMap, words: Words) -> Prose:
    made, look = seen.map, seen.view
    title = bold(made.title)
    if look.content is ViewContent.PERSONA:
        return title
    about = [words.days(made.period.first, made.period.last)]
    about += [made.segment_title] if made.segment_title else []
    about += [words(f"map.channel.{made.channel}")] if made.channel else []
    counts = [words("manager.customers", n=made.totals.customers), words("digest.answers", n=made.totals.answers)]
    if made.totals.complaints:
        counts.append(words("map.complaints", n=made.totals.complaints))
    return join_lines([title, " · ".join(about), " · ".join(counts)])


def key_findings(made: JourneyMap, words: Words) -> Iterator[str]:
    """Best, weakest, and what to do next; while figures are missing, how many are."""
    found = build_digest(made, ())
    for key, standing in (("digest.best", found.best), ("digest.worst", found.worst)):
        if standing is not None:
            people = words("digest.people", n=standing.n)
            yield words(key, title=standing.title, figure=figure_text(made.scale, standing.value, words), of=people)
    yield from made.notes
    if made.totals.answers:
        yield f"{words('digest.next')} {next_step_text(found.next_step, words)}"


# ---- stages, with every figure ---------------------------------------------------------------------------------------


def _stages(seen: ViewedMap, words: Words) -> Iterator[Prose]:
    for place, stage in enumerate(seen.map.stages, 1):
        title = bold(f"{place}. {stage.title}")
        yield join_lines(
            [
                title,
                *(score_line(s, stage.scores[s], seen.map, words) for s in stage.scores),
                *_more(stage, seen, words),
            ]
        )


def score_line(scale: Scale, score: Score, made: JourneyMap, words: Words) -> str:
    """ "72% satisfied, 95% range 66% to 77%, 287 people" or how many are missing"""
    people = words("digest.people", n=score.n)
    if score.value is None or score.low is None or score.high is None:
        missing = words("figures.more_to_show", n=made.minimum - score.n)
        return f"{words(f'map.scale.{scale}')}: {people}. {missing}"
    low, high = figure_number(scale, score.low, words), figure_number(scale, score.high, words)
    text = words("manager.score", figure=figure_text(scale, score.value, words), low=low, high=high, people=people)
    return text if score.verdict is Verdict.OK else f"{text}. {words('manager.grey')}"


def _more(stage: StageFigures, seen: ViewedMap, words: Words) -> Iterator[str]:
    if not stage.scores:
        yield words("map.none")
    change = stage.change
    if change.direction in (ChangeDirection.BETTER, ChangeDirection.WORSE) and change.points is not None:
        yield words(f"manager.change.{change.direction}", points=points_text(seen.map.scale, change.points, words))
    if stage.visits:
        counts = [words("manager.visits", n=stage.visits)]
        counts += [words("map.complaints", n=stage.complaints)] if stage.complaints else []
        yield " · ".join(counts)
    if stage.barriers:
        yield words("manager.barriers", list=", ".join(f"{b.theme} ({b.n})" for b in stage.barriers))


# ---- voices, barriers, channels, personas ----------------------------------------------------------------------------


def _voices(seen: ViewedMap, words: Words) -> Iterator[Prose]:
    if not seen.voices:
        yield plain(words("manager.voices.none"))
    for heard in seen.voices:
        place = seen.journey.place(heard.subject)
        title = (place[1] or place[0]).title.in_language(words.language) if place else heard.subject
        score = "" if heard.value is None else f"{words(f'map.scale.{heard.kind}')}: {heard.value}"
        about = " · ".join(filter(None, [title, words.day(heard.day), score]))
        yield join_lines([quote(cut_text(heard.text, MOST_VOICE)), italic(about)])


def _barriers(seen: ViewedMap, words: Words) -> Iterator[Prose]:
    told = [stage for stage in seen.map.stages if stage.barriers]
    if not told:
        yield plain(words("manager.barriers.none"))
    for stage in told:
        named = [words("manager.barrier", theme=b.theme, times=words("map.times", count=b.n)) for b in stage.barriers]
        yield join_lines([bold(stage.title), *named])


def _channels(seen: ViewedMap, words: Words) -> Iterator[Prose]:
    unused = []
    for key, made in seen.maps_by_channel:
        name = words(f"map.channel.{key}")
        if not (made.totals.visits or made.totals.answers):
            unused.append(name)
            continue
        scored = [s for s in made.stages if made.scale in s.scores]
        told = [f"{s.title}: {score_line(made.scale, s.scores[made.scale], made, words)}" for s in scored]
        yield join_lines([bold(name[:1].upper() + name[1:]), " · ".join(_totals(made, words)), *told])
    if unused:
        yield plain(words("manager.channels.unused", list=", ".join(unused)))


def _totals(made: JourneyMap, words: Words) -> Iterator[str]:
    totals = made.totals
    for key, n in (("manager.visits", totals.visits), ("digest.answers", totals.answers)):
        if n:
            yield words(key, n=n)
    if totals.complaints:
        yield words("map.complaints", n=totals.complaints)


def _personas(seen: ViewedMap, words: Words) -> Iterator[Prose]:
    if not seen.journey.personas:
        yield plain(words("manager.personas.none"))
        return
    for persona in seen.journey.personas:
        yield _persona(persona, words)
    yield italic(words("manager.personas.assumed"))


def _persona(persona: Persona, words: Words) -> Prose:
    told = [
        words(f"manager.persona.{name}", text=text.in_(words.language))
        for name in ("motives", "day", "goals", "pains")
        if (text := getattr(persona, name)) is not None
    ]
    who = persona.who.in_language(words.language) if persona.who else ""
    channel = (
        words("manager.persona.channel", channel=words(f"map.channel.{persona.channel}")) if persona.channel else ""
    )
    return join_lines([bold(persona.title.in_language(words.language)), who, *told, channel])
