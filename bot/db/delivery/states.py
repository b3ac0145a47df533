"""States of what goes out (letters), of what comes in (updates), and of messages that are taken away (recalls).

A letter::

    held ──► due ──► leased ──► sending ──► sent
                                   ├──────► unreachable | rejected
                                   ├──────► unknown       it may have arrived, and its kind is not repeated, or it was
                                   │                      repeated already: never sent again by itself
                                   ├──────► due           the group moved: at once, at its new address
                                   └──────► retry ──► leased   also once after a try that may have arrived, if its kind
                                                               is repeated: ``unknown_at`` is set from then on

    leased ──► dropped               it is too late, or its kind does not want it to be sent any more
    leased ──► retry | rejected      it cannot be rendered
    leased ──► due                   held until a later time: the person's quiet hours have begun
    leased, sending ──► due | retry  given back before the call began; retry if it was tried before
    held, due, retry ──► dropped     its cause is gone
    unknown ──► due                  a person asked for it to be sent again
    unknown ──► sent                 a tap, a reply or a late report of the call proves that it arrived
    due, leased, retry ──► sent      as above, while it waits to be repeated
    held, due, retry ──► sent        without a call, only in the demo's past

An update::

    new ──► done      handled: its payload is blanked in the same transaction
      └───► failed    set aside, unreadable or after several tries, to be looked at by a person

    failed ──► new    `tropa inbox retry`: tried again from the beginning

A recall::

    due ──► deleted    the message is gone
     ├────► emptied    it could not be deleted: its words, and its picture or file, were replaced
     └────► remains    neither worked, or of a voice message only the words below it: people are told
"""

from enum import StrEnum


class LetterState(StrEnum):
    """Progress of one letter through the outbox; the module draws the moves."""

    HELD = "held"
    DUE = "due"
    LEASED = "leased"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    UNREACHABLE = "unreachable"
    REJECTED = "rejected"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


UNSENT_STATES = (LetterState.HELD, LetterState.DUE, LetterState.RETRY)
"""States in which no worker has taken the letter, so it can still be withdrawn."""

REPEATABLE_STATES = (LetterState.DUE, LetterState.RETRY, LetterState.LEASED)
"""States of a letter that may have arrived and waits to be sent once more."""

UNFINISHED_STATES = (*UNSENT_STATES, LetterState.LEASED, LetterState.SENDING)


class InboxState(StrEnum):
    """Progress of one stored update; the module draws the moves."""

    NEW = "new"
    DONE = "done"
    FAILED = "failed"


class RecallState(StrEnum):
    """Progress of one message that is taken away; the module draws the moves."""

    DUE = "due"
    DELETED = "deleted"
    EMPTIED = "emptied"
    REMAINS = "remains"


class ErasureCause(StrEnum):
    """Cause for which messages are taken away."""

    WISH = "wish"  # a person asked to be forgotten
    GONE = "gone"  # the business erased a person, or they changed account: nothing says that they wished it
    AGE = "age"  # the time for which words are kept is over
    LATE = "late"  # one of these, some time ago: a message is found whose case is gone


class MessageCarrier(StrEnum):
    """Part of a message that holds a person's words or file: decides how it can be emptied."""

    TEXT = "text"
    PHOTO = "photo"
    VOICE = "voice"  # cannot be replaced, only the words below it
    DOCUMENT = "document"
