"""Screens for the team: the list of open cases, the choice of a case's touchpoint, and questions below a card."""

from dataclasses import replace
from datetime import timedelta

from bot.db.cases.case_routing import CaseReader
from bot.db.cases.case_views import CaseView
from bot.messages.callbacks import Action, TeamCaseVerb, Verb
from bot.messages.message import Button, Message, Prose, bold, join_lines
from bot.outbox.letters.case_card import attachments_text, render_card
from bot.screens.buttons import button_row, page_buttons, split_into_rows
from bot.texts import Words, words_in
from bot.usecases.cases.list_cases import PAGE, OpenCaseList
from cjm.cases.case import CaseAuthor, CaseState
from cjm.cases.place_suggestions import suggest_places
from cjm.text import cut_text, cut_to_line

FRESH = timedelta(minutes=1)  # a case this young is new, not waiting
NUMBERS_PER_ROW, TOUCHPOINTS_PER_ROW = 3, 2
MOST_LABEL, MOST_WORDS = 40, 120  # units of a button, and of a customer's first words
MOST_ROWS = 45  # with two touchpoints a row and the way back, within the 100 buttons that a message takes


TurnPage = tuple[Verb, int, str]
"""Verb and first arguments of the buttons that turn the pages of a list about a place."""


def open_case_list(page: OpenCaseList, turn: TurnPage | None = None) -> Message:
    """Count the open cases by state, and list one page of them, the oldest first, with a button each.

    ``turn`` is what turns the pages of cases about a place; without it, those of all cases.
    """
    words = words_in(page.reader.language)
    about = bold(page.place.part.title.in_language(words.language)) if page.place is not None else ""
    if not page.total:
        text = join_lines([about, words("cases.list.none_here" if about else "cases.list.none")])
        return Message(text, thread=page.reader.thread, quotes=frozenset())
    states = [words(f"cases.list.count.{s}", n=page.counts[s]) for s in CaseState if page.counts.get(s)]
    head = join_lines([about, bold(words("cases.list.title", n=page.total)), ", ".join(states)])
    entries = [_entry(view, page, words) for view in page.views]
    numbers = [view.case.number for view in page.views]
    buttons = [Button(words("cases.number", number=n), Action.of(TeamCaseVerb.SHOW, n)) for n in numbers]
    labels = (words("cases.button.earlier_ones"), words("cases.button.later_ones"))
    has_more = page.skip + PAGE < page.total
    verb: Verb = turn[0] if turn else TeamCaseVerb.LIST
    args: tuple[int | str, ...] = turn[1:] if turn else ()
    turning = page_buttons(verb, *args, labels=labels, skip=page.skip, page_size=PAGE, has_more=has_more)
    rows = (*split_into_rows(buttons, NUMBERS_PER_ROW), *turning)
    quotes = frozenset(view.customer.id for view in page.views)
    return Message(join_lines([head, *entries], "\n\n"), rows, thread=page.reader.thread, quotes=quotes)


def _entry(view: CaseView, page: OpenCaseList, words: Words) -> Prose:
    """Return a case in three lines: its title, how long it is open and with whom, the customer's first words."""
    case, place = view.case, view.place_title(words.language)
    title = words(f"cases.card.{case.kind}", number=case.number) + (f" · {place}" if place else "")
    age = page.now - case.opened_at
    waits = words("cases.list.new") if age < FRESH else words("cases.list.since", duration=words.duration(age))
    state = words(f"cases.list.state.{case.state}", name=case.taken_name or words("cases.team"))
    # A customer may have sent photos without words: then the line says what was sent.
    by_customer = (m.text.text for m in view.messages if m.author is CaseAuthor.CUSTOMER)
    first = next(filter(None, by_customer), attachments_text(view.messages, words))
    return join_lines([bold(title), f"{waits} · {state}", cut_to_line(first, MOST_WORDS)])


def touchpoint_choice(view: CaseView, reader: CaseReader) -> Message:
    """Show the card with the journey's touchpoints below it instead of its buttons, the likely ones first."""
    words = words_in(reader.language)
    number, journey = view.case.number, view.journey
    keys = suggest_places(journey, view.recent_places) if journey else []
    titles = [journey.touchpoints[key].touchpoint.title.in_language(words.language) for key in keys] if journey else []
    buttons = [
        Button(cut_text(title, MOST_LABEL), Action.of(TeamCaseVerb.SET_PLACE, number, key))
        for key, title in zip(keys, titles, strict=True)
    ]
    rows = list(split_into_rows(buttons, TOUCHPOINTS_PER_ROW))[:MOST_ROWS]
    back = button_row(words("cases.button.back"), TeamCaseVerb.KEEP_PLACE, number)
    card = render_card(view, words, reader.zone)
    # Without a journey there is nothing to choose: a list with the way back alone would say nothing.
    text = card.text if keys else join_lines([card.text, words("cases.place.no_journey")], "\n\n")
    return replace(card, text=text, buttons=(*rows, back))


def mute_question(view: CaseView, reader: CaseReader) -> Message:
    """Ask below the card whether its customer is to be muted, and say what that means."""
    return _ask_below(view, reader, "cases.mute.question", "cases.button.mute_week", TeamCaseVerb.MUTE)


def close_question(view: CaseView, reader: CaseReader) -> Message:
    """Ask below the card whether a case that nobody has answered is to be closed."""
    label = "cases.button.close_unanswered"
    return _ask_below(view, reader, "cases.refused.unanswered", label, TeamCaseVerb.CLOSE_UNANSWERED)


def _ask_below(view: CaseView, reader: CaseReader, question: str, label: str, verb: TeamCaseVerb) -> Message:
    words, number = words_in(reader.language), view.case.number
    card = render_card(view, words, reader.zone)
    text = join_lines([card.text, bold(words(question))], "\n\n")
    back = button_row(words("cases.button.back"), TeamCaseVerb.KEEP_PLACE, number)
    return replace(card, text=text, buttons=(button_row(words(label), verb, number), back))
