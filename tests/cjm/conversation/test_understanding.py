"""Answers in words: a table of texts with what is understood of them, and what holds for any text."""

import time
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.texts import LANGUAGES, words_in
from cjm.conversation.turns import is_valid_answer
from cjm.conversation.understanding.answers_in_words import Understood, understand
from cjm.journeys.survey import Question
from cjm.raw_answer import NOT_APPLICABLE
from cjm.scales import ButtonLabels, Scale
from tests.depth import choose_depth

TITLES = (
    ("late", "It came late", "Привезли поздно", "Przyszło za późno"),
    ("silence", "Nobody told me when", "Не предупредили о времени", "Nikt nie podał godziny"),
    ("damaged", "Something was damaged", "Что-то повреждено", "Coś było uszkodzone"),
    ("other", "Something else", "Что-то другое", "Coś innego"),
)


def make_question(kind: str, **more: Any) -> Question:
    options = [{"key": key, "title": {"en": en, "ru": ru, "pl": pl}} for key, en, ru, pl in TITLES if kind == "choice"]
    return Question.model_validate({"key": "q", "kind": kind, "text": "How was it?", "options": options} | more)


QUESTIONS = {
    kind: make_question(kind) for kind in ("emotion", "csat", "ces", "nps", "success", "expectation", "choice")
}


def read(kind: str, text: str, language: str = "en") -> tuple[Any, str] | None:
    found = understand(text, QUESTIONS[kind], language)
    return (found.value, found.rest) if found is not None else None


CSAT_ALONE = {
    1: ("1 · one · единица · один · jeden · terrible · ужасно · fatalnie · кол · ⭐ · very dissatisfied · 1!!!"),
    2: ("2 · two · двойка · два · dwa · bad · плохо · źle · Zle · dissatisfied · всё плохо · poor"),
    3: ("3 · three · тройка · три · trzy · so-so · average · средне · średnio · ★★★☆☆ · 3 points"),
    4: (
        "4 · 4. · 4! · 4/5 · 4 / 5 · 4 of 5 · 4 out of 5 · 4 из 5 · 4 из пяти · 4 z 5 · 4 na 5 · 4/5! · 4 ⭐ · "
        "4️⃣ · four · Four stars · 4 stars · 4 звезды · 4 gwiazdki · cztery · четыре · на четыре · на четвёрку · "
        "четверка · czwórka · I'd give it a 4 · my rating is 4 · оценка 4 · ставлю 4 · daję 4 · moja ocena to 4 · "
        "4 балла · 4 punkty · good · Good! · хорошо · Хорошо :) · dobrze · satisfied · доволен · zadowolona · "
        "«4» · (4) · 4 😊 · 4 please · 4 stars out of 5 · ⭐⭐⭐⭐ · ⭐⭐⭐⭐☆ · в целом хорошо · 4 спасибо"
    ),
    5: (
        "5 · 5 stars · 5 звёзд · 5 gwiazdek · five · пять · pięć · piec · piątka · пятёрка · на пятерку · great · "
        "отлично · на отлично · świetnie · 🌟🌟🌟🌟🌟 · very satisfied · полностью устроило · pełne zadowolenie · "
        "5!!! · 5))) · ПЯТЬ · 5/5 👍 · всё было отлично · it was great"
    ),
}
OTHER_ALONE: Mapping[str, Mapping[Any, str]] = {
    "nps": {
        10: ("10 · 10! · 10/10 · 🔟 · ten · десять · dziesięć · 10 out of 10 · extremely likely · очень вероятно"),
        0: ("0 · zero · ноль · not at all likely · bardzo mało prawdopodobne"),
        8: ("8/10 · 8 из 10 · osiem · 8 баллов"),
    },
    "ces": {
        7: ("7 · 7/7 · very easy · очень просто · bardzo łatwo · seven"),
        1: ("1 · very difficult · bardzo trudno"),
    },
    "emotion": {
        2: ("😀 · 😍 · ❤️ · delighted · Delight · восторг · zachwyt · great · :D"),
        1: ("🙂 · 😊 · 👍 · 👍🏽 · :) · good · pleased · pleas · радость · рада · zadow · zadowolenie · хорошо"),
        0: ("😐 · neutral · нейтр · obojętnie · всё равно"),
        -1: ("🙁 · ☹️ · 👎 · :( · disapp · bad · разочарование · rozczarowana · 🙁🙁"),
        -2: ("😠 · 😡 · angry · злость · złość"),
    },
    "success": {
        2: ("yes · Yes! · yeah · да · Да. · tak · 👍 · ✅ · yes please"),
        1: ("with trouble · с трудом · z trudem · with tr"),
        0: ("no · No. · нет · nie · nope · 👎"),
    },
    "expectation": {
        1: ("better · лучше · lepiej · bett · лучше, чем ожидал"),
        0: ("as expected · the same · как ожидалось · tak samo · as exp"),
        -1: ("worse · хуже · gorzej · Worse than expected"),
    },
    "choice": {
        "late": (
            "It came late · it came · Привезли поздно · привезли · Przyszło za późno · 1 · 1. · one · przy · "
            "It came late!"
        ),
        "silence": ("Nobody · nobody told me · 2 · Не предупредили"),
        "other": ("something else · Что-то другое · 4 · coś innego"),
        "damaged": ("Something was · something w · coś było · 3"),
    },
}


def _list_alone() -> list[tuple[str, str, Any]]:
    tables: dict[str, Mapping[Any, str]] = {"csat": CSAT_ALONE, **OTHER_ALONE}
    return [
        (kind, text, value)
        for kind, table in tables.items()
        for value, texts in table.items()
        for text in texts.split(" · ")
    ]


@pytest.mark.parametrize(("kind", "text", "value"), _list_alone())
def test_answer_alone_is_understood(kind: str, text: str, value: Any) -> None:
    assert read(kind, text) == (value, "")


@pytest.mark.parametrize(
    ("kind", "text", "value", "rest"),
    [
        ("csat", "good, but the courier was late", 4, "but the courier was late"),
        ("csat", "good but the courier was late", 4, "but the courier was late"),
        ("csat", "3 - долго ждал", 3, "долго ждал"),
        ("csat", "3 – долго ждал", 3, "долго ждал"),
        ("csat", "4, ale kurier się spóźnił", 4, "ale kurier się spóźnił"),
        ("csat", "4 ale kurier się spóźnił", 4, "ale kurier się spóźnił"),
        ("csat", "2\nDwa dni czekania", 2, "Dwa dni czekania"),
        ("csat", "4. Waited 30 minutes", 4, "Waited 30 minutes"),
        ("csat", "4 (долго ждал)", 4, "долго ждал"),
        ("csat", "5! Всё супер", 5, "Всё супер"),
        ("csat", "5, good", 5, "good"),
        ("csat", "4, почему так долго?", 4, "почему так долго?"),
        ("csat", "4/5, 2 days late", 4, "2 days late"),
        ("csat", "good but", 4, "but"),
        ("csat", "5, now I am happy", 5, "now I am happy"),
        ("csat", "хорошо, но курьер злой 😡", 4, "но курьер злой 😡"),
        ("csat", "плохо, опять опоздали", 2, "опять опоздали"),
        ("csat", "5 из 5: быстро", 5, "быстро"),
        ("emotion", "🙂 but late", 1, "but late"),
        ("emotion", "😡 курьер опоздал", -2, "курьер опоздал"),
        ("emotion", "хорошо, но курьер опоздал", 1, "но курьер опоздал"),
        ("emotion", "dobrze, ale późno", 1, "ale późno"),
        ("success", "нет, не смог оплатить", 0, "не смог оплатить"),
        ("success", "yes, no problems", 2, "no problems"),
        ("success", "Tak, bez problemu", 2, "bez problemu"),
        ("success", "nie, strona się zawiesiła", 0, "strona się zawiesiła"),
        ("nps", "9, because it was quick", 9, "because it was quick"),
        ("nps", "10 потому что быстро", 10, "потому что быстро"),
        ("choice", "It came late, two days", "late", "two days"),
        ("choice", "2, and I waited", "silence", "and I waited"),
    ],
)
def test_words_after_an_answer_are_its_rest(kind: str, text: str, value: Any, rest: str) -> None:
    assert read(kind, text) == (value, rest)


NOT_UNDERSTOOD = {
    "csat": (
        "I waited 4 days · 4 out of 10 couriers · 4 out of 10 · 4/10 · 8/10 · not good · не хорошо · "
        "не очень хорошо · nie dobrze · niezbyt dobrze · 4 or 5 · 4 или 5 · 4 lub 5 · 3-4 · 4–5 · 4, 5 · 4 5 · "
        "4.5 · 4,5 · 4.11 · 04.11.2026 · 4/11/2026 · 4 ноября · 4 days · 4 дня · 4 pm · 4:30 · 10:30 · #4 · №4 · "
        "+4 · -4 · 4% · 45 · 0 · 6 · 812 · 05 · 4th · 5ка · +48 600 700 800 · 4 812 · is 4 good? · 4? · good? · "
        "good or bad · 4, no, 5 · 4, no 5 · 4, or 5 · yes · no · 👍 · 👎 · 🙂 · ok · fine · нормально · "
        "very good · four days · one courier was rude · no one came · two parcels · the 5 · good, not really · "
        "хорошо, не очень · good courier · 5 :( · 5 😡 · 5, ужасно · 1, great · where is my order · "
        "Where is order 4 · Well, it was late · хороший курьер · good, when will you call? · 4, 11, 2026 · "
        "wszystko dobrze tylko · 😀 · 4-ка · 4 4 · хорошо бы быстрее · better than 4 · 4 * 2 · 4=4 · "
        "I am not satisfied · ⭐⭐⭐⭐⭐⭐ · 6 stars · 5 stars of 10 · 4 cześć · pięć dni · 4 if it were faster · "
        "٤ · 4€ · 4 zł · 5, if it were on time · 5, если бы вовремя · 5, gdyby nie kurier · 5 stars, never · "
        "5, никогда · 5, just kidding · 5, шучу · 5, не дам · 5, nie dam · 5, now 2 · 5. 2 now · 5, теперь 2 · 5 🖕 · "
        "хорошо, потом отвечу · хорошо, я подумаю · dobrze, odpowiem później · great, another delay · "
        "Отлично, опять опоздали · Super, znowu spóźnienie · отлично, просто отлично 🤬"
    ),
    "nps": (
        "5 stars · 5 звёзд · ⭐⭐⭐⭐⭐ · пятёрка · 5/5 · 9 of 5 · 11 · 10% · 9 or 10 · likely · good · 👍 · "
        "10 couriers · 9-10"
    ),
    "ces": ("easy · просто · 8 · 5/5 · 7/10 · 👍 · not easy · hard"),
    "emotion": (
        "4 · 5/5 · please · раз · not good · не рад · 🙂 or 🙁 · 🙂🙁 · 😂 · 😭 · ok · good 😡 · how are you · "
        "don't be angry · ❤️ your shop but the courier was awful · ni"
    ),
    "success": (
        "yes and no · да нет · yes, no · да, но нет · no thanks · нет, спасибо · nie, dziękuję · maybe · не знаю · "
        "nie wiem · no problem · yes? · not yet · 2 · 👍👎 · да, где мой заказ? · yes but with trouble · никак"
    ),
    "expectation": ("tak · как · 👍 · better or worse · не лучше · the same or better · bet? · 1 · wo"),
    "choice": (
        "0 · 5 · 1 or 2 · 1, 2 · it · something · что · what · late · not late · nobody knows where my order is · "
        "Не · yes · no · It came late? · coś · 1st class"
    ),
}


@pytest.mark.parametrize(
    ("kind", "text"),
    [(kind, text) for kind, texts in NOT_UNDERSTOOD.items() for text in texts.split(" · ")],
)
def test_doubtful_text_is_no_answer(kind: str, text: str) -> None:
    assert read(kind, text) is None


def test_polish_no_is_no_answer_in_a_polish_conversation() -> None:
    assert read("success", "no", "pl") is None
    assert read("success", "no", "ru") == (0, "")
    assert read("success", "no tak", "pl") == (2, "")


def test_own_ends_of_a_question_take_the_place_of_the_usual_ones() -> None:
    question = make_question("csat", low={"en": "far too slow"}, high={"en": "lightning fast", "ru": "молниеносно"})
    found = {text: understand(text, question, "en") for text in ("far too slow", "Молниеносно", "полностью устроило")}
    assert list(found.values()) == [Understood(1), Understood(5), None]


def test_numbers_choose_no_option_where_titles_hold_numbers() -> None:
    options = [{"key": "days", "title": "2 days"}, {"key": "week", "title": "A week"}]
    question = make_question("choice", options=options)
    assert understand("2", question, "en") is None
    assert understand("2 days", question, "en") == Understood("days")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1, 3", ("late", "damaged")), ("3 and 1", ("late", "damaged")), ("2", "silence"), ("1; it came", ("late",)),
     ("привезли поздно и что-то повреждено", ("late", "damaged")), ("1, 7", None), ("1 or 2", None),
     ("1 and nothing", None)],
)  # fmt: skip
def test_several_choices_are_named_one_by_one(text: str, value: Any) -> None:
    found = understand(text, make_question("choice", several=True), "en")
    assert (found.value if found is not None else None) == value


def test_does_not_apply_is_understood_where_it_is_offered() -> None:
    offered, other = make_question("csat", not_applicable=True), QUESTIONS["csat"]
    for language in LANGUAGES:
        text = words_in(language)("chat.not_applicable")
        assert (understand(text, offered, "en"), understand(text, other, "en")) == (Understood(NOT_APPLICABLE), None)


def test_words_that_ask_for_words_are_taken_as_they_are() -> None:
    assert understand("4", make_question("text"), "en") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_stands_on_a_button_or_beside_a_scale_is_understood(language: str) -> None:
    words = words_in(language)
    for scale in Scale:
        values, labels = scale.spec.values, scale.spec.buttons.labels
        named = values if labels is not ButtonLabels.DIGITS else ()
        said = {words(f"chat.{scale}.{value}"): value for value in named}
        if labels is ButtonLabels.DIGITS:
            said |= {words(f"chat.low.{scale}"): values[0], words(f"chat.high.{scale}"): values[-1]}
            said |= {str(value): value for value in values}
        for text, value in said.items():
            other = next(each for each in LANGUAGES if each != language)
            assert understand(text, make_question(scale), other) == Understood(value), text


_WORDS_AND_SIGNS = (
    "4 5 10 11 , . ! ? - / ( ) 🙂 😡 👍 ⭐ yes нет and good хорошо źle not не but но or или of из stars It came late"
)
_PIECES = st.sampled_from(["\n", *_WORDS_AND_SIGNS.split()])
_TEXTS = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=8).map(" ".join), st.lists(_PIECES).map("".join))


@given(_TEXTS, st.sampled_from(sorted(QUESTIONS)), st.sampled_from(LANGUAGES))
@settings(max_examples=choose_depth(60, 20_000), deadline=None)
def test_any_text_gives_a_legal_answer_or_none(text: str, kind: str, language: str) -> None:
    found = understand(text, QUESTIONS[kind], language)
    assert found is None or (is_valid_answer(QUESTIONS[kind], found.value) and found.rest in text)


@pytest.mark.parametrize("piece", ["4", "4 ", "4, ", "good ", "⭐", "(", "a", "it came late ", "из ", "-"])
def test_the_longest_message_is_read_at_once(piece: str) -> None:
    text = (piece * 4096)[:4096]
    started = time.process_time()  # of this process alone: other work on the machine does not count
    for question in QUESTIONS.values():
        understand(text, question, "en")
    assert time.process_time() - started < 0.5
