"""Draft a journey for the questions or events of a guess: a file to start from, which tropa check accepts.

A table says what was asked, but seldom where. So each question on a scale gets a touchpoint, with the questions that
follow it; their places and the stages are for a person to put right.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cjm.journeys.survey import MOST_QUESTIONS, QuestionKind
from cjm.scales import DEFAULT_SCALE
from cjm.tables.guessing.event_guess import MOST_IN_A_STAGE, MOST_PLACES
from cjm.tables.guessing.findings import Certainty, ColumnFinding
from cjm.tables.guessing.key_names import make_key
from cjm.tables.guessing.table_guess import QuestionGuess, TableGuess
from cjm.tables.guessing.toml_text import write_value
from cjm.text import visible_line
from cjm.toml_file import MOST_BYTES

_MOST_SURVEYS = 100
_MOST_IN_A_TITLE = 60  # characters of a touchpoint's title: longer ones do not fit a picture
_MOST_IN_A_QUESTION = 600
_STAGE = {"en": "Stage", "ru": "Этап", "pl": "Etap"}
_RUSSIAN = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
_POLISH = frozenset("ąćęłńóśźż")


@dataclass(slots=True)
class DraftPlace:
    """Touchpoint of a draft with its questions."""

    key: str
    title: str
    questions: list[QuestionGuess] = field(default_factory=list)


def find_language(guess: TableGuess) -> str:
    """Return the language of a table, by the letters of its headers and of the words in it."""
    texts = [column.title for column in guess.layout.columns]
    texts += [title for question in guess.questions for _, title in question.options]
    texts += [place.title for place in guess.events.places] if guess.events is not None else []
    letters = Counter(c for text in texts for c in text.casefold() if c.isalpha())
    if 2 * sum(letters[c] for c in _RUSSIAN) > letters.total():
        return "ru"
    return "pl" if any(letters[c] for c in _POLISH) else "en"


def draft_journey(guess: TableGuess, name: str, source: str, language: str) -> str:
    """Return the text of a journey; the guess gets the keys of its touchpoints, and drops what has no room in one.

    ``name`` is the name that the key is made of, ``source`` the file's name, for the first line.
    """
    title = _capitalize(visible_line(name.replace("_", " ").replace("-", " "), 120)) or "Journey"
    stages = _place_events(guess, language) if guess.events is not None else _place_questions(guess, language)
    lines = [
        f"# Drafted from {visible_line(source, 80)}. Change it and run tropa check; docs/journey.md explains all keys.",
        "",
        f"key = {write_value(make_key(name, set(), 'journey'))}",
        f"title = {write_value(title)}",
        f"languages = [{write_value(language)}]",
        f"timezone = {write_value(guess.roles.timezone or 'UTC')}  # yours: of days, and of times without a zone",
        f"scale = {write_value(_choose_scale(guess))}",
        *_write_attributes(guess),
        *_write_stages(stages),
        *_write_surveys([place for _, _, places in stages for place in places]),
    ]
    return "\n".join(lines) + "\n"


DraftStage = tuple[str, str, list[DraftPlace]]
"""Key and title of a stage, and its touchpoints."""


# ---- places


def _place_events(guess: TableGuess, language: str) -> list[DraftStage]:
    events, taken = guess.events, set[str]()
    assert events is not None
    stages = list[DraftStage]()
    guess.labels = {}
    for number, (title, places) in enumerate(events.group_stages(), 1):
        drafted = list[DraftPlace]()
        shown = _shorten(title) or f"{_STAGE[language]} {number}"
        stage_key = make_key(shown, taken, "stage")
        for place in places:
            drafted.append(DraftPlace(make_key(place.title, taken, "touchpoint"), _shorten(place.title) or place.label))
            guess.labels[place.label] = drafted[-1].key
        stages.append((stage_key, shown, drafted))
    return stages


def _place_questions(guess: TableGuess, language: str) -> list[DraftStage]:
    places, taken = list[DraftPlace](), set[str]()
    for question in guess.questions:
        is_scale = question.answers.kind.scale is not None
        has_scale = bool(places) and any(q.answers.kind.scale for q in places[-1].questions)
        # What stands above the first question on a scale belongs to it.
        if not places or (is_scale and has_scale):
            places.append(DraftPlace("", ""))
        places[-1].questions.append(question)
    for place in places:
        main = next((q for q in place.questions if q.answers.kind.scale is not None), place.questions[0])
        place.key = make_key(main.key, taken, "touchpoint")
        place.title = _shorten(main.title) or place.key
    kept = _drop_surplus(guess, [place for place in places if any(map(_is_tapped, place.questions))])
    return [
        (
            make_key(f"{_STAGE['en']} {n}", taken, "stage"),
            f"{_STAGE[language]} {n}",
            kept[start : start + MOST_IN_A_STAGE],
        )
        for n, start in enumerate(range(0, len(kept), MOST_IN_A_STAGE), 1)
    ]


def _drop_surplus(guess: TableGuess, places: Sequence[DraftPlace]) -> list[DraftPlace]:
    """Return the places that a journey has room for; what they lack is named."""
    kept, surveys, size = list[DraftPlace](), 0, 0
    for place in places:
        parted = part_surveys(place.questions)
        place.questions = [question for survey in parted for question in survey]
        surveys += len(parted)
        size += sum(map(_measure, place.questions))
        if surveys > _MOST_SURVEYS or len(kept) >= MOST_PLACES or size > MOST_BYTES // 2:
            break
        kept.append(place)
    keys = {question.key for place in kept for question in place.questions}
    for question in [q for q in guess.questions if q.key not in keys]:
        guess.questions.remove(question)
        guess.roles.forget_role(f"questions.{question.key}")
        reason = "a journey has no room for so many questions: make a second one"
        guess.findings.append(ColumnFinding(question.shown_name, "", reason, Certainty.LEFT_OUT))
    guess.labels = {label: key for label, key in guess.labels.items() if key in keys}
    return kept


def part_surveys(questions: Sequence[QuestionGuess]) -> list[list[QuestionGuess]]:
    """Return the questions of a touchpoint as surveys, each begun by a question that is answered by a tap.

    Words for which no survey has room are left out.
    """
    tapped = [question for question in questions if _is_tapped(question)]
    words = [question for question in questions if not _is_tapped(question)]
    size = MOST_QUESTIONS - 1 if words else MOST_QUESTIONS
    surveys = [tapped[start : start + size] for start in range(0, len(tapped), size)]
    for question in words:
        if (room := next((survey for survey in surveys if len(survey) < MOST_QUESTIONS), None)) is not None:
            room.append(question)
    return surveys


def _is_tapped(question: QuestionGuess) -> bool:
    return question.answers.kind is not QuestionKind.TEXT


def _measure(question: QuestionGuess) -> int:
    """Return how many bytes a question may need in one of the two files."""
    texts = [question.title[:_MOST_IN_A_QUESTION], *(title for _, title in question.options), str(question.settings)]
    return sum(2 * len(text) + 100 for text in texts)


def _choose_scale(guess: TableGuess) -> str:
    counts = Counter(q.answers.kind.value for q in guess.questions if q.answers.kind.scale is not None)
    return counts.most_common(1)[0][0] if counts else DEFAULT_SCALE.value


# ---- the file


def _write_attributes(guess: TableGuess) -> Iterator[str]:
    for key, column in guess.attributes.items():
        yield "\n[[attributes]]"
        yield f"key = {write_value(key)}"
        yield f"title = {write_value(_shorten(column.title) or key)}"


def _write_stages(stages: Sequence[DraftStage]) -> Iterator[str]:
    if len(stages) == 1:
        yield ""
        yield "# Split this stage into those that your customers go through."
    for key, title, places in stages:
        yield "\n[[stages]]"
        yield f"key = {write_value(key)}"
        yield f"title = {write_value(title)}"
        yield "touchpoints = ["
        for place in places:
            yield f"    {write_value({'key': place.key, 'title': place.title})},"
        yield "]"


def _write_surveys(places: Sequence[DraftPlace]) -> Iterator[str]:
    taken: set[str] = set()
    for place in places:
        for questions in part_surveys(place.questions):
            yield "\n[[surveys]]"
            yield f"key = {write_value(make_key(place.key, taken, 'survey'))}"
            yield f"on = {write_value({'touchpoint': place.key})}"
            for question in questions:
                yield from _write_question(question)


def _write_question(question: QuestionGuess) -> Iterator[str]:
    yield "\n[[surveys.questions]]"
    yield f"key = {write_value(question.key)}"
    yield f"kind = {write_value(question.answers.kind.value)}"
    yield f"text = {write_value(visible_line(question.title, _MOST_IN_A_QUESTION) or question.key)}"
    if question.answers.several:
        yield "several = true"
    if question.options:
        yield "options = ["
        for key, title in question.options:
            yield f"    {write_value({'key': key, 'title': visible_line(title, 60) or key})},"
        yield "]"


def _capitalize(title: str) -> str:
    return title[:1].upper() + title[1:]


def _shorten(title: str) -> str:
    line = visible_line(title, _MOST_IN_A_TITLE + 1)
    return line if len(line) <= _MOST_IN_A_TITLE else line[: _MOST_IN_A_TITLE - 1].rstrip() + "…"
