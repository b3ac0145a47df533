"""Sentences that readers of each language stumbled over, as they are said now, and the faults behind them."""

import re
from collections.abc import Iterator

import pytest

from bot.texts import LANGUAGES, words_in
from bot.texts.catalogue import catalogue_entries
from cjm import templates
from cjm.journeys.diary.diary_plan import MOST_DIARY_MESSAGES_A_DAY
from cjm.journeys.journey_file import read_journey
from cjm.journeys.survey import QuestionKind
from cjm.scales import Scale
from cjm.wording.figure_words import axis_number
from tests.conftest import ROOT

CUSTOMERS = ("chat.", "anonymous.", "settings.", "own_data.")
STAFF = ("manager.", "changes.", "team.", "figures.", "digest.", "map.", "why.", "recall.voice.", "recall.remains.")
# Words beside a count, as they are of one, of two to four and of more.
COUNTED_WORDS = {
    "ru": """
        анонимный/анонимных/анонимных вариант/варианта/вариантов визит/визита/визитов вопрос/вопроса/вопросов
        ведёт/ведут/ведут всё/все/все голосовое/голосовых/голосовых день/дня/дней
        должен/должны/должны достигнута/достигнуты/достигнуто
        жалоба/жалобы/жалоб ждёт/ждут/ждут изменение/изменения/изменений минута/минуты/минут может/могут/могут
        неделя/недели/недель неясна/неясны/неясно нужен/нужны/нужны обращение/обращения/обращений опрос/опроса/опросов
        ответ/ответа/ответов ответа/ответов/ответов ответившего/ответивших/ответивших ответил/ответили/ответили
        открытое/открытых/открытых ошибка/ошибки/ошибок персона/персоны/персон показатель/показателя/показателей
        приглашение/приглашения/приглашений приглашения/приглашений/приглашений признак/признака/признаков
        прохождение/прохождения/прохождений пункт/пункта/пунктов путь/пути/путей раз/раза/раз раза/раз/раз
        сегмент/сегмента/сегментов секунда/секунды/секунд сообщение/сообщения/сообщений точка/точки/точек
        хранится/хранятся/хранятся цель/цели/целей час/часа/часов человек/человека/человек человека/человек/человек
        клиента/клиентов/клиентов клиент/клиента/клиентов этап/этапа/этапов вид/вида/видов событие/события/событий
        просрочено/просрочены/просрочено пользовался/пользовались/пользовались сохранённый/сохранённых/сохранённых
        дневник/дневника/дневников короткому/коротких/коротких сообщению/сообщения/сообщений
    """,
    "pl": """
        ankieta/ankiety/ankiet anonimowe/anonimowe/anonimowych błąd/błędy/błędów cecha/cechy/cech cel/cele/celów
        czeka/czekają/czeka dotarła/dotarły/dotarły dzień/dni/dni etap/etapy/etapów godzina/godziny/godzin
        godziny/godzin/godzin
        głosowa/głosowe/głosowe jaka/jakie/jakie jej/ich/ich jest/są/jest jest/są/są już/najstarsze/najstarsze ją/je/je
        klienta/klientów/klientów klient/klientów/klientów korzystał/korzystało/korzystało widok/widoki/widoków
        zapisany/zapisane/zapisanych zdarzenie/zdarzenia/zdarzeń
        kontakt/kontakty/kontaktów której/których/których minuta/minuty/minut może/mogą/może nagranie/nagrania/nagrań
        niej/nich/nich nieosiągnięty/nieosiągnięte/nieosiągniętych niepewny/niepewne/niepewnych nią/nimi/nimi
        odpowiadającej/odpowiadających/odpowiadających odpowiedziała/odpowiedziały/odpowiedziało
        odpowiedź/odpowiedzi/odpowiedzi opróżniona/opróżnione/opróżnione osiągnięty/osiągnięte/osiągniętych
        osoba/osoby/osób osoby/osób/osób otwarte/otwarte/otwartych padła/padły/padły persona/persony/person
        przejście/przejścia/przejść punkt/punkty/punktów pytanie/pytania/pytań raz/razy/razy segment/segmenty/segmentów
        sekunda/sekundy/sekund skarga/skargi/skarg stara/stare/stare tydzień/tygodnie/tygodni
        usunięta/usunięte/usuniętych wiadomości/wiadomościach/wiadomościach wiadomość/wiadomości/wiadomości
        wizyta/wizyty/wizyt wskaźnik/wskaźniki/wskaźników wszystko/wszystkie/wszystkie zachowana/zachowane/zachowanych
        zaproszenia/zaproszeń/zaproszeń zaproszenie/zaproszenia/zaproszeń zdjęcie/zdjęcia/zdjęć
        zgłoszenie/zgłoszenia/zgłoszeń zmiana/zmiany/zmian zrobiona/zrobione/zrobionych wycofana/wycofane/wycofanych
        została/zostały/zostało ścieżka/ścieżki/ścieżek
        dziennik/dzienniki/dzienników krótka/krótkie/krótkich prowadzi/prowadzą/prowadzi
    """,
}


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("chat.progress.up_to", ("Question 1 (of at most 4)", "Вопрос 1 (максимум 4)", "Pytanie 1 (maks. 4)")),
        (
            "chat.moved",
            (
                "It goes on in the other message.",
                "Продолжение в другом сообщении.",
                "Ciąg dalszy w drugiej wiadomości.",
            ),
        ),
        (
            "chat.expired",
            (
                "This question is closed; nothing more to do.",
                "Вопрос закрыт, отвечать уже не нужно.",
                "Pytanie zamknięte, nie trzeba już odpowiadać.",
            ),
        ),
        (
            "cases.unexpected.ask",
            ("Saved. How shall we pass it on?", "Сохранили. Как это передать?", "Zapisane. Jak to przekazać?"),
        ),
        ("diaries.leave", ("Leave the diary", "Закончить дневник", "Zakończ dziennik")),
        (
            "diaries.question.wishing",
            ("What do you wish for at this moment?", "Чего вам сейчас хочется?", "Czego sobie teraz życzysz?"),
        ),
        ("changes.no_barrier", ("None of these", "Ничего из этого", "Żadne z tych")),
        ("changes.button.cancel", ("Cancel", "Отмена", "Anuluj")),
        ("changes.button.drop", ("Drop it", "Отказаться от изменения", "Wycofaj zmianę")),
        ("changes.is_dropped", ("change dropped", "от изменения отказались", "zmiana wycofana")),
        ("map.lane.changes.planned", ("not made yet", "ещё не сделано", "jeszcze niezrobiona")),
        ("chat.emotion.0", ("neutral", "нейтрально", "neutralnie")),
        ("chat.low.nps", ("not at all likely", "очень маловероятно", "bardzo mało prawdopodobne")),
        ("chat.high.csat", ("very satisfied", "полностью устроило", "pełne zadowolenie")),
        (
            "chat.data.who",
            ("In our records you are customer 7.", "В наших записях вы клиент 7.", "W naszych zapisach: klient 7."),
        ),
        ("map.targets.some_missed", ("1 not met", "1 не достигнута", "1 nieosiągnięty")),
        ("map.complaints", ("1 complaint", "1 жалоба", "1 skarga")),
        (
            "digest.step.answer_cases.one",
            (
                "answer the open case: it has waited for 2 h.",
                "ответить на обращение: оно ждёт уже 2 h.",
                "odpowiedzieć na zgłoszenie: czeka już 2 h.",
            ),
        ),
    ],
)
def test_a_sentence_that_was_corrected_stays_so(key: str, said: tuple[str, str, str]) -> None:
    values = {"at": 1, "most": 4, "n": 1, "id": 7, "time": "2 h"}
    assert tuple(words_in(language)(key, **values) for language in LANGUAGES) == said


@pytest.mark.parametrize(
    ("language", "most", "less"),
    [
        ("en", "one short question, sometimes a few more", "you can stop"),
        ("ru", "один короткий вопрос, иногда ещё несколько", "можно остановиться"),
        ("pl", "jedno krótkie pytanie, czasem kilka dalszych", "można przerwać"),
    ],
)
def test_consent_says_how_many_questions_come_and_that_one_may_stop(language: str, most: str, less: str) -> None:
    consent = words_in(language)("chat.consent.what")
    assert most in consent
    assert less in consent


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_shows_the_whole_button_that_invites_to_a_diary(language: str) -> None:
    words = words_in(language)
    days, times = words("diaries.days", n=5), words("diaries.times", n=MOST_DIARY_MESSAGES_A_DAY)
    assert len(words("diaries.button", days=days, times=times)) <= 34


def test_the_readme_promises_as_many_questions_as_the_consent_does() -> None:
    promise = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert "one short question about exactly that moment, sometimes a few more" in promise
    assert "one short question, sometimes a few more" in words_in("en")("chat.consent.what")


def test_no_survey_to_start_from_asks_what_was_bad_of_somebody_who_was_half_satisfied() -> None:
    asked = []
    for name, language in (("shop", "en"), ("first", "en"), ("first", "ru"), ("first", "pl")):
        journey = read_journey(templates.text(name, language), name)
        asked += [
            question.text.in_language(each)
            for survey in journey.surveys
            for question in survey.questions
            if question.kind is QuestionKind.CHOICE
            for each in journey.languages
        ]
    accuses = re.compile("wrong|let you down|last time|не так|разочаров|прошлый раз|nie tak|rozczarow|poprzednim", re.I)
    assert [text for text in asked if accuses.search(text)] == []
    said = {"What could have been better?", "Что можно было сделать лучше?", "Co można było zrobić lepiej?"}
    assert said <= set(asked)


def _texts(language: str, *prefixes: str) -> Iterator[tuple[str, str]]:
    for key, text in catalogue_entries(language).items():
        if key.startswith(prefixes):
            yield from ((key, each) for each in ([text] if isinstance(text, str) else text))


def _keys_that_say(language: str, pattern: str, *prefixes: str) -> set[str]:
    return {key for key, text in _texts(language, *(prefixes or ("",))) if re.search(pattern, text, re.IGNORECASE)}


def test_one_thing_has_one_polish_word_and_each_audience_one_way_of_being_addressed() -> None:
    assert _keys_that_say("pl", r"komend") == set()
    assert _keys_that_say("pl", r"\bprosimy\b") == set()
    assert _keys_that_say("pl", r"\b(wybierz|rozdaj|prześlij|poczekaj|zróbcie|usuńcie|wyślij|napisz)\b", *STAFF) <= {
        "team.button.send_again"
    }
    assert _keys_that_say("pl", r"\bproszę [a-ząćęłńóśźż]+ć\b", *CUSTOMERS) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_dashes_are_no_hyphens_and_numbers_are_negative_by_a_minus_sign(language: str) -> None:
    assert _keys_that_say(language, r" - |(?<![\w./-])-\d") == set()
    assert words_in(language).number(-0.04, 1) == words_in(language).number(0, 1)
    assert words_in(language).number(-2) == "−2"


@pytest.mark.parametrize(("language", "dash"), [("en", " — "), ("pl", " — "), ("ru", " – ")])
def test_each_language_has_one_dash_between_words(language: str, dash: str) -> None:
    assert _keys_that_say(language, dash) == set()


def test_no_text_promises_how_soon_a_team_answers() -> None:
    found = [_keys_that_say(lang, r"working day|рабочи\w+ дн|dni\w* robocz", "cases.") for lang in LANGUAGES]
    assert found == [set()] * 3


# A figure, and the one that it is a part of: "2 of 5", "Page 1 of 3", but no range such as "{low} to {high}".
TORN = r"(\{(value|at|rate|page)\}|\d) (of|из|z|na|to|до|do) [−+]?(\{(most|n|pages|value)\}|\d)"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_stays_on_one_line_with_what_it_is_a_part_of(language: str) -> None:
    assert _keys_that_say(language, TORN) == set()
    assert _keys_that_say(language, TORN.replace(" ", "\u00a0")) >= {
        "chat.of", "manager.voice.score", "map.figure.ces", "digest.step.raise_response",
    }  # fmt: skip


@pytest.mark.parametrize("language", ["ru", "pl"])
def test_every_counted_word_agrees_with_its_number(language: str) -> None:
    known = {tuple(line.split("/")) for line in COUNTED_WORDS[language].split()}
    texts = {key: text for key, text in catalogue_entries(language).items() if not isinstance(text, str)}
    found = {(key, forms) for key, text in texts.items() for forms in _forms_that_differ(text)}
    assert {(key, forms) for key, forms in found if forms not in known} == set()
    assert known <= {forms for _, forms in found}, "no word is listed for nothing"
    for key, text in texts.items():
        values = dict.fromkeys(re.findall(r"\{(\w+)", "".join(text)), "…")
        for n, form in ((0, 2), (1, 0), (2, 1), (5, 2), (12, 2), (21, 0 if language == "ru" else 2), (22, 1)):
            said = words_in(language)(key, **values | {"n": n})
            assert said == text[form].format(**values | {"n": n}), (key, n)


def _forms_that_differ(text: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield each word of a text in its forms: of one, of two to four, and of more."""
    sentences = [re.findall(r"[^\W\d_]+", re.sub(r"\{\w+\}", "", form.casefold())) for form in text]
    if len({len(words) for words in sentences}) > 1:
        return  # they differ by more than forms of a word, which a list of words cannot check
    yield from (forms for forms in zip(*sentences, strict=True) if len(set(forms)) > 1)


def test_one_complaint_is_no_complaints_and_nothing_is_less_than_nothing() -> None:
    told = {language: [words_in(language)("map.complaints", n=n) for n in (0, 1, 2, 5, 21)] for language in LANGUAGES}
    assert told == {
        "en": ["0 complaints", "1 complaint", "2 complaints", "5 complaints", "21 complaints"],
        "ru": ["0 жалоб", "1 жалоба", "2 жалобы", "5 жалоб", "21 жалоба"],
        "pl": ["0 skarg", "1 skarga", "2 skargi", "5 skarg", "21 skarg"],
    }
    for language in LANGUAGES:
        words = words_in(language)
        for value in (-0.0, -0.04, 0.04):
            assert axis_number(Scale.EMOTION, value, words) == words.number(0, 1)
        assert words.percent(-0.0) == words.percent(0)
        assert "-" not in words.number(-2) + axis_number(Scale.NPS, -12, words)
