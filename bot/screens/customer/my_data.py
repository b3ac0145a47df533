"""Screens of /mydata: what a customer is shown about themselves, on up to MOST_PAGES pages and in a file."""

from collections.abc import Iterator
from datetime import datetime

from babel import Locale

from bot.db.diary.diaries import Diary
from bot.messages.callbacks import OwnDataVerb
from bot.messages.message import Message, Prose, Upload, bold, join_lines, plain, quote
from bot.screens.buttons import button_row
from bot.texts import Words
from bot.usecases.people.collect_personal_data import AnswerSummary, CaseSummary, PersonalData
from bot.usecases.people.make_person_file import PersonFile
from bot.usecases.people.time_zones import city_name
from cjm.asking.decision import LESS_OFTEN
from cjm.asking.quiet_hours import QuietHours
from cjm.text import cut_text
from cjm.wording.line_start import begin_line

PAGE, MOST_PAGES = 3500, 4  # units of a page: within what any messenger takes
MOST_WORDS = 300
FILE_NAME = "my-data.json"


def data_pages(data: PersonalData | None, words: Words) -> Iterator[Message]:
    """Yield one message or more; None is for somebody about whom nothing is stored."""
    if data is None:
        yield Message(plain(words("chat.data.nothing")))
        return
    rest = join_lines(filter(len, _parts(data, words)), between="\n\n")
    # What is beyond these pages is in the file; the headings before it tell by their counts how much there is.
    for _ in range(MOST_PAGES):
        page, rest = rest.split_to_fit(PAGE)
        yield Message(page, quotes=frozenset({data.customer.id}))
        if not len(rest):
            break
    button = button_row(words("own_data.as_file"), OwnDataVerb.AS_FILE)
    yield Message(plain(words("own_data.rest")), (button,), silent=True)


def data_file(made: PersonFile | None, words: Words) -> Message:
    """Return everything that is stored as a file for programs; None is for somebody about whom nothing is stored."""
    if made is None:
        return Message(plain(words("chat.data.nothing")))
    upload = Upload(FILE_NAME, made.content, kind="document")
    return Message(plain(words("own_data.file")), upload=upload, quotes=frozenset({made.customer_id}))


def _parts(data: PersonalData, words: Words) -> Iterator[Prose]:
    yield bold(words("chat.data.head"))
    yield join_lines(_person(data, words))
    yield join_lines(_settings(data, words))
    if data.visits:
        head = bold(words("chat.data.visits", n=data.visit_count))
        if data.visit_count > len(data.visits):
            head += f", {words('chat.data.visits.last')}"
        visits = [plain(f"{visit.title}, {words.day(visit.day, year=True)}") for visit in data.visits]
        yield join_lines([head, *visits])
    if data.answers:
        yield join_lines(
            [bold(words("chat.data.answers", n=data.answer_count)), *(_answer(a, words) for a in data.answers)]
        )
    if data.anonymous_count:
        yield plain(words("anonymous.data", n=data.anonymous_count))
    if data.diaries:
        yield join_lines(_diary(diary, words) for diary in data.diaries)
    if data.cases:
        yield join_lines([bold(words("chat.data.cases", n=data.case_count)), *(_case(c, words) for c in data.cases)])
    yield plain(words("chat.data.end"))


def _person(data: PersonalData, words: Words) -> Iterator[Prose]:
    person = data.customer
    if person.external_id is None:
        yield plain(words("chat.data.stranger"))
    else:
        yield plain(words("chat.data.who", id=cut_text(person.external_id, 128)))
    if data.attributes:
        attributes = ", ".join(f"{key}: {value}" for key, value in sorted(data.attributes.items()))
        yield plain(words("chat.data.attributes", list=cut_text(attributes, 1000)))
    if person.is_staff:
        yield plain(words("chat.data.staff"))
    # Somebody who stopped has consented before; the later wish counts.
    if person.stopped_at is not None:
        yield plain(words("chat.data.stopped", day=words.day(person.stopped_at.date(), year=True)))
    elif person.consent_at is not None:
        yield plain(words("chat.data.consent", day=words.day(person.consent_at.date(), year=True)))
    else:
        yield plain(words("chat.data.no_consent"))


def _settings(data: PersonalData, words: Words) -> Iterator[Prose]:
    yield plain(words("chat.data.language", language=language_name(data.language)))
    zone = data.customer.timezone
    yield plain(
        words("chat.data.zone", zone=city_name(zone, words.language)) if zone else words("chat.data.zone.unknown")
    )
    is_default = data.customer.quiet_hours is None
    if data.quiet_hours is None:
        yield plain(words("chat.data.quiet.none"))
    else:
        yield plain(
            words("chat.data.quiet.house" if is_default else "chat.data.quiet", hours=format_hours(data.quiet_hours))
        )
    if data.customer.asks_less_often:
        yield plain(words("settings.less_often", n=LESS_OFTEN.days))
    if data.muted_titles:
        yield plain(words("chat.data.mutes", list=words.list(list(data.muted_titles))))


def _answer(answer: AnswerSummary, words: Words) -> Prose:
    about = f"{answer.title}, {words.day(answer.day, year=True)}: {answer.question}"
    if answer.is_free_text:
        return plain(about) + "\n" + quote(cut_text(answer.answer, MOST_WORDS))
    return plain(words("chat.answered", asked=about, answer=answer.answer))


def _diary(diary: Diary, words: Words) -> Prose:
    def day(at: datetime) -> str:
        return words.day(at.date(), year=True)

    if diary.joined_at is None:
        return plain(words("diaries.data.offered", day=day(diary.offered_at)))
    if diary.ended_at is None:
        return plain(words("diaries.data.joined", day=day(diary.joined_at)))
    return plain(words("diaries.data.ended", first=day(diary.joined_at), last=day(diary.ended_at)))


def _case(case: CaseSummary, words: Words) -> Prose:
    head = plain(words("chat.data.case", number=case.number, day=words.day(case.day, year=True)))
    return head + "\n" + quote(cut_text(case.first_text, MOST_WORDS)) if case.first_text else head


def language_name(language: str) -> str:
    """Return the name of a language in that language, such as "Polski"."""
    name = Locale.parse(language).get_language_name(language) or language
    return begin_line(name)


def format_hours(hours: QuietHours) -> str:
    """Return hours such as "21:00–09:00"."""
    return f"{hours.start:%H:%M}–{hours.end:%H:%M}"
