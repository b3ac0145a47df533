"""What the team sees of many cases, and of choosing a case's place."""

from datetime import timedelta

from bot.db.cases.case_routing import CaseReader
from bot.db.cases.case_views import CaseView
from bot.messages.callbacks import Action, TeamCaseVerb
from bot.messages.message import Button, Message, Prose, bold, lines, plain
from bot.outbox.letters.case_card import card, files
from bot.texts import Words, words_in
from bot.usecases.cases.list_cases import PAGE, OpenCaseList
from cjm.cases.case import CaseState, cut
from cjm.cases.place_suggestions import offered

FRESH = timedelta(minutes=1)


def open_case_list(found: OpenCaseList) -> Message:
    """How many wait, and the oldest of them with a button each."""
    words = words_in(found.reader.language)
    if not found.total:
        return Message(plain(words("cases.list.none")), thread=found.reader.thread)
    states = [words(f"cases.list.count.{s}", n=found.counts[s]) for s in CaseState if found.counts.get(s)]
    head = lines([bold(words("cases.list.title", n=found.total)), ", ".join(states)])
    entries = [_entry(view, found, words) for view in found.views]
    buttons = [Button(f"#{view.case.number}", Action.of(TeamCaseVerb.SHOW, view.case.number)) for view in found.views]
    rows = [tuple(buttons[i : i + 3]) for i in range(0, len(buttons), 3)]
    turning = []
    if found.skip:
        turning.append(
            Button(words("cases.button.earlier_ones"), Action.of(TeamCaseVerb.LIST, max(0, found.skip - PAGE)))
        )
    if found.skip + PAGE < found.total:
        turning.append(Button(words("cases.button.later_ones"), Action.of(TeamCaseVerb.LIST, found.skip + PAGE)))
    rows += [tuple(turning)] if turning else []
    return Message(lines([head, *entries], "\n\n"), tuple(rows), thread=found.reader.thread)


def _entry(view: CaseView, found: OpenCaseList, words: Words) -> Prose:
    case, place = view.case, view.place(words.language)
    title = words(f"cases.card.{case.kind}", number=case.number) + (f" · {place}" if place else "")
    age = found.now - case.opened_at
    waits = words("cases.list.new") if age < FRESH else words("cases.list.since", duration=words.duration(age))
    state = words(f"cases.list.state.{case.state}", name=case.taken_name or words("cases.team"))
    first = next((m.said.text for m in view.said if m.said.text), files(view.said, words))
    return lines([bold(title), f"{waits} · {state}", cut(" ".join(first.split()), 120)])


def touchpoint_choice(view: CaseView, reader: CaseReader) -> Message:
    """The card with the journey's touchpoints below it instead of its buttons."""
    words = words_in(reader.language)
    number, journey = view.case.number, view.journey
    keys = offered(journey, view.recent) if journey else []
    titles = [journey.touchpoints[key][1].title.in_(words.language) for key in keys] if journey else []
    buttons = [
        Button(cut(t, 40), Action.of(TeamCaseVerb.SET_PLACE, number, k)) for k, t in zip(keys, titles, strict=True)
    ]
    rows = [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)][:45]
    back = (Button(words("cases.button.back"), Action.of(TeamCaseVerb.KEEP_PLACE, number)),)
    return Message(card(view, words, reader.zone).text, (*rows, back))
