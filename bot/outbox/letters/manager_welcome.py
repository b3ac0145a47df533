"""The answer to a manager's link: a welcome with what a manager can do, or that the link opens nothing."""

from datetime import datetime
from enum import StrEnum

from bot.db.delivery import letters
from bot.db.delivery.letters import Letter, LetterPriority, NewLetter
from bot.db.engine.database import Connection
from bot.messages.command_list import command_list, manager_commands
from bot.messages.message import Message, Prose, join_lines, plain
from bot.outbox.kinds import LetterName, LetterOutcome
from bot.texts import Words, words_in
from cjm.address import Address


class ManagerLinkAnswer(StrEnum):
    """Answer to somebody who opens a manager's link."""

    FIRST = "first"  # the first manager of all
    NEWS = "news"  # the link has made them a manager, or given them more journeys
    KNOWN = "known"  # the link changed nothing
    REFUSED = "refused"  # why is not told, so that links cannot be probed


def post_manager_welcome(
    tx: Connection,
    to: Address,
    message_id: str,
    answer: ManagerLinkAnswer,
    language: str,
    now: datetime,
    *,
    may_see_all: bool = False,
    journey: str = "",
) -> None:
    """Answer the Start that is the person's message ``message_id``; pressing Start again posts another answer.

    ``journey`` is the key of one that they may see, for an example.
    """
    data = {"answer": answer, "language": language, "may_see_all": may_see_all, "journey": journey}
    key = f"manager_welcome:{to}:{message_id}"
    letters.post(tx, NewLetter(key, to, LetterName.MANAGER_WELCOME, LetterPriority.REPLY, now, data), now)


class ManagerWelcomeLetter:
    """Kind of letter. ``data``: ``answer`` (a `ManagerLinkAnswer`), ``language``, ``may_see_all`` and ``journey``."""

    name = LetterName.MANAGER_WELCOME
    is_repeated = True  # the person waits for it

    async def write(self, letter: Letter) -> Message:
        answer, words = ManagerLinkAnswer(letter.data["answer"]), words_in(letter.data["language"])
        if answer is ManagerLinkAnswer.REFUSED:
            return Message(plain(words("manager.link.refused")))
        journey = letter.data.get("journey", "shop")  # missing in letters from before it was stored
        paragraphs = list_manager_help(words, journey, may_see_all=letter.data["may_see_all"])
        return Message(join_lines([plain(words(f"manager.welcome.{answer}")), *paragraphs], "\n\n"))

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        """Do nothing: who gets no answer can press Start again."""


def list_manager_help(words: Words, journey: str, *, may_see_all: bool) -> list[Prose]:
    """Return the paragraphs about what a manager can do; ``journey`` is the key of one that they may see."""
    commands = command_list(manager_commands(may_see_all=may_see_all), words)
    paragraphs = [commands, plain(words("manager.help", journey=journey))]
    return [*paragraphs, plain(words("manager.help.team"))] if may_see_all else paragraphs
