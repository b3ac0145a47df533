"""What the customer is told about their case: that it was opened, that more has arrived, that it was closed."""

from bot.db.cases import case_views, cases
from bot.db.cases.case_views import CaseView
from bot.db.delivery import message_refs
from bot.db.delivery.letters import Letter, LetterState
from bot.db.delivery.message_refs import MessageSubject
from bot.db.engine.database import Connection, Database
from bot.messages.callbacks import Action, OwnCaseVerb
from bot.messages.message import Button, Message, Prose, bold, lines, plain
from bot.outbox import case_letters
from bot.outbox.kinds import LetterDropped, LetterOutcome
from bot.texts import Words, words_in
from cjm.cases.case import CaseKind
from cjm.cases.place_suggestions import likely, offered


class CaseReceiptLetter:
    name = case_letters.RECEIPT

    def __init__(self, db: Database) -> None:
        self._db = db

    async def write(self, letter: Letter) -> Message | LetterDropped:
        number = letter.data["case"]
        view = await self._db.read(lambda tx: case_views.view(tx, number))
        if view is None:
            return LetterDropped("the case is gone")
        words = words_in(view.customer.language)
        what = letter.data["what"]
        if what == "added":
            return added(view, words)
        if what == "closed":
            return closed(view, words) if view.case.is_over else LetterDropped("the case was reopened")
        return opened(view, words)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        if outcome.state is LetterState.SENT and outcome.message_id:
            about = MessageSubject(cases.OWN, letter.data["case"])
            message_refs.remember(tx, letter.to, outcome.message_id, about, outcome.at)


def opened(view: CaseView, words: Words, *, listening: bool = True) -> Message:
    """The case's number, what happens next, and when; while ``listening``, how to add more and to end it."""
    kind, place = view.case.kind, view.place(words.language)
    if kind is CaseKind.PRAISE:
        return Message(plain(words("cases.opened.praise")))
    title = words("cases.opened.title", number=view.case.number)
    thanks = f"{words(f'cases.opened.thanks.{kind}')} {words('cases.opened.next')}"
    parts: list[Prose | str] = [bold(f"{title} · {place}" if place else title), thanks]
    if not listening:
        return Message(lines(parts, "\n\n"))
    if place or view.journey is None or kind is not CaseKind.COMPLAINT:
        return Message(lines([*parts, words("cases.opened.more")], "\n\n"), (_done(view, words),))
    parts += [words("cases.opened.more"), words("cases.opened.where")]
    return Message(lines(parts, "\n\n"), (*_places(view, words), _done(view, words)))


def _places(view: CaseView, words: Words) -> tuple[tuple[Button, ...], ...]:
    if view.journey is None:
        return ()
    first, _rest = likely(offered(view.journey, view.recent))
    titles = {key: view.journey.touchpoints[key][1].title.in_(words.language) for key in first}
    return tuple(
        (Button(title, Action.of(OwnCaseVerb.SET_PLACE, view.case.number, key)),) for key, title in titles.items()
    )


def _done(view: CaseView, words: Words) -> tuple[Button, ...]:
    return (Button(words("cases.button.done"), Action.of(OwnCaseVerb.FINISH, view.case.number)),)


def added(view: CaseView, words: Words) -> Message:
    return Message(plain(words("cases.added", number=view.case.number)), (_done(view, words),))


def closed(view: CaseView, words: Words) -> Message:
    number = view.case.number
    button = Button(words("cases.button.not_solved"), Action.of(OwnCaseVerb.NOT_SOLVED, number))
    return Message(plain(words("cases.closed", number=number)), ((button,),))
