"""Authors of versions, drafts and archives: who did it, as far as it is known, for people who read the history."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.db.audit import audit_entries
from bot.db.audit.audit_actions import COMMAND_LINE
from bot.db.engine.database import Connection
from bot.usecases.journeys.apply_configured_journeys import SETTINGS


class AuthorKind(StrEnum):
    """Way in which something was done to a journey."""

    PERSON = "person"  # in a chat
    COMMAND = "command"
    SETTINGS = "settings"  # from the files of the settings, at a start
    UNKNOWN = "unknown"  # nothing was stored, or the person had themselves forgotten


@dataclass(frozen=True, slots=True)
class VersionAuthor:
    """Author of a version. ``name`` is a person's, else their account; the user of the command line; or ""."""

    kind: AuthorKind
    name: str = ""


def find_authors(tx: Connection, stored: Collection[str | None]) -> dict[str | None, VersionAuthor]:
    """Return who each stored author is. Names come from the audit log; without one the account stands for them."""
    names = audit_entries.list_names(tx, [each for each in stored if each is not None])
    return {each: _read_author(each, names.get(each or "")) for each in stored}


def _read_author(stored: str | None, name: str | None) -> VersionAuthor:
    if stored == SETTINGS:
        return VersionAuthor(AuthorKind.SETTINGS)
    program, colon, account = (stored or "").partition(":")
    if program == COMMAND_LINE:
        return VersionAuthor(AuthorKind.COMMAND, account.strip())
    # A keyed hash has no colon: it stands for somebody who was forgotten.
    return VersionAuthor(AuthorKind.PERSON, name or stored or "") if colon else VersionAuthor(AuthorKind.UNKNOWN)
