"""Turns of a conversation: branches, changes, ends; then random taps on random surveys."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm.asking.invitation_state import InvitationState, may_become
from cjm.conversation import turns
from cjm.conversation.branches import SurveyProgress, asked_questions, next_step, survey_progress
from cjm.conversation.conversation import (
    CLOSED_STEPS,
    ClosingStep,
    Conversation,
    ConversationMove,
    TapEffect,
    TapRefusal,
    TapRefusalReason,
)
from cjm.conversation.outcome import InvitationOutcome, invitation_outcome
from cjm.journeys.survey import QuestionKind, Survey
from cjm.raw_answer import NOT_APPLICABLE, RawAnswer
from tests.depth import choose_depth

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATE = NOW + timedelta(hours=24)


def question(key: str, kind: str, **others: Any) -> dict[str, Any]:
    options = [{"key": o, "title": o} for o in ("slow", "rude", "other")] if kind == "choice" else []
    return {"key": key, "kind": kind, "text": f"{key}?", "options": options, **others}


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


def answer_all(conversation: Conversation, *taps: tuple[str, RawAnswer], now: datetime = NOW) -> Conversation:
    for key, raw in taps:
        move = turns.answer(conversation, key, raw, now)
        assert isinstance(move, ConversationMove)
        conversation = move.conversation
    return conversation


def test_a_good_score_skips_the_branch() -> None:
    assert answer_all(turns.begin(BRANCHED), ("score", 5)).step == "nps"


def test_a_low_score_is_asked_for_reasons_and_then_for_contact() -> None:
    conversation = answer_all(turns.begin(BRANCHED), ("score", 1), ("why", "other"), ("how", "late"), ("nps", 9))
    assert conversation.step == ClosingStep.CONTACT
    assert conversation.finished_at == NOW


def test_a_survey_without_contact_offers_none() -> None:
    assert (
        answer_all(turns.begin(survey(question("score", "csat"), contact=False)), ("score", 1)).step == ClosingStep.DONE
    )


def test_a_changed_answer_withdraws_its_branch_and_the_branches_below() -> None:
    conversation = answer_all(turns.begin(BRANCHED), ("score", 1), ("why", "other"), ("how", "late"))
    move = turns.answer(conversation, "score", 4, NOW)
    assert isinstance(move, ConversationMove)
    assert (move.effect, move.withdrawn) == (TapEffect.CHANGED, frozenset({"why"}))
    assert move.conversation.answers == {"score": 4, "how": "late"}  # what was written is nobody's to erase
    assert move.conversation.step == "nps"


def test_words_stay_when_a_changed_answer_closes_their_branch_and_are_not_asked_for_again() -> None:
    praised = survey(
        question("score", "csat"),
        question("liked", "text", when={"of": "score", "at_least": 4}),
        contact=False,
    )
    conversation = answer_all(turns.begin(praised), ("score", 5), ("liked", "the courier sang"))
    move = turns.answer(conversation, "score", 1, NOW)
    assert isinstance(move, ConversationMove)
    assert move.withdrawn == frozenset()
    assert move.conversation.answers == {"score": 1, "liked": "the courier sang"}
    assert answer_all(move.conversation, ("score", 4)).step == ClosingStep.DONE


def test_a_branch_that_opens_again_is_asked_again() -> None:
    conversation = answer_all(turns.begin(BRANCHED), ("score", 1), ("why", "slow"), ("score", 4), ("score", 2))
    assert conversation.step == "why"


def test_the_same_tap_twice_changes_nothing() -> None:
    conversation = answer_all(turns.begin(BRANCHED), ("score", 1))
    again = turns.answer(conversation, "score", 1, NOW)
    assert again == ConversationMove(conversation, TapEffect.SAME)


def test_a_question_that_is_not_shown_yet_cannot_be_answered() -> None:
    assert turns.answer(turns.begin(BRANCHED), "nps", 9, NOW) == TapRefusal(TapRefusalReason.NOT_ASKED)


@pytest.mark.parametrize(("key", "raw"), [("score", 6), ("score", 0), ("score", "4"), ("score", True)])
def test_a_value_off_the_scale_is_refused(key: str, raw: int | str) -> None:
    assert turns.answer(turns.begin(BRANCHED), key, raw, NOW) == TapRefusal(TapRefusalReason.NOT_LEGAL)


def test_an_unknown_option_and_empty_words_are_refused() -> None:
    conversation = answer_all(turns.begin(BRANCHED), ("score", 1))
    assert turns.answer(conversation, "why", "nothing", NOW) == TapRefusal(TapRefusalReason.NOT_LEGAL)
    conversation = answer_all(conversation, ("why", "other"))
    assert turns.answer(conversation, "how", "  ", NOW) == TapRefusal(TapRefusalReason.NOT_LEGAL)


def test_an_answer_can_be_changed_for_a_day_and_no_longer() -> None:
    conversation = answer_all(turns.begin(survey(question("score", "csat"))), ("score", 4))
    assert isinstance(turns.answer(conversation, "score", 5, LATE - timedelta(seconds=1)), ConversationMove)
    assert turns.answer(conversation, "score", 5, LATE) == TapRefusal(TapRefusalReason.TOO_LATE)


def test_changing_does_not_prolong_the_day() -> None:
    conversation = answer_all(turns.begin(survey(question("score", "csat"))), ("score", 4))
    conversation = answer_all(conversation, ("score", 5), now=LATE - timedelta(hours=1))
    assert conversation.finished_at == NOW


def test_a_change_that_was_given_up_keeps_the_answer() -> None:
    conversation = answer_all(turns.begin(survey(question("score", "csat"))), ("score", 4))
    move = turns.change(conversation, "score", NOW)
    assert isinstance(move, ConversationMove)
    assert move.conversation.step == "score"
    assert turns.end_changes(move.conversation, LATE).step == ClosingStep.DONE
    assert turns.end_changes(move.conversation, LATE).answers == {"score": 4}


def test_back_goes_to_the_question_before() -> None:
    conversation = answer_all(turns.begin(BRANCHED), ("score", 5))
    move = turns.go_back(conversation, NOW)
    assert isinstance(move, ConversationMove)
    assert move.conversation.step == "score"
    assert answer_all(move.conversation, ("score", 5)).step == "nps"


def test_back_from_a_question_that_a_change_has_opened_goes_to_the_changed_answer() -> None:
    conversation = answer_all(turns.begin(BRANCHED), ("score", 5), ("nps", 9))
    assert conversation.step == ClosingStep.DONE
    opened = answer_all(conversation, ("score", 1))
    assert opened.step == "why"
    move = turns.go_back(opened, NOW)
    assert isinstance(move, ConversationMove)
    assert move.conversation.step == "score"
    assert answer_all(move.conversation, ("score", 5)).step == ClosingStep.DONE, "the change is taken back"


def test_skipping_a_question_goes_on_and_closes_its_branch() -> None:
    conversation = answer_all(turns.begin(BRANCHED), ("score", 1))
    move = turns.skip(conversation, "why", NOW)
    assert isinstance(move, ConversationMove)
    assert move.conversation.step == "nps"


def test_after_enough_no_contact_is_offered_either() -> None:
    move = turns.stop_early(answer_all(turns.begin(BRANCHED), ("score", 1)), NOW)
    assert isinstance(move, ConversationMove)
    assert move.conversation.step == ClosingStep.DONE
    assert move.conversation.answers == {"score": 1}


def test_a_yes_to_contact_stands_and_a_no_may_become_a_yes() -> None:
    conversation = answer_all(turns.begin(survey(question("score", "csat"))), ("score", 1))
    no = turns.settle_contact(conversation, False, NOW)
    assert isinstance(no, ConversationMove)
    yes = turns.settle_contact(no.conversation, True, NOW)
    assert isinstance(yes, ConversationMove)
    assert (yes.effect, yes.conversation.contact) == (TapEffect.SAVED, True)
    again = turns.settle_contact(yes.conversation, False, NOW)
    assert isinstance(again, ConversationMove)
    assert (again.effect, again.conversation.contact) == (TapEffect.SAME, True)


def test_the_offer_of_contact_waits_longer_than_a_day() -> None:
    conversation = answer_all(turns.begin(survey(question("score", "csat"))), ("score", 1))
    assert isinstance(turns.settle_contact(conversation, True, LATE + timedelta(days=3)), ConversationMove)


def test_contact_cannot_be_answered_before_it_is_asked() -> None:
    assert turns.settle_contact(turns.begin(BRANCHED), True, NOW) == TapRefusal(TapRefusalReason.NOT_ASKED)


@pytest.mark.parametrize("end", [ClosingStep.DECLINED, ClosingStep.STOPPED, ClosingStep.EXPIRED])
def test_after_the_end_nothing_is_taken(end: ClosingStep) -> None:
    conversation = turns.close(answer_all(turns.begin(BRANCHED), ("score", 1)), end, NOW)
    for attempt in (
        turns.answer(conversation, "score", 2, NOW),
        turns.skip(conversation, "why", NOW),
        turns.go_back(conversation, NOW),
        turns.change(conversation, "score", NOW),
        turns.snooze(conversation),
        turns.stop_early(conversation, NOW),
        turns.settle_contact(conversation, True, NOW),
        turns.go_on(conversation, NOW),
    ):
        assert attempt == TapRefusal(TapRefusalReason.ENDED)
    assert conversation.answers == {"score": 1}


def test_declining_can_be_taken_back_and_expiring_cannot() -> None:
    conversation = turns.begin(BRANCHED)
    undone = turns.reopen(turns.close(conversation, ClosingStep.DECLINED, NOW), NOW)
    assert undone == ConversationMove(conversation, TapEffect.MOVED)
    assert turns.reopen(turns.close(conversation, ClosingStep.EXPIRED, NOW), NOW) == TapRefusal(TapRefusalReason.ENDED)


def test_a_finished_response_does_not_expire() -> None:
    conversation = answer_all(turns.begin(survey(question("score", "csat"))), ("score", 4))
    assert turns.close(conversation, ClosingStep.EXPIRED, NOW) == conversation


def test_progress_promises_no_fewer_questions_than_come() -> None:
    conversation = turns.begin(BRANCHED)
    assert survey_progress(conversation) == SurveyProgress(1, 4, is_exact=False)
    conversation = answer_all(conversation, ("score", 5))
    assert survey_progress(conversation) == SurveyProgress(2, 2, is_exact=True)
    assert survey_progress(answer_all(conversation, ("nps", 9))) is None


def test_branches_that_exclude_each_other_are_not_promised_together() -> None:
    conversation = turns.begin(
        survey(
            question("score", "csat"),
            question("sad", "text", when={"of": "score", "at_most": 2}),
            question("glad", "text", when={"of": "score", "at_least": 5}),
        )
    )
    assert survey_progress(conversation) == SurveyProgress(1, 2, is_exact=False)


# ---- several choices, and what does not apply ------------------------------------------------------------------------

SEVERAL = survey(
    question("why", "choice", several=True, not_applicable=True),
    question("rude", "text", when={"of": "why", "is": ["rude"]}),
    question("score", "csat", not_applicable=True),
    question("use", "choice", when={"of": "score", "at_most": 2, "not_applicable": True}),
    contact=False,
)


def choose(conversation: Conversation, *taps: tuple[str, bool]) -> Conversation:
    for option, is_chosen in taps:
        move = turns.choose(conversation, "why", option, is_chosen, NOW)
        assert isinstance(move, ConversationMove)
        conversation = move.conversation
    return conversation


def test_each_choice_is_an_answer_and_the_question_stays_until_these_are_all() -> None:
    conversation = choose(turns.begin(SEVERAL), ("other", True), ("slow", True))
    assert (conversation.step, conversation.answers) == ("why", {"why": ("slow", "other")})
    assert survey_progress(conversation) == SurveyProgress(1, 4, is_exact=False)
    move = turns.confirm(conversation, "why", NOW)
    assert isinstance(move, ConversationMove)
    assert move.conversation.step == "score"


def test_the_same_choice_twice_changes_nothing_and_one_taken_back_is_gone() -> None:
    conversation = choose(turns.begin(SEVERAL), ("slow", True))
    again = turns.choose(conversation, "why", "slow", True, NOW)
    assert again == ConversationMove(conversation, TapEffect.SAME)
    move = turns.choose(conversation, "why", "slow", False, NOW)
    assert isinstance(move, ConversationMove)
    assert (move.effect, move.withdrawn) == (TapEffect.CHANGED, frozenset({"why"}))
    assert (move.conversation.answers, move.conversation.skipped) == ({}, frozenset({"why"}))
    assert move.conversation.step == "why"


def test_nothing_is_confirmed_before_a_choice() -> None:
    assert turns.confirm(turns.begin(SEVERAL), "why", NOW) == TapRefusal(TapRefusalReason.NOT_LEGAL)


def test_choices_wait_through_a_menu_and_through_days() -> None:
    conversation = choose(turns.begin(SEVERAL), ("slow", True))
    for away in (turns.snooze(conversation), ConversationMove(conversation, TapEffect.MOVED)):
        assert isinstance(away, ConversationMove)
        back = turns.go_on(away.conversation, NOW + timedelta(days=5))
        assert isinstance(back, ConversationMove)
        assert back.conversation == conversation


def test_a_choice_among_several_opens_its_branch_and_closes_it_again() -> None:
    conversation = choose(turns.begin(SEVERAL), ("rude", True), ("slow", True))
    assert [q.key for q in asked_questions(conversation)] == ["why", "rude", "score"]
    assert [q.key for q in asked_questions(choose(conversation, ("rude", False)))] == ["why", "score"]


def test_enough_keeps_the_choices_so_far() -> None:
    move = turns.stop_early(choose(turns.begin(SEVERAL), ("slow", True)), NOW)
    assert isinstance(move, ConversationMove)
    assert (move.conversation.answers, move.conversation.choosing) == ({"why": ("slow",)}, None)


def test_choices_are_changed_after_the_end_one_by_one() -> None:
    conversation = answer_all(turns.begin(SEVERAL), ("why", "slow"), ("score", 5))
    assert conversation.answers["why"] == ("slow",)
    conversation = choose(conversation, ("slow", False))
    assert turns.end_changes(conversation, LATE).step == ClosingStep.DONE
    move = turns.go_back(conversation, NOW)
    assert isinstance(move, ConversationMove)
    assert (move.conversation.step, dict(move.conversation.answers)) == (ClosingStep.DONE, {"score": 5})


def test_what_does_not_apply_is_an_answer_that_opens_only_its_own_branch() -> None:
    conversation = answer_all(turns.begin(SEVERAL), ("why", NOT_APPLICABLE), ("score", NOT_APPLICABLE))
    assert [q.key for q in asked_questions(conversation)] == ["why", "score", "use"]
    assert answer_all(conversation, ("score", 4)).step == ClosingStep.DONE
    assert answer_all(conversation, ("score", 1)).step == "use"


def test_what_does_not_apply_offers_no_contact() -> None:
    conversation = turns.begin(survey(question("score", "csat", not_applicable=True)))
    assert answer_all(conversation, ("score", NOT_APPLICABLE)).step == ClosingStep.DONE


def test_an_answer_that_a_question_does_not_offer_is_refused() -> None:
    refusal = TapRefusal(TapRefusalReason.NOT_LEGAL)
    assert turns.answer(turns.begin(BRANCHED), "score", NOT_APPLICABLE, NOW) == refusal
    assert turns.choose(answer_all(turns.begin(BRANCHED), ("score", 1)), "why", "slow", True, NOW) == refusal


# ---- random surveys, random taps -------------------------------------------------------------------------------------


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    kinds = [kind for kind in QuestionKind if kind is not QuestionKind.TEXT]
    first = draw(st.sampled_from(kinds))
    questions = [question("q0", first, **draw(offers(first)))]
    for n in range(1, draw(st.integers(1, 5))):
        kind = draw(st.sampled_from([*kinds, QuestionKind.TEXT]))
        of = draw(st.none() | st.integers(0, n - 1))
        when = {} if of is None else {"when": draw(conditions(questions[of]))}
        questions.append(question(f"q{n}", kind, **when, **draw(offers(kind))))
    return survey(*questions, contact=draw(st.booleans()))


def offers(kind: QuestionKind) -> st.SearchStrategy[dict[str, bool]]:
    """Draw what a journey file allows a question of this kind to offer."""
    several = st.booleans() if kind is QuestionKind.CHOICE else st.just(False)
    not_applicable = st.just(False) if kind is QuestionKind.TEXT else st.booleans()
    return st.fixed_dictionaries({"several": several, "not_applicable": not_applicable})


@st.composite
def conditions(draw: st.DrawFn, of: dict[str, Any]) -> dict[str, Any]:
    scale = QuestionKind(of["kind"]).scale
    if of["not_applicable"] and draw(st.booleans()):
        return {"of": of["key"], "not_applicable": True}
    if scale is not None:
        return {
            "of": of["key"],
            draw(st.sampled_from(["at_most", "at_least"])): draw(st.sampled_from(scale.spec.values)),
        }
    options = st.lists(st.sampled_from(["slow", "rude", "other"]), unique=True)
    return {"of": of["key"]} | ({"is": draw(options)} if of["kind"] == "choice" else {})


def valid_answers(survey: Survey, key: str) -> st.SearchStrategy[RawAnswer]:
    found = survey.find_question(key)
    assert found is not None
    scale, options = found.kind.scale, st.sampled_from(["slow", "rude", "other"])
    nothing = st.just(NOT_APPLICABLE) if found.not_applicable else st.nothing()
    if scale is not None:
        return st.sampled_from(list(scale.spec.values)) | nothing
    if found.kind is not QuestionKind.CHOICE:
        return st.just("words")
    several = st.lists(options, min_size=1, unique=True).map(tuple) if found.several else st.nothing()
    return options | several | nothing


@st.composite
def walks(draw: st.DrawFn, *, with_ends: bool = False) -> list[Conversation]:
    """Draw a conversation after each of some random taps; ``with_ends`` it is also closed and reopened."""
    conversation, now = turns.begin(draw(surveys())), NOW
    found = [conversation]
    keys = [q.key for q in conversation.survey.questions]
    for _ in range(draw(st.integers(0, 25))):
        key = draw(st.sampled_from([*keys, conversation.step if conversation.question else keys[0]]))
        value = draw(valid_answers(conversation.survey, key) | st.integers(-3, 12))
        acts: list[ConversationMove | TapRefusal] = [
            turns.answer(conversation, key, value, now),
            turns.answer(conversation, key, value, now),
            turns.choose(conversation, key, draw(st.sampled_from(["slow", "rude"])), draw(st.booleans()), now),
            turns.confirm(conversation, key, now),
            turns.skip(conversation, key, now),
            turns.go_back(conversation, now),
            turns.change(conversation, key, now),
            turns.go_on(conversation, now),
            turns.snooze(conversation),
            turns.settle_contact(conversation, draw(st.booleans()), now),
            turns.stop_early(conversation, now),
            ConversationMove(turns.end_changes(conversation, now), TapEffect.MOVED),
        ]
        if with_ends:
            end = draw(st.sampled_from(sorted(CLOSED_STEPS)))
            acts += [
                ConversationMove(turns.close(conversation, end, now), TapEffect.MOVED),
                turns.reopen(conversation, now),
            ]
        move = acts[draw(st.integers(0, len(acts) - 1))]
        now += draw(st.sampled_from([timedelta(), timedelta(minutes=1), timedelta(hours=13)]))
        conversation = move.conversation if isinstance(move, ConversationMove) else conversation
        found.append(conversation)
    return found


def find_written_keys(conversation: Conversation) -> set[str]:
    """Return the questions that are answered in words: what was written stays when its branch closes."""
    return {q.key for q in conversation.survey.questions if q.kind is QuestionKind.TEXT}


@given(walks())
@settings(max_examples=choose_depth(30, 1000), deadline=None)
def test_tapped_answers_belong_to_questions_that_are_asked(walk: list[Conversation]) -> None:
    for conversation in walk:
        asked = {q.key for q in asked_questions(conversation)}
        assert set(conversation.answers) <= asked | find_written_keys(conversation)
        assert conversation.skipped <= asked | {ClosingStep.CONTACT}
        assert not set(conversation.answers) & conversation.skipped
        assert conversation.step in asked | {ClosingStep.CONTACT, ClosingStep.DONE, ClosingStep.SNOOZED}


@given(walks())
@settings(max_examples=choose_depth(30, 1000), deadline=None)
def test_progress_counts_what_was_answered_and_stays_within_its_promise(walk: list[Conversation]) -> None:
    for conversation in walk:
        progress = survey_progress(conversation)
        if progress is not None:
            asked = {q.key for q in asked_questions(conversation)}
            settled = len(((set(conversation.answers) | conversation.skipped) & asked) - {conversation.choosing})
            assert 1 <= progress.position <= progress.total <= len(conversation.survey.questions)
            if conversation.step == next_step(conversation):
                assert progress.position == settled + 1


@given(walks(), st.data())
@settings(max_examples=choose_depth(30, 1000), deadline=None)
def test_answering_every_question_always_ends(walk: list[Conversation], data: st.DataObject) -> None:
    conversation = walk[-1]
    moved = turns.go_on(conversation, NOW)
    assert isinstance(moved, ConversationMove)
    conversation = moved.conversation
    promised = survey_progress(conversation)
    for _ in conversation.survey.questions:
        if conversation.question is None:
            break
        conversation = answer_all(
            conversation, (conversation.step, data.draw(valid_answers(conversation.survey, conversation.step)))
        )
        progress = survey_progress(conversation)
        if promised is not None and progress is not None:
            assert progress.total <= promised.total
    if conversation.step == ClosingStep.CONTACT:
        move = turns.settle_contact(conversation, data.draw(st.booleans()), NOW)
        assert isinstance(move, ConversationMove)
        conversation = move.conversation
    assert conversation.step == ClosingStep.DONE
    assert conversation.finished_at is not None


# ---- the invitation --------------------------------------------------------------------------------------------------


@given(walks(with_ends=True))
@settings(max_examples=choose_depth(30, 1000), deadline=None)
def test_no_turn_makes_a_move_that_an_invitation_may_not_make(walk: list[Conversation]) -> None:
    states = [invitation_outcome(conversation).state for conversation in walk]
    for before, after in itertools.pairwise([InvitationState.OPEN, *states]):
        assert may_become(before, after), (before, after)


@pytest.mark.parametrize("end", sorted(CLOSED_STEPS))
def test_one_answer_makes_an_invitation_done_however_the_conversation_ends(end: ClosingStep) -> None:
    silent = turns.begin(BRANCHED)
    assert invitation_outcome(turns.close(silent, end, NOW)).state in (
        InvitationState.DECLINED,
        InvitationState.EXPIRED,
    )
    ended = turns.close(answer_all(silent, ("score", 1)), end, NOW)
    assert invitation_outcome(ended) == InvitationOutcome(InvitationState.DONE, end.removeprefix("@"))
