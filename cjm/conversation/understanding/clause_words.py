"""Words around an answer: those before it that do not change it, those that end its clause, those that cast doubt."""

from cjm.conversation.understanding.scale_words import Phrase, phrase_of


def _phrases(text: str) -> tuple[Phrase, ...]:
    """Return phrases between commas, the longest first."""
    return tuple(sorted(map(phrase_of, text.split(",")), key=len, reverse=True))


def _keys(text: str) -> frozenset[str]:
    return frozenset(key for word in text.split() for key in phrase_of(word))


NUMBER_LEADS = _phrases(
    "a, a solid, solid, i'd say, i would say, i say, i give, i give it, i'd give, i'd give it, i'd give it a, "
    "my answer, my answer is, my rating is, my score is, rating, score, definitely, оценка, моя оценка, ставлю, "
    "поставлю, твёрдая, твёрдое, твёрдую, на, думаю, я бы поставил, я бы поставила, daję, dam, ocena, moja ocena, "
    "moja ocena to, myślę że, na"
)
WORD_LEADS = _phrases(
    "it was, it's, it is, all, everything was, everything is, definitely, всё, всё было, было, в целом, в общем, "
    "на, думаю, wszystko, wszystko było, było, ogólnie"
)
ENDING_SIGNS = frozenset(",.!;:…()\"«»“”„'-–—")
DASHES = frozenset("-–—")
OPENING_SIGNS = frozenset("\"«“„'(")
TURNING_WORDS = _keys(
    "but because since though although however только но хотя однако потому ale lecz bo choć chociaż jednak ponieważ"
)
"""Words that begin a comment also without a comma before them."""
POLITE_WORDS = _keys("please thanks thank you пожалуйста спасибо proszę dziękuję dzięki")
NEGATIONS = _keys("no not nope нет не nie")
CORRECTIONS = _keys(
    "or actually rather wait if unless never или либо точнее вернее скорее если никогда lub albo czy raczej jeśli "
    "jeżeli gdyby nigdy"
)
"""Words after an answer that take it back."""
WEAKENING_WORDS = _keys("really exactly quite very очень совсем дам поставлю bardzo całkiem dam daję")
"""After a negation they belong to the answer before: "good, not really"."""
JOKES = _keys("kidding joking jk шучу шутка żartuję żart")
NOW = _keys("now теперь сейчас teraz")
IRONIC_WORDS = NOW | _keys("another again опять снова znowu znów")
"""Words that begin a complaint behind a praise that is none: "great, another delay"."""
PROMISES = _keys(
    "later подумаю отвечу напишу посмотрю оценю потом позже pomyślę odpowiem odpiszę napiszę ocenię potem później"
)
"""Words of people who will answer another time: "хорошо, потом отвечу" agrees, and praises nothing."""
NO_BEGINNINGS = _keys(
    "please with the and that this it my for of at как что это раз для про на по не нет jak coś to za na nie tak "
    "why who when where yes no not"
)
"""Words of their own that are the beginnings of labels, too."""
