"""/mydata in words, on as many pages as it takes."""

from collections.abc import Iterator

from babel import Locale

from bot.messages.message import Message, Prose, bold, join_lines, plain, quote
from bot.texts import Words
from bot.usecases.people.collect_personal_data import AnswerSummary, CaseSummary, PersonalData
from bot.usecases.people.time_zones import city_name
from cjm.asking.quiet_hours import QuietHours
from cjm.text import cut_text

PAGE, MOST_PAGES = 3500, 4
_SHORT = 300


def data_pages(data: PersonalData | None, w: Words) -> Iterator[Message]:
    """One message or more, each within what a messenger takes."""
    if data is None:
        yield Message(plain(w("chat.data.nothing")))
        return
    rest = join_lines(filter(len, _parts(data, w)), between="\n\n")
    for _ in range(MOST_PAGES):
        page, rest = rest.split_to_fit(PAGE)
        yield Message(page)
        if not len(rest):
            return


def _parts(data: PersonalData, w: Words) -> Iterator[Prose]:
    yield bold(w("chat.data.head"))
    yield join_lines(_person(data, w))
    yield join_lines(_settings(data, w))
    if data.visits:
        head = bold(w("chat.data.visits", n=data.visit_count))
        if data.visit_count > len(data.visits):
            head += f", {w('chat.data.visits.last')}"
        been = [plain(f"{visit.title}, {w.day(visit.day, year=True)}") for visit in data.visits]
        yield join_lines([head, *been])
    if data.answers:
        yield join_lines([bold(w("chat.data.answers", n=data.answer_count)), *(_answer(a, w) for a in data.answers)])
    if data.cases:
        yield join_lines([bold(w("chat.data.cases", n=data.case_count)), *(_case(c, w) for c in data.cases)])
    yield plain(w("chat.data.end"))


def _person(data: PersonalData, w: Words) -> Iterator[Prose]:
    person = data.customer
    if person.external_id is None:
        yield plain(w("chat.data.stranger"))
    else:
        yield plain(w("chat.data.who", id=cut_text(person.external_id, 128)))
    if person.attributes:
        noted = ", ".join(f"{key}: {value}" for key, value in sorted(person.attributes.items()))
        yield plain(w("chat.data.attributes", list=cut_text(noted, 1000)))
    if person.stopped_at is not None:
        yield plain(w("chat.data.stopped", day=w.day(person.stopped_at.date(), year=True)))
    elif person.consent_at is not None:
        yield plain(w("chat.data.consent", day=w.day(person.consent_at.date(), year=True)))
    else:
        yield plain(w("chat.data.no_consent"))


def _settings(data: PersonalData, w: Words) -> Iterator[Prose]:
    yield plain(w("chat.data.language", language=language_name(data.language)))
    zone = data.customer.timezone
    yield plain(w("chat.data.zone", zone=city_name(zone, w.language)) if zone else w("chat.data.zone.unknown"))
    house = data.customer.quiet_hours is None
    if data.quiet_hours is None:
        yield plain(w("chat.data.quiet.none"))
    else:
        yield plain(w("chat.data.quiet.house" if house else "chat.data.quiet", hours=format_hours(data.quiet_hours)))
    if data.muted_titles:
        yield plain(w("chat.data.mutes", list=w.list(list(data.muted_titles))))


def _answer(answer: AnswerSummary, w: Words) -> Prose:
    about = f"{answer.title}, {w.day(answer.day, year=True)}: {answer.question}"
    if answer.is_free_text:
        return plain(about) + "\n" + quote(cut_text(answer.answer, _SHORT))
    return plain(w("chat.answered", asked=about, answer=answer.answer))


def _case(case: CaseSummary, w: Words) -> Prose:
    head = plain(w("chat.data.case", number=case.number, day=w.day(case.day, year=True)))
    return head + "\n" + quote(cut_text(case.first_words, _SHORT)) if case.first_words else head


def language_name(language: str) -> str:
    """A language as those who speak it call it."""
    name = Locale.parse(language).get_language_name(language) or language
    return name[:1].upper() + name[1:]


def format_hours(hours: QuietHours) -> str:
    """21:00–09:00"""
    return f"{hours.start:%H:%M}–{hours.end:%H:%M}"
