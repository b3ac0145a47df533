"""Words for numbers and marks in three languages, and what stands behind them."""

from collections.abc import Mapping

from cjm.conversation.understanding.tokens import fold_text


def _words(*lists: str) -> dict[str, int]:
    """Return the number of each word: the first list holds the words for 0, the next those for 1."""
    return {fold_text(word): number for number, words in enumerate(lists) for word in words.split()}


NUMBERS: Mapping[str, int] = _words(
    "zero ноль нуль",
    "one один одна одно единица единицу jeden jedna jedno",
    "two два две dwa dwie",
    "three три trzy",
    "four четыре cztery",
    "five пять pięć",
    "six шесть sześć",
    "seven семь siedem",
    "eight восемь osiem",
    "nine девять dziewięć",
    "ten десять dziesięć 🔟",
)

# Marks of schools, whose best is 5 in Russian and 6 in Polish: understood where the scale is 1–5.
SCHOOL_MARKS: Mapping[str, int] = _words(
    "",
    "кол jedynka jedynkę",
    "двойка двойку двоечка dwójka dwójkę",
    "тройка тройку троечка троечку trójka trójkę",
    "четверка четверку четверочка четверочку czwórka czwórkę",
    "пятерка пятерку пятерочка пятерочку piątka piątkę",
)

STARS = frozenset(
    _words("star stars звезда звезды звезд звезду звёздочки звёздочек gwiazdka gwiazdki gwiazdek gwiazdkę")
)
STAR_SIGNS = frozenset("⭐★🌟")
EMPTY_STAR = "☆"
POINTS = frozenset(_words("point points балл балла баллов бал балов punkt punkty punktów pkt очко очка очков"))
OF = (("/",), ("out", "of"), ("of",), ("из",), ("z",), ("na",))
"""What stands between a mark and the best one: 4/5, 4 of 5, 4 из 5, 4 z 5."""

BEST_NUMBERS: Mapping[str, int] = {
    fold_text(word): number
    for number, words in {5: "пяти pięciu", 7: "семи siedmiu", 10: "десяти dziesięciu"}.items()
    for word in words.split()
}
"""The best mark as it stands behind "of"."""
