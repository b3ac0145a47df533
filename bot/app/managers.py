"""Routers for what managers write and tap in a private chat, and for maps in a team's chat too."""

from bot.app.parts import Parts
from bot.telegram.manager import campaigns, journeys, managers, maps, saved_views
from bot.telegram.manager.map_messages import MapMessages
from bot.telegram.receiving.dispatcher import Router
from bot.usecases.asking.explain_asking import ExplainToManager
from bot.usecases.campaigns.follow_campaign import FollowCampaign
from bot.usecases.campaigns.prepare_campaign import PrepareCampaign
from bot.usecases.campaigns.start_campaign import StartCampaign
from bot.usecases.cases.list_cases import ListOpenCases
from bot.usecases.journeys.change_journey import ChangeJourney
from bot.usecases.maps.view_map import ViewMap
from bot.usecases.maps.views.keep_views import KeepViews
from bot.usecases.teams.become_manager import BecomeManager
from bot.usecases.teams.command_examples import FindCommandExamples
from bot.usecases.teams.invite_manager import InviteManager
from bot.usecases.teams.recognize_viewer import RecognizeViewer


def make_manager_routers(parts: Parts) -> list[Router]:
    """Return the routers. To anybody but a manager, a manager's command looks like any unknown text."""
    db, clock, routing = parts.db, parts.clock, parts.routing
    # The managers of the settings need no link.
    configured = parts.settings.access.managers
    recognize_viewer = RecognizeViewer(db, routing)
    view_map = ViewMap(db, clock, parts.settings.privacy.minimum_answers, parts.remind_after)
    map_messages = MapMessages(view_map, parts.draw_map)
    return [
        managers.make_router(
            recognize_viewer,
            BecomeManager(db, clock, routing, configured, parts.link_secret),
            InviteManager(db, clock, configured, parts.link_secret),
            ExplainToManager(db),
            FindCommandExamples(db),
            parts.messenger.start_link,
            parts.menus.change_for_manager,
        ),
        maps.make_router(recognize_viewer, view_map, map_messages, ListOpenCases(db, clock, routing)),
        saved_views.make_router(recognize_viewer, view_map, KeepViews(db, clock, routing), map_messages),
        journeys.make_router(recognize_viewer, ChangeJourney(db, clock), parts.messenger),
        campaigns.make_router(
            recognize_viewer,
            PrepareCampaign(db, clock, parts.settings.asking.rules),
            StartCampaign(db, clock),
            FollowCampaign(db, clock),
            clock,
        ),
    ]
