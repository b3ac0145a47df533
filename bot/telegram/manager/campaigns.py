"""/ask: a manager asks customers a question by hand, and follows what becomes of it."""

from aiogram import Router, types

from bot.clock import Clock
from bot.messages import commands
from bot.messages.callbacks import Action, CampaignVerb
from bot.outbox.letters.campaigns.campaign_notice import CampaignReport
from bot.outbox.showings import NewMessage
from bot.screens.manager import campaign_screens
from bot.telegram import senders
from bot.telegram.callback_filter import CallbackFilter
from bot.telegram.command_filter import CommandFilter
from bot.telegram.handler_result import HandlerResult, show
from bot.telegram.manager.roles import MapViewerFilter
from bot.telegram.tapped_message import replace_tapped
from bot.texts import words_in
from bot.usecases.campaigns.follow_campaign import FollowCampaign
from bot.usecases.campaigns.prepare_campaign import PrepareCampaign
from bot.usecases.campaigns.start_campaign import StartCampaign
from bot.usecases.teams.recognize_viewer import MapViewer, RecognizeViewer


def make_router(
    recognize: RecognizeViewer, prepare: PrepareCampaign, start: StartCampaign, follow: FollowCampaign, clock: Clock
) -> Router:
    """Return the router of /ask; all of it is for managers in a private chat."""
    router = Router(name="campaigns")
    only_managers = MapViewerFilter(recognize, only_managers=True)
    _add_choices(router, only_managers, prepare)
    _add_preview(router, only_managers, prepare, clock)
    _add_start(router, only_managers, prepare, start)
    _add_progress(router, only_managers, follow)
    return router


def _refuse_gone(viewer: MapViewer) -> HandlerResult:
    return show(notice=campaign_screens.gone_notice(words_in(viewer.language)))


def _show_report(query: types.CallbackQuery, viewer: MapViewer, report: CampaignReport | None) -> HandlerResult:
    if report is None:
        return _refuse_gone(viewer)
    return show(replace_tapped(query, campaign_screens.report_screen(report, words_in(viewer.language))))


def _add_choices(router: Router, only_managers: MapViewerFilter, prepare: PrepareCampaign) -> None:
    @router.message(senders.PrivateChatFilter(), CommandFilter(commands.ASK), only_managers)
    async def list_surveys(message: types.Message, viewer: MapViewer) -> HandlerResult:
        menu = await prepare.list_surveys(viewer)
        return show(NewMessage(viewer.chat, campaign_screens.survey_list(menu, words_in(viewer.language))))

    @router.callback_query(CallbackFilter(CampaignVerb.LIST), only_managers)
    async def list_again(query: types.CallbackQuery, viewer: MapViewer) -> HandlerResult:
        menu = await prepare.list_surveys(viewer)
        return show(replace_tapped(query, campaign_screens.survey_list(menu, words_in(viewer.language))))

    @router.callback_query(CallbackFilter(CampaignVerb.CHOOSE_SURVEY), only_managers)
    async def choose_survey(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        choice = await prepare.find_choice(viewer, action.number(), action.number(1))
        if choice is None:
            return _refuse_gone(viewer)
        return show(replace_tapped(query, campaign_screens.segment_list(choice, words_in(viewer.language))))

    @router.callback_query(CallbackFilter(CampaignVerb.CHOOSE_SEGMENT), only_managers)
    async def count_people(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        count = await prepare.count(viewer, action.number(), action.number(1), action.number(2))
        if count is None:
            return _refuse_gone(viewer)
        return show(replace_tapped(query, campaign_screens.count_screen(count, words_in(viewer.language))))


def _add_preview(router: Router, only_managers: MapViewerFilter, prepare: PrepareCampaign, clock: Clock) -> None:
    @router.callback_query(CallbackFilter(CampaignVerb.PREVIEW), only_managers)
    async def show_preview(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        choice = await prepare.find_choice(viewer, action.number(), action.number(1))
        if choice is None:
            return _refuse_gone(viewer)
        return show(NewMessage(viewer.chat, campaign_screens.preview(choice, words_in(viewer.language), clock.now())))

    @router.callback_query(CallbackFilter(CampaignVerb.IN_PREVIEW), only_managers)
    async def answer_preview(query: types.CallbackQuery, viewer: MapViewer) -> HandlerResult:
        return show(notice=campaign_screens.preview_notice(words_in(viewer.language)))


def _add_start(router: Router, only_managers: MapViewerFilter, prepare: PrepareCampaign, start: StartCampaign) -> None:
    @router.callback_query(CallbackFilter(CampaignVerb.ASK_START), only_managers)
    async def confirm_start(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        count = await prepare.count(viewer, action.number(), action.number(1), action.number(2))
        if count is None:
            return _refuse_gone(viewer)
        return show(replace_tapped(query, campaign_screens.confirmation(count, words_in(viewer.language))))

    @router.callback_query(CallbackFilter(CampaignVerb.START), only_managers)
    async def start_asking(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        report = await start(viewer, action.number(), action.number(1), action.number(2))
        return _show_report(query, viewer, report)


def _add_progress(router: Router, only_managers: MapViewerFilter, follow: FollowCampaign) -> None:
    @router.callback_query(CallbackFilter(CampaignVerb.REFRESH), only_managers)
    async def refresh_report(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        return _show_report(query, viewer, await follow.report(viewer, action.number()))

    @router.callback_query(CallbackFilter(CampaignVerb.ASK_STOP), only_managers)
    async def confirm_stop(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        report = await follow.report(viewer, action.number())
        if report is None:
            return _refuse_gone(viewer)
        return show(replace_tapped(query, campaign_screens.stop_confirmation(report, words_in(viewer.language))))

    @router.callback_query(CallbackFilter(CampaignVerb.STOP), only_managers)
    async def stop_asking(query: types.CallbackQuery, action: Action, viewer: MapViewer) -> HandlerResult:
        return _show_report(query, viewer, await follow.stop(viewer, action.number()))
