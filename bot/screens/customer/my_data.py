"""/mydata in words, on as many pages as it takes."""

from collections.abc import Iterator

from babel import Locale

from bot.messages.message import Message, Prose, bold, lines, plain, quote
from bot.texts import Words
from bot.usecases.people.find_zone import place_name
from bot.usecases.people.tell_my_data import AnswerSummary, CaseSummary, PersonalData
from cjm.asking.quiet_hours import QuietHours
from cjm.cases.case import cut

PAGE, MOST_PAGES = 3500, 4
_SHORT = 300


def data_pages(data: PersonalData | None, w: Words) -> Iterator[Message]:
    """One message or more, each within what a messenger takes."""
    if data is None:
        yield Message(plain(w("chat.data.nothing")))
        return
    rest = lines(filter(len, _parts(data, w)), between="\n\n")
    for _ in range(MOST_PAGES):
        page, rest = rest.cut(PAGE)
        yield Message(page)
        if not len(rest):
            return


def _parts(data: PersonalData, w: Words) -> Iterator[Prose]:
    yield bold(w("chat.data.head"))
    yield lines(_person(data, w))
    yield lines(_settings(data, w))
    if data.visits:
        head = bold(w("chat.data.visits", n=data.visit_count))
        if data.visit_count > len(data.visits):
            head += f", {w('chat.data.visits.last')}"
        been = [plain(f"{visit.title}, {w.day(visit.day, year=True)}") for visit in data.visits]
        yield lines([head, *been])
    if data.answers:
        yield lines([bold(w("chat.data.answers", n=data.answer_count)), *(_answer(a, w) for a in data.answers)])
    if data.cases:
        yield lines([bold(w("chat.data.cases", n=data.case_count)), *(_case(c, w) for c in data.cases)])
    yield plain(w("chat.data.end"))


def _person(data: PersonalData, w: Words) -> Iterator[Prose]:
    person = data.person
    if person.external_id is None:
        yield plain(w("chat.data.stranger"))
    else:
        yield plain(w("chat.data.who", id=cut(person.external_id, 128)))
    if person.attributes:
        noted = ", ".join(f"{key}: {value}" for key, value in sorted(person.attributes.items()))
        yield plain(w("chat.data.attributes", list=cut(noted, 1000)))
    if person.stopped_at is not None:
        yield plain(w("chat.data.stopped", day=w.day(person.stopped_at.date(), year=True)))
    elif person.consent_at is not None:
        yield plain(w("chat.data.consent", day=w.day(person.consent_at.date(), year=True)))
    else:
        yield plain(w("chat.data.no_consent"))


def _settings(data: PersonalData, w: Words) -> Iterator[Prose]:
    yield plain(w("chat.data.language", language=language_name(data.language)))
    zone = data.person.timezone
    yield plain(w("chat.data.zone", zone=place_name(zone, w.language)) if zone else w("chat.data.zone.unknown"))
    house = data.person.quiet_hours is None
    if data.quiet is None:
        yield plain(w("chat.data.quiet.none"))
    else:
        yield plain(w("chat.data.quiet.house" if house else "chat.data.quiet", hours=format_hours(data.quiet)))
    if data.muted:
        yield plain(w("chat.data.mutes", list=w.list(list(data.muted))))


def _answer(answer: AnswerSummary, w: Words) -> Prose:
    about = f"{answer.title}, {w.day(answer.day, year=True)}: {answer.asked}"
    if answer.words:
        return plain(about) + "\n" + quote(cut(answer.said, _SHORT))
    return plain(w("chat.answered", asked=about, answer=answer.said))


def _case(case: CaseSummary, w: Words) -> Prose:
    head = plain(w("chat.data.case", number=case.number, day=w.day(case.day, year=True)))
    return head + "\n" + quote(cut(case.words, _SHORT)) if case.words else head


def language_name(language: str) -> str:
    """A language as those who speak it call it."""
    name = Locale.parse(language).get_language_name(language) or language
    return name[:1].upper() + name[1:]


def format_hours(hours: QuietHours) -> str:
    """21:00–09:00"""
    return f"{hours.start:%H:%M}–{hours.end:%H:%M}"
