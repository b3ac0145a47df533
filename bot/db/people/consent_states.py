"""Events, ways and actors of consent records. The values are stored."""

from enum import StrEnum


class ConsentEvent(StrEnum):
    """Event in the life of one person's consent."""

    GIVEN = "given"
    GIVEN_AGAIN = "given_again"  # after it was withdrawn
    REFUSED = "refused"  # asked for consent and said no, without a consent before
    WITHDRAWN = "withdrawn"


class ConsentWay(StrEnum):
    """Way by which a consent was given or withdrawn."""

    PERSONAL_LINK = "personal_link"  # the question for consent came after a personal link was opened
    START = "start"  # the question for consent came after Start without a link
    ASK_AGAIN = "ask_again"  # a button that takes a stop back, in the settings or under an offer
    QUESTION = "question"  # buttons of a survey question: no more questions, and its undoing
    STOP = "stop"  # /stop, or its switch in the settings
    ACCOUNT_CHANGE = "account_change"  # the person moved to another account, which has to consent for itself
    FORGOTTEN = "forgotten"
    UNKNOWN = "unknown"  # from before there were records

    @staticmethod
    def parse(text: str) -> "ConsentWay":
        """Return the way that a button names; UNKNOWN for a button that is forged or older than the records."""
        return ConsentWay(text) if text in (ConsentWay.PERSONAL_LINK, ConsentWay.START) else ConsentWay.UNKNOWN


class ConsentActor(StrEnum):
    """Party that gave or withdrew a consent."""

    CUSTOMER = "customer"
    BUSINESS = "business"
