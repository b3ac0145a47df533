"""Rules for names and docstrings, as functions that return what breaks them; empty means that the rule holds."""

import re
from collections import defaultdict

from tests.house.source import Place, docstrings, functions, public_classes

IRREGULAR = {
    "begun", "bound", "bought", "broken", "brought", "built", "caught", "chosen", "done", "drawn", "driven",
    "fallen", "felt", "forgotten", "found", "frozen", "given", "gone", "grown", "heard", "held", "hidden",
    "kept", "known", "led", "lost", "made", "meant", "met", "paid", "proven", "ridden", "risen", "said", "seen",
    "sent", "shaken", "shown", "sold", "sought", "spent", "spoken", "spread", "stood", "struck", "sung", "sunk",
    "sworn", "taken", "taught", "thought", "thrown", "told", "torn", "understood", "woken", "won", "worn",
    "woven", "written",
}  # fmt: skip
BASE_FORMS = {"embed", "exceed", "feed", "need", "proceed", "seed", "shed", "shred", "speed", "succeed"}  # verbs in -ed
OPENERS = re.compile(r"(What|Who|Whom|Whose|How|Whether|Where|When|Which|That|Whoever|Whatever)\b")
RIDDLES = re.compile(r"\b(anew|whoever|whatever|of which|nobody knows|what is none)\b", re.IGNORECASE)


def is_bare_participle(name: str) -> bool:
    """Tell whether a name is one past participle and nothing else: ``told``, ``_recorded``."""
    word = name.strip("_")
    return word in IRREGULAR or (re.fullmatch(r"[a-z]{2,}ed", word) is not None and word not in BASE_FORMS)


def shared_class_names() -> dict[str, list[str]]:
    """Return public class names that two places use, with the places."""
    places: dict[str, list[str]] = defaultdict(list)
    for place in public_classes():
        places[place.name].append(place.file)
    return {name: files for name, files in places.items() if len(files) > 1}


def bare_participles() -> list[Place]:
    """Return functions named by a bare participle."""
    return [place for place in functions() if is_bare_participle(place.name)]


def puzzling_openers() -> list[Place]:
    """Return docstrings that open with a question word instead of a verb or a noun."""
    return [place for place in docstrings() if place.doc and OPENERS.match(place.doc)]


def riddles() -> list[Place]:
    """Return docstrings with words that `style` rules out because readers must decode them."""
    return [place for place in docstrings() if place.doc and RIDDLES.search(place.doc)]
