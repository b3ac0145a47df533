"""Words for who did something to a journey, and on which day."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.texts import Words
from bot.usecases.journeys.version_authors import VersionAuthor


def author_text(author: VersionAuthor, words: Words) -> str:
    """Return a person's name, "command line (anna)", "from the settings", or that it is not known."""
    # What earlier versions of Tropa stored of the command line names nobody.
    kind = author.kind if author.name or author.kind != "command" else "some_command"
    return words(f"versions.who.{kind}", name=author.name)


def step_values(author: VersionAuthor, at: datetime, zone: ZoneInfo, words: Words) -> dict[str, str]:
    """Return the day, by the journey's clock, and who it was, to be filled into a sentence."""
    return {"day": words.day(at.astimezone(zone).date(), year=True), "who": author_text(author, words)}
