"""The conversation: branches, changes, ends; random surveys and random taps never get lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm.conversation import response
from cjm.conversation.response import (
    CONTACT,
    DECLINED,
    DONE,
    EXPIRED,
    LATER,
    STOPPED,
    Conversation,
    ConversationMove,
    TapEffect,
    TapRefusal,
    TapRefusalReason,
)
from cjm.journeys.survey import QuestionKind, Survey

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATE = NOW + timedelta(hours=24)


def question(key: str, kind: str, **more: Any) -> dict[str, Any]:
    options = [{"key": o, "title": o} for o in ("slow", "rude", "other")] if kind == "choice" else []
    return {"key": key, "kind": kind, "text": f"{key}?", "options": options, **more}


def survey(*questions: dict[str, Any], contact: bool = True) -> Survey:
    return Survey.model_validate(
        {"key": "s", "on": {"touchpoint": "t"}, "contact": contact, "questions": list(questions)}
    )


BRANCHED = survey(
    question("score", "csat"),
    question("why", "choice", when={"of": "score", "at_most": 2}),
    question("how", "text", when={"of": "why", "is": ["other"]}),
    question("nps", "nps"),
)


def after(talk: Conversation, *taps: tuple[str, int | str], now: datetime = NOW) -> Conversation:
    for key, raw in taps:
        move = response.answer(talk, key, raw, now)
        assert isinstance(move, ConversationMove)
        talk = move.conversation
    return talk


def test_a_good_score_goes_past_the_branch() -> None:
    assert after(response.begin(BRANCHED), ("score", 5)).step == "nps"


def test_a_low_score_is_asked_for_reasons_and_then_for_contact() -> None:
    talk = after(response.begin(BRANCHED), ("score", 1), ("why", "other"), ("how", "late"), ("nps", 9))
    assert talk.step == CONTACT
    assert talk.finished_at == NOW


def test_no_offer_of_contact_where_the_survey_wants_none() -> None:
    assert after(response.begin(survey(question("score", "csat"), contact=False)), ("score", 1)).step == DONE


def test_a_changed_answer_withdraws_its_branch_and_what_hangs_on_it() -> None:
    talk = after(response.begin(BRANCHED), ("score", 1), ("why", "other"), ("how", "late"))
    move = response.answer(talk, "score", 4, NOW)
    assert isinstance(move, ConversationMove)
    assert (move.effect, move.withdrawn) == (TapEffect.CHANGED, frozenset({"why", "how"}))
    assert move.conversation.answers == {"score": 4}
    assert move.conversation.step == "nps"


def test_a_branch_that_opens_again_is_asked_anew() -> None:
    talk = after(response.begin(BRANCHED), ("score", 1), ("why", "slow"), ("score", 4), ("score", 2))
    assert talk.step == "why"


def test_the_same_tap_twice_changes_nothing() -> None:
    talk = after(response.begin(BRANCHED), ("score", 1))
    again = response.answer(talk, "score", 1, NOW)
    assert again == ConversationMove(talk, TapEffect.SAME)


def test_a_question_that_is_not_shown_yet_cannot_be_answered() -> None:
    assert response.answer(response.begin(BRANCHED), "nps", 9, NOW) == TapRefusal(TapRefusalReason.NOT_ASKED)


@pytest.mark.parametrize(("key", "raw"), [("score", 6), ("score", 0), ("score", "4"), ("score", True)])
def test_a_value_off_the_scale_is_refused(key: str, raw: int | str) -> None:
    assert response.answer(response.begin(BRANCHED), key, raw, NOW) == TapRefusal(TapRefusalReason.NOT_LEGAL)


def test_an_unknown_option_and_empty_words_are_refused() -> None:
    talk = after(response.begin(BRANCHED), ("score", 1))
    assert response.answer(talk, "why", "nothing", NOW) == TapRefusal(TapRefusalReason.NOT_LEGAL)
    talk = after(talk, ("why", "other"))
    assert response.answer(talk, "how", "  ", NOW) == TapRefusal(TapRefusalReason.NOT_LEGAL)


def test_an_answer_can_be_changed_for_a_day_and_no_longer() -> None:
    talk = after(response.begin(survey(question("score", "csat"))), ("score", 4))
    assert isinstance(response.answer(talk, "score", 5, LATE - timedelta(seconds=1)), ConversationMove)
    assert response.answer(talk, "score", 5, LATE) == TapRefusal(TapRefusalReason.TOO_LATE)


def test_changing_does_not_prolong_the_day() -> None:
    talk = after(response.begin(survey(question("score", "csat"))), ("score", 4))
    talk = after(talk, ("score", 5), now=LATE - timedelta(hours=1))
    assert talk.finished_at == NOW


def test_who_wanders_off_while_changing_keeps_what_he_said() -> None:
    talk = after(response.begin(survey(question("score", "csat"))), ("score", 4))
    move = response.change(talk, "score", NOW)
    assert isinstance(move, ConversationMove)
    assert move.conversation.step == "score"
    assert response.rest(move.conversation, LATE).step == DONE
    assert response.rest(move.conversation, LATE).answers == {"score": 4}


def test_back_goes_to_the_question_before() -> None:
    talk = after(response.begin(BRANCHED), ("score", 5))
    move = response.back(talk, NOW)
    assert isinstance(move, ConversationMove)
    assert move.conversation.step == "score"
    assert after(move.conversation, ("score", 5)).step == "nps"


def test_skipping_a_question_goes_on_and_closes_its_branch() -> None:
    talk = after(response.begin(BRANCHED), ("score", 1))
    move = response.skip(talk, "why", NOW)
    assert isinstance(move, ConversationMove)
    assert move.conversation.step == "nps"


def test_who_has_had_enough_is_not_asked_for_contact_either() -> None:
    move = response.enough(after(response.begin(BRANCHED), ("score", 1)), NOW)
    assert isinstance(move, ConversationMove)
    assert move.conversation.step == DONE
    assert move.conversation.answers == {"score": 1}


def test_a_yes_to_contact_stands_and_a_no_may_become_a_yes() -> None:
    talk = after(response.begin(survey(question("score", "csat"))), ("score", 1))
    no = response.settle_contact(talk, False, NOW)
    assert isinstance(no, ConversationMove)
    yes = response.settle_contact(no.conversation, True, NOW)
    assert isinstance(yes, ConversationMove)
    assert (yes.effect, yes.conversation.contact) == (TapEffect.SAVED, True)
    again = response.settle_contact(yes.conversation, False, NOW)
    assert isinstance(again, ConversationMove)
    assert (again.effect, again.conversation.contact) == (TapEffect.SAME, True)


def test_the_offer_of_contact_waits_longer_than_a_day() -> None:
    talk = after(response.begin(survey(question("score", "csat"))), ("score", 1))
    assert isinstance(response.settle_contact(talk, True, LATE + timedelta(days=3)), ConversationMove)


def test_contact_is_not_taken_from_who_was_never_asked() -> None:
    assert response.settle_contact(response.begin(BRANCHED), True, NOW) == TapRefusal(TapRefusalReason.NOT_ASKED)


@pytest.mark.parametrize("end", [DECLINED, STOPPED, EXPIRED])
def test_after_the_end_nothing_is_taken(end: str) -> None:
    talk = response.close(after(response.begin(BRANCHED), ("score", 1)), end, NOW)
    for attempt in (
        response.answer(talk, "score", 2, NOW), response.skip(talk, "why", NOW), response.back(talk, NOW),
        response.change(talk, "score", NOW), response.later(talk), response.enough(talk, NOW),
        response.settle_contact(talk, True, NOW), response.resume(talk, NOW),
    ):  # fmt: skip
        assert attempt == TapRefusal(TapRefusalReason.ENDED)
    assert talk.answers == {"score": 1}


def test_declining_can_be_taken_back_and_expiring_cannot() -> None:
    talk = response.begin(BRANCHED)
    undone = response.reopen(response.close(talk, DECLINED, NOW), NOW)
    assert undone == ConversationMove(talk, TapEffect.MOVED)
    assert response.reopen(response.close(talk, EXPIRED, NOW), NOW) == TapRefusal(TapRefusalReason.ENDED)


def test_a_finished_response_does_not_expire() -> None:
    talk = after(response.begin(survey(question("score", "csat"))), ("score", 4))
    assert response.close(talk, EXPIRED, NOW) == talk


def test_progress_promises_no_fewer_questions_than_come() -> None:
    talk = response.begin(BRANCHED)
    assert response.progress(talk) == response.SurveyProgress(1, 4, exact=False)
    talk = after(talk, ("score", 5))
    assert response.progress(talk) == response.SurveyProgress(2, 2, exact=True)
    assert response.progress(after(talk, ("nps", 9))) is None


def test_branches_that_exclude_each_other_are_not_promised_together() -> None:
    talk = response.begin(
        survey(
            question("score", "csat"),
            question("sad", "text", when={"of": "score", "at_most": 2}),
            question("glad", "text", when={"of": "score", "at_least": 5}),
        )
    )
    assert response.progress(talk) == response.SurveyProgress(1, 2, exact=False)


# ---- random surveys, random taps -------------------------------------------------------------------------------------


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    kinds = [
        QuestionKind.EMOTION,
        QuestionKind.CSAT,
        QuestionKind.CES,
        QuestionKind.NPS,
        QuestionKind.SUCCESS,
        QuestionKind.EXPECTATION,
        QuestionKind.CHOICE,
    ]
    questions = [question("q0", draw(st.sampled_from(kinds)))]
    for n in range(1, draw(st.integers(1, 5))):
        kind = draw(st.sampled_from([*kinds, QuestionKind.TEXT]))
        of = draw(st.none() | st.integers(0, n - 1))
        questions.append(question(f"q{n}", kind, **({} if of is None else {"when": draw(conditions(questions[of]))})))
    return survey(*questions, contact=draw(st.booleans()))


@st.composite
def conditions(draw: st.DrawFn, of: dict[str, Any]) -> dict[str, Any]:
    scale = QuestionKind(of["kind"]).scale
    if scale is not None:
        return {
            "of": of["key"],
            draw(st.sampled_from(["at_most", "at_least"])): draw(st.sampled_from(scale.spec.values)),
        }
    options = st.lists(st.sampled_from(["slow", "rude", "other"]), unique=True)
    return {"of": of["key"]} | ({"is": draw(options)} if of["kind"] == "choice" else {})


def legal(talk: Survey, key: str) -> st.SearchStrategy[int | str]:
    found = talk.question(key)
    assert found is not None
    scale = found.kind.scale
    if scale is not None:
        return st.sampled_from(list(scale.spec.values))
    return st.sampled_from(["slow", "rude", "other"]) if found.kind is QuestionKind.CHOICE else st.just("words")


@st.composite
def walks(draw: st.DrawFn) -> list[Conversation]:
    """A conversation after each of some random taps, many of them senseless."""
    talk, now = response.begin(draw(surveys())), NOW
    found = [talk]
    keys = [q.key for q in talk.survey.questions]
    for _ in range(draw(st.integers(0, 25))):
        key = draw(st.sampled_from([*keys, talk.step if talk.question else keys[0]]))
        value = draw(legal(talk.survey, key) | st.integers(-3, 12))
        acts: list[ConversationMove | TapRefusal] = [
            response.answer(talk, key, value, now), response.answer(talk, key, value, now),
            response.skip(talk, key, now), response.back(talk, now), response.change(talk, key, now),
            response.resume(talk, now), response.later(talk), response.settle_contact(talk, draw(st.booleans()), now),
            response.enough(talk, now), ConversationMove(response.rest(talk, now), TapEffect.MOVED),
        ]  # fmt: skip
        move = acts[draw(st.integers(0, len(acts) - 1))]
        now += draw(st.sampled_from([timedelta(), timedelta(minutes=1), timedelta(hours=13)]))
        talk = move.conversation if isinstance(move, ConversationMove) else talk
        found.append(talk)
    return found


@given(walks())
@settings(max_examples=150, deadline=None)
def test_what_is_kept_is_exactly_what_is_asked(walk: list[Conversation]) -> None:
    for talk in walk:
        asked = {q.key for q in response.asked(talk)}
        assert set(talk.answers) <= asked
        assert talk.skipped <= asked | {CONTACT}
        assert not set(talk.answers) & talk.skipped
        assert talk.step in asked | {CONTACT, DONE, LATER}


@given(walks())
@settings(max_examples=150, deadline=None)
def test_progress_counts_what_was_answered_and_stays_within_its_promise(walk: list[Conversation]) -> None:
    for talk in walk:
        progress = response.progress(talk)
        if progress is not None:
            settled = len(set(talk.answers) | talk.skipped - {CONTACT})
            assert 1 <= progress.at <= progress.most <= len(talk.survey.questions)
            if talk.step == response.following(talk):
                assert progress.at == settled + 1


@given(walks(), st.data())
@settings(max_examples=150, deadline=None)
def test_answering_whatever_is_asked_always_ends(walk: list[Conversation], data: st.DataObject) -> None:
    talk = walk[-1]
    moved = response.resume(talk, NOW)
    assert isinstance(moved, ConversationMove)
    talk = moved.conversation
    promised = response.progress(talk)
    for _ in talk.survey.questions:
        if talk.question is None:
            break
        talk = after(talk, (talk.step, data.draw(legal(talk.survey, talk.step))))
        progress = response.progress(talk)
        if promised is not None and progress is not None:
            assert progress.most <= promised.most
    if talk.step == CONTACT:
        move = response.settle_contact(talk, data.draw(st.booleans()), NOW)
        assert isinstance(move, ConversationMove)
        talk = move.conversation
    assert talk.step == DONE
    assert talk.finished_at is not None
