"""Words for who did something to a journey, as commands print them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.usecases.journeys.version_authors import VersionAuthor


def author_text(author: "VersionAuthor") -> str:
    """Return who did something: a name or account, "command line: anna", "the settings" or "unknown"."""
    from bot.usecases.journeys.version_authors import AuthorKind

    return {
        AuthorKind.PERSON: author.name,
        AuthorKind.COMMAND: f"command line: {author.name}" if author.name else "command line",
        AuthorKind.SETTINGS: "the settings",
        AuthorKind.UNKNOWN: "unknown",
    }[author.kind]
