"""Words of a day in the life: what stands out, each part of the day, and when people answer."""

from collections.abc import Iterator

from cjm.figures.day.day_figures import DayFigures, DayPart
from cjm.figures.day.parts import PartOfDay, hours_of
from cjm.figures.journey_map import JourneyMap
from cjm.journeys.parts.diary_question import DiaryQuestion
from cjm.wording.figure_words import figure_text, score_text
from cjm.wording.words import FigureWords


def part_title(part: PartOfDay, words: FigureWords) -> str:
    """Return the heading of a part of the day: "Evening"."""
    return words(f"day.part.{part}")


def hours_text(part: PartOfDay) -> str:
    """Return the hours of a part of the day: "18–24"."""
    hours = hours_of(part)
    return f"{hours.start}–{hours.stop}"


def day_sentence(journey_map: JourneyMap, words: FigureWords) -> str:
    """Return the one sentence that matters about a day: what is proven of its parts; why there is none otherwise."""
    day = journey_map.day
    if day is None or not day.timed_visits:
        return words("day.no_times") if day is not None and day.unknown else ""
    lowest = next((part.score for part in day.parts if part.part is day.weakest and part.score is not None), None)
    if day.weakest is not None and lowest is not None and lowest.value is not None:
        figure = figure_text(journey_map.scale, lowest.value, words)
        return words("day.takeaway.weakest", part=part_title(day.weakest, words), figure=figure)
    busiest = next((part for part in day.parts if part.part is day.busiest), None)
    if busiest is not None:
        share = share_text(busiest, day, words)
        return words("day.takeaway.busiest", n=busiest.hours, part=part_title(busiest.part, words), share=share)
    return words("day.takeaway.even")


def visits_text(part: DayPart, day: DayFigures, words: FigureWords) -> str:
    """Return "503 visits, 41%"; that there were none."""
    if not part.visits:
        return words("day.no_visits")
    return f"{words('map.visits', n=part.visits)}, {share_text(part, day, words)}"


def share_text(part: DayPart, day: DayFigures, words: FigureWords) -> str:
    """Return the share of a part among the visits whose time is known: "41%"."""
    return words.percent(day.share_of(part))


def places_text(part: DayPart, words: FigureWords) -> str:
    """Return "Mostly: Delivery (312), Payment (64)"; empty without visits."""
    if not part.places:
        return ""
    named = (f"{place.title}\u00a0({words.number(place.visits)})" for place in part.places)
    return words("day.mostly", list=", ".join(named))


def complaints_text(part: DayPart, words: FigureWords) -> str:
    """Return "12 complaints"; empty without any."""
    return words("map.complaints", n=part.complaints) if part.complaints else ""


def quote_lines(part: DayPart, words: FigureWords) -> Iterator[tuple[DiaryQuestion, str]]:
    """Yield what a customer did, wished and was hindered by, in quotation marks."""
    for question in DiaryQuestion:
        if (voice := part.quotes.get(question)) is not None:
            yield question, words("map.quote", text=voice.text)


def writers_text(part: DayPart, journey_map: JourneyMap, words: FigureWords) -> str:
    """Return how many people wrote in their diaries, or that these are too few; empty where nobody wrote."""
    if part.writers is None:
        return words("day.writers.withheld", n=journey_map.minimum)
    return words("day.writers", count=words.number(part.writers)) if part.writers else ""


def hour_texts(day: DayFigures, words: FigureWords) -> list[str]:
    """Return at which hour people answer most often, or that no hour is clearly better, and from how many questions."""
    if not day.asked:
        return [words("day.hour.none")] if day.is_scored else []
    base = words("day.hour.base", n=day.asked)
    best = day.best_hour
    if best is None:
        return [words("day.hour.even"), base]
    span = {"first": f"{best.hour:02d}:00", "last": f"{(best.hour + 1) % 24:02d}:00"}
    shares = {"share": words.percent(best.share), "others": words.percent(best.others)}
    return [words("asked.best_hour", **span, **shares), base]


def note_texts(journey_map: JourneyMap, words: FigureWords, *, has_quotes: bool = True) -> list[str]:
    """Return what a reader must know: whose clock, why scores may differ or are missing, where the words are from."""
    day = journey_map.day
    if day is None or not day.timed_visits:
        return []
    has_scores = any(part.score is not None for part in day.parts)
    notes = [words("day.note.clock")]
    notes += [words("day.note.length")] if day.busiest is not None else []
    notes += [words("day.unknown", count=words.number(day.unknown))] if day.unknown else []
    notes += [words("day.no_scores")] if not day.is_scored else []
    notes += [words("day.note.mix")] if has_scores else []
    notes += [words("day.note.diary")] if has_quotes and day.voices else []
    return notes


def part_lines(part: DayPart, journey_map: JourneyMap, words: FigureWords) -> Iterator[str]:
    """Yield everything about a part of the day, line by line."""
    day = journey_map.day
    if day is None:
        return
    yield visits_text(part, day, words)
    yield from filter(None, (places_text(part, words), complaints_text(part, words)))
    if part.score is not None:
        yield score_text(journey_map.scale, part.score, journey_map, words)
    elif part.visits and day.is_scored:
        yield words("map.none")
    for question, text in quote_lines(part, words):
        yield f"{words(f'day.{question}')}: {text}"
    yield from filter(None, [writers_text(part, journey_map, words)])


def day_parts(journey_map: JourneyMap, words: FigureWords) -> Iterator[tuple[str, list[str]]]:
    """Yield each part of the day with its lines, and then when people answer and what must be known."""
    day = journey_map.day
    if day is None:
        return
    for part in day.parts if day.timed_visits else ():
        title = f"{part_title(part.part, words)} ({hours_text(part.part)})"
        yield title, list(part_lines(part, journey_map, words))
    if hours := hour_texts(day, words):
        yield words("day.heading.hour"), hours
    if notes := note_texts(journey_map, words):
        yield "", notes
