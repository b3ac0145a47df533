"""Actions and actors of the audit log: looks at customers' words, and changes by people and programs."""

from dataclasses import dataclass
from enum import StrEnum

from cjm.address import Address


class AuditAction(StrEnum):
    """Action of an entry. `tropa audit` prints and filters these values."""

    VIEW_MAP = "view-map"
    VIEW_VOICES = "view-voices"
    VIEW_DIGEST = "view-digest"
    LIST_CASES = "list-cases"
    SEND_CARD = "send-card"
    READ_KEPT_MESSAGES = "read-kept-messages"
    EXPORT_MAP = "export-map"
    EXPORT_ROWS = "export-rows"
    EXPORT_PERSON = "export-person"
    APPLY_JOURNEY = "apply-journey"
    ROLL_BACK_JOURNEY = "roll-back-journey"
    DRAFT_JOURNEY = "draft-journey"
    DISCARD_DRAFT = "discard-draft"
    ARCHIVE_JOURNEY = "archive-journey"
    UNARCHIVE_JOURNEY = "unarchive-journey"
    START_CAMPAIGN = "start-campaign"
    STOP_CAMPAIGN = "stop-campaign"
    INVITE_MANAGER = "invite-manager"
    ADD_MANAGER = "add-manager"
    REMOVE_MANAGER = "remove-manager"
    BIND_TEAM = "bind-team"
    UNBIND_TEAM = "unbind-team"
    TAKE_CASE = "take-case"
    ANSWER_CASE = "answer-case"
    CLOSE_CASE = "close-case"
    REOPEN_CASE = "reopen-case"
    MOVE_CASE = "move-case"
    MUTE_WRITER = "mute-writer"
    UNMUTE_WRITER = "unmute-writer"
    PLAN_CHANGE = "plan-change"
    MAKE_CHANGE = "make-change"
    MOVE_CHANGE = "move-change"
    DROP_CHANGE = "drop-change"
    RESTORE_CHANGE = "restore-change"
    FORGET_PERSON = "forget-person"
    IMPORT_TABLE = "import-table"
    UNDO_IMPORT = "undo-import"
    BACK_UP_DATABASE = "back-up-database"
    RESTORE_DATABASE = "restore-database"


COMMAND_LINE = "command line"
"""Program of those who run commands; their account follows it after a colon."""


@dataclass(frozen=True, slots=True)
class AuditActor:
    """Actor of an entry: ``account`` of a messenger, or the name of a program; ``name`` is what people call them."""

    account: str
    name: str | None = None

    @classmethod
    def of_command(cls, user: str) -> "AuditActor":
        """Return the user of the operating system who runs a command."""
        return cls(f"{COMMAND_LINE}: {user}")

    @classmethod
    def of_person(cls, person: Address, name: str | None) -> "AuditActor":
        return cls(str(person), name or None)


HTTP = AuditActor("http")
TROPA = AuditActor("tropa")
CUSTOMER = AuditActor("customer")
"""The customer themself: the entry says by a mention who it was."""
