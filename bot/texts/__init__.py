"""Texts for people, in English, Russian and Polish: gettext catalogues that are read once.

A text is found by its key: ``words("map.people", n=5)``. The catalogues are ``bot/texts/<language>/*.po``, one file a
topic; ``msgid`` is the key. A value in braces is filled in; ``n`` chooses the plural form.

Invariants, which the house tests keep:

* Every language has the same keys, and each text fills in the same values.
* Every key that the code names has a text, and no text is there for nothing.
"""

from bot.texts.catalogue import DEFAULT_LANGUAGE, LANGUAGES, Words, supported_language, words_in

__all__ = ["DEFAULT_LANGUAGE", "LANGUAGES", "Words", "supported_language", "words_in"]
