"""Names of what becomes of a delivered question. Importing it is cheap: pictures need it."""

from enum import StrEnum


class AskingOutcome(StrEnum):
    """Outcome of a delivered question; the values are names of counters."""

    ANSWERED = "answered"  # to the end, or until "enough"
    PARTLY = "partly"  # something was answered, and the rest is open or was left
    SNOOZED = "snoozed"  # "later", and nothing since
    DECLINED = "declined"  # "not about this"
    STOPPED = "stopped"  # "no more questions"
    BLOCKED = "blocked"  # its reader has blocked the bot
    SILENT = "silent"  # its time is over
    OPEN = "open"  # nothing yet
    UNTOLD = "untold"  # of an anonymous journey


REPLIES = (AskingOutcome.ANSWERED, AskingOutcome.PARTLY)
"""Outcomes that count as answered in the response rate."""
