"""The registry of all buttons: what each one is called on the wire, and how it is packed and read back.

Invariants:

* A verb is a member of exactly one enum below, and its value is unique across all of them; the import fails otherwise.
  The code that emits a button and the code that handles it name the same member, never its value.
* A packed button is ``verb:argument:argument`` and at most `MOST_BYTES` long, so that every messenger takes it.
  Arguments are ids, keys and choices, never words that people typed.
* Unpacking never fails. Old buttons stay on phones for weeks and anybody can forge one: a verb that is not ours gives
  None, and each handler checks whether the ids belong to the person who tapped.

The comment beside a member lists its arguments.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_BYTES: Final = 64  # a messenger that takes less cannot be connected; see MessengerLimits.callback_bytes


class Verb(StrEnum):
    """Base of the enums of verbs, one enum a feature."""


YES, NO = 1, 0  # arguments of buttons for yes and no


# ---- customers -------------------------------------------------------------------------------------------------------


class ConversationVerb(Verb):
    """Buttons under a question; the first argument is always the invitation's id."""

    ANSWER = "aa"  # question's place, value (of a scale) or option's place
    SKIP = "as"  # question's place
    BACK = "ab"
    CHOOSE_OPTION = "ao"  # question's place, option's place, 1 to choose it or 0 to take it back
    CONFIRM = "ai"  # question's place; its choices are all
    NOT_APPLICABLE = "ap"  # question's place
    CHANGE = "ac"  # question's place
    CHOOSE = "ach"  # offers the answers that can be changed
    MENU = "am"
    RESUME = "aw"
    LATER_TODAY = "ah"
    TOMORROW = "al"
    LESS_OFTEN = "aq"  # 1 yes, 0 as before
    MUTE = "an"
    STOP = "ax"
    REOPEN = "au"
    ENOUGH = "ae"
    CONTACT = "ak"  # 1 yes, 0 no
    QUIET_HOURS = "ay"
    MY_DATA = "av"
    FORGET = "az"
    DIARY = "aj"  # tells what keeping a diary means
    KEEP_DIARY = "ajk"  # 1 joins it or comes back to it, 0 leaves it


class ConsentVerb(Verb):
    """Buttons by which customers let us ask, let us ask again, or have themselves forgotten."""

    CONSENT = "ag"  # 1 yes, 0 no; version of the wording, way to the question
    ASK_AGAIN = "ar"
    FORGET = "af"  # 1 yes, 0 no


class OwnDataVerb(Verb):
    """Buttons of /mydata."""

    AS_FILE = "ad"


class ComplaintVerb(Verb):
    """Buttons of /complain, until the customer has written."""

    CHOOSE_PLACE = "cp"  # touchpoint's key
    WRITE_WITHOUT_PLACE = "cj"
    SHOW_ALL_PLACES = "co"
    BACK_TO_PLACES = "cb"
    CANCEL = "cx"


class DraftVerb(Verb):
    """Buttons under a message that was not expected; the first argument is the draft's id."""

    OPEN_CASE = "ck"  # draft, kind of case
    ADD_TO_CASE = "cu"  # draft, case number
    DISCARD = "cz"  # draft


class OwnCaseVerb(Verb):
    """Buttons with which customers look after their own cases."""

    LIST = "cl"  # how many newer cases to pass over
    SHOW = "cm"  # case number, place in the list to go back to
    FINISH = "cd"  # case number
    WRITE_MORE = "ca"  # case number
    SET_PLACE = "cw"  # case number, touchpoint's key
    NOT_SOLVED = "cn"  # case number


class SettingVerb(Verb):
    """Buttons of /settings; without an argument each opens its list."""

    SHOW_ALL = "s"
    LANGUAGE = "sl"  # language
    QUIET_HOURS = "sq"  # place in the list of hours
    OFFSET = "sz"  # minutes ahead of UTC
    ZONE = "so"  # name of a time zone
    UNMUTE = "su"
    LESS_OFTEN = "sf"  # 1 yes, 0 as before
    ASKING = "sa"  # 1 on, 0 off
    TYPE_VALUE = "sw"  # the setting that will be typed
    LEAVE_DIARY = "sd"


# ---- teams -----------------------------------------------------------------------------------------------------------


class TeamCaseVerb(Verb):
    """Buttons of a card, of a notice and of /complaints; the first argument is the case number, except of LIST."""

    TAKE = "ct"
    CLOSE = "cc"  # asks first, where nobody has answered
    CLOSE_UNANSWERED = "ccu"
    REOPEN = "cr"
    SEND_AGAIN = "cs"  # case number, id of the message to the customer
    CHOOSE_PLACE = "cf"
    SET_PLACE = "cg"  # case number, touchpoint's key
    KEEP_PLACE = "cv"
    LIST = "ci"  # how many older cases to pass over
    SHOW = "cq"
    ASK_MUTE = "ce"
    MUTE = "ch"
    UNMUTE = "cy"
    READ_KEPT = "ckr"


class TeamChatVerb(Verb):
    """Buttons that make a group a team's chat; the first argument is the id of the kept offer."""

    BIND = "tb"  # offer, team's place in it
    UNBIND = "tu"


class DigestVerb(Verb):
    """Buttons under a digest and under a notice about one; the argument is the id of the digest's kept view."""

    OPEN_MAP = "mn"
    SEND_AGAIN = "ta"


# ---- managers --------------------------------------------------------------------------------------------------------


class MapVerb(Verb):
    """Buttons under a map; the first argument is the id of the kept view. Each of the first seven is a ViewStep."""

    EARLIER = "me"  # days, none for the whole period
    LATER = "ml"  # the same
    DAYS = "md"  # number of days
    PAGE = "mp"  # page
    OPEN = "mo"  # menu's place
    CHOOSE = "mc"  # option's place, 0 for all of them
    BACK = "mb"
    AS_FILE = "mf"  # place in the list of files, none for the first
    BESIDE = "mt"  # place of the content that opens in a message of its own; a place's key, a theme's code
    CASES = "mq"  # a place's key, how many older cases to pass over
    STAGE = "mv"  # stage's key
    THEME = "mh"  # theme's code, none for all


class SavedViewVerb(Verb):
    """Buttons of saved views; the argument is the id of the saved view, except of SAVE and LIST."""

    SAVE = "vs"  # id of the kept view that a message shows
    LIST = "vl"
    SHOW = "vo"
    OPEN = "vm"  # as a new message
    RENAME = "vr"
    TAKE_NAME_BACK = "vn"
    DELETE = "vd"
    RESTORE = "vu"
    USE_FOR_DIGEST = "vg"  # 1 to use it, 0 for the whole journey


class JourneyFileVerb(Verb):
    """Buttons of /journeys and under what a file would change. A proposal and a list are ids of kept views."""

    APPLY = "ma"  # proposal
    DISCARD = "mx"  # proposal
    KEEP_DRAFT = "mjk"  # proposal
    DISCARD_DRAFT = "mjx"  # proposal
    ROLL_BACK = "mju"  # proposal that was applied
    LIST = "mjl"
    SHOW = "mjo"  # list, journey's place in it
    EXPORT = "mg"  # list, journey's place
    SHOW_DRAFT = "mjd"  # list, journey's place
    HISTORY = "mjh"  # list, journey's place, how many newer versions to pass over
    ASK_ROLL_BACK = "mjr"  # list, journey's place, version
    ASK_ARCHIVE = "mja"  # list, journey's place
    ARCHIVE = "mjv"  # list, journey's place, 1 to archive it, 0 to bring it back


class CampaignVerb(Verb):
    """Buttons of /ask. A list is the id of a kept view; a segment's place counts from 1, 0 is everyone."""

    LIST = "kl"
    CHOOSE_SURVEY = "ks"  # list, survey's place
    CHOOSE_SEGMENT = "kg"  # list, survey's place, segment's place
    PREVIEW = "kp"  # list, survey's place
    IN_PREVIEW = "kq"  # any button under a preview
    ASK_START = "ka"  # list, survey's place, segment's place
    START = "ky"  # list, survey's place, segment's place
    REFRESH = "kr"  # campaign's id
    ASK_STOP = "kx"  # campaign's id
    STOP = "kz"  # campaign's id


class ExportVerb(Verb):
    """Buttons of /export. A list is the id of a kept view; kinds and formats are places in their lists."""

    LIST = "xl"
    JOURNEY = "xj"  # list, journey's place
    KIND = "xk"  # list, journey's place, kind
    FORMAT = "xf"  # list, journey's place, kind, format


class ChangeVerb(Verb):
    """Buttons of /change and /changes. A draft is the id of a kept view; the others take a change's id."""

    LIST = "hl"  # how many changes to pass over
    BEGIN = "hg"
    BEGIN_AT = "hf"  # id of the kept map, stage's key
    CHOOSE_JOURNEY = "hj"  # draft, journey's place in the list
    CHOOSE_PLACE = "ht"  # draft, key of a stage or touchpoint
    CHOOSE_BARRIER = "hb"  # draft, barrier's place from 1, 0 for something else
    CHOOSE_OWNER = "hw"  # draft, 1 for oneself, 0 for nobody yet
    CHOOSE_DUE = "hd"  # draft, days from today
    BACK = "hz"  # draft
    CANCEL = "hx"  # draft
    PLAN = "hc"  # draft
    SHOW = "ho"
    ASK_MADE = "ha"
    MADE = "hm"  # change, days back from today
    NOT_MADE = "hn"
    ASK_MOVE = "hv"
    MOVE = "he"  # change, days from today
    MOVE_BACK = "hk"  # change, ordinal of the day that it was due before
    DROP = "hp"
    RESTORE = "hr"


class ManagerVerb(Verb):
    """Buttons of /managers."""

    LIST = "ms"
    INVITE = "mi"
    TOGGLE_JOURNEY = "mk"  # id of the kept invitation, 0 for all journeys or the place of one
    MAKE_LINK = "mm"  # id of the kept invitation
    CHOOSE_WHOM_TO_REMOVE = "mr"
    REMOVE = "mz"  # manager's id


class WhyVerb(Verb):
    """Buttons of /why."""

    PAGE = "mw"  # customer's row id, how many newer visits to pass over


STEPPING_VERBS: Final = frozenset(
    {
        ConversationVerb.BACK,
        MapVerb.EARLIER,
        MapVerb.LATER,
        MapVerb.BACK,
        ManagerVerb.TOGGLE_JOURNEY,
        ChangeVerb.BACK,
    }
)
"""Buttons of which each tap is one more step; a second tap on any other button changes nothing."""


def _collect_verbs() -> dict[str, Verb]:
    """Return every verb by its value.

    Raises:
        ValueError: Two features use the same value, so taps of one would reach the other.
    """
    verbs: dict[str, Verb] = {}
    for feature in Verb.__subclasses__():
        for verb in feature:
            if (other := verbs.setdefault(verb.value, verb)) is not verb:
                raise ValueError(f"{feature.__name__}.{verb.name} and {type(other).__name__}.{other.name} are equal")
    return verbs


VERBS: Final = _collect_verbs()


@dataclass(frozen=True, slots=True)
class Action:
    """Action of a button: a verb, and its arguments."""

    verb: Verb
    args: tuple[str, ...] = ()

    @staticmethod
    def of(verb: Verb, *args: int | str) -> Action:
        return Action(verb, tuple(str(arg) for arg in args))

    @property
    def numbers(self) -> tuple[int, ...] | None:
        """All arguments as numbers; None when one is not, as in a forged or very old button."""
        if all(_is_id(arg) for arg in self.args):
            return tuple(int(arg) for arg in self.args)
        return None

    def number(self, place: int = 0) -> int:
        """Return the argument in this place as an id, or 0, which is nothing's id, where there is no such number."""
        arg = self.arg(place)
        return max(0, int(arg)) if _is_id(arg) else 0

    def arg(self, place: int = 0) -> str:
        """Return the argument in this place, or "", which is nothing's key, where there is none."""
        return self.args[place] if place < len(self.args) else ""


def _is_id(arg: str) -> bool:
    return arg.isascii() and arg.removeprefix("-").isdigit() and len(arg) < 19


def pack_action(action: Action) -> str:
    """Return the callback data of a button.

    Raises:
        ValueError: The data would be too long, or an argument holds a colon and could not be read back.
    """
    data = ":".join((action.verb, *action.args))
    if any(":" in arg for arg in action.args) or len(data.encode()) > MOST_BYTES:
        raise ValueError(f"a button of {action.verb!r} does not fit {MOST_BYTES} bytes without colons")
    return data


def unpack_action(data: str | None) -> Action | None:
    """Return the action of a tapped button, or None for data that no button of ours has."""
    value, *args = (data or "").split(":")
    verb = VERBS.get(value)
    return Action(verb, tuple(args)) if verb is not None else None
