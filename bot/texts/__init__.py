"""Everything people read, in English, Russian and Polish: gettext catalogues read at start, plurals done right.

A text is asked for by its key: ``words("map.people", n=5)``. The catalogues are ``bot/texts/<language>/*.po``, one file
a topic; ``msgid`` is the key. A value in braces is filled in; with ``n`` the plural form is chosen.
"""

from bot.texts.catalogue import DEFAULT_LANGUAGE, LANGUAGES, Words, supported_language, words_in

__all__ = ["DEFAULT_LANGUAGE", "LANGUAGES", "Words", "supported_language", "words_in"]
