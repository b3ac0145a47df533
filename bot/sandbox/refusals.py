"""Refusals of Telegram, in Telegram's words; only `not_modelled` has the sandbox's own.

A bot reacts to the code and to the sentence of an error, so both are kept to the letter: with one word different, a
test could pass where the bot fails with Telegram.
"""

from typing import Any


class Refusal(Exception):  # noqa: N818 (it is an answer of Telegram, not a failure of the sandbox)
    """Answer ``{"ok": false}`` to a call: HTTP status, sentence and parameters."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        body = {"ok": False, "error_code": self.code, "description": self.description}
        return body | {"parameters": self.parameters} if self.parameters else body


def bad_request(sentence: str) -> Refusal:
    """Return a 400. The first letter becomes small unless the sentence is a constant such as BUTTON_DATA_INVALID."""
    # Telegram writes sentences with a small letter after "Bad Request: ", but constants as they are.
    constant = len(sentence) > 1 and (sentence[1] == "_" or sentence[1].isupper())
    return Refusal(400, "Bad Request: " + (sentence if constant else sentence[:1].lower() + sentence[1:]))


def forbidden(sentence: str) -> Refusal:
    return Refusal(403, f"Forbidden: {sentence}")


def too_many_requests(seconds: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def group_upgraded(new_chat_id: int) -> Refusal:
    return Refusal(
        400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": new_chat_id}
    )


def wrong_token() -> Refusal:
    """Return the answer to a token of the right shape that is not the bot's."""
    return Refusal(401, "Unauthorized")


def not_found() -> Refusal:
    """Return the answer to a token of the wrong shape, and to a path without a file."""
    return Refusal(404, "Not Found")


def method_not_found() -> Refusal:
    return Refusal(404, "Not Found: method not found")


def conflict(sentence: str) -> Refusal:
    return Refusal(409, f"Conflict: {sentence}")


def not_modelled(what: str) -> Refusal:
    """Return a refusal in the sandbox's own words: it does not model this part, and does not ignore it in silence."""
    return Refusal(400, f"Bad Request: the sandbox does not model {what}")


CHAT_NOT_FOUND = "chat not found"
CHAT_ID_EMPTY = "chat_id is empty"
TEXT_EMPTY = "message text is empty"
TEXT_TOO_LONG = "message is too long"
CAPTION_TOO_LONG = "message caption is too long"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
NOTHING_TO_EDIT = "message to edit not found"
NOT_EDITABLE = "message can't be edited"
NO_TEXT_TO_EDIT = "there is no text in the message to edit"
NO_CAPTION_TO_EDIT = "there is no caption in the message to edit"
MEDIA_NOT_EDITABLE = "message media can't be edited"
NOTHING_TO_DELETE = "message to delete not found"
NOT_DELETABLE = "message can't be deleted for everyone"
NOT_DELETABLE_IN_SUPERGROUP = "message can't be deleted"
NOTHING_TO_REPLY_TO = "message to be replied not found"
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
BUTTON_DATA_INVALID = "BUTTON_DATA_INVALID"
THREAD_NOT_FOUND = "message thread not found"
FILE_EMPTY = "file must be non-empty"
FILE_TOO_BIG = "file is too big"
FILE_UNKNOWN = "wrong remote file identifier specified: can't unserialize it. Wrong last symbol"
PHOTO_DIMENSIONS = "PHOTO_INVALID_DIMENSIONS"
PHOTO_UNREADABLE = "IMAGE_PROCESS_FAILED"

WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_TAKES_OVER = "terminated by setWebhook request"
