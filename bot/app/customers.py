"""Routers for what customers write and tap in a private chat."""

from bot.app.managers import make_change_text_router
from bot.app.parts import Parts
from bot.telegram.customer import (
    answering,
    complaints,
    leaving,
    own_controls,
    settings,
    starting,
    unexpected_messages,
    writing,
)
from bot.telegram.manager import saved_views, unexpected
from bot.telegram.receiving.dispatcher import Router
from bot.usecases.asking.give_answer import GiveAnswer
from bot.usecases.asking.give_consent import GiveConsent
from bot.usecases.asking.show_conversation import ShowConversation
from bot.usecases.asking.stop_asking import StopAsking
from bot.usecases.asking.words.answer_in_words import AnswerInWords
from bot.usecases.asking.words.write_comment import WriteComment
from bot.usecases.cases.case_opening import OpenCaseFromResponse
from bot.usecases.cases.close_case import CloseCase
from bot.usecases.cases.list_cases import ListOwnCases
from bot.usecases.cases.place_case import PlaceCase
from bot.usecases.cases.receive_message import ReceiveMessage
from bot.usecases.cases.settle_draft import SettleDraft
from bot.usecases.cases.show_cards import ShowCards
from bot.usecases.cases.start_complaint import StartComplaint
from bot.usecases.diary.keep_diary import KeepDiary
from bot.usecases.maps.views.keep_views import KeepViews
from bot.usecases.people.change_settings import ChangeSettings
from bot.usecases.people.collect_personal_data import CollectPersonalData
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.make_person_file import MakePersonFile
from bot.usecases.people.open_link import OpenLink
from bot.usecases.teams.recognize_viewer import RecognizeViewer
from bot.usecases.walk_ins.visit_by_poster import VisitByPoster


def make_customer_routers(parts: Parts) -> list[Router]:
    """Return the routers in the order in which they are asked.

    A reply to a question's message belongs to the question even while a complaint is open; a message that no router
    takes is unexpected.
    """
    db, clock, routing = parts.db, parts.clock, parts.routing
    quiet_hours = parts.settings.asking.quiet_hours
    # Shared: an answer and a comment can both open the case of a response.
    limits = parts.settings.cases.limits
    open_case = OpenCaseFromResponse(routing, limits)
    conversations, show_cards = ShowConversation(db, clock), ShowCards(db)
    give_answer = GiveAnswer(db, clock, parts.expire_after, open_case)
    stop_asking = StopAsking(db, clock, parts.expire_after, quiet_hours)
    keep_diary = KeepDiary(db, clock, parts.expire_after, quiet_hours)
    change_settings = ChangeSettings(db, clock, quiet_hours)
    receive_message = ReceiveMessage(db, clock, routing, limits)
    place_case, close_case = PlaceCase(db, clock, routing), CloseCase(db, clock, routing)
    collect_data = CollectPersonalData(db, clock, quiet_hours)
    forget = ForgetCustomer(db, clock, parts.settings.privacy.minimum_answers)
    return [
        _make_starting_router(parts, change_settings),
        settings.make_router(change_settings, stop_asking, keep_diary, RecognizeViewer(db, routing), parts.menus),
        leaving.make_router(
            stop_asking, conversations, forget, collect_data, MakePersonFile(db, clock), change_settings
        ),
        own_controls.make_router(give_answer, conversations, change_settings, collect_data),
        answering.make_router(give_answer, stop_asking, keep_diary, conversations),
        _make_writing_router(parts, open_case, give_answer, conversations),
        complaints.make_router(
            StartComplaint(db, clock), receive_message, place_case, close_case, ListOwnCases(db, clock), show_cards
        ),
        make_change_text_router(parts),
        saved_views.make_name_router(RecognizeViewer(db, routing), KeepViews(db, clock, routing)),
        unexpected.make_router(RecognizeViewer(db, routing), receive_message),
        unexpected_messages.make_router(receive_message, SettleDraft(db, clock, routing, limits), show_cards),
    ]


def _make_starting_router(parts: Parts, change_settings: ChangeSettings) -> Router:
    db, clock, asking = parts.db, parts.clock, parts.settings.asking
    open_link = OpenLink(db, clock, parts.link_secret)
    visit_by_poster = VisitByPoster(db, clock, parts.link_secret, asking.rules, asking.poster_visits_a_day)
    give_consent = GiveConsent(db, clock)
    return starting.make_router(open_link, visit_by_poster, give_consent, parts.record_reachability, change_settings)


def _make_writing_router(
    parts: Parts, open_case: OpenCaseFromResponse, give_answer: GiveAnswer, conversations: ShowConversation
) -> Router:
    answer_in_words = AnswerInWords(parts.db, parts.clock, open_case)
    write_comment = WriteComment(parts.db, parts.clock, open_case)
    return writing.make_router(answer_in_words, write_comment, give_answer, conversations)
