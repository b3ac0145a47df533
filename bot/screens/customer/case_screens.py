"""What a customer sees of complaining and of their own cases."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.db.cases.case_views import CaseView
from bot.messages.callbacks import Action, ComplaintVerb, DraftVerb, OwnCaseVerb, Verb
from bot.messages.message import Button, Message, Prose, bold, italic, lines, plain, quote
from bot.outbox.letters.case_card import talk
from bot.texts import Words, words_in
from bot.usecases.cases.hear_customer import DraftKept
from bot.usecases.cases.list_cases import PAGE, OwnCaseList
from bot.usecases.cases.start_complaint import PlaceOffer
from cjm.cases.case import Case, CaseAuthor, CaseKind, cut

MOST_TALK = 2400


def _row(label: str, verb: Verb, *args: int | str) -> tuple[Button, ...]:
    return (Button(label, Action.of(verb, *args)),)


def touchpoint_choice(offer: PlaceOffer, *, every: bool = False) -> Message:
    """Which moment it is about; ``every`` shows them all."""
    words = words_in(offer.language)
    journey = offer.journey
    if journey is None:
        return writing_prompt(offer)
    keys = [*offer.likely, *offer.others] if every else offer.likely
    titles = ((key, journey.touchpoints[key][1].title.in_(words.language)) for key in keys)
    rows = [_row(title, ComplaintVerb.CHOOSE_PLACE, key) for key, title in titles]
    if offer.others and not every:
        rows.append(_row(words("cases.button.other"), ComplaintVerb.SHOW_ALL_PLACES))
    rows += [
        _row(words("cases.button.just_write"), ComplaintVerb.WRITE_WITHOUT_PLACE),
        _row(words("cases.button.cancel"), ComplaintVerb.CANCEL),
    ]
    text = lines([bold(words("cases.complain.title")), words("cases.complain.hint")], "\n\n")
    return Message(text, tuple(rows))


def writing_prompt(offer: PlaceOffer) -> Message:
    """The invitation to write."""
    words = words_in(offer.language)
    place = offer.journey and offer.chosen_place and offer.journey.touchpoints[offer.chosen_place][1].title.in_(words.language)
    title = words("cases.write.about", place=place) if place else words("cases.write.title")
    back = _row(words("cases.button.back"), ComplaintVerb.BACK_TO_PLACES) if offer.journey else ()
    rows = tuple(row for row in (back, _row(words("cases.button.cancel"), ComplaintVerb.CANCEL)) if row)
    return Message(lines([bold(title), words("cases.write.hint")], "\n\n"), rows)


def cancellation(language: str | None) -> Message:
    return Message(plain(words_in(language)("cases.cancelled")))


def draft_question(kept: DraftKept, reply_to: str) -> Message:
    """What was that? Asked under the message itself."""
    words = words_in(kept.language)
    rows = [_row(words(f"cases.button.kind.{kind}"), DraftVerb.OPEN_CASE, kept.draft, kind) for kind in CaseKind]
    if kept.case is not None:
        rows.insert(
            0, _row(words("cases.button.add_to", number=kept.case), DraftVerb.ADD_TO_CASE, kept.draft, kept.case)
        )
    rows.append(_row(words("cases.button.nothing"), DraftVerb.DISCARD, kept.draft))
    return Message(plain(words("cases.blue.ask")), tuple(rows), reply_to=reply_to)


# ---- one's own cases -------------------------------------------------------------------------------------------------


def own_case_list(mine: OwnCaseList) -> Message:
    words = words_in(mine.language)
    if not mine.views and not mine.skip:
        return Message(plain(words("cases.mine.none")))
    rows = [_row(_label(view, words), OwnCaseVerb.SHOW, view.case.number, mine.skip) for view in mine.views]
    turning = []
    if mine.skip:
        turning.append(Button(words("cases.button.newer"), Action.of(OwnCaseVerb.LIST, max(0, mine.skip - PAGE))))
    if mine.more:
        turning.append(Button(words("cases.button.older"), Action.of(OwnCaseVerb.LIST, mine.skip + PAGE)))
    parts = [bold(words("cases.mine.title")), *(_entry(view, words, mine.timezone) for view in mine.views)]
    return Message(lines(parts, "\n\n"), (*rows, *([tuple(turning)] if turning else [])))


def _label(view: CaseView, words: Words) -> str:
    place = view.place(words.language)
    return cut(f"#{view.case.number} · {place}" if place else _title(view.case, words), 60)


def _title(case: Case, words: Words) -> str:
    return words(f"cases.card.{case.kind}", number=case.number)


def _entry(view: CaseView, words: Words, timezone: str | None) -> Prose:
    """Number, place, date, state, and the last answer there was."""
    answers = [m.said.text for m in view.said if m.author is CaseAuthor.TEAM and m.said.text]
    day = words.day(view.case.opened_at.astimezone(_zone(view, timezone)).date())
    place = view.place(words.language)
    head = bold(_title(view.case, words) + (f" · {place}" if place else ""))
    state = f"{day} · {case_state_text(view.case, words)}"
    return lines([head, state, *([quote(cut(answers[-1], 160))] if answers else [])])


def _zone(view: CaseView, timezone: str | None) -> ZoneInfo:
    return ZoneInfo(timezone) if timezone else view.journey.zone if view.journey else ZoneInfo("UTC")


def case_state_text(case: Case, words: Words) -> str:
    return words("cases.state.praise" if case.kind is CaseKind.PRAISE else f"cases.state.{case.state}")


def own_case(view: CaseView, skip: int = 0) -> Message:
    """All of one case, and what can be done about it."""
    words = words_in(view.customer.language)
    case = view.case
    rows = [_row(words("cases.button.write_more"), OwnCaseVerb.WRITE_MORE, case.number)]
    if case.is_over and case.kind is not CaseKind.PRAISE:
        rows = [_row(words("cases.button.not_solved"), OwnCaseVerb.NOT_SOLVED, case.number)]
    rows.append(_row(words("cases.button.all_mine"), OwnCaseVerb.LIST, skip))
    said = tuple(m if m.author is CaseAuthor.CUSTOMER else replace(m, author_name=None) for m in view.said)
    text = lines([_entry_head(view, words), talk(said, words, MOST_TALK)], "\n\n")
    return Message(text, tuple(rows))


def _entry_head(view: CaseView, words: Words) -> Prose:
    place = view.place(words.language)
    head = bold(_title(view.case, words) + (f" · {place}" if place else ""))
    return lines([head, italic(case_state_text(view.case, words))])


def addition_prompt(view: CaseView) -> Message:
    """The invitation to add something to a case."""
    words, number = words_in(view.customer.language), view.case.number
    return Message(
        plain(words("cases.write.more", number=number)), (_row(words("cases.button.done"), OwnCaseVerb.FINISH, number),)
    )


def reopening(view: CaseView) -> Message:
    words, number = words_in(view.customer.language), view.case.number
    return Message(
        plain(words("cases.reopened", number=number)), (_row(words("cases.button.done"), OwnCaseVerb.FINISH, number),)
    )
