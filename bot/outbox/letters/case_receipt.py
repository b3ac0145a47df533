"""Receipts to the customer: their case was opened, an addition has arrived or is kept, it was taken or closed."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.db.cases import case_views
from bot.db.cases.case_views import CaseView
from bot.db.delivery import message_subjects
from bot.db.delivery.letters import Letter
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.delivery.states import LetterState
from bot.db.engine.database import Connection, Database
from bot.messages.callbacks import Action, OwnCaseVerb
from bot.messages.message import Button, Message, Prose, bold, join_lines, plain
from bot.outbox.case_letters import ReceiptCause
from bot.outbox.kinds import LetterDropped, LetterName, LetterOutcome
from bot.texts import Words, words_in
from cjm.cases.case import CaseKind, CaseState
from cjm.cases.place_suggestions import split_likely, suggest_places


class CaseReceiptLetter:
    """Kind of letter. ``data``: ``case`` (its number) and ``what`` (a `ReceiptCause`)."""

    name = LetterName.CASE_RECEIPT
    is_repeated = True

    def __init__(self, db: Database) -> None:
        self._db = db

    async def write(self, letter: Letter) -> Message | LetterDropped:
        number = letter.data["case"]
        view = await self._db.read(lambda tx: case_views.find_view(tx, number))
        if view is None:
            return LetterDropped("the case is gone")
        receipt = _render_receipt(letter, view, words_in(view.customer.language))
        # It names the place and the number of their case: it goes with the rest when they are forgotten.
        return receipt if isinstance(receipt, LetterDropped) else replace(receipt, quotes=frozenset({view.customer.id}))

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        if outcome.state is LetterState.SENT and outcome.message_id:
            about = MessageSubject(SubjectKind.CUSTOMER_MESSAGE, letter.data["case"])
            message_subjects.save(tx, letter.to, outcome.message_id, about, outcome.at)


def _render_receipt(letter: Letter, view: CaseView, words: Words) -> Message | LetterDropped:
    what = letter.data["what"]
    if what == ReceiptCause.ADDED:
        return render_addition(view, words)
    if what == ReceiptCause.JOINED:
        text = words("cases.joined", number=view.case.number, n=letter.data["open"])
        return _with_finish_button(text, view, words)
    if what == ReceiptCause.KEPT:
        return render_kept(letter, view, words)
    if what == ReceiptCause.TAKEN:  # posted with a delay, in which the answer itself may have come
        return render_taken(view, words) if _is_only_taken(view) else LetterDropped("the case went on")
    if what == ReceiptCause.CLOSED:  # posted with a delay, in which a member of the team may take it back
        return render_closed(view, words) if view.case.is_closed else LetterDropped("the case was reopened")
    return render_opened(view, words)


def render_opened(view: CaseView, words: Words, *, expects_more: bool = True) -> Message:
    """Say the case's number and what happens next; with ``expects_more`` also how to add to it and to finish.

    Praise gets thanks only.
    """
    kind, place = view.case.kind, view.place_title(words.language)
    if kind is CaseKind.PRAISE:
        return Message(plain(words("cases.opened.praise")))
    title = words("cases.opened.title", number=view.case.number)
    thanks = f"{words(f'cases.opened.thanks.{kind}')} {words('cases.opened.next')}"
    parts: list[Prose | str] = [bold(f"{title} · {place}" if place else title), thanks]
    if not expects_more:
        return Message(join_lines(parts, "\n\n"))
    if place or view.journey is None or kind is not CaseKind.COMPLAINT:
        return Message(join_lines([*parts, words("cases.opened.more")], "\n\n"), (_finish_button(view, words),))
    parts += [words("cases.opened.more"), words("cases.opened.where")]
    return Message(join_lines(parts, "\n\n"), (*_place_buttons(view, words), _finish_button(view, words)))


def _place_buttons(view: CaseView, words: Words) -> tuple[tuple[Button, ...], ...]:
    """Return a button for each of the likeliest touchpoints that the case can be about."""
    if view.journey is None:
        return ()
    first, _rest = split_likely(suggest_places(view.journey, view.recent_places))
    titles = {key: view.journey.touchpoints[key].touchpoint.title.in_language(words.language) for key in first}
    return tuple(
        (Button(title, Action.of(OwnCaseVerb.SET_PLACE, view.case.number, key)),) for key, title in titles.items()
    )


def _finish_button(view: CaseView, words: Words) -> tuple[Button, ...]:
    return (Button(words("cases.button.done"), Action.of(OwnCaseVerb.FINISH, view.case.number)),)


def render_addition(view: CaseView, words: Words) -> Message:
    return _with_finish_button(words("cases.added", number=view.case.number), view, words)


def render_kept(letter: Letter, view: CaseView, words: Words) -> Message:
    """Say that the customer's messages are kept in the case, and when the team gets to see them."""
    zone = view.customer.known_zone or (view.journey.timezone if view.journey is not None else "UTC")
    until = datetime.fromisoformat(letter.data["until"]).astimezone(ZoneInfo(zone))
    key = f"cases.kept.{letter.data['why']}"
    return _with_finish_button(words(key, number=view.case.number, when=words.moment(until)), view, words)


def _with_finish_button(text: str, view: CaseView, words: Words) -> Message:
    return Message(plain(text), (_finish_button(view, words),))


def _is_only_taken(view: CaseView) -> bool:
    return view.case.state is CaseState.TAKEN and view.case.answered_at is None


def render_taken(view: CaseView, words: Words) -> Message:
    return Message(plain(words("cases.taken", number=view.case.number)))


def render_closed(view: CaseView, words: Words) -> Message:
    number = view.case.number
    button = Button(words("cases.button.not_solved"), Action.of(OwnCaseVerb.NOT_SOLVED, number))
    key = "cases.closed" if view.case.answered_at is not None else "cases.closed.unanswered"
    return Message(plain(words(key, number=number)), ((button,),))
