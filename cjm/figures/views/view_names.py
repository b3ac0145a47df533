"""Names of saved views: texts that people typed, made fit for a list, a button and a command."""

from collections.abc import Collection

from cjm.given_names import clean_given_name
from cjm.text import cut_text

MOST_NAME = 40  # characters: a button shows hardly more


def fit_name(text: str, taken: Collection[str] = ()) -> str:
    """Return a name in one line of `MOST_NAME` characters at most, unlike those that are ``taken`` (in small letters).

    A whole team reads it, so it is cleaned like people's names. Empty where the text holds nothing that can be seen.
    """
    name = cut_text(clean_given_name(text), MOST_NAME)
    tried = (cut_text(name, MOST_NAME - len(ending)) + ending for n in range(2, 1000) if (ending := f" {n}"))
    return name if name.casefold() not in taken else next(each for each in tried if each.casefold() not in taken)
