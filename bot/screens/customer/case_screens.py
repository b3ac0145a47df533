"""Screens for complaining and for a customer's own cases."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.db.cases.case_views import CaseView
from bot.messages.callbacks import ComplaintVerb, OwnCaseVerb
from bot.messages.message import Message, Prose, bold, italic, join_lines, plain, quote
from bot.messages.notice import Notice
from bot.outbox.letters.case_card import render_messages
from bot.screens.buttons import button_row, page_buttons
from bot.texts import Words, words_in
from bot.usecases.cases.list_cases import PAGE, OwnCaseList
from bot.usecases.cases.start_complaint import PlaceOffer
from cjm.cases.case import Case, CaseAuthor, CaseKind
from cjm.text import cut_text

MOST_MESSAGES_UNITS = 2400  # of the messages of a case: leaves room for its head above them
MOST_LABEL, MOST_ANSWER = 60, 160  # units of a button, and of an answer that is quoted in the list


def touchpoint_choice(offer: PlaceOffer, *, every: bool = False) -> Message:
    """Ask which touchpoint the complaint is about: the likely ones, or with ``every`` all of the journey's.

    Without a journey there is nothing to choose from, and the customer is asked to write at once.
    """
    words = words_in(offer.language)
    journey = offer.journey
    if journey is None:
        return writing_prompt(offer)
    keys = [*offer.likely, *offer.others] if every else offer.likely
    titles = ((key, journey.touchpoints[key].touchpoint.title.in_language(words.language)) for key in keys)
    rows = [button_row(title, ComplaintVerb.CHOOSE_PLACE, key) for key, title in titles]
    if offer.others and not every:
        rows.append(button_row(words("cases.button.other"), ComplaintVerb.SHOW_ALL_PLACES))
    rows += [
        button_row(words("cases.button.just_write"), ComplaintVerb.WRITE_WITHOUT_PLACE),
        button_row(words("cases.button.cancel"), ComplaintVerb.CANCEL),
    ]
    hint, named = words("cases.complain.hint"), _named_text(offer, words)
    return Message(join_lines([bold(words("cases.complain.title")), hint, named], "\n\n"), tuple(rows))


def _named_text(offer: PlaceOffer, words: Words) -> str:
    """Return that the team sees whose complaint it is, where the customer knows questions as anonymous; else ""."""
    return words("anonymous.complain") if offer.journey is not None and offer.journey.anonymous else ""


def writing_prompt(offer: PlaceOffer) -> Message:
    """Ask for the words of a complaint, and name the touchpoint if one was chosen."""
    words = words_in(offer.language)
    place = (
        offer.journey
        and offer.chosen_place
        and offer.journey.touchpoints[offer.chosen_place].touchpoint.title.in_language(words.language)
    )
    title = words("cases.write.about", place=place) if place else words("cases.write.title")
    back = button_row(words("cases.button.back"), ComplaintVerb.BACK_TO_PLACES) if offer.journey else ()
    rows = tuple(row for row in (back, button_row(words("cases.button.cancel"), ComplaintVerb.CANCEL)) if row)
    return Message(join_lines([bold(title), words("cases.write.hint"), _named_text(offer, words)], "\n\n"), rows)


def cancellation(language: str | None) -> Message:
    """Confirm that nothing will be sent; what is written next is an ordinary message again."""
    return Message(plain(words_in(language)("cases.cancelled")))


# ---- one's own cases -------------------------------------------------------------------------------------------------


def own_case_list(page: OwnCaseList) -> Message:
    """List a page of the customer's cases, the latest first, with a button each."""
    words = words_in(page.language)
    if not page.views and not page.skip:  # an empty later page still has its way back
        return Message(plain(words("cases.mine.none")))
    rows = [button_row(_label(view, words), OwnCaseVerb.SHOW, view.case.number, page.skip) for view in page.views]
    labels = (words("cases.button.newer"), words("cases.button.older"))
    rows += page_buttons(OwnCaseVerb.LIST, labels=labels, skip=page.skip, page_size=PAGE, has_more=page.has_more)
    parts = [bold(words("cases.mine.title")), *(_entry(view, words, page.timezone) for view in page.views)]
    quotes = frozenset(view.customer.id for view in page.views)
    return Message(join_lines(parts, "\n\n"), tuple(rows), quotes=quotes)


def _label(view: CaseView, words: Words) -> str:
    return cut_text(_headline(view, words), MOST_LABEL)


def _entry(view: CaseView, words: Words, timezone: str | None) -> Prose:
    """Return a case in a few lines: number, place, date, state, and the start of the team's latest answer."""
    answers = [m.text.text for m in view.messages if m.author is CaseAuthor.TEAM and m.text.text]
    day = words.day(view.case.opened_at.astimezone(_zone(view, timezone)).date())
    state = f"{day} · {case_state_text(view.case, words)}"
    return join_lines(
        [bold(_headline(view, words)), state, *([quote(cut_text(answers[-1], MOST_ANSWER))] if answers else [])]
    )


def _zone(view: CaseView, timezone: str | None) -> ZoneInfo:
    return ZoneInfo(timezone) if timezone else view.journey.zone if view.journey else ZoneInfo("UTC")


def case_state_text(case: Case, words: Words) -> str:
    """Return the state of a case in the customer's words."""
    # Praise has no state to follow: nobody has to answer it.
    return words("cases.state.praise" if case.kind is CaseKind.PRAISE else f"cases.state.{case.state}")


def own_case(view: CaseView, skip: int = 0) -> Message:
    """Show one case with its messages, or the first and latest of many; ``skip`` is the list's page to go back to."""
    words = words_in(view.customer.language)
    case = view.case
    rows = [button_row(words("cases.button.write_more"), OwnCaseVerb.WRITE_MORE, case.number)]
    if case.is_closed and case.kind is not CaseKind.PRAISE:
        rows = [button_row(words("cases.button.not_solved"), OwnCaseVerb.NOT_SOLVED, case.number)]
    rows.append(button_row(words("cases.button.all_mine"), OwnCaseVerb.LIST, skip))
    # The customer talks with the team: who of the team wrote an answer is not their business.
    messages = tuple(m if m.author is CaseAuthor.CUSTOMER else replace(m, author_name=None) for m in view.messages)
    head = join_lines([bold(_headline(view, words)), italic(case_state_text(case, words))])
    text = join_lines([head, render_messages(messages, words, MOST_MESSAGES_UNITS)], "\n\n")
    return Message(text, tuple(rows), quotes=frozenset({view.customer.id}))


def _headline(view: CaseView, words: Words) -> str:
    place = view.place_title(words.language)
    return words(f"cases.card.{view.case.kind}", number=view.case.number) + (f" · {place}" if place else "")


def addition_prompt(view: CaseView) -> Message:
    """Ask for more words, photos or voice messages for a case."""
    words, number = words_in(view.customer.language), view.case.number
    return Message(
        plain(words("cases.write.more", number=number)),
        (button_row(words("cases.button.done"), OwnCaseVerb.FINISH, number),),
    )


def reopening(view: CaseView) -> Message:
    """Confirm that the case is open again, and ask what is still wrong."""
    words, number = words_in(view.customer.language), view.case.number
    return Message(
        plain(words("cases.reopened", number=number)),
        (button_row(words("cases.button.done"), OwnCaseVerb.FINISH, number),),
    )


def foreign_case(language: str | None) -> Notice:
    """Return the alert for a button that names no case of this customer, such as a forged one."""
    return Notice(words_in(language)("cases.refused.mine"), is_alert=True)
