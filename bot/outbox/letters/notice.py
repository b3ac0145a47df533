"""Notices to managers and teams about the bot itself: a team lost its chat, a digest was or may have been lost.

Managers also read that anybody can read a team's chat.
"""

from bot.db.delivery.letters import Letter
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.messages.callbacks import Action, DigestVerb
from bot.messages.message import Button, Message, plain
from bot.outbox.kinds import LetterDropped, LetterName, LetterOutcome
from bot.texts import words_in

TEAM_LOST, DIGEST_LOST, DIGEST_UNSURE = "team_lost", "digest_lost", "digest_unsure"
GROUP_PUBLIC = "group_public"


class NoticeLetter:
    """Kind of letter. ``data``: ``what``, ``language``, ``team``; ``journey`` and ``view`` if it is about a digest."""

    name = LetterName.NOTICE
    is_repeated = True

    def __init__(self, db: Database) -> None:
        self._db = db

    async def write(self, letter: Letter) -> Message | LetterDropped:
        words, what, key = words_in(letter.data["language"]), letter.data["what"], letter.data.get("journey")
        journey = await self._db.read(lambda tx: journeys.find_current(tx, key)) if key else None
        title = journey.title.in_language(words.language) if journey else key or ""
        text = plain(words(f"team.notice.{what}", team=letter.data["team"], title=title))
        # Only a digest that may have arrived is offered again; one that was refused would be refused again.
        if what != DIGEST_UNSURE:
            return Message(text, thread=letter.thread)
        send_again = Button(words("team.button.send_again"), Action.of(DigestVerb.SEND_AGAIN, letter.data["view"]))
        return Message(text, ((send_again,),), thread=letter.thread)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        """Do nothing: a notice that is lost has no consequences."""
