"""Words and signs that answer a question on a scale, in three languages at once.

Invariants:

* A word stands here only if it means one value. "OK", "normal" and "very good" lie between two, so they are no answers.
* Signs answer where the buttons are faces or words: a thumb is the nearest face of a feeling (🙂, 🙁), and yes or no of
  a success. On digits a thumb could be 4 or 5, so it is no answer.
* What stands on a button or beside the scale is here (a test compares the catalogues).
"""

from collections.abc import Mapping

from cjm.conversation.understanding.tokens import TokenKind, fold_text, read_tokens
from cjm.scales import Scale

Phrase = tuple[str, ...]
"""Keys of the tokens of a word or of several."""

_GOOD = "good, хорошо, хорошая, хороший, dobrze, dobry, dobre"
_BEST = (
    "great, excellent, perfect, awesome, amazing, отлично, отличная, отличный, превосходно, идеально, великолепно, "
    "супер, super, świetnie, świetna, wspaniale, doskonale, znakomicie, rewelacja, rewelacyjnie"
)
_BAD = "bad, poor, poorly, badly, плохо, плохая, плохой, źle, słabo, zła, słaba"
_WORST = (
    "terrible, terribly, awful, horrible, horribly, ужасно, ужас, ужасная, кошмар, отвратительно, "
    "okropnie, okropna, fatalnie, tragicznie, tragedia, koszmar"
)
_MIDDLE = "so so, average, neutral, средне, средняя, нейтрально, średnio, przeciętnie, neutralnie"

_WORDS: Mapping[Scale, Mapping[int, str]] = {
    Scale.EMOTION: {
        -2: f"angry, furious, злость, зол, зла, злюсь, в ярости, złość, zły jestem, wściekły, wściekła, {_WORST}",
        -1: "disappointed, disappointment, sad, upset, разочарование, разочарован, разочарована, грустно, обидно, "
        f"rozczarowanie, rozczarowany, rozczarowana, smutno, {_BAD}",
        0: f"indifferent, всё равно, безразлично, obojętnie, {_MIDDLE}",
        1: "pleased, glad, satisfied, радость, рад, рада, доволен, довольна, "
        f"zadowolenie, zadowolony, zadowolona, {_GOOD}",
        2: "delighted, happy, thrilled, восторг, в восторге, счастлив, счастлива, "
        f"zachwyt, zachwycony, zachwycona, szczęśliwy, szczęśliwa, {_BEST}",
    },
    Scale.CSAT: {
        1: "very dissatisfied, очень недоволен, очень недовольна, bardzo niezadowolony, bardzo niezadowolona, "
        f"{_WORST}",
        2: f"dissatisfied, unsatisfied, недоволен, недовольна, niezadowolony, niezadowolona, {_BAD}",
        3: _MIDDLE,
        4: f"satisfied, доволен, довольна, zadowolony, zadowolona, {_GOOD}",
        5: f"very satisfied, очень доволен, очень довольна, bardzo zadowolony, bardzo zadowolona, {_BEST}",
    },
    Scale.CES: {},
    Scale.NPS: {},
    Scale.SUCCESS: {
        0: "no, nope, нет, неа, nie",
        1: "with trouble, with difficulty, с трудом, еле еле, z trudem, ledwo, ledwie",
        2: "yes, yeah, yep, yes i did, да, ага, tak, no tak",
    },
    Scale.EXPECTATION: {
        -1: "worse, worse than expected, хуже, хуже чем ожидал, хуже чем ожидала, хуже чем ожидалось, хуже ожиданий, "
        "gorzej, gorzej niż się spodziewałem, gorzej niż się spodziewałam",
        0: "as expected, the same, same, как ожидалось, как ожидал, как ожидала, как и ожидалось, так же, tak samo, "
        "zgodnie z oczekiwaniami",
        1: "better, better than expected, лучше, лучше чем ожидал, лучше чем ожидала, лучше чем ожидалось, "
        "лучше ожиданий, lepiej, lepiej niż się spodziewałem, lepiej niż się spodziewałam",
    },
}  # fmt: skip

_ENDS: Mapping[Scale, Mapping[int, str]] = {
    Scale.CSAT: {
        1: "совсем не устроило, zupełny brak zadowolenia",
        5: "полностью устроило, pełne zadowolenie",
    },
    Scale.CES: {
        1: "very difficult, very hard, очень сложно, очень трудно, bardzo trudno",
        7: "very easy, very simple, очень просто, очень легко, bardzo łatwo, bardzo prosto",
    },
    Scale.NPS: {
        0: "not at all likely, очень маловероятно, bardzo mało prawdopodobne",
        10: "extremely likely, очень вероятно, bardzo prawdopodobne",
    },
}
"""Words beside the ends of a scale; a question with ends of its own does not show them, so there they mean nothing."""

_SIGNS: Mapping[Scale, Mapping[int, str]] = {
    Scale.EMOTION: {
        -2: "😠 😡 🤬 👿",
        -1: "🙁 ☹ 😞 😔 😟 😕 😒 👎 :( :-( =(",
        0: "😐 😶 😑",
        1: "🙂 😊 ☺ 😌 👍 :) :-) =)",
        2: "😀 😃 😄 😁 😍 🥰 🤩 ❤ 💖 💕 🧡 💛 💚 💙 💜 :D :-D =D",
    },
    Scale.SUCCESS: {0: "👎 ❌", 2: "👍 ✅ ✔"},
}

SELF_DELIMITING = frozenset("😠😡🤬👿🙁☹😞😔😟😕😒😐😶😑🙂😊☺😌😀😃😄😁😍🥰🤩")
"""Faces: words may follow them without a comma. A heart or a thumb may be about the words behind it."""

MOODS: Mapping[str, int] = {
    fold_text(sign): (value > 0) - (value < 0)
    for value, signs in _SIGNS[Scale.EMOTION].items()
    for sign in signs.split()
} | dict.fromkeys("💔😢🤮💩🖕🤡", -1)
"""Mood of a sign beside an answer, −1, 0 or 1: one that says the contrary makes the answer doubtful."""

AMBIGUOUS: Mapping[str, frozenset[str]] = {"pl": frozenset({"no"})}
"""Words that mean something else in a language: the Polish "no" is a yes."""


def phrase_of(text: str) -> Phrase:
    """Return a text as the keys of its words, numbers and emoticons."""
    tokens = read_tokens(text)
    kept = [t.key for t in tokens if t.kind in (TokenKind.WORD, TokenKind.NUMBER, TokenKind.SMILE)]
    return tuple(kept or [t.key for t in tokens])


def _read_table(table: Mapping[int, str]) -> dict[Phrase, int]:
    return {phrase_of(phrase): value for value, phrases in table.items() for phrase in phrases.split(",")}


SCALE_PHRASES: Mapping[Scale, dict[Phrase, int]] = {
    scale: _read_table(words)
    | {(fold_text(s),): v for v, signs in _SIGNS.get(scale, {}).items() for s in signs.split()}
    for scale, words in _WORDS.items()
}
END_PHRASES: Mapping[Scale, Mapping[Phrase, int]] = {scale: _read_table(words) for scale, words in _ENDS.items()}
BUTTON_LABELS: Mapping[Scale, Mapping[Phrase, int]] = {
    scale: _read_table(labels)
    for scale, labels in {
        Scale.EMOTION: {
            -2: "angry, злость, złość",
            -1: "disappointed, разочарование, rozczarowanie",
            0: "neutral, нейтрально, neutralnie",
            1: "pleased, радость, zadowolenie",
            2: "delighted, восторг, zachwyt",
        },
        Scale.SUCCESS: {1: "with trouble, с трудом, z trudem"},
        Scale.EXPECTATION: {
            -1: "worse, хуже, gorzej",
            0: "as expected, как ожидалось, tak samo",
            1: "better, лучше, lepiej",
        },
    }.items()
}
"""Names of faces and buttons in words: their beginning is an answer, too. Names of two letters have none."""

NOT_APPLICABLE_PHRASES = tuple(
    _read_table(
        {
            0: "does not apply, does not apply to me, doesn't apply, not applicable, n/a, "
            "ко мне не относится, не относится ко мне, это не про меня, "
            "не относится, неприменимо, nie dotyczy, nie dotyczy mnie, to mnie nie dotyczy"
        }
    )
)
"""Words for "does not apply", where a question offers it."""
